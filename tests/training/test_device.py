"""An epoch on another device transfers nothing and waits for nothing.

PyTorch's device "meta" stands in for a GPU. It has shapes but no numbers, so reading a number,
copying from it, or mixing it with tensors of another device raises an error.
"""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from torch.library import _scoped_library
from torch.optim import optimizer as torch_optimizer
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from annlab import RunConfig
from annlab.datasets import load_for_training
from annlab.nn.optimizers import OPTIMIZERS
from annlab.training.stack_module import StackModule

ELSEWHERE = torch.device("meta")


class Travels(TorchDispatchMode):
    """Record each operator whose tensors are on two devices."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.there = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        devices = {
            leaf.device for leaf in tree_leaves((args, kwargs, made)) if torch.is_tensor(leaf)
        }
        self.there += devices == {ELSEWHERE}
        if len(devices) > 1:
            self.seen.append(str(func))
        return made


@pytest.fixture
def all_kernels(monkeypatch):
    """Give the meta device fused steps like a GPU; missing kernels do nothing."""
    on_devices = torch_optimizer._get_fused_kernels_supported_devices()
    monkeypatch.setattr(  # this code may read numbers
        torch_optimizer,
        "_get_fused_kernels_supported_devices",
        lambda: [*on_devices, ELSEWHERE.type],
    )
    with _scoped_library("aten", "IMPL") as library:
        for name in ("_fused_sgd_", "_fused_adagrad_"):
            library.impl(name, lambda *args, **kwargs: None, "Meta")
        yield


@pytest.fixture
def module(all_kernels, request):
    """Build a module on the other device, ready for its first epoch."""
    dataset, training = request.param
    config = RunConfig(
        dataset={"validation_fraction": 0.2, **dataset},
        model={"hidden_sizes": (6, 4), "activation": "tanh", "dropout": 0.2},
        training={"n_seeds": 3, "record_gradients": True, **training},
    )
    points = load_for_training(config.dataset)
    if dataset["name"] == "digits":  # as bytes, like stored images
        points = dataclasses.replace(
            points,
            X={split: X.astype(np.uint8) for split, X in points.X.items()},
            factor=np.full(64, 1 / 16, np.float32),
            shift=np.zeros(64, np.float32),
        )
    made = StackModule(config, points).to(ELSEWHERE)
    optimizer = made.configure_optimizers()
    made.optimizers = lambda use_pl_optimizer: optimizer
    made.on_train_start()
    return made


CASES = [
    *(({"name": "moons"}, {"optimizer": name, "weight_decay": 0.1}) for name in OPTIMIZERS),
    *(({"name": name}, {}) for name in ("wine", "digits", "diabetes")),
]


@pytest.mark.parametrize("module", CASES, indirect=True)
@torch.no_grad()
def test_an_epoch_transfers_nothing_between_devices(module):
    with Travels() as before:
        module.on_train_epoch_start()
    # The order of the rows, and the dropout masks of the two hidden layers.
    assert before.seen == ["aten._to_copy.default"] * 3
    with Travels() as within:
        for bounds in module.train_dataloader():
            module.training_step(bounds, 0)
        module.measure()
    assert within.there > 100
    assert within.seen == []


def test_access_to_the_other_device_is_detected():
    there = torch.ones(3, device=ELSEWHERE)
    with pytest.raises(RuntimeError, match="meta"):
        there.sum().item()
    with pytest.raises(NotImplementedError, match="meta"):
        there.cpu()
    with pytest.raises(RuntimeError, match="meta"):
        there + torch.ones(3)
    with Travels() as travels:
        torch.ones(3).to(ELSEWHERE)
    assert travels.seen == ["aten._to_copy.default"]
