"""Choice of the accelerator, and the error if it is missing."""

import numpy as np
import pytest
import torch

from annlab import RunConfig, train
from annlab.training.accelerators import available, choose


@pytest.fixture
def machine(monkeypatch):
    """Pretend that PyTorch finds, or does not find, accelerators."""

    def build(cuda=False, mps=False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA Something")
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return build


@pytest.mark.parametrize(
    ("fields", "found", "auto"),
    [
        ({}, {"cpu": "CPU"}, ("cpu", "CPU")),
        (
            {"cuda": True},
            {"cpu": "CPU", "gpu": "NVIDIA Something"},
            ("gpu", "NVIDIA Something"),
        ),
        ({"mps": True}, {"cpu": "CPU", "gpu": "Apple GPU"}, ("gpu", "Apple GPU")),
    ],
)
def test_auto_prefers_a_gpu(machine, fields, found, auto):
    machine(**fields)
    assert available() == found
    assert choose("auto") == auto
    assert choose("cpu") == ("cpu", "CPU")


def test_missing_accelerator_is_refused(machine):
    machine()
    with pytest.raises(ValueError, match=r"there is no GPU that PyTorch can use .* it has CPU"):
        train(RunConfig(training={"accelerator": "gpu", "max_epochs": 1}))


def test_run_records_its_accelerator(trained):
    run = trained(RunConfig(training={"accelerator": "cpu", "max_epochs": 1}))
    assert run.accelerator == "CPU"


@pytest.mark.gpu
@pytest.mark.skipif(len(available()) < 2, reason="this machine has no GPU")
@pytest.mark.parametrize("optimizer", ["adam", "adagrad", "rmsprop"])
def test_gpu_training_matches_cpu_training(optimizer):
    fields = {"optimizer": optimizer, "learning_rate": 0.01, "max_epochs": 3, "n_seeds": 2}
    runs = [
        train(
            RunConfig(
                model={"hidden_sizes": (6, 4), "activation": "tanh", "dropout": 0.2},
                training={**fields, "accelerator": accelerator},
            )
        )
        for accelerator in ("cpu", "gpu")
    ]
    assert runs[1].accelerator != "CPU"
    for name, values in runs[0].history.items():
        np.testing.assert_allclose(runs[1].history[name], values, atol=1e-2)
