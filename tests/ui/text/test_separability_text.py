"""Sentences about separability say what was found, and of how many samples."""

import numpy as np

from annlab.analysis.separability import (
    linearly_separable,
    separability_of_label,
    separable_from_rest,
)
from annlab.ui.text.separability_text import labels_text, separability_text

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND, XOR = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 0])
TWO = ("class 0", "class 1")


def test_separable_classes() -> None:
    text = separability_text({1: linearly_separable(CORNERS, AND)}, TWO, "the input")
    assert text == "In the input the classes of 4 training samples are **linearly separable**."


def test_classes_that_are_not_name_the_linear_model() -> None:
    text = separability_text({1: linearly_separable(CORNERS, XOR)}, TWO, "the input")
    assert "**not linearly separable**: a logistic regression gets 50.0 % right" in text
    output = np.array([[1.0], [1.0]]), np.array([-0.5])
    found = linearly_separable(CORNERS, XOR, output=output)
    text = separability_text({1: found}, TWO, "the space of the last hidden layer")
    assert "the output layer gets 75.0 % right" in text


def test_almost_all_is_not_all() -> None:
    x = np.arange(4000.0)[:, None]
    labels = (x[:, 0] > 2000).astype(int)
    labels[0] = 1
    text = separability_text({1: linearly_separable(x, labels)}, TWO, "the input")
    assert "99.9 %" in text
    assert "100" not in text


def test_several_classes_are_counted() -> None:
    x = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    names = ("low", "middle", "high")
    text = separability_text(
        separable_from_rest(x, np.array([0, 0, 1, 1, 2, 2])), names, "the input"
    )
    assert "**2 of 3 classes** of 6 training samples" in text
    assert "right: middle 66.7 % (always the more frequent answer: 66.7 %)" in text


def test_names_of_classes_are_no_markup() -> None:
    x = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    found = separable_from_rest(x, np.array([0, 0, 1, 1, 2, 2]))
    text = separability_text(found, ("low", "**[a](b)**", "high"), "the input")
    assert r"right: \*\*\[a\]\(b\)\*\* 66.7 %" in text


def test_labels_are_counted_and_the_others_have_their_shares() -> None:
    labels = np.stack([AND, XOR], axis=1)
    found = {k: separability_of_label(CORNERS, labels, k) for k in range(2)}
    text = labels_text(found, ("and", "**xor**"), "the input")
    assert text.startswith("In the input **1 of 2 labels** is linearly separable: ")
    assert "4 training samples" in text
    assert r"\*\*xor\*\* 50.0 % by a logistic regression (always the more" in text
    both = labels_text({0: found[0]}, ("and",), "the input")
    assert both.endswith("on the other.")
