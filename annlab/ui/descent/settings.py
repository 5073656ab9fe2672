"""Settings of the two-parameter descent, as the link writes them and the browser sends them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from annlab.analysis.descent import LARGEST_PARAMETER
from annlab.config import TrainingConfig
from annlab.nn.optimizers import OPTIMIZERS
from annlab.ui.descent.point_sets import N_SAMPLES, POINT_SETS
from annlab.validation import Range, check_between

# Limits of what the page offers.
RATES = Range(1e-3, 100.0)
MOMENTA = Range(0.0, 0.99)
STEPS = Range(10, 300)
MAX_LANES = 4
# Orders of the samples to choose from, by seed.
N_ORDERS = 5
# Batch sizes by their names in links.
BATCHES = {"full": N_SAMPLES, "8": 8, "1": 1}


@dataclass(frozen=True)
class Lane:
    """One optimizer in the race.

    Attributes
    ----------
    optimizer : str
        A name in `OPTIMIZERS`.
    rate, momentum : float
    """

    optimizer: str
    rate: float
    momentum: float = 0.9


@dataclass(frozen=True)
class DescentSettings:
    """Everything that the two-parameter descent shows.

    Attributes
    ----------
    samples : str
        A name in `POINT_SETS`.
    loss : str
        One of the losses of the samples.
    w, b : float
        Start.
    batch : str
        A name in `BATCHES`.
    order : int
        Seed of the order of the samples.
    steps : int
        Number of steps.
    at : int
        Step that is marked, at most `steps`.
    lanes : tuple of Lane
        One to four.
    arrows : int
        Index of the lane whose step is shown in parts.
    """

    samples: str = "shifted"
    loss: str = "line"
    w: float = POINT_SETS["shifted"].start[0]
    b: float = POINT_SETS["shifted"].start[1]
    batch: str = "full"
    order: int = 0
    steps: int = 100
    at: int = 12
    lanes: tuple[Lane, ...] = field(
        default=(Lane("sgd", 0.085), Lane("momentum", 0.02), Lane("adam", 0.3))
    )
    arrows: int = 1

    def training(self, lane: Lane) -> TrainingConfig:
        """Training settings of one lane, for `annlab.analysis.descent.descend`."""
        return TrainingConfig(
            optimizer=lane.optimizer,
            learning_rate=lane.rate,
            momentum=lane.momentum,
            batch_size=BATCHES[self.batch],
            seed=self.order,
        )


def lane_names(lanes: Sequence[Lane]) -> list[str]:
    """Name of each optimizer; a name that occurs twice gets its place."""
    labels = [OPTIMIZERS[lane.optimizer].label for lane in lanes]
    return [
        f"{label} ({place + 1})" if label in labels[:place] else label
        for place, label in enumerate(labels)
    ]


def written_settings(settings: DescentSettings) -> dict[str, str]:
    """Settings by link name."""
    return {
        "samples": settings.samples,
        "loss": settings.loss,
        "w": f"{settings.w:g}",
        "b": f"{settings.b:g}",
        "batch": settings.batch,
        "order": str(settings.order),
        "steps": str(settings.steps),
        "at": str(settings.at),
        "optimizers": ",".join(map(_written_lane, settings.lanes)),
        "arrows": str(settings.arrows),
    }


def link_settings(settings: DescentSettings) -> dict[str, str]:
    """Settings by link name, without those that the samples bring along."""
    samples = {} if settings.samples == DescentSettings().samples else {"samples": settings.samples}
    usual = written_settings(read_settings(samples)[0])
    written = written_settings(settings)
    return {**samples, **{name: text for name, text in written.items() if text != usual[name]}}


def read_settings(query: Mapping[str, str]) -> tuple[DescentSettings, list[str]]:
    """Read settings by link name; what is missing or wrong keeps its default.

    Returns
    -------
    settings : DescentSettings
    problems : list of str
        A sentence for each value that could not be used.
    """
    settings, problems = DescentSettings(), []
    for name, reader in _READERS.items():
        if name not in query:
            continue
        try:
            settings = replace(settings, **reader(query[name], settings))
        except ValueError as error:
            problems.append(f"{name}: {error}. Showing the default instead.")
    return settings, problems


def _written_lane(lane: Lane) -> str:
    parts = [lane.optimizer, f"{lane.rate:g}"]
    if "momentum" in OPTIMIZERS[lane.optimizer].settings:
        parts.append(f"{lane.momentum:g}")
    return ":".join(parts)


def _read_lanes(text: str) -> tuple[Lane, ...]:
    lanes = tuple(map(_read_lane, text.split(",")))
    if len(lanes) > MAX_LANES:
        raise ValueError(f"at most {MAX_LANES} optimizers, got {len(lanes)}")
    return lanes


def _read_lane(text: str) -> Lane:
    optimizer, _, numbers = text.partition(":")
    _one_of(optimizer, OPTIMIZERS)
    rate, _, momentum = numbers.partition(":")
    return Lane(
        optimizer,
        _number(rate, RATES),
        _number(momentum, MOMENTA) if momentum else 0.9,
    )


def _number(text: str, limits: Range) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise ValueError(f"must be a number, got {text[:20]!r}")
    return float(check_between(value, limits))


def _whole(text: str, limits: Range) -> int:
    value = _number(text, limits)
    if value != int(value):
        raise ValueError(f"must be a whole number, got {text[:20]!r}")
    return int(value)


def _one_of(text: str, choices: Any) -> str:
    if text not in choices:
        raise ValueError(f"must be one of {', '.join(choices)}; got {text[:20]!r}")
    return text


def _read_samples(text: str) -> dict[str, Any]:
    point_set = POINT_SETS[_one_of(text, POINT_SETS)]
    w, b = point_set.start
    return {"samples": text, "loss": point_set.losses[0], "w": w, "b": b}


_ANYWHERE = Range(-LARGEST_PARAMETER, LARGEST_PARAMETER)
# In this order: what is read later may depend on what was read before.
_READERS: dict[str, Callable[[str, DescentSettings], dict[str, Any]]] = {
    "samples": lambda text, now: _read_samples(text),
    "loss": lambda text, now: {"loss": _one_of(text, POINT_SETS[now.samples].losses)},
    "w": lambda text, now: {"w": _number(text, _ANYWHERE)},
    "b": lambda text, now: {"b": _number(text, _ANYWHERE)},
    "batch": lambda text, now: {"batch": _one_of(text, BATCHES)},
    "order": lambda text, now: {"order": _whole(text, Range(0, N_ORDERS - 1))},
    "steps": lambda text, now: {
        "steps": (n := _whole(text, STEPS)),
        "at": min(now.at, n),
    },
    "at": lambda text, now: {"at": _whole(text, Range(0, now.steps))},
    "optimizers": lambda text, now: {
        "lanes": (lanes := _read_lanes(text)),
        "arrows": min(now.arrows, len(lanes) - 1),
    },
    "arrows": lambda text, now: {"arrows": _whole(text, Range(0, len(now.lanes) - 1))},
}
