"""Activation functions: one entry each, with formula, derivative and source.

The file is long because it is a registry.

Everything here is NumPy. The training engine computes the same functions with PyTorch's own
operators, which it passes to an entry's `TorchKernel`, so that this module never imports torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class TorchKernel:
    """The activation and its gradient in PyTorch's own operators, for the training engine.

    Attributes
    ----------
    forward : callable
        ``(aten, z)`` to f(z), for tensors of shape (n_seeds, n_units, n_samples). It must read z
        only once, because some operators of `aten` overwrite z.
    backward : callable
        ``(aten, gradient, z, a)`` to the gradient with respect to z, where `a` is f(z). It uses
        one PyTorch operator, which may overwrite `gradient`.
    needs_z : bool
        Whether `backward` reads z; if not, the engine discards z.
    """

    forward: Callable[[Any, Any], Any]
    backward: Callable[[Any, Any, Any, Any], Any]
    needs_z: bool = True


@dataclass(frozen=True)
class CodeSnippets:
    """The activation as source code, for exported scripts.

    Attributes
    ----------
    torch, keras : str
        Expressions that build the activation as a PyTorch module and as a Keras layer.
    torch_definition, keras_definition : str
        Python code that the expression depends on; empty, or ending with two empty lines.
    """

    torch: str
    keras: str
    torch_definition: str = ""
    keras_definition: str = ""


@dataclass(frozen=True)
class Activation:
    """One activation function: formula, derivative, framework code, source.

    Attributes
    ----------
    name, label : str
        Name in configs, and display name.
    formula : str
        LaTeX of f(z).
    f : callable
        Array of pre-activations z, any shape, to activations of the same shape.
    derivative : callable
        z to f'(z), of the same shape; for a function of a whole vector (softmax) to the
        Jacobian, of shape ``z.shape + (z.shape[-1],)``.
    torch : TorchKernel
        The same functions for the training engine.
    code : CodeSnippets
        The same function in exported scripts.
    value_range : tuple of float
        Infimum and supremum of f.
    use : str
        Typical use, in a few words.
    source : str
        Where the function was introduced or is described.
    elementwise : bool
        False for a function of a whole vector, which only an output layer can use.
    breakpoints : tuple of float or None
        Ascending values of z between which f is linear, () if f is linear everywhere. None for a
        function that is not piecewise linear.
    """

    name: str
    label: str
    formula: str
    f: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    torch: TorchKernel
    code: CodeSnippets
    value_range: tuple[float, float]
    use: str
    source: str
    elementwise: bool = True
    breakpoints: tuple[float, ...] | None = None

    @property
    def saturated(self) -> tuple[float, float]:
        """Range of z outside which a unit is inactive because its slope is small.

        Elementwise functions only; infinite on a side where the function does not saturate.
        """
        z = np.linspace(-20.0, 20.0, 4001)
        steep = np.flatnonzero(np.abs(self.derivative(z)) >= self.inactive_below)
        if not len(steep):
            return 0.0, 0.0
        low, high = z[steep[0]], z[steep[-1]]
        return (
            -_INF if steep[0] == 0 else round(float(low), 1) + 0.0,
            _INF if steep[-1] == len(z) - 1 else round(float(high), 1) + 0.0,
        )

    @property
    def largest_slope(self) -> float:
        """Largest absolute value of f' between -6 and 6, for an elementwise function."""
        return float(np.abs(self.derivative(np.linspace(-6.0, 6.0, 1201))).max())

    @property
    def inactive_below(self) -> float:
        """Slope below which a unit is inactive (dead or saturated) if it holds for all samples."""
        # The smallest float covers a step function, whose slope is always zero.
        return max(INACTIVE_SLOPE * self.largest_slope, 1e-12)


# Share of the largest slope: a dead ReLU stays below it, a leaky ReLU never does.
INACTIVE_SLOPE = 0.01
LEAKY_SLOPE = 0.01
ELU_ALPHA = 1.0
# Fixed points of the self-normalizing map, as derived by Klambauer et al. (2017).
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
_INF = float("inf")


