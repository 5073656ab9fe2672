"""Fused steps against the optimizers' own steps."""

import pytest
import torch

from annlab.config import TrainingConfig
from annlab.nn.optimizers import OPTIMIZERS
from annlab.training.fused_step import BoundStep, has_fused_kernel

N_STEPS = 7
FUSED = {"Adam", "AdamW", "Adagrad", "SGD"}


def _walk(name: str, weight_decay: float, *, by_kernel: bool) -> list[torch.Tensor]:
    """Return two groups of parameters after some steps with changing gradients."""
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
        **entry.arguments(TrainingConfig(learning_rate=0.03, momentum=0.8)),
        **({"fused": True} if entry.torch_class in FUSED else {}),
    )
    step = BoundStep(optimizer) if by_kernel else optimizer.step
    for _ in range(N_STEPS):
        for parameter in parameters:
            parameter.grad.normal_(generator=random)
        step()
    return parameters


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_bound_step_matches_the_optimizer(name: str, weight_decay: float) -> None:
    ours = _walk(name, weight_decay, by_kernel=True)
    for here, there in zip(ours, _walk(name, weight_decay, by_kernel=False), strict=True):
        assert torch.equal(here, there)


@pytest.mark.parametrize("torch_class", sorted({e.torch_class for e in OPTIMIZERS.values()}))
def test_cpu_has_all_fused_kernels(torch_class: str) -> None:
    optimizer_class = getattr(torch.optim, torch_class)
    assert has_fused_kernel(optimizer_class, torch.device("cpu")) == (torch_class in FUSED)


def test_a_device_may_lack_a_kernel() -> None:
    # PyTorch has no such kernel for the meta device.
    assert not has_fused_kernel(torch.optim.SGD, torch.device("meta"))
