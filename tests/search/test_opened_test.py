"""Sentence about the opened test split."""

import numpy as np
import pytest

from annlab.search.opened_test import opened_test_sentence
from annlab.search.table import SearchTable
from tests.search.tables import DIABETES, search_of, table_of

SCORES = np.linspace(0.4, 0.8, 12)[:, None]
CAUTION = "Choosing favors lucky validation scores, so of the two the test score is the fair one."


def test_nothing_is_said_before_the_test_split_is_opened() -> None:
    assert opened_test_sentence(table_of(SCORES)) == ""
    assert opened_test_sentence(SearchTable.empty(search_of())) == ""


def test_the_winner_is_worse_on_the_test_split() -> None:
    table = table_of(SCORES).with_test_scores(np.array([0.5]))
    assert opened_test_sentence(table) == (
        "The best of 12 configs has a validation accuracy of 0.800 and a test accuracy of 0.500. "
        + CAUTION
    )


def test_scores_over_seeds_say_so() -> None:
    table = table_of(np.repeat(SCORES, 2, axis=1)).with_test_scores(np.array([0.8, 0.9]))
    assert opened_test_sentence(table).endswith(
        "of 0.800 and a test accuracy of 0.850 (means of 2 seeds)."
    )


@pytest.mark.parametrize(
    ("diverged", "text"),
    [
        ([0, 4, 0], "of 0.800 and a test accuracy of 0.820 (means of 2 seeds), without 1 diverged"),
        ([4, 9, 0], "of 0.850 and a test accuracy of 0.900, without 2 diverged networks."),
        ([4, 9, 1], "All networks of the best config diverged, so there is no score to compare."),
    ],
)
def test_diverged_networks_are_left_out_of_both_means(diverged: list[int], text: str) -> None:
    """The test score of a diverged network is its last finite one, and never the worst."""
    scores = np.full((12, 3), 0.1)
    scores[5] = [0.75, 0.2, 0.85]
    marks = np.zeros((12, 3), int)
    marks[5] = diverged
    if all(diverged):
        marks[:] = diverged
    table = table_of(scores, marks).with_test_scores(np.array([0.74, 0.3, 0.9]))
    assert table.winner == 5
    sentence = opened_test_sentence(table)
    assert text in sentence
    assert CAUTION not in sentence


@pytest.mark.parametrize(("error", "is_worse"), [(0.3, False), (0.5, True)])
def test_a_larger_error_is_worse(error: float, is_worse: bool) -> None:
    table = table_of(SCORES, base=DIABETES).with_test_scores(np.array([error]))
    assert opened_test_sentence(table).endswith(CAUTION) == is_worse
