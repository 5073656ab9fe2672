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


def with_precision(value: float, precision: float, fewest: int = 0) -> str:
    """A number with so many decimals that rounding moves it by a sixth of its precision at most.

    There are six decimals at most. What is not 0 never reads as 0: where it would, its own
    first two digits are written.

    Parameters
    ----------
    value : float
    precision : float
        Above 0: half the length of an interval around the number, for example.
    fewest : int
        Decimals that are written in any case.

    Returns
    -------
    str
    """
    if abs(value) >= 1e9:
        return written(value, ".3g").replace("e+", "e")
    asked = max(math.ceil(-math.log10(precision / 3)), fewest)
    decimals = min(asked, 6)
    if value and (not round(value, decimals) or (asked > 6 and abs(value) < 1e-4)):
        return written(value, ".2g")
    return written(round(value, decimals) + 0.0, f",.{decimals}f")
