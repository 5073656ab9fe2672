"""Compute and memory cost of a training, and the limits of a host."""

import re

import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, train
from annlab.environment import Environment
from annlab.runs.budget import MAX_RUN_BYTES, Limits, check_budget, run_bytes, stack_bytes


def test_too_much_work_is_refused_with_a_sentence():
    training = TrainingConfig(n_seeds=1000, max_epochs=10_000, batch_size=1)
    config = RunConfig(
        training=training
    )  # validation accepts the run, because another host may have trained it
    with pytest.raises(ValueError, match="allows") as error:
        check_budget(config)
    sentence = str(error.value)
    # 1,000 samples, one per step, 10,000 times; a step counts as at least 5,000 parameters.
    assert sentence.startswith(
        f"This run needs {1e7 * 5000 / 1e10:.1f}× the compute this server allows "
        "(1,000 networks × 10,000,000 steps × 3 parameters). Use fewer networks"
    )


def test_a_refusal_says_how_many_networks_or_epochs_would_fit(monkeypatch):
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1e8")
    fields = {"model": {"hidden_sizes": (64, 64)}}
    with pytest.raises(ValueError, match="allows") as error:
        check_budget(RunConfig(**fields, training={"n_seeds": 10, "max_epochs": 200}))
    n_networks, n_epochs = map(
        int,
        re.search(r"It would train (\d+) of the networks, or (\d+) of", str(error.value)).groups(),
    )
    check_budget(RunConfig(**fields, training={"n_seeds": n_networks, "max_epochs": 200}))
    check_budget(RunConfig(**fields, training={"n_seeds": 10, "max_epochs": n_epochs}))
    for more in (
        {"n_seeds": n_networks + 1, "max_epochs": 200},
        {"n_seeds": 10, "max_epochs": n_epochs + 1},
    ):
        with pytest.raises(ValueError, match="allows"):
            check_budget(RunConfig(**fields, training=more))


def test_a_refusal_offers_only_what_fits():
    # One network and one epoch of it are too much already.
    alone = {"dataset": {"n_samples": 20_000}, "model": {"hidden_sizes": (1024,) * 10}}
    with pytest.raises(ValueError, match="allows") as error:
        check_budget(RunConfig(**alone, training={"n_seeds": 30, "batch_size": 20_000}))
    assert "It would train" not in str(error.value)
    # Another number of folds would be another experiment.
    folds = {"dataset": {"resample": "folds"}, "model": {"hidden_sizes": (256, 256)}}
    with pytest.raises(ValueError, match=r"It would train [\d,]+ of the epochs\.$"):
        check_budget(RunConfig(**folds, training={"n_seeds": 20, "max_epochs": 10_000}))


def test_host_limits_the_work(monkeypatch):
    # 32 steps of 32 samples in an epoch; 25 parameters cost less than a step's fixed cost.
    fields = {"model": {"hidden_sizes": (4, 2)}, "training": {"max_epochs": 10}}
    work = 32 * 10 * 5000
    monkeypatch.setenv("ANNLAB_MAX_WORK", str(work))
    assert Environment.read().max_work == work
    config = RunConfig(**fields)
    assert config.n_steps == 320
    check_budget(config)
    monkeypatch.setenv("ANNLAB_MAX_WORK", str(work - 1))
    with pytest.raises(ValueError, match="needs more than the compute this server allows"):
        check_budget(config)
    with pytest.raises(ValueError, match="needs more than the compute this server allows"):
        train(config)
    monkeypatch.delenv("ANNLAB_MAX_WORK")
    check_budget(config)


def test_work_counts_seeds_and_parameters(monkeypatch):
    fields = {"model": {"hidden_sizes": (64, 64, 64)}, "training": {"n_seeds": 3, "max_epochs": 2}}
    n_parameters = 3 * 64 + 2 * 65 * 64 + 65
    monkeypatch.setenv("ANNLAB_MAX_WORK", str(3 * 64 * n_parameters))
    assert RunConfig(**fields).n_parameters == n_parameters
    check_budget(RunConfig(**fields))
    fields["training"]["n_seeds"] = 4
    with pytest.raises(ValueError, match=r"needs 1\.3× the compute"):
        check_budget(RunConfig(**fields))


