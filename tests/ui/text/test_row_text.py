"""Sentences about the prediction of one row."""

import numpy as np

from annlab.analysis.raw_row import Outside, RowPrediction
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.row_text import (
    MAX_CLASSES,
    MAX_OUTSIDE,
    label_text,
    outside_text,
    probability_text,
    shown_classes,
    targets_table,
    value_text,
    votes_text,
)

PROBABILITIES = np.array([[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [np.nan] * 3])
COUNTED = np.array([True, True, True, False])


def test_the_class_of_most_networks_is_named_with_their_number() -> None:
    found = RowPrediction(probabilities=PROBABILITIES)
    names = ("<b>a</b>", "b", "c")
    assert votes_text(found, COUNTED, names) == "**\\<b\\>a\\</b\\>** (2 of 3 networks)"
    two = np.array([True, True, False, False])
    assert votes_text(found, two, ("a", "b", "c")) == "**a** or **b** (1 each of 2 networks)"
    one = np.array([False, True, False, False])
    assert votes_text(found, one, ("a", "b", "c")) == "**b**"
    assert votes_text(found, ~COUNTED & False, names) == "every network diverged"


def test_a_value_has_the_spread_over_the_networks_that_did_not_diverge() -> None:
    values = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [np.nan, np.nan]])
    found = RowPrediction(values=values)
    assert value_text(found, COUNTED) == "**2.000\u00a0±\u00a01.000**"
    assert value_text(found, COUNTED, 1) == "**20.00\u00a0±\u00a010.00**"
    assert value_text(found, ~COUNTED & False) == "every network diverged"


def test_a_label_has_its_votes_and_its_probability() -> None:
    found = RowPrediction(labels=np.array([[0.9, 0.01], [0.6, 0.02], [0.3, 0.03], [np.nan] * 2]))
    says_yes = found.labels >= 0.5
    assert label_text(found, COUNTED, 0, says_yes) == "**yes** (2 of 3)<br>0.600\u00a0±\u00a00.300"
    assert label_text(found, COUNTED, 1, says_yes) == "**no** (3 of 3)<br>0.020\u00a0±\u00a00.010"
    two = np.array([True, False, True, False])
    assert label_text(found, two, 0, says_yes).startswith("**yes** or **no** (1 each of 2)<br>")
    one = np.array([True, False, False, False])
    assert label_text(found, one, 0, says_yes) == "**yes**<br>0.900"
    assert label_text(found, ~COUNTED & False, 0, says_yes) == "every network diverged"


def test_a_probability_has_three_decimals_however_small() -> None:
    assert probability_text(np.array([1e-7])) == "0.000"
    assert probability_text(np.array([0.00123, 0.00321])) == "0.002\u00a0±\u00a00.001"


def test_targets_stand_below_each_other_with_their_true_values() -> None:
    names, said = ("a|b *c*", "waist (in)"), [["1", "2"], ["3", "4"]]
    assert targets_table(names, ["A", "B"], said, ["5", "6"]).splitlines() == [
        "| predicted | A | B | *true* |",
        "|---|---|---|---|",
        f"| {escape_markdown(names[0])} | 1 | 3 | 5 |",
        f"| {escape_markdown(names[1])} | 2 | 4 | 6 |",
    ]
    assert "|b" not in escape_markdown(names[0]).replace("\\|", "")
    assert targets_table(names, ["A"], said[:1], None).splitlines()[0] == "| predicted | A |"


def test_a_table_shows_the_most_probable_classes_and_the_true_one() -> None:
    of_many = np.linspace(0.01, 0.1, 20)[None]
    found = RowPrediction(probabilities=of_many)
    most = list(range(20 - MAX_CLASSES, 20))
    assert shown_classes([found], None) == most
    assert shown_classes([found], 3) == [3, *most]
    # Of any model.
    other = RowPrediction(probabilities=np.eye(20)[[0]])
    assert shown_classes([found, other], None) == [0, *most[1:]]
    assert shown_classes([RowPrediction(probabilities=PROBABILITIES)], 1) == [0, 1, 2]


def test_extrapolation_is_said_with_the_range_and_few_names() -> None:
    assert outside_text([]) == ""
    one = Outside("size*", 80.0, 12.0, 60.5)
    assert outside_text([one]) == (
        "Outside the training samples, so the networks extrapolate: size\\* is 80.00, in the "
        "training samples 12.00 to 60.50."
    )
    near = Outside("density", 0.9936, 0.99364, 1.0004)
    assert "density is 0.99360, in the training samples 0.99364 to 1.00040." in outside_text([near])
    assert outside_text([one] * (MAX_OUTSIDE + 2)).endswith("; and 2 more.")
