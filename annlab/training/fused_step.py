"""Fused optimizer steps without PyTorch's per-call bookkeeping.

PyTorch's optimizers look up, sort and check their parameters before each step. For a small
network the bookkeeping takes ten times as long as the fused kernel, so this module binds the
kernel to its tensors and calls it directly.
"""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

Step = Callable[[], Any]


def has_fused_kernel(optimizer_class: type, device: torch.device) -> bool:
    """Whether a device has a fused kernel for an optimizer.

    Parameters
    ----------
    optimizer_class : type
        Class in `torch.optim`.
    device : torch.device
    """
    operator = f"aten::_fused_{optimizer_class.__name__.lower()}_"
    key = torch._C._dispatch_key_for_device(device.type)
    return optimizer_class in _BINDERS and torch._C._dispatch_has_kernel_for_dispatch_key(
        operator, key
    )


class BoundStep:
    """Step of an optimizer, bound to parameters and gradients with fixed memory.

    Equivalent of ``optimizer.step()`` without hooks.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
        An optimizer that is not fused, or is unknown here, keeps its own step.
    """

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self._optimizer = optimizer
        self._own = partial(inspect.unwrap(type(optimizer).step), optimizer)
        fused = all(group.get("fused") for group in optimizer.param_groups)
        self._bind = _BINDERS.get(type(optimizer)) if fused else None
        self._kernels: list[Step] = []

    def __call__(self) -> None:
        """Step once."""
        if self._kernels:
            for kernel in self._kernels:
                kernel()
        else:  # the first step creates the optimizer's state
            self._own()
            self._bind_kernels()

    def set_learning_rate(self, rate: float) -> None:
        """Change the learning rate of all parameters."""
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        if self._kernels:
            self._bind_kernels()

    def _bind_kernels(self) -> None:
        if self._bind:
            groups, state = self._optimizer.param_groups, self._optimizer.state
            self._kernels = [self._bind(group, state) for group in groups]


def _bind_adam(group: dict[str, Any], state: dict[Tensor, Any]) -> Step:
    params, gradients = _tensors(group)
    kept = [[state[p][name] for p in params] for name in ("exp_avg", "exp_avg_sq")]
    steps = [state[p]["step"] for p in params]
    beta1, beta2 = group["betas"]
    kernel = partial(
        torch._fused_adamw_ if group["decoupled_weight_decay"] else torch._fused_adam_,
        params,
        gradients,
        *kept,
        [],
        steps,
        lr=group["lr"],
        beta1=beta1,
        beta2=beta2,
        weight_decay=group["weight_decay"],
        eps=group["eps"],
        amsgrad=False,
        maximize=False,
    )
    return _with_step_count(steps, kernel)


def _bind_adagrad(group: dict[str, Any], state: dict[Tensor, Any]) -> Step:
    params, gradients = _tensors(group)
    steps = [state[p]["step"] for p in params]
    kernel = partial(
        torch._fused_adagrad_,
        params,
        gradients,
        [state[p]["sum"] for p in params],
        steps,
        lr=group["lr"],
        lr_decay=group["lr_decay"],
        weight_decay=group["weight_decay"],
        eps=group["eps"],
        maximize=False,
    )
    return _with_step_count(steps, kernel)


def _bind_sgd(group: dict[str, Any], state: dict[Tensor, Any]) -> Step:
    params, gradients = _tensors(group)
    return partial(
        torch._fused_sgd_,
        params,
        gradients,
        [state[p]["momentum_buffer"] for p in params] if group["momentum"] else [],
        weight_decay=group["weight_decay"],
        momentum=group["momentum"],
        lr=group["lr"],
        dampening=group["dampening"],
        nesterov=group["nesterov"],
        maximize=False,
        is_first_step=False,
    )


_BINDERS: dict[type, Callable[[dict[str, Any], Any], Step]] = {
    torch.optim.Adam: _bind_adam,
    torch.optim.AdamW: _bind_adam,
    torch.optim.Adagrad: _bind_adagrad,
    torch.optim.SGD: _bind_sgd,
}


def _tensors(group: dict[str, Any]) -> tuple[list[Tensor], list[Tensor]]:
    return group["params"], [p.grad for p in group["params"]]


def _with_step_count(steps: list[Tensor], kernel: Step) -> Step:
    def step() -> None:
        torch._foreach_add_(steps, 1)
        kernel()

    return step
