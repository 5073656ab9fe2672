"""Each network of a stack is trained as if alone."""

import numpy as np
import pytest
import torch

from annlab.nn.optimizers import OPTIMIZERS
from annlab.training import train
from annlab.training.stack_module import StackModule
from tests.training.small_runs import largest_difference, make


@pytest.fixture
def orders(monkeypatch):
    """Record the batch order and the dropout masks of every epoch."""
    seen = []
    original = StackModule.on_train_epoch_start

    def spy(self):
        original(self)
        seen.append((self.order.clone(), [mask.clone() for mask in self.masks]))

    monkeypatch.setattr(StackModule, "on_train_epoch_start", spy)
    return seen


SAME_ALONE = {
    **{f"optimizer {name}": {"optimizer": name} for name in OPTIMIZERS},
    "L2": {"weight_decay": 0.1},
    "dropout": {"model": {"dropout": 0.3}},
    "dropout and ReLU": {"model": {"dropout": 0.3, "activation": "relu"}},
    "validation split": {"dataset": {"validation_fraction": 0.3}},
    "wide and deep": {"model": {"wide": True, "dropout": 0.3}},
    "no hidden layer": {"model": {"hidden_sizes": ()}},
    "several classes": {"dataset": {"name": "wine", "n_samples": None, "noise": None}},
    "several numbers": {
        "dataset": {"name": "plane_curve", "target_scaling": "standard"},
        "model": {"dropout": 0.2},
    },
    "several labels": {"dataset": {"name": "labels", "noise": None, "scaling": "standard"}},
    "everything": {
        "dataset": {"validation_fraction": 0.3, "test_fraction": 0.2, "scaling": "standard"},
        "model": {"dropout": 0.2, "activation": "gelu", "init": "pytorch"},
        "weight_decay": 0.01,
        "optimizer": "adamw",
        "early_stopping_patience": 50,
    },
}


@pytest.mark.parametrize("what", list(SAME_ALONE))
def test_network_of_a_stack_matches_the_network_trained_alone(what, orders):
    config = make(**SAME_ALONE[what])
    run = train(config)
    together = orders.copy()
    assert len(together) == 8
    for k in range(3):
        orders.clear()
        fields = {"n_seeds": 1, "seed": 7 + k}
        alone = train(make(**SAME_ALONE[what], **fields))
        for (order, masks), (order_alone, masks_alone) in zip(together, orders, strict=True):
            assert torch.equal(order[k], order_alone[0])
            for mask, mask_alone in zip(masks, masks_alone, strict=True):
                assert torch.equal(mask[k], mask_alone[0])
        # Batched products of another size round differently, which adds up in 56 steps to 1e-6 of
        # weights of about 1. Networks with other seeds differ a thousand times more.
        assert largest_difference(run, alone, k, 0) < 2e-5
        for other in {0, 1, 2} - {k}:
            assert largest_difference(run, alone, other, 0) > 0.02
        for name, values in run.history.items():
            np.testing.assert_allclose(values[:, k], alone.history[name][:, 0], atol=1e-4)


def test_batch_order_differs_by_network_and_epoch(orders):
    train(make(max_epochs=4))
    rows = [tuple(order.tolist()) for epoch, _ in orders for order in epoch]
    assert len(set(rows)) == 4 * 3
    for row in rows:
        assert sorted(row) == list(range(200))


def test_early_stopping_acts_on_each_network_separately(trained):
    fields = {
        "dataset": {"validation_fraction": 0.5},
        "learning_rate": 0.1,
        "max_epochs": 60,
        "early_stopping_patience": 3,
    }
    run = trained(make(**fields, n_seeds=4))
    assert run.ending == "early"
    assert len(set(run.epochs_trained.tolist())) > 1
    assert max(run.epochs_trained) == run.n_epochs < 60
    for k in range(4):
        alone = trained(make(**{**fields, "n_seeds": 1, "seed": 7 + k}))
        n = run.epochs_trained[k]
        assert alone.n_epochs == alone.epochs_trained[0] == n
        assert largest_difference(run, alone, k, 0) < 1e-4
        for name, values in run.history.items():
            np.testing.assert_allclose(values[: n + 1, k], alone.history[name][:, 0], atol=1e-3)
            # From this epoch on, only the other networks learn.
            np.testing.assert_array_equal(values[n:, k], values[n, k])
