"""The step by the kernel alone, against the optimizer's own."""

import pytest
import torch

from annlab.optimizers import OPTIMIZERS
from annlab.training.steps import has_kernel, step_of

N_STEPS = 7


def _walk(name: str, weight_decay: float, *, by_kernel: bool) -> list[torch.Tensor]:
    """Where two groups of parameters are after some steps with other gradients each time."""
    random = torch.Generator().manual_seed(0)
    parameters = [torch.randn(n, generator=random) for n in (17, 5)]
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    entry = OPTIMIZERS[name]
    optimizer = getattr(torch.optim, entry.torch_class)(
        [
            {"params": parameters[:1], "weight_decay": weight_decay},
            {"params": parameters[1:], "weight_decay": 0.0},
        ],
        **entry.arguments(0.03, 0.8),
        **({"fused": True} if entry.fused_kernel else {}),
    )
    step = step_of(optimizer) if by_kernel else optimizer.step
    for _ in range(N_STEPS):
        for parameter in parameters:
            parameter.grad.normal_(generator=random)
        step()
    return parameters


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_step_is_the_optimizers_own(name: str, weight_decay: float) -> None:
    ours = _walk(name, weight_decay, by_kernel=True)
    for here, there in zip(ours, _walk(name, weight_decay, by_kernel=False), strict=True):
        assert torch.equal(here, there)


def test_the_kernels_are_those_of_the_fused_optimizers() -> None:
    from annlab.training.steps import _KERNELS

    fused = {getattr(torch.optim, e.torch_class) for e in OPTIMIZERS.values() if e.fused_kernel}
    assert set(_KERNELS) == fused


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_processors_have_all_kernels(name: str) -> None:
    kernel = OPTIMIZERS[name].fused_kernel
    assert has_kernel(kernel, torch.device("cpu")) == hasattr(torch, kernel or "no kernel")
    # Nobody has written this one for shapes without numbers.
    assert not has_kernel("_fused_sgd_", torch.device("meta"))
