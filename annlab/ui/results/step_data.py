"""One update as data for the browser, for the units that are drawn."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.one_step import (
    MIXED_SLOPE,
    LayerUpdate,
    OneStep,
    ParameterUpdate,
)
from annlab.analysis.unit_importance import most_important
from annlab.config import RunConfig
from annlab.figures.of_run.inside import MAX_UNITS
from annlab.formatting import written
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.losses import LOSSES
from annlab.nn.optimizer_steps import SGD
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.tasks import NO_AND_YES, USUAL_THRESHOLD, TargetKind

Array = NDArray[Any]
Unit = tuple[Array, Array] | None  # mean and scale of standardized targets


def step_data(
    step: OneStep,
    config: RunConfig,
    n_train: int,
    input_names: Sequence[str],
    output_names: Sequence[str],
    hidden_units: Sequence[Array],
    memory_note: str = "",
    unit: Unit = None,
) -> dict[str, Any]:
    """Numbers of one update, of some units of each layer.

    Of many inputs and outputs, those with the largest signals and errors.

    Parameters
    ----------
    step : OneStep
    config : RunConfig
    n_train : int
        Number of training samples behind the mean gradients.
    input_names, output_names : sequence of str
    hidden_units : sequence of ndarray of int
        Indices of the drawn units of each hidden layer, ascending.
    memory_note : str
        What the optimizer remembers, from `memory_note`.
    unit : (mean, scale) or None
        Arrays of shape (n_targets,) that standardize the targets; None: they are in their own unit.

    Returns
    -------
    dict
        ``layers``, each with the values of `LayerUpdate` as lists, ``names`` of what comes in and
        of its ``units``; losses before and after; texts. The last layer's ``n_skips`` counts the
        inputs that come straight to the output, behind the hidden units. ``answers``:
        sentences that turn the drawn outputs into predictions, for labels and standardized
        targets; ``n_averaged``: number of outputs whose losses are averaged, else 1;
        ``output_losses``: losses of the drawn outputs, or None.
    """
    drawn = [_drawn_inputs(step), *hidden_units, _drawn_outputs(step)]
    n_layers = len(step.layers)
    names = [list(input_names)]
    names += [
        [f"h{k + 1}.{j + 1}" for j in range(len(layer.z))]
        for k, layer in enumerate(step.layers[:-1])
    ]
    names.append(list(output_names))
    rows, received = list(drawn[:-1]), names[:-1]
    if config.architecture.has_skip:
        rows[-1] = np.concatenate([rows[-1], len(received[-1]) + drawn[0]])
        received[-1] = received[-1] + received[0]
    functions = [config.model.activation] * (n_layers - 1) + [config.output_activation]
    layers = [
        _layer(layer, rows[k], drawn[k + 1], received[k], names[k + 1], functions[k])
        for k, layer in enumerate(step.layers)
    ]
    layers[-1]["n_skips"] = len(rows[-1]) - len(drawn[-2])
    weights = [layer.weights for layer in step.layers]
    return {
        "layers": layers,
        "target": step.target[drawn[-1]].tolist(),
        "hidden_outputs": len(step.target) - len(drawn[-1]),
        "target_text": _TARGET_TEXTS[config.task.kind](step.target, output_names),
        "answers": _ANSWERS[config.task.kind](
            step, drawn[-1].tolist(), config.dataset.spec.names_of_targets(), unit
        ),
        "n_averaged": step.n_averaged,
        "output_losses": (
            None if step.output_losses is None else step.output_losses[drawn[-1]].tolist()
        ),
        "loss": step.loss,
        "loss_after": step.loss_after,
        "train_loss": step.train_loss,
        "train_loss_after": step.train_loss_after,
        "loss_name": LOSSES[config.loss].label,
        "class_weight": step.class_weight,
        "n_train": n_train,
        "optimizer": _optimizer_text(step, config),
        "memory_note": memory_note,
        "largest_weight": max(float(np.abs(w.before).max()) for w in weights) or 1.0,
        "largest_gradient": max(float(np.abs(w.gradient).max()) for w in weights) or 1.0,
    }


def remembers(config: RunConfig) -> bool:
    """Whether the optimizer of a run remembers earlier gradients."""
    return OPTIMIZERS[config.training.optimizer].stages != SGD


def memory_note(config: RunConfig, n_steps: int | None) -> str:
    """Say what the optimizer remembers in a step.

    Parameters
    ----------
    config : RunConfig
    n_steps : int or None
        Number of steps that it remembers. None: its memory is not known.

    Returns
    -------
    str
        Empty for an optimizer without a memory.
    """
    if not remembers(config):
        return ""
    if n_steps is None:
        return (
            "A fresh step from here: the optimizer remembers nothing of earlier gradients, "
            "because only the weights were kept."
        )
    if not n_steps:
        return "The first step of the run: the optimizer remembers nothing yet."
    return (
        f"The optimizer remembers the gradients of the {n_steps:,} steps before, as a replay of "
        "the run found."
    )


def _optimizer_text(step: OneStep, config: RunConfig) -> str:
    """Optimizer with its learning rate now, and how far it clips the gradient."""
    training = config.training
    text = f"{OPTIMIZERS[training.optimizer].label}, learning rate {step.learning_rate:g}"
    if training.schedule != "constant":
        text += f" by the schedule ({training.learning_rate:g} at the start)"
    if not training.clip_norm:
        return text
    norm, most = step.gradient_norm, training.clip_norm
    does = "clipped to" if norm > most else "not clipped, because it is at most"
    return f"{text}. The network's gradient has norm {norm:.4g}, {does} {most:g}"


def _drawn_inputs(step: OneStep) -> Array:
    """Indices of the inputs that move the sums of the first layer most."""
    first = step.layers[0]
    return _largest(np.abs(first.incoming) * np.linalg.norm(first.weights.before, axis=1))


def _drawn_outputs(step: OneStep) -> Array:
    """Indices of the outputs with the largest errors."""
    return _largest(np.abs(step.layers[-1].delta))


def _largest(sizes: Array) -> Array:
    return most_important(sizes, MAX_UNITS)


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


def _class_text(target: Array, output_names: Sequence[str]) -> str:
    if len(target) > 1:
        return f"“{output_names[int(target.argmax())]}”"
    return f"{float(target[0]):.3g}"


def _values_text(target: Array, output_names: Sequence[str]) -> str:
    return _listed([written(value, ".3g") for value in target.tolist()])


def _labels_text(target: Array, output_names: Sequence[str]) -> str:
    return _listed([_yes_or_no(value) for value in target.tolist()])


def _listed(texts: list[str]) -> str:
    """Text of the only target of a sample, or of its first targets in parentheses."""
    more = [] if len(texts) <= MAX_UNITS else ["…"]
    return f"({', '.join(texts[:MAX_UNITS] + more)})" if len(texts) > 1 else texts[0]


_TARGET_TEXTS: dict[TargetKind, Callable[[Array, Sequence[str]], str]] = {
    "class": _class_text,
    "values": _values_text,
    "labels": _labels_text,
}


def _no_answers(
    step: OneStep, drawn: list[int], target_names: Sequence[str], unit: Unit
) -> list[str]:
    return []


def _values_in_own_unit(
    step: OneStep, drawn: list[int], target_names: Sequence[str], unit: Unit
) -> list[str]:
    if unit is None:
        return []
    mean, scale = unit
    predicted, true = (values * scale + mean for values in (step.output, step.target))
    return [
        f"{target_names[k] or 'In its own unit'}: predicted {written(float(predicted[k]), '.4g')}, "
        f"true {written(float(true[k]), '.4g')}"
        for k in drawn
    ]


def _decisions(
    step: OneStep, drawn: list[int], target_names: Sequence[str], unit: Unit
) -> list[str]:
    return [
        f"{target_names[k]}: {step.output[k]:.0%}, so predicted {_yes_or_no(step.output[k])}, "
        f"true {_yes_or_no(step.target[k])}"
        for k in drawn
    ]


def _yes_or_no(probability: float) -> str:
    return NO_AND_YES[int(probability >= USUAL_THRESHOLD)]


_ANSWERS: dict[TargetKind, Callable[[OneStep, list[int], Sequence[str], Unit], list[str]]] = {
    "class": _no_answers,
    "values": _values_in_own_unit,
    "labels": _decisions,
}
