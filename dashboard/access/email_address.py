"""E-mail addresses as they are compared: printable ASCII, in lower case.

Lower case of other letters makes two addresses one: of U+212A KELVIN SIGN it is "k". Comparing in
ASCII leaves nothing to normalize, and whoever has another address is mapped by id.
"""


def normalize_address(text: str) -> str | None:
    """Return the address as it is compared; None for text that is empty or not ASCII."""
    address = text.strip() if text.isascii() else ""
    return address.lower() if address and address.isprintable() else None


def is_address_sql(column: str) -> str:
    """Return the condition that `column` is an address, the parameter: one as it is compared."""
    return f"regexp_full_match(trim({column}), '[ -~]+') AND lower(trim({column})) = ?"
