"""Changes after signing: registered, classified, decided, noticed, applied once as a new revision (CHG-01..05, CHG-09, CHG-10)."""
