"""Sentences about decisions."""

import numpy as np
import pytest

from annlab.analysis.calibration import Confidence
from annlab.analysis.decision_costs import NEVER, CheapestThresholds, Costs
from annlab.ui.text.decisions_text import (
    DECISION_WORDS,
    chosen_text,
    confidence_text,
    default_positive,
    ideal_text,
    one_sided_text,
    others_name,
    rule_text,
    saving_text,
    threshold_number,
    threshold_text,
    thresholds_text,
    together_text,
)


def found(cost, usual):
    cost, usual = np.array(cost, float), np.array(usual, float)
    return CheapestThresholds(cost, cost, usual, usual)


def test_the_rarest_class_is_positive_at_first():
    assert default_positive([212, 357]) == 0
    assert default_positive([950, 50]) == 1
    assert default_positive([500, 500]) == 1
    assert default_positive([30, 20, 20]) == 2


def test_the_other_class_has_a_name_if_it_is_one():
    assert others_name(("malignant", "benign"), 0) == "benign"
    assert others_name(("malignant", "benign"), 1) == "malignant"
    assert others_name(("a", "b", "c"), 1) == "other"


def test_samples_of_one_side_say_what_to_do():
    shared, own = one_sided_text("b", "test", 1, 1), one_sided_text("b", "test", 5, 10)
    assert shared.startswith("The test samples must contain “b” and another class. Choose")
    assert "In 5 of 10 networks, they do not." in own


def test_labels_have_words_of_their_own():
    words = DECISION_WORDS["labels"]
    assert words.other(("red", "round"), 1) == "not round"
    said = one_sided_text("{red}", "test", 1, 1, "labels")
    assert said == (
        "The test samples must contain some with “{red}” and some without it. Choose another "
        "label, or use more samples."
    )


def test_the_scores_of_all_labels_name_the_other_thresholds():
    names, thresholds = ("a", "b", "c"), (0.25, 0.5, NEVER)
    assert together_text(names, thresholds, 1) == (
        "Scores for all labels together, with “a” at 0.25 and “c” at above 1"
    )
    many = together_text("abcde", (0.5,) * 5, 0)
    assert many == "Scores for all 5 labels, each at its own threshold"


def test_thresholds_are_a_median_and_a_range():
    assert [threshold_text(at) for at in (0.0, 0.254, 1.0, NEVER)] == [
        "always",
        "0.25",
        "1.00",
        "never",
    ]
    assert thresholds_text(np.array([0.2])) == "0.20"
    assert thresholds_text(np.array([0.5, 0.2, 0.3])) == "0.30 (0.20 to 0.50)"
    assert thresholds_text(np.array([NEVER, 0.2, NEVER])) == "never (0.20 to never)"


@pytest.mark.parametrize(
    ("threshold", "text"),
    [
        (0.0, "0.00"),
        (0.05, "0.05"),
        (0.254, "0.25"),
        (0.0149, "0.015"),
        (0.00137, "0.0014"),
        (0.99863, "0.9986"),
        (2.5e-9, "2.5e−09"),
        (1 - 2.5e-9, "1 − 2.5e−09"),
        (NEVER, "above 1"),
    ],
)
def test_thresholds_near_an_end_have_more_digits(threshold, text):
    assert threshold_number(threshold) == text


def test_the_rule_names_class_and_threshold():
    assert rule_text("b", 0.003).endswith("if the probability of “b” is at least 0.0030.")
    assert rule_text("b", NEVER) == "No sample is called “b”."


def test_the_samples_that_chose_are_named():
    assert "cheapest on its validation samples; the test samples chose nothing" in chosen_text(
        "validation", "test"
    )
    assert "looks better than it is" in chosen_text("train", "test")
    assert "these costs may be too low" in chosen_text("train", "train")


def test_only_missing_splits_are_asked_for():
    assert chosen_text("validation", "validation").endswith("Set a test split above 0.")
    both = "Set a test split and a validation split above 0."
    assert chosen_text("train", "train").endswith(both)


def test_the_ideal_threshold_is_a_share_of_the_costs():
    assert "would be 0.091:" in ideal_text(Costs(10, 1))
    assert "would be 0.50:" in ideal_text(Costs(0, 0))


@pytest.mark.parametrize(
    ("cost", "usual", "sentence"),
    [
        (
            [0.1, 0.2, 0.4],
            [0.3, 0.3, 0.3],
            "A: the chosen threshold is cheaper than 0.5 in 2 of 3 networks and costs more in 1; "
            "on average it saves 6.667 per 100 test samples.",
        ),
        (
            [0.3, 0.5],
            [0.3, 0.3],
            "A: the chosen threshold is cheaper than 0.5 in 0 of 2 networks and costs more in 1; "
            "on average it costs 10.00 more per 100 test samples.",
        ),
        (
            [0.2, 0.4],
            [0.3, 0.3],
            "A: the chosen threshold is cheaper than 0.5 in 1 of 2 networks and costs more in 1; "
            "on average it saves nothing.",
        ),
        ([0.3, 0.3], [0.3, 0.3], "A: every chosen threshold costs as much as 0.5."),
        ([0.3], [0.3], "A: the chosen threshold costs as much as 0.5."),
        ([0.1], [0.3], "A: the chosen threshold costs 20.00 less than 0.5 per 100 test samples."),
        ([0.3], [0.1], "A: the chosen threshold costs 20.00 more than 0.5 per 100 test samples."),
    ],
)
def test_savings_are_counted_and_averaged(cost, usual, sentence):
    assert saving_text("A", found(cost, usual), "test") == sentence


@pytest.mark.parametrize(
    ("stated", "right", "n", "start"),
    [
        (0.95, 0.85, 400, "A is too sure. Mean probability of its decisions: 95.0%; right: 85.0%."),
        (0.63, 0.92, 400, "A is not sure enough."),
        (0.95, 0.93, 100, "A is about as sure as it is right."),
        # Few samples that are all right: their error is not 0.
        (0.99, 1.0, 50, "A is about as sure as it is right."),
    ],
)
def test_a_difference_must_exceed_the_error_of_the_samples(stated, right, n, start):
    text = confidence_text("A", Confidence(np.array([stated]), np.array([right]), n))
    assert text.startswith(start)
    assert ("cannot tell" in text) == ("about as sure" in text)
