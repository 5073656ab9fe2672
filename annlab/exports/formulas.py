"""Protection against formula injection in spreadsheets."""

# First characters that make Excel treat a text as a formula.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def never_a_formula(text: str) -> str:
    """Escape a text so that spreadsheets do not evaluate it as a formula.

    Parameters
    ----------
    text : str
        Untrusted text.

    Returns
    -------
    str
        Text with a leading apostrophe if it starts like a formula.
    """
    return f"'{text}" if text.startswith(_BEGINNINGS) else text
