"""Limits of settings: what is refused, and in which words."""

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import RunConfig, TrainingConfig, train
from annlab.config import check_within_budget
from annlab.jobs.cluster import Cluster
from annlab.validation import LIMITS, explain, max_work
from tests.config.test_run_config import FIELDS, make, sentences

# Where a number stands, and a data set to which it applies.
NUMBERS = [
    *((section, field) for section, field in FIELDS if field in LIMITS),
    ("dataset", "noise"),
]


def test_every_limit_has_its_setting():
    assert {field for _, field in NUMBERS} == {*LIMITS, "noise"}


@pytest.mark.parametrize(("section", "field"), [pair for pair in NUMBERS if pair[1] in LIMITS])
def test_limits_are_included_and_kept(section, field):
    low, high = LIMITS[field]
    for inside in (low, high):
        assert getattr(make(section, **{field: inside}), field) == inside
    whole = isinstance(low, int)
    outside = (
        (low - 1, high + 1)
        if whole
        else (float(np.nextafter(low, -1e9)), float(np.nextafter(high, 1e9)))
    )
    for value in outside:
        with pytest.raises(ValidationError) as error:
            make(section, **{field: value})
        assert f"{field}: must be between" in sentences(error)


@pytest.mark.parametrize(("section", "field"), NUMBERS)
@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        -1,
        1e300,
        10**400,
        True,
        False,
        "many",
        "",
        "nan",
        [1],
        {},
        b"\xff",
        np.array([1, 2]),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_what_is_no_sensible_number_is_refused(section, field, value):
    with pytest.raises(ValidationError) as error:
        make(section, **{field: value})
    assert sentences(error).startswith(f"{field}: ")


@pytest.mark.parametrize("field", [field for field in LIMITS if isinstance(LIMITS[field].low, int)])
def test_half_of_a_whole_number_is_refused(field):
    section = next(name for name, column in NUMBERS if column == field)
    with pytest.raises(ValidationError, match=field):
        make(section, **{field: LIMITS[field].low + 0.5})


# ---- total work


def test_too_much_work_is_refused_in_a_sentence():
    training = TrainingConfig(n_seeds=1000, max_epochs=10_000, batch_size=1)
    config = RunConfig(training=training)  # is no mistake: another host may have trained it
    with pytest.raises(ValueError, match="allowed here") as error:
        check_within_budget(config)
    sentence = str(error.value)
    # 1000 points, one by one, 10,000 times; a step is never taken for less than 5,000.
    assert sentence.startswith(
        f"this is {1e7 * 5000 / 1e10:.1f} times the work that is allowed here "
        "(1,000 networks × 10,000,000 steps × 3 parameters): take fewer networks"
    )


def test_host_sets_the_largest_work(monkeypatch):
    # 32 steps of 32 points in an epoch; 25 parameters are less than a step's fixed cost.
    fields = {"model": {"hidden_sizes": (4, 2)}, "training": {"max_epochs": 10}}
    work = 32 * 10 * 5000
    monkeypatch.setenv("ANNLAB_MAX_WORK", str(work))
    assert max_work() == work
    config = RunConfig(**fields)
    assert config.n_steps == 320
    check_within_budget(config)
    monkeypatch.setenv("ANNLAB_MAX_WORK", str(work - 1))
    with pytest.raises(ValueError, match="this is more than the work that is allowed here"):
        check_within_budget(config)
    with pytest.raises(ValueError, match="this is more than the work that is allowed here"):
        train(config)
    monkeypatch.delenv("ANNLAB_MAX_WORK")
    check_within_budget(config)


@pytest.mark.parametrize("text", ["two", "nan", "-1", "inf", "1e10x"])
def test_what_a_host_sets_must_be_a_number(monkeypatch, text):
    monkeypatch.setenv("ANNLAB_MAX_WORK", text)
    with pytest.raises(ValueError, match="ANNLAB_MAX_WORK must be a number of at least 0"):
        check_within_budget(RunConfig())
    monkeypatch.setenv("ANNLAB_WORKERS", text)
    with pytest.raises(ValueError, match=f"ANNLAB_WORKERS must be .* got '{text}'"):
        Cluster()
    monkeypatch.setenv("ANNLAB_WORKERS", "")
    assert Cluster().n_workers >= 1


