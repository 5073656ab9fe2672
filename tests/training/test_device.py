"""On another device everything is there: within an epoch nothing travels, and nothing is asked.

PyTorch's device "meta" stands in for a GPU. It knows shapes and no numbers, so whoever asks it for
one, copies from it, or computes with numbers from elsewhere too, gets an error.
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
    """Notes each operator in which tensors of two devices meet."""

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
    """The other device takes fused steps, as GPUs do: what is missing does nothing."""
    on_devices = torch_optimizer._get_fused_kernels_supported_devices()
    monkeypatch.setattr(  # it may ask for them
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
    """A module that has reached the other device, ready for its first epoch."""
    dataset, training = request.param
    config = RunConfig(
        dataset={"validation_fraction": 0.2, **dataset},
        model={"hidden_sizes": (6, 4), "activation": "tanh", "dropout": 0.2},
        training={"n_seeds": 3, "record_gradients": True, **training},
    )
    points = load_for_training(config.dataset)
    if dataset["name"] == "digits":  # as bytes, like pictures that are stored
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
def test_nothing_travels_within_an_epoch(module):
    with Travels() as before:
        module.on_train_epoch_start()
    # The order of the rows, and which units of the two hidden layers are left out.
    assert before.seen == ["aten._to_copy.default"] * 3
    with Travels() as within:
        for bounds in module.train_dataloader():
            module.training_step(bounds, 0)
        module.measure()
    assert within.there > 100
    assert within.seen == []


def test_whoever_asks_the_other_device_is_noticed():
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
