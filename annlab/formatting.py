"""How numbers are written: scores with the decimals their size asks for, networks by number."""

import math
from collections.abc import Sequence


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


def network_name(index: int, seed: int | None = None) -> str:
    """The name of one network of a run: "network 4", or "network 4 (seed 3)".

    Parameters
    ----------
    index : int
        Of the network in the run's arrays: the first is 0.
    seed : int, optional
        The seed the network started from, where the reader needs it.

    Returns
    -------
    str
    """
    name = f"network {index + 1}"
    return name if seed is None else f"{name} (seed {seed})"


# So many networks are named in a sentence, before the rest is counted.
_MOST_NAMED = 5


def network_names(indices: Sequence[int]) -> str:
    """The names of some networks of a run: "network 4", "networks 1, 2 and 4".

    Parameters
    ----------
    indices : sequence of int
        At least one. Of more than five, the others are counted: "networks 1, 2, 3, 4, 5 and 7
        more".

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