def test_work_counts_the_samples_of_large_batches(monkeypatch):
    fields = {
        "dataset": {"n_samples": 1024},
        "model": {"hidden_sizes": (64, 64)},
        "training": {"batch_size": 1024, "max_epochs": 10},
    }
    work = 10 * 1024 / 128 * RunConfig(**fields).n_parameters
    monkeypatch.setenv("ANNLAB_MAX_WORK", str(work))
    check_budget(RunConfig(**fields))
    fields["training"]["batch_size"] = 2000  # the data set has fewer samples
    check_budget(RunConfig(**fields))
    fields["training"]["max_epochs"] = 20
    with pytest.raises(ValueError, match=r"2\.0× .* epochs or smaller layers"):
        check_budget(RunConfig(**fields))
    fields["training"]["batch_size"] = 1
    with pytest.raises(ValueError, match="larger batches or smaller layers"):
        check_budget(RunConfig(**fields))


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ({"batch_size": 20_000}, "over 20,000 samples .* or smaller batches"),
        (
            {"record_gradients": True, "n_seeds": 200},
            "over 1,000 samples .* or do not record gradients",
        ),
    ],
    ids=["batch", "gradients"],
)
def test_a_step_beyond_a_workers_memory_is_refused(training, said):
    fields = {
        "dataset": {"n_samples": 20_000},
        "model": {"hidden_sizes": (1024,)},
        "training": {"n_seeds": 10, "max_epochs": 1, **training},
    }
    with pytest.raises(ValueError, match=f"A gradient {said}"):
        check_budget(RunConfig(**fields))
    fields["training"] |= {"batch_size": 32, "record_gradients": False}
    check_budget(RunConfig(**fields))


def test_separate_data_beyond_the_memory_limit_are_refused():
    dataset = {"name": "moons", "n_samples": 20_000, "resample": "sample"}
    config = RunConfig(dataset=dataset, training={"n_seeds": 1000, "max_epochs": 1})
    with pytest.raises(ValueError, match="The data of 1,000 networks would take 240 MB"):
        check_budget(config)


def test_full_fashion_mnist_is_within_the_budget():
    config = RunConfig(
        dataset={"name": "fashion_mnist"},
        model={"hidden_sizes": (64, 32)},
        training={"batch_size": 32, "max_epochs": 10},
    )
    assert config.n_parameters == 52_650
    assert config.n_steps == 18_750


def test_run_size_is_at_most_run_bytes(run):
    # Some of the first epochs have no checkpoint.
    assert 0.8 * run_bytes(run.config) <= run.n_bytes <= run_bytes(run.config)


def test_data_of_many_networks_beyond_the_memory_limit_are_refused():
    fields = {"dataset": {"n_samples": 20_000, "resample": "sample"}}
    check_budget(RunConfig(**fields, training={"n_seeds": 100, "max_epochs": 1}))
    with pytest.raises(ValueError, match="data of 1,000 networks would take 240 MB"):
        check_budget(RunConfig(**fields, training={"n_seeds": 1000, "max_epochs": 1}))


def test_recorded_gradients_count_toward_the_run_size(trained):
    config = RunConfig(
        dataset=DatasetConfig(n_samples=40),
        training=TrainingConfig(max_epochs=3, record_gradients=True),
    )
    assert run_bytes(config) == trained(config).n_bytes


def test_a_run_beyond_the_memory_limit_is_refused():
    short = TrainingConfig(max_epochs=50, batch_size=20)
    points = DatasetConfig(n_samples=20)
    huge = ModelConfig(hidden_sizes=(1024,) * 10)
    alone = RunConfig(dataset=points, model=huge, training=short)
    assert run_bytes(alone) < MAX_RUN_BYTES
    check_budget(alone)
    ten = RunConfig(dataset=points, model=huge, training=short.model_copy(update={"n_seeds": 10}))
    with pytest.raises(ValueError, match=r"would take 1,1\d\d MB; this server stores 128 MB"):
        check_budget(ten)


def test_a_small_host_allows_less_memory():
    small = Limits.of(200e6, lambda config: None)
    assert Limits.of(1e12, small.seconds_of) == Limits(seconds_of=small.seconds_of)
    data = {"dataset": {"n_samples": 2000}, "training": {"max_epochs": 1, "batch_size": 2000}}
    step = RunConfig(**data, model={"hidden_sizes": (64,)})
    many = step.model_copy(update={"training": step.training.model_copy(update={"n_seeds": 80})})
    own = DatasetConfig(name="moons", n_samples=2000, resample="sample")
    for config, what in (
        (many, "would take 8[0-9] MB of memory; this server allows 70 MB"),
        (
            RunConfig(dataset=own, training={"n_seeds": 1000, "max_epochs": 1}),
            "The data of 1,000 networks would take 24 MB; this server allows 20 MB",
        ),
        (
            RunConfig(model={"hidden_sizes": (1024,) * 3}, training={"max_epochs": 10}),
            "this server stores 20 MB",
        ),
    ):
        check_budget(config)
        with pytest.raises(ValueError, match=what):
            check_budget(config, small)


def test_stacks_of_a_search_follow_the_memory(monkeypatch):
    monkeypatch.setattr("annlab.runs.budget.spare_mb", lambda n_workers: 100.0 * (1 + n_workers))
    monkeypatch.setenv("ANNLAB_WORKERS", "1")
    assert stack_bytes() == 0.35 * 200e6
