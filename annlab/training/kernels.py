"""Faster equivalents of PyTorch operations, chosen by what the machine and the shapes are."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from annlab.nn.activations import Activation

# oneDNN's matrix product, where PyTorch brings it: twice as quick as the usual one on many
# processors, but not where weights change with every call or sums are short.
_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")
_LONG_SUM = 256
# Above this size a second pass over memory costs more than one more kernel launch.
_MANY_NUMBERS = 32_768
# MKL computes PyTorch's tanh, and on other makers' processors does so the long way: there, three
# more kernels cost less, from so many numbers on.
_MANY_FOR_TANH = 4096
_SLOW_TANH = torch.backends.mkl.is_available() and "Intel" not in str(
    torch.cpu.get_capabilities().get("cpu_name")
)


def linear(W: Tensor, b: Tensor, x: Tensor) -> Tensor:
    """``W @ x + b`` of many networks, for many samples that they share: those of an evaluation.

    Parameters
    ----------
    W : Tensor, shape (n_networks, n_out, n_in)
    b : Tensor, shape (n_networks, n_out, 1)
    x : Tensor, shape (n_in, n_samples)

    Returns
    -------
    Tensor, shape (n_networks, n_out, n_samples)
    """
    n, n_out, n_in = W.shape
    samples_lie_whole = x.stride(0) == 1
    if _ONEDNN and n_in > _LONG_SUM and samples_lie_whole and x.is_cpu and x.dtype == torch.float32:
        onednn: Any = torch.ops.mkldnn._linear_pointwise.default
        z = onednn(x.T, W.flatten(0, 1), b.flatten(), "none", [], "").T
    elif n == 1 and n_out * x.shape[1] < _MANY_NUMBERS:
        # The kernels of a step, just used: of few numbers, another one takes longer at first.
        return torch.bmm(W, x[None]).add_(b)
    else:
        z = torch.addmm(b.flatten(0, 1), W.flatten(0, 1), x)
    return z.view(n, n_out, -1)


def _by_sigmoid(activation: Activation, z: Tensor) -> bool:
    # Checked by name, because machine-specific slowness does not belong in the registry.
    return _SLOW_TANH and activation.name == "tanh" and z.is_cpu and z.numel() > _MANY_FOR_TANH


def activate(activation: Activation, z: Tensor) -> Tensor:
    """Apply an activation to pre-activations of shape (n_seeds, n_units, n_samples)."""
    if _by_sigmoid(activation, z):
        return torch.sigmoid(z + z).mul_(2).sub_(1)
    a: Tensor = activation.torch.forward(torch.ops.aten, z)
    return a


def _argmax(values: Tensor, dim: int) -> Tensor:
    return torch.max(values, dim).indices


# PyTorch, with an `argmax` that takes a fourteenth where a sample's classes lie apart.
FAST_TORCH = SimpleNamespace(**vars(torch) | {"argmax": _argmax})


class _AtenOperators:
    """PyTorch's operators by name, each in the form that `form` finds for it."""

    def __init__(self, form: Callable[[str], Any]) -> None:
        self._form = form

    def __getattr__(self, name: str) -> Any:
        found = self._form(name)
        setattr(self, name, found)  # the next time it is there
        return found


def _in_place(name: str) -> Any:
    aten = torch.ops.aten
    return getattr(aten, f"{name}_" if hasattr(aten, f"{name}_") else name)


def _into_gradient(name: str) -> Any:
    operator = getattr(torch.ops.aten, name)
    if "grad_input" not in operator.overloads():
        return operator
    write = operator.grad_input
    return lambda gradient, *more, **options: write(gradient, *more, **options, grad_input=gradient)


_IN_PLACE, _INTO_GRADIENT = _AtenOperators(_in_place), _AtenOperators(_into_gradient)


def activate_in_place(activation: Activation, z: Tensor) -> Tensor:
    """As `activate`, where nobody needs `z` afterwards: new memory costs more than most kernels."""
    if _by_sigmoid(activation, z):
        return torch.sigmoid_(z.mul_(2)).mul_(2).sub_(1)
    a: Tensor = activation.torch.forward(_IN_PLACE, z)
    return a


def backpropagate(activation: Activation, gradient: Tensor, z: Tensor, a: Tensor) -> Tensor:
    """Turn the gradient with respect to a into the one with respect to z; may write over it."""
    delta: Tensor = activation.torch.backward(_INTO_GRADIENT, gradient, z, a)
    return delta
