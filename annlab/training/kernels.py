"""Faster equivalents of PyTorch operations, chosen by machine and tensor shapes."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from annlab.nn.activations import Activation

# On many processors oneDNN's matrix product is twice as fast as the default, except for weights
# that change with every call and for short sums.
_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")
_LONG_SUM = 256
# Above this size a second pass over memory costs more than one more kernel launch.
_MANY_NUMBERS = 32_768
# On processors not made by Intel, MKL's tanh is slow: above this size, three more kernels that
# compute tanh from a sigmoid cost less.
_MANY_FOR_TANH = 4096
_SLOW_TANH = torch.backends.mkl.is_available() and "Intel" not in str(
    torch.cpu.get_capabilities().get("cpu_name")
)


def linear(W: Tensor, b: Tensor, x: Tensor) -> Tensor:
    """Compute ``W @ x + b`` for many networks and the samples that they share, in evaluations.

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
        # A training step has just used this kernel; for few numbers, a cold kernel takes longer.
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


# `torch` with an argmax that takes 1/14 of the time if classes are not adjacent in memory.
FAST_TORCH = SimpleNamespace(**vars(torch) | {"argmax": _argmax})


class _AtenOperators:
    """Lookup of PyTorch's operators by name, each in the variant that `form` returns."""

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
    """Apply an activation and overwrite `z`: new memory costs more than most kernels."""
    if _by_sigmoid(activation, z):
        return torch.sigmoid_(z.mul_(2)).mul_(2).sub_(1)
    a: Tensor = activation.torch.forward(_IN_PLACE, z)
    return a


def backpropagate(activation: Activation, gradient: Tensor, z: Tensor, a: Tensor) -> Tensor:
    """Turn the gradient with respect to a into that with respect to z; may overwrite it."""
    delta: Tensor = activation.torch.backward(_INTO_GRADIENT, gradient, z, a)
    return delta
