"""Weight initializers: one entry each, with the spread of the initial weights."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Literal


@dataclass(frozen=True)
class Initializer:
    """Distribution of the initial weights of a layer.

    Attributes
    ----------
    name, label : str
        Name in configs, and display name.
    distribution : {"uniform", "normal"}
        Uniform over [-scale, scale], or normal with standard deviation `scale`.
    scale : callable
        ``(n_in, n_out)`` to the scale.
    torch_lines : tuple of str
        PyTorch statements that initialize an `nn.Linear` named ``layer`` in the same way.
    keras_kernel : str
        Keras expression that builds the initializer of the weights. (Keras's "normal"
        initializers are truncated.)
    source : str
        Where the initializer was introduced.
    draws_biases : bool
        Whether the biases are drawn like the weights; they start at zero otherwise.
    keras_bias : str
        Keras expression of ``n_in`` that builds the initializer of drawn biases; else empty.
    """

    name: str
    label: str
    distribution: Literal["uniform", "normal"]
    scale: Callable[[int, int], float]
    torch_lines: tuple[str, ...]
    keras_kernel: str
    source: str
    draws_biases: bool = False
    keras_bias: str = ""


_ZERO_BIASES = "nn.init.zeros_(layer.bias)"
_GLOROT = "Glorot & Bengio (2010), Understanding the difficulty of training deep networks"
_HE = "He, Zhang, Ren & Sun (2015), Delving deep into rectifiers"

_ENTRIES = (
    Initializer(
        name="glorot_uniform",
        label="Glorot uniform",
        distribution="uniform",
        scale=lambda n_in, n_out: sqrt(6 / (n_in + n_out)),
        torch_lines=("nn.init.xavier_uniform_(layer.weight)", _ZERO_BIASES),
        keras_kernel="keras.initializers.GlorotUniform()",
        source=_GLOROT,
    ),
    Initializer(
        name="glorot_normal",
        label="Glorot normal",
        distribution="normal",
        scale=lambda n_in, n_out: sqrt(2 / (n_in + n_out)),
        torch_lines=("nn.init.xavier_normal_(layer.weight)", _ZERO_BIASES),
        keras_kernel='keras.initializers.VarianceScaling(1.0, "fan_avg", "untruncated_normal")',
        source=_GLOROT,
    ),
    Initializer(
        name="he_uniform",
        label="He uniform",
        distribution="uniform",
        scale=lambda n_in, n_out: sqrt(6 / n_in),
        torch_lines=('nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")', _ZERO_BIASES),
        keras_kernel="keras.initializers.HeUniform()",
        source=_HE,
    ),
    Initializer(
        name="he_normal",
        label="He normal",
        distribution="normal",
        scale=lambda n_in, n_out: sqrt(2 / n_in),
        torch_lines=('nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")', _ZERO_BIASES),
        keras_kernel='keras.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")',
        source=_HE,
    ),
    Initializer(
        name="lecun_normal",
        label="LeCun normal",
        distribution="normal",
        scale=lambda n_in, n_out: sqrt(1 / n_in),
        torch_lines=(
            "nn.init.normal_(layer.weight, std=layer.in_features**-0.5)",
            _ZERO_BIASES,
        ),
        keras_kernel='keras.initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal")',
        source="LeCun, Bottou, Orr & Müller (1998), Efficient BackProp; what SELU was derived for "
        "(Klambauer et al. 2017)",
    ),
    Initializer(
        name="zeros",
        label="Zeros",
        distribution="uniform",
        scale=lambda n_in, n_out: 0.0,
        torch_lines=("nn.init.zeros_(layer.weight)", _ZERO_BIASES),
        keras_kernel="keras.initializers.Zeros()",
        source="what not to do: all units of a layer stay the same",
    ),
    Initializer(
        name="pytorch",
        label="PyTorch's default",
        distribution="uniform",
        scale=lambda n_in, n_out: 1 / sqrt(n_in),
        torch_lines=("layer.reset_parameters()",),
        keras_kernel='keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")',
        keras_bias="keras.initializers.RandomUniform(-1 / n_in**0.5, 1 / n_in**0.5)",
        source="torch.nn.Linear: uniform over ±1/√n_in, biases too",
        draws_biases=True,
    ),
)

INITIALIZERS: dict[str, Initializer] = {entry.name: entry for entry in _ENTRIES}
