"""Scores, differences and verdicts in words."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.comparison import Comparison
from annlab.formatting import number


def duration(seconds: float) -> str:
    """Format a duration: "12.3 s", "20 min 10 s"."""
    if seconds < 59.95:
        return f"{seconds:.1f}\u00a0s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}\u00a0min {rest}\u00a0s"


def signed_difference(difference: float, like: float) -> str:
    """Format a score difference with its sign and the decimals of the score."""
    return ("+" if difference >= 0 else "−") + number(abs(difference), like)


def difference_color(difference: float, more_is_better: bool) -> Literal["green", "red", "gray"]:
    """Color of a score difference: green for better, red for worse, gray for none."""
    if not difference:
        return "gray"
    return "green" if (difference > 0) == more_is_better else "red"


def score_tone(difference: float, more_is_better: bool) -> str:
    """Tone of a score difference: "better", "worse", or empty for none."""
    tones = {"green": "better", "red": "worse", "gray": ""}
    return tones[difference_color(difference, more_is_better)]


def colored_difference(difference: float, like: float, more_is_better: bool) -> str:
    """Format a score difference in Markdown: green for better, red for worse."""
    text = signed_difference(difference, like) if difference else "±0"
    return f":{difference_color(difference, more_is_better)}[{text}]"


def with_spread(values: NDArray[Any]) -> str:
    """Mean and standard deviation over networks: "0.973 ± 0.004"; one network has no spread.

    Non-breaking spaces keep a narrow table from splitting the text.
    """
    mean = float(values.mean(dtype=np.float64))
    if len(values) == 1:
        return number(mean)
    spread = float(np.std(values, ddof=1, dtype=np.float64))
    return f"{number(mean)}\u00a0±\u00a0{number(spread, mean)}"


def verdict(found: Comparison) -> str:
    """Verdict of a comparison in Markdown: a bold headline and the details."""
    return f"**{found.headline}**{found.details}"
