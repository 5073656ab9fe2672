"""The diagnosis page lists every rule with its rates, which sample runs confirm."""

import re

import pytest

from annlab.analysis.diagnosis import RULES
from tests.benchmarks.diagnosis import POOLS, N, Tally, tally
from tests.benchmarks.diagnosis_page import PAGE, measured, page, table

NAMES = [rule.name for rule in RULES]
# Minimum hit rate, and maximum false alarm rate.
LEAST_HITS, MOST_ALARMS = 0.75, 0.1


def _rows() -> dict[str, list[int]]:
    """Hits, runs with the condition, false alarms and runs without, by rule."""
    lines = [line.split("|") for line in measured(PAGE.read_text("utf-8")).splitlines()]
    return {
        cells[1].strip(): [int(n) for n in re.findall(r"\d+", " ".join(cells[2:4]))]
        for cells in lines[2:]
    }


def test_every_rule_is_tried() -> None:
    assert list(POOLS) == NAMES


def test_page_lists_every_rule() -> None:
    text = PAGE.read_text("utf-8")
    assert text == page(measured(text))
    for rule in RULES:
        assert f"### {rule.name}\n\n{rule.meaning}\n" in text
        assert rule.when in text


def test_page_has_the_rates_of_every_rule() -> None:
    rows = _rows()
    assert list(rows) == NAMES
    for n_hits, n_shown, n_alarms, n_others in rows.values():
        assert min(n_shown, n_others) >= N
        assert n_hits >= LEAST_HITS * n_shown
        assert n_alarms <= MOST_ALARMS * n_others


@pytest.mark.slow
@pytest.mark.parametrize("rule", NAMES)
def test_sample_runs_confirm_the_published_rates(rule: str) -> None:
    found = tally(rule, 4)
    assert (found.n_shown, found.n_others) == (4, 4)
    assert found.n_hits >= 3, found.wrong
    assert found.n_alarms == 0, found.wrong


def test_a_table_has_a_line_for_each_rule() -> None:
    lines = table([Tally("one", "made so", 20, 19, 21, 2)]).splitlines()
    assert lines[2] == "| one | 19 of 20 | 2 of 21 | made so |"
    assert measured(page("| new |")) == "| new |"
