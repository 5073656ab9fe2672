"""Loss functions: one entry each, with formula, gradient and framework code.

The formulas take the array namespace as an argument (`xp`: NumPy here, torch inside the
training engine), so each formula is written once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

HUBER_DELTA = 1.0


@dataclass(frozen=True)
class Loss:
    """A loss per sample and its gradient.

    Attributes
    ----------
    name, label, formula : str
        Name in configs, display name, LaTeX.
    value : callable
        ``(xp, target, output, logits)``, each of shape (..., n_outputs), to the loss per
        sample, shape (...); 0 or more.
    gradient : callable
        The same arguments to the derivative per sample, shape (..., n_outputs): with
        respect to the logits where `canonical` names an output activation, with respect
        to the output otherwise.
    torch_loss : str
        The PyTorch expression of the mean loss, with `torch.nn.functional` as ``F``: of ``output``
        and the targets ``y``; of ``logits`` and ``y`` where `canonical` is given.
    keras_loss : str
        The Keras expression that builds this loss: of the logits where `canonical` is given.
    canonical : str or None
        The only output activation this loss can be combined with.
    averages_outputs : bool
        Whether the loss of a sample is the mean of the losses of its outputs, so that the
        gradient has the factor 1 / n_outputs.
    """

    name: str
    label: str
    formula: str
    value: Callable[[Any, Any, Any, Any], Any]
    gradient: Callable[[Any, Any, Any, Any], Any]
    torch_loss: str
    keras_loss: str
    canonical: str | None = None
    averages_outputs: bool = True


def _mean_over_outputs(values: Any) -> Any:
    return values[..., 0] if values.shape[-1] == 1 else values.mean(-1)


def _gradient_of_binary_cross_entropy(xp: Any, target: Any, output: Any, logits: Any) -> Any:
    difference = output - target
    # Two classes have one output, and need no division.
    return difference if difference.shape[-1] == 1 else difference / difference.shape[-1]


def binary_cross_entropies(xp: Any, target: Any, logits: Any) -> Any:
    """Binary cross-entropy of each output, in the shape of the logits."""
    # softplus(z) - t * z would cancel for almost certain samples of class 1, so this takes one
    # softplus of the logit with its sign turned away from the target.
    away = (1 - 2 * target) * logits
    return xp.logaddexp(xp.zeros_like(away), away)


def _binary_cross_entropy(xp: Any, target: Any, output: Any, logits: Any) -> Any:
    return _mean_over_outputs(binary_cross_entropies(xp, target, logits))


def _categorical_cross_entropy(xp: Any, target: Any, output: Any, logits: Any) -> Any:
    # The sum leaves out the target class, because 1 plus tiny terms would round to 1 where the
    # target is almost certain.
    ahead = logits - (target * logits).sum(-1)[..., None]
    most = xp.amax(ahead, axis=-1)  # at least 0, the value of the target class
    others = ((1 - target) * xp.exp(ahead - most[..., None])).sum(-1)
    return most + xp.log1p(others + xp.expm1(-most))


def _huber(xp: Any, target: Any, output: Any, logits: Any) -> Any:
    size = xp.abs(output - target)
    inside = xp.clip(size, None, HUBER_DELTA)
    return (inside * (size - 0.5 * inside)).mean(-1)


_LOSSES = (
    Loss(
        name="binary_cross_entropy",
        label="Binary cross-entropy",
        formula=r"-y \ln p - (1 - y) \ln (1 - p)",
        value=_binary_cross_entropy,
        gradient=_gradient_of_binary_cross_entropy,
        torch_loss="F.binary_cross_entropy_with_logits(logits, y)",
        keras_loss="keras.losses.BinaryCrossentropy(from_logits=True)",
        canonical="sigmoid",
    ),
    Loss(
        name="categorical_cross_entropy",
        label="Categorical cross-entropy",
        formula=r"-\sum_k y_k \ln p_k",
        value=_categorical_cross_entropy,
        gradient=lambda xp, target, output, logits: output - target,
        torch_loss="F.cross_entropy(logits, y)",
        keras_loss="keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
        canonical="softmax",
        averages_outputs=False,
    ),
    Loss(
        name="mse",
        label="Mean squared error",
        formula=r"(\hat y - y)^2",
        value=lambda xp, target, output, logits: ((output - target) ** 2).mean(-1),
        gradient=lambda xp, target, output, logits: (2 / output.shape[-1]) * (output - target),
        torch_loss="F.mse_loss(output, y)",
        keras_loss="keras.losses.MeanSquaredError()",
    ),
    Loss(
        name="mae",
        label="Mean absolute error",
        formula=r"|\hat y - y|",
        value=lambda xp, target, output, logits: xp.abs(output - target).mean(-1),
        gradient=lambda xp, target, output, logits: xp.sign(output - target) / output.shape[-1],
        torch_loss="F.l1_loss(output, y)",
        keras_loss="keras.losses.MeanAbsoluteError()",
    ),
    Loss(
        name="huber",
        label="Huber",
        formula=r"\tfrac12 e^2 \text{ if } |e| < 1 \text{ else } |e| - \tfrac12",
        value=_huber,
        gradient=lambda xp, target, output, logits: (
            xp.clip(output - target, -HUBER_DELTA, HUBER_DELTA) / output.shape[-1]
        ),
        torch_loss="F.huber_loss(output, y)",
        keras_loss=f"keras.losses.Huber(delta={HUBER_DELTA})",
    ),
)

LOSSES: dict[str, Loss] = {entry.name: entry for entry in _LOSSES}
