"""Sentences about the loss around a run's weights."""

from dataclasses import replace

import numpy as np
import pytest

from annlab.analysis.landscape import Landscape, PlanePath
from annlab.analysis.weight_planes import plane_of_two
from annlab.ui.text.landscape_text import barrier_sentence, path_sentence, samples_sentence

PATH = PlanePath(
    network=3,
    epochs=np.array([0, 5, 10]),
    places=np.zeros((3, 2)),
    distances=np.array([2.0, 3.14, 1e-15]),
    losses=np.ones(3),
    share=0.813,
)


def test_a_shadow_is_called_one() -> None:
    text = path_sentence(PATH, "network 4")
    assert text.startswith("**Network 4:** 81% of the variance of its path is in this plane.")
    assert "2 away from the plane at the start, 0 at the end and at most 3.1 (epoch 5)." in text
    assert text.endswith("the loss under a point is not that of the network there.")
    assert "shadow" not in path_sentence(replace(PATH, share=0.95), "network 4")


def test_a_path_inside_and_a_network_that_stays() -> None:
    assert path_sentence(replace(PATH, share=1.0), "network 1").endswith("is in this plane.")
    assert path_sentence(replace(PATH, share=np.nan), "network 1").endswith("never moved.")


@pytest.mark.parametrize(
    ("losses", "text"),
    [
        ([0.2, 0.15, 0.1], "never rises above that of its ends"),
        ([0.2, 0.9, 0.1], "the loss rises to 0.9; at the ends it is 0.2 and 0.1."),
    ],
)
def test_a_hill_between_two_networks(losses: list[float], text: str) -> None:
    assert text in barrier_sentence(losses, ("the start", "the end"))


def test_samples_that_count() -> None:
    plane = plane_of_two(np.zeros(3), (0, 1), ("a", "b"))
    x = np.arange(25.0)
    found = Landscape(plane, x, x, np.ones((25, 25)), (PATH,), 800, 800)
    assert samples_sentence(found) == (
        "Training loss of 25 × 25 networks, on all 800 training samples."
    )
    part = replace(found, n_samples=100)
    assert "100 of 800 training samples of network 2, because" in samples_sentence(
        part, "network 2"
    )
