"""Formats for display: scores with suitable decimals, names of networks, cells of tables."""

import math
from collections.abc import Sequence

# First characters that make Excel treat a text as a formula.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def written(value: float, form: str) -> str:
    """Format a number with a Python format code and a minus sign instead of a hyphen."""
    return format(value, form).replace("-", "−")


def number(value: float, like: float | None = None) -> str:
    """Format a score: three decimals near 1, more below, none in the thousands, then powers.

    Parameters
    ----------
    value : float
    like : float, optional
        Reference number that sets the decimals, so that both numbers line up.

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
    # Adding 0.0 removes the sign of a number that rounds to zero.
    return written(round(value, decimals) + 0.0, f",.{decimals}f")


def with_precision(value: float, precision: float, fewest: int = 0) -> str:
    """Format a number so that rounding moves it by at most a sixth of its precision.

    There are at most six decimals. A number other than 0 never reads as 0: its first two
    significant digits are written instead.

    Parameters
    ----------
    value : float
    precision : float
        Above 0, such as half the length of an interval around the number.
    fewest : int
        Smallest number of decimals.

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


def network_name(index: int, seed: int | None = None) -> str:
    """Return the name of one network of a run: "network 4", or "network 4 (seed 3)".

    Parameters
    ----------
    index : int
        Index of the network in the run's arrays; the first is 0.
    seed : int, optional
        Seed of the network, for readers who need it.

    Returns
    -------
    str
    """
    name = f"network {index + 1}"
    return name if seed is None else f"{name} (seed {seed})"


# Most networks that a sentence names; it counts the rest.
_MOST_NAMED = 5


def network_names(indices: Sequence[int]) -> str:
    """Return the names of some networks of a run: "network 4", "networks 1, 2 and 4".

    Parameters
    ----------
    indices : sequence of int
        At least one. Beyond five, the rest is counted: "networks 1, 2, 3, 4, 5 and 7 more".

    Returns
    -------
    str
    """
    if len(indices) == 1:
        return network_name(indices[0])
    numbers = [str(index + 1) for index in indices[:_MOST_NAMED]]
    if len(indices) > _MOST_NAMED:
        numbers.append(f"{len(indices) - _MOST_NAMED} more")
    return f"networks {', '.join(numbers[:-1])} and {numbers[-1]}"


def counted(n: int, noun: str) -> str:
    """A number with its noun: "1 cell", "1,200 cells"."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


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