def test_work_counts_seeds_and_parameters(monkeypatch):
    fields = {"model": {"hidden_sizes": (64, 64, 64)}, "training": {"n_seeds": 3, "max_epochs": 2}}
    n_parameters = 3 * 64 + 2 * 65 * 64 + 65
    monkeypatch.setenv("ANNLAB_MAX_WORK", str(3 * 64 * n_parameters))
    assert RunConfig(**fields).n_parameters == n_parameters
    check_within_budget(RunConfig(**fields))
    fields["training"]["n_seeds"] = 4
    with pytest.raises(ValueError, match=r"this is 1\.3 times the work"):
        check_within_budget(RunConfig(**fields))


def test_work_counts_the_samples_of_large_batches(monkeypatch):
    fields = {
        "dataset": {"n_samples": 1024},
        "model": {"hidden_sizes": (64, 64)},
        "training": {"batch_size": 1024, "max_epochs": 10},
    }
    work = 10 * 1024 / 128 * RunConfig(**fields).n_parameters
    monkeypatch.setenv("ANNLAB_MAX_WORK", str(work))
    check_within_budget(RunConfig(**fields))
    fields["training"]["batch_size"] = 2000  # there are not so many
    check_within_budget(RunConfig(**fields))
    fields["training"]["max_epochs"] = 20
    with pytest.raises(ValueError, match=r"2\.0 times .* epochs or smaller layers"):
        check_within_budget(RunConfig(**fields))
    fields["training"]["batch_size"] = 1
    with pytest.raises(ValueError, match="larger batches or smaller layers"):
        check_within_budget(RunConfig(**fields))


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ({"batch_size": 20_000}, "20,000 samples at once, .* or smaller batches"),
        ({"record_gradients": True, "n_seeds": 200}, "1,000 samples at once, .* or no gradients"),
    ],
    ids=["batch", "gradients"],
)
def test_what_does_not_fit_into_a_workers_memory_is_refused(training, said):
    fields = {
        "dataset": {"n_samples": 20_000},
        "model": {"hidden_sizes": (1024,)},
        "training": {"n_seeds": 10, "max_epochs": 1, **training},
    }
    with pytest.raises(ValidationError, match=f"learn from {said}"):
        RunConfig(**fields)
    fields["training"] |= {"batch_size": 32, "record_gradients": False}
    assert RunConfig(**fields)


def test_full_fashion_mnist_is_not_too_much_work():
    config = RunConfig(
        dataset={"name": "fashion_mnist"},
        model={"hidden_sizes": (64, 32)},
        training={"batch_size": 32, "max_epochs": 10},
    )
    assert config.n_parameters == 52_650
    assert config.n_steps == 18_750


# ---- sentences


def test_explain_gives_one_sentence_for_each_wrong_field():
    with pytest.raises(ValidationError) as error:
        TrainingConfig(learning_rate=-1, batch_size=0)
    assert explain(error.value) == [
        "learning_rate: must be between 1e-06 and 100, got -1",
        "batch_size: must be between 1 and 100000, got 0",
    ]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"learning_rate": "fast"}, "learning_rate: must be a number, got 'fast'"),
        ({"batch_size": "2.5"}, "batch_size: must be a whole number, got '2.5'"),
        ({"batch_size": 2.5}, "batch_size: must be a whole number, got '2.5'"),
        ({"max_epochs": [1]}, "max_epochs: must be a whole number, got '[1]'"),
    ],
)
def test_explain_speaks_to_people_who_do_not_program(values, sentence):
    with pytest.raises(ValidationError) as caught:
        TrainingConfig(**values)
    assert explain(caught.value) == [sentence]
