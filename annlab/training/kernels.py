"""Quicker ways to compute the same, where this machine has them."""

from typing import Any

import torch
from torch import Tensor

from annlab.activations import Activation

# oneDNN's matrix product, where PyTorch brings it: twice as quick as the usual one on many
# processors, but not where weights change with every call or sums are short.
_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")
_LONG_SUM = 256
# MKL computes PyTorch's tanh, and on other makers' processors does so the long way: there, three
# more kernels cost less, from so many numbers on.
_SLOW_TANH = torch.backends.mkl.is_available() and "Intel" not in str(
    torch.cpu.get_capabilities().get("cpu_name")
)
_MANY_NUMBERS = 4096


def linear(W: Tensor, b: Tensor, x: Tensor) -> Tensor:
    """``W @ x + b``, for many samples at a time: those of an evaluation.

    Parameters
    ----------
    W : Tensor, shape (n_out, n_in)
    b : Tensor, shape (n_out, 1)
    x : Tensor, shape (n_in, n_samples)

    Returns
    -------
    Tensor, shape (n_out, n_samples)
    """
    usual = x.is_cpu and x.dtype == torch.float32
    samples_lie_whole = x.stride(0) == 1
    if _ONEDNN and usual and samples_lie_whole and len(x) > _LONG_SUM:
        onednn: Any = torch.ops.mkldnn._linear_pointwise.default
        z: Tensor = onednn(x.T, W, b.flatten(), "none", [], "").T
        return z
    return torch.addmm(b, W, x)


def _takes_detour(activation: Activation, z: Tensor) -> bool:
    # By name: what is slow on which machine is no business of the registry's.
    return _SLOW_TANH and activation.name == "tanh" and z.is_cpu and z.numel() > _MANY_NUMBERS


def activate(activation: Activation, z: Tensor) -> Tensor:
    """What units do to their pre-activations, of shape (n_seeds, n_units, n_samples)."""
    if _takes_detour(activation, z):
        return torch.sigmoid(z + z).mul_(2).sub_(1)
    a: Tensor = activation.forward(torch.ops.aten, z)
    return a


class _InPlace:
    """The operators of PyTorch: those that can do so write over the first tensor they take."""

    def __getattr__(self, name: str) -> Any:
        aten = torch.ops.aten
        if name.endswith("_backward"):
            operator = getattr(aten, name).grad_input

            def found(gradient: Tensor, *others: Any) -> Any:
                return operator(gradient, *others, grad_input=gradient)
        else:
            found = getattr(aten, f"{name}_" if hasattr(aten, f"{name}_") else name)
        setattr(self, name, found)  # the next time it is there
        return found


_IN_PLACE = _InPlace()


def activate_in_place(activation: Activation, z: Tensor) -> Tensor:
    """As `activate`, where nobody needs `z` afterwards: new memory costs more than most kernels."""
    if _takes_detour(activation, z):
        return torch.sigmoid_(z.mul_(2)).mul_(2).sub_(1)
    a: Tensor = activation.forward(_IN_PLACE, z)
    return a


def backpropagate(activation: Activation, gradient: Tensor, z: Tensor, a: Tensor) -> Tensor:
    """The gradient with respect to z, of that with respect to a, which nobody needs afterwards."""
    delta: Tensor = activation.backward(_IN_PLACE, gradient, z, a)
    return delta
