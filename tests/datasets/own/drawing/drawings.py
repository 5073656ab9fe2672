"""Drawings for tests."""

from typing import Any

import numpy as np

from annlab.datasets.own.drawing.drawn import MAX_DRAWN_CLASSES, REACH, DrawnPoint, DrawnPoints


def at_random(n: int, mode: Any = "classes", spread: int = REACH, seed: int = 0) -> DrawnPoints:
    random = np.random.default_rng(seed)
    places = random.integers(-spread, spread, (n, 2), endpoint=True)
    labels = random.integers(0, MAX_DRAWN_CLASSES if mode == "classes" else 1, n)
    both = zip(places.tolist(), labels.tolist(), strict=True)
    return DrawnPoints(mode, tuple(DrawnPoint(x, y, label) for (x, y), label in both))
