"""Functions of one variable, and noisy samples of them.

Each function does its own imports, because exported scripts contain its source.
"""

from collections.abc import Callable
from dataclasses import dataclass

from annlab.datasets.spec import Array, DatasetSpec
from annlab.validation import Range

# Range of x.
DOMAIN = Range(-3.0, 3.0)


@dataclass(frozen=True)
class Function1D:
    """Function of one variable that generated samples follow.

    Attributes
    ----------
    name, label, formula : str
        Name in configs, display name, LaTeX.
    f : callable
        x of any shape to f(x) of the same shape. Its source needs no other code.
    """

    name: str
    label: str
    formula: str
    f: Callable[[Array], Array]


def sine(x: Array) -> Array:
    """Almost two periods over [-3, 3]."""
    import numpy as np

    return np.sin(2 * x)


def step(x: Array) -> Array:
    """One jump, from -1 to 1."""
    import numpy as np

    return np.where(x >= 0, 1.0, -1.0)


def absolute_value(x: Array) -> Array:
    """One kink."""
    import numpy as np

    return np.abs(x)


def cubic(x: Array) -> Array:
    """A hill and a valley, with zeros at -3, 0 and 3."""
    return x**3 / 9 - x


def sum_of_sines(x: Array) -> Array:
    """A slow wave that carries a fast one."""
    import numpy as np

    return np.sin(x) + np.sin(5 * x) / 2


FUNCTIONS: dict[str, Function1D] = {
    entry.name: entry
    for entry in (
        Function1D("sine", "Sine", r"\sin 2x", sine),
        Function1D("step", "Step", r"-1 \text{ if } x < 0 \text{ else } 1", step),
        Function1D("abs", "Absolute value", r"|x|", absolute_value),
        Function1D("cubic", "Cubic", r"\tfrac19 x^3 - x", cubic),
        Function1D("sum", "Sum of two sines", r"\sin x + \tfrac12 \sin 5x", sum_of_sines),
    )
}


def make_function_1d(
    n_samples: int,
    noise: float,
    function: Callable[[Array], Array],
    gap: float,
    outliers: float,
    seed: int,
) -> tuple[Array, Array]:
    """Draw samples around a function over [-3, 3], some far above it, none in the gap."""
    import numpy as np

    random = np.random.RandomState(seed)
    x = random.uniform(-3, 3, n_samples)
    x = np.sign(x) * (gap / 2 + np.abs(x) * (1 - gap / 6))  # squeezed to both sides of the gap
    y = function(x) + noise * random.randn(n_samples)
    y[random.permutation(n_samples)[: round(outliers * n_samples)]] += 6
    return x[:, None], y


CURVES = (
    DatasetSpec(
        name="function_1d",
        label="Function of one variable",
        task="regression",
        make=make_function_1d,
        lookups={"function": {name: entry.f for name, entry in FUNCTIONS.items()}},
        n_features=1,
        defaults={
            "n_samples": 200,
            "noise": 0.1,
            "function": "sine",
            "gap": 0.0,
            "outliers": 0.0,
            "seed": 0,
        },
        noise_meaning="standard deviation of the noise added to every y",
        feature_names=lambda: ("x",),
        target_name="y",
        description="One number predicted from another, so a model is a curve that can be drawn.",
        source="y = f(x) + noise, with x uniform over [-3, 3] outside the gap",
    ),
)
