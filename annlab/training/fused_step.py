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


def bind_step(optimizer: torch.optim.Optimizer) -> Step:
    """Bind the step of an optimizer to parameters and gradients with fixed memory.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
        An optimizer that is not fused, or is unknown here, keeps its own step.

    Returns
    -------
    callable
        Equivalent of ``optimizer.step()`` without hooks.
    """
    own = partial(inspect.unwrap(type(optimizer).step), optimizer)
    bind = _BINDERS.get(type(optimizer))
    if bind is None or not all(group["fused"] for group in optimizer.param_groups):
        return own
    kernels: list[Step] = []

    def step() -> None:
        if kernels:
            for kernel in kernels:
                kernel()
        else:  # the first step creates the optimizer's state
            own()
            kernels.extend(bind(group, optimizer.state) for group in optimizer.param_groups)

    return step


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