def _sigmoid(z: Array) -> Array:
    # exp of a non-positive number only, so that large |z| cannot overflow.
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e)).astype(z.dtype, copy=False)


def _softplus(z: Array) -> Array:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _normal_cdf(z: Array) -> Array:
    # Imported late, because only GELU needs SciPy and its import costs the web process memory.
    from scipy.special import ndtr

    return np.asarray(ndtr(z), dtype=z.dtype)


def _normal_pdf(z: Array) -> Array:
    return np.exp(-0.5 * z**2) / np.sqrt(np.asarray(2 * np.pi, dtype=z.dtype))


def _elu(z: Array, alpha: float) -> Array:
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def _elu_derivative(z: Array, alpha: float) -> Array:
    return np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0))).astype(z.dtype, copy=False)


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _softmax_jacobian(z: Array) -> Array:
    s = _softmax(z)
    return s[..., :, None] * (np.eye(z.shape[-1], dtype=z.dtype) - s[..., None, :])


def _silu_derivative(z: Array) -> Array:
    s = _sigmoid(z)
    return s * (1 + z * (1 - s))


_TORCH_STEP = """\
class Step(nn.Module):
    def forward(self, z):
        return (z >= 0).to(z.dtype)


"""
# 0 * z: else there would be no gradient at all, of which Keras warns.
_KERAS_STEP = """\
def step(z):
    return keras.ops.where(z >= 0, 1.0, 0.0 * z)  # its gradient is zero everywhere


"""

