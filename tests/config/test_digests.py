"""Digests of configs, by which stored runs are found."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from annlab import DatasetConfig, RunConfig
from annlab.config import RESULTS_VERSION
from tests.config.fields import FIELDS, base, changed

# Written by hand, because stored runs and jobs on other machines are found by their digest: if a
# change of a default or of an order changed the digest, all stored results would be lost silently.
DEFAULT_DATASET = (
    '{"function":null,"gap":null,"n_classes":null,"n_samples":1000,"name":"moons","noise":0.05,'
    '"outliers":null,"resample":"none","scaling":"none","seed":0,"split_seed":42,"target_scaling":"none",'
    '"test_fraction":0.0,"validation_fraction":0.0}'
)
DEFAULT_MODEL = (
    '{"activation":"relu","dropout":0.0,"hidden_sizes":[],"init":"glorot_uniform",'
    '"output_activation":null}'
)
DEFAULT_TRAINING = (
    '{"accelerator":"auto","batch_size":32,"early_stopping_patience":0,'
    '"initial_accumulator":0.0,"learning_rate":0.001,'
    '"loss":null,"max_epochs":100,"momentum":0.9,"n_seeds":1,"optimizer":"adam",'
    '"record_gradients":false,"rho":0.99,"seed":0,"weight_decay":0.0}'
)


def test_digest_is_the_hash_of_canonical_json():
    parts = f'"dataset":{DEFAULT_DATASET},"model":{DEFAULT_MODEL},"training":{DEFAULT_TRAINING}'
    run = f'{{"run":{{{parts}}},"version":{RESULTS_VERSION}}}'
    assert RunConfig().digest == hashlib.sha256(run.encode()).hexdigest()
    dataset = f'{{"dataset":{DEFAULT_DATASET},"version":{RESULTS_VERSION}}}'
    assert DatasetConfig().digest == hashlib.sha256(dataset.encode()).hexdigest()


# Links of experiments, and the digests under which their results are stored.
OF_LINKS = {
    "data=linear&hidden=4-2&activation=tanh&epochs=50&seeds=10": "e5f0c1440b9dfb06",
    "data=moons&hidden=4-2&activation=tanh&lr=0.01&seeds=20": "1eaaf8ec7dfe6c8f",
    "data=spirals&hidden=64-32-16&activation=tanh&epochs=50&seeds=10": "733e30efe3ce5704",
    "data=california_housing&test=0.2&scaling=minmax&hidden=32-32&epochs=200&seeds=3": (
        "534aedc6af7c20c9"
    ),
}


@pytest.mark.parametrize("link", OF_LINKS)
def test_results_of_earlier_versions_are_found(link):
    assert RunConfig.from_url(link).digest.startswith(OF_LINKS[link])


def test_digest_is_the_same_in_another_process():
    code = "from annlab import RunConfig; print(RunConfig(training={'seed': 3}).digest)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == RunConfig(training={"seed": 3}).digest


@pytest.mark.parametrize(("section", "field"), FIELDS)
def test_any_field_changes_the_digest(section, field):
    before, other = RunConfig.model_validate(base(field)), changed(section, field)
    assert getattr(getattr(before, section), field) != getattr(getattr(other, section), field)
    assert before != other
    assert before.digest != other.digest
    if section == "dataset":
        assert before.dataset.digest != other.dataset.digest
    else:
        assert before.dataset.digest == other.dataset.digest


def test_digests_of_all_changes_differ():
    digests = {changed(*pair).digest for pair in FIELDS}
    assert len(digests) == len(FIELDS)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({}, {"dataset": {"n_samples": 1000, "noise": 0.05, "seed": 0}}),
        ({}, {"dataset": {"n_samples": None, "noise": None, "n_classes": None}}),
        ({"model": {"hidden_sizes": (4, 2)}}, {"model": {"hidden_sizes": [4, 2]}}),
        ({"model": {"hidden_sizes": (4, 2)}}, {"model": {"hidden_sizes": ("4", "2")}}),
        ({"training": {"learning_rate": 1}}, {"training": {"learning_rate": "1.0"}}),
        ({"training": {"batch_size": 64}}, {"training": {"batch_size": 64.0}}),
        ({"training": {"weight_decay": 0.0}}, {"training": {"weight_decay": -0.0}}),
        ({"dataset": {"noise": 0.0}}, {"dataset": {"noise": -0.0}}),
        ({"training": {"seed": np.int64(3)}}, {"training": {"seed": 3}}),
    ],
)
def test_equal_configs_have_equal_digests(a, b):
    a, b = RunConfig(**a), RunConfig(**b)
    assert a == b
    assert hash(a) == hash(b)
    assert a.digest == b.digest


def test_copy_with_a_change_has_its_own_digest():
    config = RunConfig()
    before = config.digest
    training = config.training.model_copy(update={"seed": 1})
    assert config.model_copy(update={"training": training}).digest != before
    dataset = config.dataset
    before = dataset.digest
    assert dataset.model_copy(update={"seed": 1}).digest != before
