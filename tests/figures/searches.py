"""Points of searches for pictures."""

from typing import Any

import numpy as np

from annlab.analysis.search_points import SearchAxis, SearchPoints

RANDOM = np.random.default_rng(0)


def points_of(n_seeds: int = 3, **changes: Any) -> SearchPoints:
    """Twelve configs of a grid over a rate and an activation; the rows count from 100."""
    rates, activations = (0.001, 0.01, 0.1, 1.0), ("Tanh", "ReLU", "Sigmoid")
    scores = changes.pop("scores", RANDOM.random((12, n_seeds)))
    ranks = (-scores.mean(axis=1)).argsort().argsort() + 1
    values: dict[str, Any] = {
        "axes": (
            SearchAxis("Learning rate", tuple(np.repeat(rates, 3).tolist()), is_log=True),
            SearchAxis("Activation", activations * 4, activations),
        ),
        "rows": np.arange(100, 112),
        "scores": scores,
        "n_diverged": np.zeros(12, np.int64),
        "ranks": ranks,
        "score_label": "Accuracy",
        "higher_is_better": True,
        "is_share": True,
    }
    return SearchPoints(**{**values, **changes})
