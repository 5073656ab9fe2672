"""Data of the two-parameter descent for the browser: samples, minima, orders, names, colors."""

from dataclasses import asdict
from typing import Any

from annlab.analysis.descent import sample_order
from annlab.analysis.minimum import NoMinimum
from annlab.figures import MODEL_COLORS, ThemeName
from annlab.figures.base.theme import CLASS_COLORS, CLASS_SYMBOLS, look
from annlab.nn.optimizers import OPTIMIZERS
from annlab.ui.descent.point_sets import LOSS_CHOICES, N_SAMPLES, POINT_SETS, minimum, problem
from annlab.ui.descent.settings import (
    BATCHES,
    MAX_LANES,
    MOMENTA,
    N_ORDERS,
    RATES,
    STEPS,
    DescentSettings,
    written_settings,
)

# Symbols of the lanes, so that color is not the only difference.
_SYMBOLS = ("circle", "square", "diamond", "triangle-up")


def workbench_data(settings: DescentSettings, theme: ThemeName, edition: int = 0) -> dict[str, Any]:
    """Everything that the browser needs, as plain values for JSON.

    Parameters
    ----------
    settings : DescentSettings
        What to show at first.
    edition : int
        The browser takes over the settings once in each edition.

    Returns
    -------
    dict
        ``settings`` by link name, and ``edition``; ``sets`` by name, each with ``label``, ``x``,
        ``y``, ``w`` and ``b`` (ranges), ``start``, and ``losses`` by name; ``orders``, one
        permutation of the samples for each epoch, by seed; limits; names of the optimizers; colors.
    """
    smallest = min(size for size in BATCHES.values() if size > 1)
    n_epochs = -(-int(STEPS.high) // (N_SAMPLES // smallest))
    return {
        "settings": written_settings(settings),
        "edition": edition,
        "sets": {name: _set(name) for name in POINT_SETS},
        "orders": [sample_order(N_SAMPLES, n_epochs, seed).tolist() for seed in range(N_ORDERS)],
        "batches": BATCHES,
        "limits": {"rate": RATES, "momentum": MOMENTA, "steps": STEPS, "lanes": MAX_LANES},
        "optimizers": {
            name: {"label": entry.label, "momentum": "momentum" in entry.settings}
            for name, entry in OPTIMIZERS.items()
        },
        "look": look(theme),
        "colors": MODEL_COLORS[:MAX_LANES],
        "symbols": _SYMBOLS,
        "class_colors": CLASS_COLORS[:2],
        "class_symbols": CLASS_SYMBOLS[:2],
    }


def _set(name: str) -> dict[str, Any]:
    entry = POINT_SETS[name]
    first = problem(name, entry.losses[0])
    losses = {}
    for loss in entry.losses:
        found = minimum(name, loss)
        losses[loss] = {**asdict(LOSS_CHOICES[loss]), "minimum": None}
        if isinstance(found, NoMinimum):
            losses[loss]["reason"] = found.reason
        else:
            losses[loss]["minimum"] = {
                "parameters": found.parameters.tolist(),
                "loss": found.loss,
                "curvatures": found.curvatures.tolist(),
            }
    return {
        "label": entry.label,
        "x": first.x.tolist(),
        "y": first.y.tolist(),
        "w": entry.w,
        "b": entry.b,
        "start": entry.start,
        "losses": losses,
    }
