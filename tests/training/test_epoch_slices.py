"""Slices of an epoch: complete batches, about the intended work, the same result."""

from itertools import pairwise

import pytest

from annlab.training import epoch_slices, train
from annlab.training.epoch_slices import EpochSlices
from tests.training.small_runs import make, numbers


@pytest.mark.parametrize("n_samples", [1, 31, 32, 33, 1000])
@pytest.mark.parametrize("batch_size", [1, 32, 5000])
@pytest.mark.parametrize("work_per_batch", [1.0, 4e8, 1e12])
def test_slices_cover_an_epoch_in_complete_batches(n_samples, batch_size, work_per_batch):
    slices = EpochSlices(n_samples, batch_size, work_per_batch)
    bounds = list(slices)
    assert len(bounds) == len(slices)
    assert bounds[0][0] == 0
    assert bounds[-1][1] == n_samples
    for (_, end), (first, _) in pairwise(bounds):
        assert end == first
        assert first % batch_size == 0
    assert all(end > first for first, end in bounds)
    largest = max(end - first for first, end in bounds)
    # A slice has at least one batch, and hardly more than the intended work.
    assert largest <= batch_size or largest / batch_size * work_per_batch <= 1e9 + work_per_batch


def test_slices_have_about_the_intended_work(monkeypatch):
    monkeypatch.setattr(epoch_slices, "SLICE_WORK", 100.0)
    slices = EpochSlices(n_samples=1000, batch_size=10, work_per_batch=30.0)
    assert list(slices)[:3] == [(0, 30), (30, 60), (60, 90)]
    assert len(slices) == 34


def test_slices_do_not_change_the_result(trained, sliced):
    config = make(model={"dropout": 0.3}, max_epochs=5, weight_decay=0.01)
    in_slices = train(config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(epoch_slices, "SLICE_WORK", 1e9)
        whole = train(config)
    assert numbers(in_slices) == numbers(whole)
