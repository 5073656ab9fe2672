"""The page on the diagnosis in the docs: its rules, and their measured rates."""

from collections.abc import Sequence
from pathlib import Path

from annlab.analysis.diagnosis import RULES
from annlab.analysis.diagnosis.agreement import CONTRADICTIONS
from tests.benchmarks.diagnosis import Tally

PAGE = Path(__file__).resolve().parents[2] / "docs" / "diagnosis.md"
BEGIN = "<!-- measured: python -m tests.benchmarks --diagnosis -->"
END = "<!-- end of what was measured -->"


def table(found: Sequence[Tally]) -> str:
    """Markdown table of hits and false alarms."""
    lines = [
        "| rule | hits | false alarms | runs with the condition; without |",
        "| --- | --- | --- | --- |",
        *(
            f"| {one.rule} | {one.n_hits} of {one.n_shown} | {one.n_alarms} of {one.n_others} | "
            f"{one.truth} |"
            for one in found
        ),
    ]
    return "\n".join(lines)


def page(measured: str) -> str:
    """Markdown page on the diagnosis: all rules, and the measured rates."""
    rules = "\n\n".join(
        f"### {rule.name}\n\n{rule.meaning}\n\n*Said when:* {rule.when}{_not_beside(rule.name)}"
        for rule in RULES
    )
    return f"""# Diagnosis of a run

Each finding names a problem, its evidence in numbers, and a remedy. Rules examine the end of
training; with early stopping, they examine each network's best weights. Rules leave out diverged
networks. "Held-out samples" are the test samples, else the validation samples.

Findings about one run do not contradict each other. Some findings exclude others (see below). If
one finding causes another, only the cause gives advice. If two findings would give opposite advice,
only the first one gives it.

## Rules

{rules}

## Hits and false alarms

Runs near the limit of a condition count neither as having it nor as not having it.

{BEGIN}

{measured}

{END}
"""


def _not_beside(name: str) -> str:
    stronger = [f'"{first}"' for first, second in CONTRADICTIONS if second == name]
    return f" Not said beside {' or '.join(stronger)}." if stronger else ""


def measured(text: str) -> str:
    """Table in the current page."""
    _, _, rest = text.partition(BEGIN)
    return rest.partition(END)[0].strip()


def write_page(found: Sequence[Tally]) -> None:
    """Rewrite the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(table(found)), "utf-8")
