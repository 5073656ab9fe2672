"""Benchmark tables with one row per comparison, goal and verdict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import geometric_mean, median
from typing import Any

from tests.benchmarks.goals import GOALS, Goal

# Callback for progress messages.
Say = Callable[[str], None]
# Start of the remark of a row without values, followed by a colon and the reason.
NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Row:
    """One comparison.

    `ours[k]` and `peer[k]` are measured right after each other, so on a shared machine their ratio
    is more reliable than the seconds.
    """

    name: str
    ours: Sequence[float] = ()
    peer: Sequence[float] = ()
    unit: str = "s"
    goal: Goal | None = None
    remark: str = ""

    @property
    def answers(self) -> bool:
        """Whether the row has values or a reason for having none."""
        return bool(self.ours) or self.remark.startswith(NOT_MEASURED)

    @property
    def ratios(self) -> list[float]:
        """Ratio of annlab to peer for each repeat; below 1, annlab is faster."""
        return [ours / peer for ours, peer in zip(self.ours, self.peer, strict=False)]

    def but(self, **changes: Any) -> "Row":
        """Copy of the row with changes."""
        return replace(self, **changes)

    def cells(self) -> list[str]:
        """Cells of the row, in the order of `COLUMNS`."""
        if not self.ours:
            return [self.name, "", "", "", "", self.goal.text if self.goal else "", "", self.remark]
        # Median of the ratios, which lies within their range, unlike the ratio of the medians.
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
        """Values that the goal limits: ratio or annlab value of each repeat."""
        of_ratio = self.goal.of_ratio if self.goal else bool(self.peer)
        return self.ratios if of_ratio else self.ours

    @property
    def figure(self) -> float:
        """Median of `figures`."""
        return median(self.figures)

    @property
    def reached(self) -> bool:
        """Whether the goal is reached; True without a goal."""
        return self.goal is None or self.figure <= self.goal.most


def geometric_means(name: str, rows: Sequence[Row], goal: Goal | None, remark: str = "") -> Row:
    """Combine rows: geometric mean over the rows for each repeat."""
    repeats = min(len(row.ratios) for row in rows)
    ours, peer = (
        [geometric_mean(getattr(row, side)[k] for row in rows) for k in range(repeats)]
        for side in ("ours", "peer")
    )
    return Row(name, ours, peer, rows[0].unit, goal, remark)


COLUMNS = ["row", "ours", "peer", "ratio", "spread", "goal", "verdict", "remarks"]


def _shown(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def render(title: str, rows: Sequence[Row]) -> str:
    """Render a table as aligned Markdown."""
    return "\n".join([f"\n## {title}\n", *aligned([COLUMNS, *(row.cells() for row in rows)])])


def summary(rows: Sequence[Row], on_what: str) -> str:
    """Render a short table with one line per goal, and date and machine below.

    The value is the median of the repeats; for several rows with one goal, the range of their
    medians. The spread covers all repeats of all rows. A line without a value tells that this
    machine cannot measure it.
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
    """Goals without a value and without a reason."""
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
    """Format the range of numbers; ratios (without a unit) get two decimals."""
    ends = (f"{end:.2f}" if unit is None else _shown(end) for end in (min(numbers), max(numbers)))
    return f"{' to '.join(dict.fromkeys(ends))} {unit or ''}".strip()


def aligned(cells: list[list[str]]) -> list[str]:
    """Lines of an aligned Markdown table, header row first."""
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    cells = [cells[0], ["-" * max(3, width) for width in widths], *cells[1:]]
    return [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
        for line in cells
    ]
