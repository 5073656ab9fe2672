"""Trainings in many slices, and with few checkpoints."""

import sys

import pytest

from annlab.training import epoch_slices


@pytest.fixture
def sliced(monkeypatch):
    """Cut epochs into slices of one batch."""
    monkeypatch.setattr(epoch_slices, "SLICE_WORK", 1.0)


@pytest.fixture
def ends_kept(monkeypatch):
    """Keep checkpoints only at the first and the last epoch."""
    module = sys.modules["annlab.training.checkpoints"]
    monkeypatch.setattr(module, "checkpoint_epochs", lambda max_epochs, *_: (0, max_epochs))
