"""The cross-department contact sheet (EXE-04, D11): one department asks, another answers by a due time of the sheet's own."""
