"""Tables of what was measured: one row for each comparison, with its goal and verdict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import geometric_mean, median
from typing import Any

from tests.benchmarks.goals import GOALS, Goal

# How a benchmark tells what it is doing.
Say = Callable[[str], None]
# How the remark of a row without figures begins; after a colon it says why.
NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Row:
    """One comparison.

    `ours[k]` and `peer[k]` were measured one right after the other, so each pair shares its
    moment on a machine that others may be using too, and its ratio says more than its seconds.
    """

    name: str
    ours: Sequence[float] = ()
    peer: Sequence[float] = ()
    unit: str = "s"
    goal: Goal | None = None
    remark: str = ""

    @property
    def answers(self) -> bool:
        """Whether it has figures, or says why there are none."""
        return bool(self.ours) or self.remark.startswith(NOT_MEASURED)

    @property
    def ratios(self) -> list[float]:
        """Ours by the peer's, of each repeat; below 1 we are the faster."""
        return [ours / peer for ours, peer in zip(self.ours, self.peer, strict=False)]

    def but(self, **changes: Any) -> "Row":
        """The same row with something changed."""
        return replace(self, **changes)

    def cells(self) -> list[str]:
        """The row as texts, in the order of `COLUMNS`."""
        if not self.ours:
            return [self.name, "", "", "", "", self.goal.text if self.goal else "", "", self.remark]
        # The median of the ratios, not the ratio of the medians: it lies within the spread.
        ratio = f"{median(self.ratios):.2f}" if self.peer else "–"
        return [
            self.name,
            f"{_shown(median(self.ours))} {self.unit}",
            f"{_shown(median(self.peer))} {self.unit}" if self.peer else "–",
            ratio,
            _range(self.figures, self.unit if self.figures is self.ours else None),
            self.goal.text if self.goal else "",
            _verdict([self]) if self.goal else "no goal",
            self.remark,
        ]

    @property
    def figures(self) -> Sequence[float]:
        """What the goal is about: of each repeat, the ratio or our own figure."""
        of_ratio = self.goal.of_ratio if self.goal else bool(self.peer)
        return self.ratios if of_ratio else self.ours

    @property
    def figure(self) -> float:
        """The median of `figures`."""
        return median(self.figures)

    @property
    def reached(self) -> bool:
        """Whether the goal is; also where there is none."""
        return self.goal is None or self.figure <= self.goal.most


def geometric_means(name: str, rows: Sequence[Row], goal: Goal | None, remark: str = "") -> Row:
    """One row for several: each repeat's geometric mean over them, of seconds and so of ratios."""
    repeats = min(len(row.ratios) for row in rows)
    ours, peer = (
        [geometric_mean(getattr(row, whose)[k] for row in rows) for k in range(repeats)]
        for whose in ("ours", "peer")
    )
    return Row(name, ours, peer, rows[0].unit, goal, remark)


COLUMNS = ["row", "ours", "peer", "ratio", "spread", "goal", "verdict", "remarks"]


def _shown(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def render(title: str, rows: Sequence[Row]) -> str:
    """A table as Markdown that also reads well as it stands."""
    return "\n".join([f"\n## {title}\n", *aligned([COLUMNS, *(row.cells() for row in rows)])])


def summary(rows: Sequence[Row], on_what: str) -> str:
    """A short table: one line for each goal, and under it when and on what.

    The figure is the median of the repeats; of several rows with one goal, the least to the
    most of their medians. The spread is of all repeats of all of them. Where a goal has no
    figure because this machine cannot give one, the line says so.
    """
    lines = [["what", "figure", "spread", "goal", ""]]
    for goal in GOALS.values():
        answers = [row for row in rows if row.goal == goal and row.answers]
        those = [row for row in answers if row.ours]
        if not those:
            lines += [[goal.what, "–", "–", goal.text, row.remark] for row in answers[:1]]
            continue
        unit = None if goal.of_ratio else those[0].unit
        lines.append(
            [
                goal.what,
                _range([row.figure for row in those], unit),
                _range([figure for row in those for figure in row.figures], unit),
                goal.text,
                _verdict(those),
            ]
        )
    return "\n".join([*aligned(lines), f"\n{on_what}"])


def unmeasured_goals(rows: Sequence[Row]) -> list[str]:
    """What is aimed at and has no figure, nor a reason why this machine cannot give one."""
    return [
        goal.what
        for goal in GOALS.values()
        if not any(row.goal == goal and row.answers for row in rows)
    ]


def _verdict(rows: Sequence[Row]) -> str:
    n_missed = sum(not row.reached for row in rows)
    if not n_missed:
        return "ok"
    return "MISSED" if n_missed == len(rows) else f"{n_missed} of {len(rows)} MISSED"


def _range(numbers: Sequence[float], unit: str | None) -> str:
    """Least to most; of ratios, which have no unit, with two decimals."""
    ends = (f"{end:.2f}" if unit is None else _shown(end) for end in (min(numbers), max(numbers)))
    return f"{' to '.join(dict.fromkeys(ends))} {unit or ''}".strip()


def aligned(cells: list[list[str]]) -> list[str]:
    """The lines of a Markdown table that also reads well as it stands; the head comes first."""
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    cells = [cells[0], ["-" * max(3, width) for width in widths], *cells[1:]]
    return [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
        for line in cells
    ]
