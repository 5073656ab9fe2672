"""Probabilities of classes."""

import numpy as np
import pytest
from scipy.special import expit, softmax

from annlab.analysis.prediction import class_probabilities


@pytest.mark.parametrize("shape", [(), (7,), (3, 7)])
def test_one_sigmoid_output_is_a_softmax_of_two(shape: tuple[int, ...]) -> None:
    logit = np.random.default_rng(0).normal(size=(*shape, 1))
    found = class_probabilities(expit(logit))
    expected = softmax(np.concatenate([np.zeros_like(logit), logit], axis=-1), axis=-1)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_outputs_of_a_softmax_stay() -> None:
    output = softmax(np.random.default_rng(0).normal(size=(4, 3)), axis=-1)
    np.testing.assert_array_equal(class_probabilities(output), output)
