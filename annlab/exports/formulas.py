"""Texts that a spreadsheet would take for formulas."""

# What a formula, or what Excel takes for one, begins with.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def never_a_formula(text: str) -> str:
    """Write a text so that no spreadsheet that opens it computes anything.

    Parameters
    ----------
    text : str
        From anybody.

    Returns
    -------
    str
        With an apostrophe in front where it begins as a formula does.
    """
    return f"'{text}" if text.startswith(_BEGINNINGS) else text
