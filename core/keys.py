"""What a browser names a row by."""

LONGEST = 18  # digits; every id fits, and so does the database


def row_id(text: object) -> int | None:
    """The id that this text names, None when it cannot be one: not plain digits, or more of them than an id has."""
    digits = str(text or "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST else None
