"""The text of a piece: its function is that of the network, its units are those that are on."""

import re

import numpy as np
import pytest

from annlab.analysis.piece_location import piece_at
from annlab.analysis.pieces import linear_pieces
from annlab.nn.forward import layer_values
from annlab.ui.text.pieces_text import piece_text

random = np.random.default_rng(0)
SIDES = (-2.0, 2.0), (-2.0, 2.0)


def test_function_and_units_at_a_point() -> None:
    layers = [
        (random.normal(size=(2, 4)), random.normal(size=4)),
        (random.normal(size=(4, 3)), random.normal(size=3)),
        (random.normal(size=(3, 1)), random.normal(size=1)),
    ]
    pieces = linear_pieces(layers, "relu", *SIDES)
    x = np.array([0.3, -0.7])
    k = piece_at(pieces, *x)
    assert k is not None
    text = piece_text(pieces, k, (4, 3), ("x1", "x2"), ("P(class 1)",))
    first, second, (z, _) = layer_values(layers, x[None], "relu", "sigmoid")
    on = [f"h1.{j + 1}" for j in np.flatnonzero(first.z[0] > 0)]
    on += [f"h2.{j + 1}" for j in np.flatnonzero(second.z[0] > 0)]
    assert len(on) > 1
    assert text.endswith(f"{len(on)} of 7 units are on: {', '.join(on)}")
    terms = re.fullmatch(r"z = (−?\S+)·x1 ([+−]) (\S+)·x2 ([+−]) (\S+)", text.split("; ")[0])
    assert terms is not None
    a, *others = terms.groups()
    slope, intercept = (
        float(number) * (-1 if sign == "−" else 1) for sign, number in (others[:2], others[2:])
    )
    value = float(a.replace("−", "-")) * x[0] + slope * x[1] + intercept
    assert value == pytest.approx(z[0, 0], abs=0.02)


def test_one_unit_is_on() -> None:
    layers = [(np.zeros((2, 2)), np.array([1.0, -1.0])), (np.ones((2, 1)), np.zeros(1))]
    pieces = linear_pieces(layers, "relu", *SIDES)
    text = piece_text(pieces, 0, (2,), ("x1", "x2"), ("P(class 1)",))
    assert text.endswith("1 of 2 units is on: h1.1")


def test_no_unit_is_on_and_several_outputs() -> None:
    layers = [(np.zeros((2, 2)), -np.ones(2)), (np.ones((2, 3)), np.array([1.0, -2.0, 0.0]))]
    pieces = linear_pieces(layers, "relu", *SIDES)
    text = piece_text(pieces, 0, (2,), ("x1", "x2"), ("a", "b", "c"))
    assert text.startswith("z(a) = 0·x1 + 0·x2 + 1; z(b) = 0·x1 + 0·x2 − 2; z(c)")
    assert text.endswith("0 of 2 units are on")
