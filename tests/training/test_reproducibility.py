"""The same config gives the same run, and training leaves nothing behind."""

import hashlib
import random
import subprocess
import sys

import numpy as np
import torch

from annlab import load_dataset
from annlab.datasets import forget_datasets
from annlab.training import train
from tests.training.small_runs import make, numbers


def test_run_is_reproducible_despite_other_random_draws():
    config = make(model={"dropout": 0.3}, dataset={"validation_fraction": 0.2})
    first = train(config)
    torch.manual_seed(1)
    torch.rand(7)
    np.random.seed(2)
    np.random.rand(5)
    random.seed(3)
    forget_datasets()
    assert numbers(train(config)) == numbers(first)


def test_global_random_state_is_neither_read_nor_changed():
    torch.manual_seed(11)
    np.random.seed(12)
    random.seed(13)
    before = (torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate())
    train(make(model={"dropout": 0.3}, dataset={"test_fraction": 0.2, "scaling": "standard"}))
    assert torch.equal(torch.get_rng_state(), before[0])
    np.testing.assert_array_equal(np.random.get_state()[1], before[1])
    assert random.getstate() == before[2]


ANOTHER_PROCESS = """
import hashlib, sys
from annlab import RunConfig, train
config = RunConfig.model_validate_json(sys.argv[1])
noise = RunConfig.model_validate_json(sys.argv[2])
run = train(config)
arrays = [*(run.history[name] for name in sorted(run.history)), run.checkpoints.epochs]
arrays += [array for pair in run.checkpoints.layers for array in pair]
print(hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest(), flush=True)
asked = []
def should_stop():
    if not asked:
        asked.append(True)
        print("busy", flush=True)
    return False
train(noise, should_stop=should_stop)
"""


def test_run_is_reproducible_across_processes():
    config = make(model={"dropout": 0.3}, dataset={"validation_fraction": 0.2})
    before = numbers(train(config))
    # This process would run longer than the test, which ends it below.
    noise = make(max_epochs=10_000, model={"hidden_sizes": (64, 64)})
    texts = [config.model_dump_json(), noise.model_dump_json()]
    other = subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS, *texts], stdout=subprocess.PIPE, text=True
    )
    try:
        digest = other.stdout.readline().strip()
        assert other.stdout.readline().strip() == "busy"
        beside = numbers(train(config))
        assert other.poll() is None  # the process was busy during the whole test
    finally:
        other.kill()
        other.communicate()
    assert beside == before
    assert digest == hashlib.sha256(before).hexdigest()


def test_number_of_threads_is_restored():
    n = torch.get_num_threads()
    seen = []
    try:
        torch.set_num_threads(2)
        train(make(max_epochs=1), on_epoch=lambda report: seen.append(torch.get_num_threads()))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(n)
    assert set(seen) == {1}


def test_data_are_not_modified():
    dataset = load_dataset(make().dataset)
    before = dataset.X_train.copy(), dataset.y_train.copy()
    train(make())
    np.testing.assert_array_equal(dataset.X_train, before[0])
    np.testing.assert_array_equal(dataset.y_train, before[1])
