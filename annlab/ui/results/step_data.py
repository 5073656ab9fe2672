"""One update as data for the browser, for the units that are drawn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.one_step import (
    MIXED_SLOPE,
    LayerUpdate,
    OneStep,
    ParameterUpdate,
)
from annlab.config import RunConfig
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.losses import LOSSES
from annlab.nn.optimizer_steps import SGD
from annlab.nn.optimizers import OPTIMIZERS

Array = NDArray[Any]

# Units of a layer that are drawn: those whose errors or inputs are largest.
MAX_UNITS = 8


def step_data(
    step: OneStep,
    config: RunConfig,
    n_train: int,
    input_names: Sequence[str],
    output_names: Sequence[str],
) -> dict[str, Any]:
    """Numbers of one update, of at most eight units of each layer.

    Parameters
    ----------
    step : OneStep
    config : RunConfig
    n_train : int
        Number of training samples behind the mean gradients.
    input_names, output_names : sequence of str

    Returns
    -------
    dict
        ``layers``, each with the values of `LayerUpdate` as lists, ``names`` of what comes in and
        of its ``units``; losses before and after; texts.
    """
    drawn = _drawn_units(step)
    n_layers = len(step.layers)
    names = [list(input_names)]
    names += [
        [f"h{k + 1}.{j + 1}" for j in range(len(layer.z))]
        for k, layer in enumerate(step.layers[:-1])
    ]
    names.append(list(output_names))
    functions = [config.model.activation] * (n_layers - 1) + [config.output_activation]
    layers = [
        _layer(layer, drawn[k], drawn[k + 1], names[k], names[k + 1], functions[k])
        for k, layer in enumerate(step.layers)
    ]
    weights = [layer.weights for layer in step.layers]
    optimizer = OPTIMIZERS[config.training.optimizer]
    fresh = (
        ""
        if optimizer.stages == SGD
        else "A fresh step from here: the optimizer remembers nothing of earlier gradients, "
        "because only the weights were kept."
    )
    return {
        "layers": layers,
        "target": step.target[drawn[-1]].tolist(),
        "hidden_outputs": len(step.target) - len(drawn[-1]),
        "target_text": _target_text(step.target, output_names),
        "loss": step.loss,
        "loss_after": step.loss_after,
        "train_loss": step.train_loss,
        "train_loss_after": step.train_loss_after,
        "loss_name": LOSSES[config.loss].label,
        "n_train": n_train,
        "optimizer": f"{optimizer.label}, learning rate {config.training.learning_rate:g}",
        "fresh": fresh,
        "largest_weight": max(float(np.abs(w.before).max()) for w in weights) or 1.0,
        "largest_gradient": max(float(np.abs(w.gradient).max()) for w in weights) or 1.0,
    }


def _drawn_units(step: OneStep) -> list[Array]:
    """Indices of the drawn inputs, hidden units of each layer, and outputs, ascending."""
    first = step.layers[0]
    sizes = [np.abs(first.incoming) * np.linalg.norm(first.weights.before, axis=1)]
    sizes += [
        np.abs(layer.a) * np.linalg.norm(after.weights.before, axis=1)
        for layer, after in zip(step.layers, step.layers[1:], strict=False)
    ]
    sizes.append(np.abs(step.layers[-1].delta))
    return [np.sort(np.argsort(-size, kind="stable")[:MAX_UNITS]) for size in sizes]


def _layer(
    layer: LayerUpdate,
    rows: Array,
    units: Array,
    names: Sequence[str],
    unit_names: Sequence[str],
    activation: str,
) -> dict[str, Any]:
    arriving, slope = layer.factors or (None, None)
    values = {name: getattr(layer, name)[units].tolist() for name in ("z", "a", "delta")}
    return {
        **values,
        "n_in": len(layer.incoming),
        "n_units": len(layer.z),
        "hidden_inputs": len(layer.incoming) - len(rows),
        "names": [names[i] for i in rows],
        "units": [unit_names[j] for j in units],
        "incoming": layer.incoming[rows].tolist(),
        "activation": ACTIVATIONS[activation].label,
        "slope": None if slope is None else slope[units].tolist(),
        "arriving": None if arriving is None else arriving[units].tolist(),
        "note": layer.note,
        "mixed": layer.note == MIXED_SLOPE,
        **_parameters(layer.weights, np.ix_(rows, units), "W"),
        **_parameters(layer.biases, units, "b"),
        "stages": _stages(layer, rows, units),
    }


def _parameters(update: ParameterUpdate, at: Any, letter: str) -> dict[str, Any]:
    return {
        letter: update.before[at].tolist(),
        f"d{letter}": update.gradient[at].tolist(),
        f"mean_{letter}": update.mean_gradient[at].tolist(),
        f"after_{letter}": update.after[at].tolist(),
    }


def _stages(layer: LayerUpdate, rows: Array, units: Array) -> list[dict[str, Any]]:
    """Stages of the weights, with the biases' values where they have that stage too (not L2)."""
    of_biases = {(stage.name, stage.symbol): stage.values for stage in layer.biases.stages}
    found = []
    for stage in layer.weights.stages:
        biases = of_biases.get((stage.name, stage.symbol))
        found.append(
            {
                "name": stage.name,
                "formula": stage.formula,
                "W": stage.values[np.ix_(rows, units)].tolist(),
                "b": [None] * len(units) if biases is None else biases[units].tolist(),
            }
        )
    return found


def _target_text(target: Array, output_names: Sequence[str]) -> str:
    if len(target) > 1:
        return f"“{output_names[int(target.argmax())]}”"
    return f"{float(target[0]):.3g}"