_ENTRIES = (
    Activation(
        name="linear",
        label="Linear",
        formula=r"f(z) = z",
        f=lambda z: z,
        derivative=np.ones_like,
        torch=TorchKernel(
            forward=lambda aten, z: z, backward=lambda aten, gradient, z, a: gradient, needs_z=False
        ),
        code=CodeSnippets(torch="nn.Identity()", keras='keras.layers.Activation("linear")'),
        value_range=(-_INF, _INF),
        use=(
            "output of a regression; between layers it adds nothing: linear layers make one linear "
            "layer"
        ),
        source="the identity",
        breakpoints=(),
    ),
    Activation(
        name="step",
        label="Step",
        formula=r"f(z) = 1 \text{ if } z \ge 0 \text{ else } 0",
        f=lambda z: (z >= 0).astype(z.dtype),
        derivative=np.zeros_like,
        torch=TorchKernel(
            forward=lambda aten, z: aten.ge(z, 0).to(z.dtype),
            backward=lambda aten, gradient, z, a: aten.zeros_like(gradient),
            needs_z=False,
        ),
        code=CodeSnippets(
            torch="Step()",
            keras="keras.layers.Activation(step)",
            torch_definition=_TORCH_STEP,
            keras_definition=_KERAS_STEP,
        ),
        value_range=(0.0, 1.0),
        use="the perceptron; its slope is zero, so gradient descent cannot train through it",
        source=(
            "McCulloch & Pitts (1943), A logical calculus of the ideas immanent in nervous activity"
        ),
        breakpoints=(0.0,),
    ),
    Activation(
        name="sigmoid",
        label="Sigmoid",
        formula=r"f(z) = \frac{1}{1 + e^{-z}}",
        f=_sigmoid,
        derivative=lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
        torch=TorchKernel(
            forward=lambda aten, z: aten.sigmoid(z),
            backward=lambda aten, gradient, z, a: aten.sigmoid_backward(gradient, a),
            needs_z=False,
        ),
        code=CodeSnippets(torch="nn.Sigmoid()", keras='keras.layers.Activation("sigmoid")'),
        value_range=(0.0, 1.0),
        use=(
            "output for two classes; in deep networks gradients vanish behind its slope of at most "
            "1/4"
        ),
        source="Verhulst (1838); as a unit of networks Rumelhart, Hinton & Williams (1986)",
    ),
    Activation(
        name="tanh",
        label="Tanh",
        formula=r"f(z) = \tanh z",
        f=np.tanh,
        derivative=lambda z: 1 - np.tanh(z) ** 2,
        torch=TorchKernel(
            forward=lambda aten, z: aten.tanh(z),
            backward=lambda aten, gradient, z, a: aten.tanh_backward(gradient, a),
            needs_z=False,
        ),
        code=CodeSnippets(torch="nn.Tanh()", keras='keras.layers.Activation("tanh")'),
        value_range=(-1.0, 1.0),
        use="hidden layers of small networks; smooth and centered on zero",
        source="LeCun, Bottou, Orr & Müller (1998), Efficient BackProp",
    ),
    Activation(
        name="relu",
        label="ReLU",
        formula=r"f(z) = \max(0, z)",
        f=lambda z: np.maximum(z, 0),
        derivative=lambda z: (z > 0).astype(z.dtype),
        torch=TorchKernel(
            forward=lambda aten, z: aten.relu(z),
            backward=lambda aten, gradient, z, a: aten.threshold_backward(gradient, a, 0),
            needs_z=False,
        ),
        code=CodeSnippets(torch="nn.ReLU()", keras='keras.layers.Activation("relu")'),
        value_range=(0.0, _INF),
        use="hidden layers; the usual first choice",
        source="Nair & Hinton (2010), Rectified linear units improve restricted Boltzmann machines",
        breakpoints=(0.0,),
    ),
    Activation(
        name="leaky_relu",
        label="Leaky ReLU",
        formula=rf"f(z) = z \text{{ if }} z > 0 \text{{ else }} {LEAKY_SLOPE}\,z",
        f=lambda z: np.where(z > 0, z, LEAKY_SLOPE * z).astype(z.dtype, copy=False),
        derivative=lambda z: np.where(z > 0, 1, LEAKY_SLOPE).astype(z.dtype, copy=False),
        torch=TorchKernel(
            forward=lambda aten, z: aten.leaky_relu(z, LEAKY_SLOPE),
            backward=lambda aten, gradient, z, a: aten.leaky_relu_backward(
                gradient, a, LEAKY_SLOPE, True
            ),
            needs_z=False,
        ),
        code=CodeSnippets(
            torch=f"nn.LeakyReLU({LEAKY_SLOPE})",
            keras=f"keras.layers.LeakyReLU(negative_slope={LEAKY_SLOPE})",
        ),
        value_range=(-_INF, _INF),
        use="hidden layers in which ReLU units die: its slope is never zero",
        source=(
            "Maas, Hannun & Ng (2013), Rectifier nonlinearities improve neural network "
            "acoustic models"
        ),
        breakpoints=(0.0,),
    ),
    Activation(
        name="elu",
        label="ELU",
        formula=r"f(z) = z \text{ if } z > 0 \text{ else } e^z - 1",
        f=lambda z: _elu(z, ELU_ALPHA),
        derivative=lambda z: _elu_derivative(z, ELU_ALPHA),
        torch=TorchKernel(
            forward=lambda aten, z: aten.elu(z, ELU_ALPHA),
            backward=lambda aten, gradient, z, a: aten.elu_backward(
                gradient, ELU_ALPHA, 1.0, 1.0, False, z
            ),
        ),
        code=CodeSnippets(torch="nn.ELU()", keras='keras.layers.Activation("elu")'),
        value_range=(-ELU_ALPHA, _INF),
        use="hidden layers; its negative values bring the mean closer to zero",
        source=(
            "Clevert, Unterthiner & Hochreiter (2016), Fast and accurate deep network "
            "learning by exponential linear units"
        ),
    ),
    Activation(
        name="selu",
        label="SELU",
        formula=r"f(z) = \lambda z \text{ if } z > 0 \text{ else } \lambda\alpha(e^z - 1)",
        f=lambda z: (SELU_SCALE * _elu(z, SELU_ALPHA)).astype(z.dtype, copy=False),
        derivative=lambda z: (SELU_SCALE * _elu_derivative(z, SELU_ALPHA)).astype(
            z.dtype, copy=False
        ),
        torch=TorchKernel(
            forward=lambda aten, z: aten.selu(z),
            backward=lambda aten, gradient, z, a: aten.elu_backward(
                gradient, SELU_ALPHA, SELU_SCALE, 1.0, False, z
            ),
        ),
        code=CodeSnippets(torch="nn.SELU()", keras='keras.layers.Activation("selu")'),
        value_range=(-SELU_SCALE * SELU_ALPHA, _INF),
        use=(
            "deep networks without normalization layers; needs LeCun normal weights and "
            "standardized features"
        ),
        source="Klambauer, Unterthiner, Mayr & Hochreiter (2017), Self-normalizing neural networks",
    ),
    Activation(
        name="gelu",
        label="GELU",
        formula=r"f(z) = z\,\Phi(z)",
        f=lambda z: z * _normal_cdf(z),
        derivative=lambda z: _normal_cdf(z) + z * _normal_pdf(z),
        torch=TorchKernel(
            forward=lambda aten, z: aten.gelu(z),
            backward=lambda aten, gradient, z, a: aten.gelu_backward(gradient, z),
        ),
        code=CodeSnippets(torch="nn.GELU()", keras='keras.layers.Activation("gelu")'),
        value_range=(-0.17, _INF),
        use="transformers",
        source="Hendrycks & Gimpel (2016), Gaussian error linear units",
    ),
    Activation(
        name="silu",
        label="SiLU",
        formula=r"f(z) = z\,\sigma(z)",
        f=lambda z: z * _sigmoid(z),
        derivative=_silu_derivative,
        torch=TorchKernel(
            forward=lambda aten, z: aten.silu(z),
            backward=lambda aten, gradient, z, a: aten.silu_backward(gradient, z),
        ),
        code=CodeSnippets(torch="nn.SiLU()", keras='keras.layers.Activation("silu")'),
        value_range=(-0.2785, _INF),
        use="deep vision networks; also known as swish",
        source=(
            "Elfwing, Uchibe & Doya (2018), Sigmoid-weighted linear units for neural network "
            "function approximation in reinforcement learning"
        ),
    ),
    Activation(
        name="softplus",
        label="Softplus",
        formula=r"f(z) = \ln(1 + e^z)",
        f=_softplus,
        derivative=_sigmoid,
        torch=TorchKernel(
            forward=lambda aten, z: aten.softplus(z),
            backward=lambda aten, gradient, z, a: aten.softplus_backward(gradient, z, 1, 20),
        ),
        code=CodeSnippets(torch="nn.Softplus()", keras='keras.layers.Activation("softplus")'),
        value_range=(0.0, _INF),
        use="output for positive targets; a smooth ReLU",
        source=(
            "Dugas, Bengio, Bélisle, Nadeau & Garcia (2001), Incorporating second-order "
            "functional knowledge for better option pricing"
        ),
    ),
    Activation(
        name="softmax",
        label="Softmax",
        formula=r"f(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        f=_softmax,
        derivative=_softmax_jacobian,
        torch=TorchKernel(
            forward=lambda aten, z: aten.softmax(z, 1),
            backward=lambda aten, gradient, z, a: aten._softmax_backward_data(
                gradient, a, 1, a.dtype
            ),
            needs_z=False,
        ),
        code=CodeSnippets(torch="nn.Softmax(dim=-1)", keras='keras.layers.Activation("softmax")'),
        value_range=(0.0, 1.0),
        use="output for several classes: makes scores into probabilities that sum to one",
        source=(
            "Bridle (1990), Probabilistic interpretation of feedforward classification "
            "network outputs"
        ),
        elementwise=False,
    ),
)
ACTIVATIONS: dict[str, Activation] = {entry.name: entry for entry in _ENTRIES}
