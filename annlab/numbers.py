"""How numbers are written: scores with as many decimals as their size asks for."""

import math


def written(value: float, form: str) -> str:
    """A number in one of Python's formats, with a minus sign instead of a hyphen."""
    return format(value, form).replace("-", "−")


def number(value: float, like: float | None = None) -> str:
    """A score: three decimals near one, more below, none in the thousands, powers beyond.

    Parameters
    ----------
    value : float
    like : float, optional
        Another number whose decimals are taken, so that the two can be compared.

    Returns
    -------
    str
    """
    size = abs(value if like is None else like)
    if 0 < size < 1e-4:
        return written(value, ".2g")
    if 1e9 <= size < math.inf:
        return written(value, ".3g").replace("e+", "e")
    exponent = math.floor(math.log10(size)) if 0 < size < math.inf else 0
    decimals = min(max((3 if exponent >= 0 else 2) - exponent, 0), 6)
    # What rounds to zero has no sign.
    return written(round(value, decimals) + 0.0, f",.{decimals}f")
