"""Links of a bench: round trips, and messages about invalid links."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from annlab import DatasetConfig, RunConfig
from annlab.config.link_settings import MAX_SENTENCE
from annlab.config.links import read_bench, write_bench
from annlab.config.settings import SETTINGS
from annlab.config.trackers import TRACKERS, is_tracker
from annlab.lessons.experiment import Experiment
from annlab.lessons.experiments import EXPERIMENTS
from annlab.runs.budget import check_budget
from tests.own_data import ARRAYS

DEFAULT = EXPERIMENTS["E4"].runs
# Runs of a link with only invalid values.
PLAIN = (RunConfig(), RunConfig())


def runs_with(data: dict[str, object], *models: Mapping[str, object]) -> tuple[RunConfig, ...]:
    """Build runs on the same data from fields, which belong to the section that has them."""
    runs = []
    for model in models:
        sections: dict[str, dict[str, object]] = {"dataset": data, "model": {}, "training": {}}
        for url, value in model.items():
            sections[SETTINGS[url].section][SETTINGS[url].name] = value
        runs.append(RunConfig.model_validate(sections))
    return tuple(runs)


# --- writing and reading ---------------------------------------------------------------------


@pytest.mark.parametrize("entry", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_link_round_trip_of_an_experiment(entry: Experiment) -> None:
    query = write_bench(entry.runs)
    plain = (RunConfig(),) * len(entry.runs)
    assert read_bench(query, plain) == (entry.runs, [])


@pytest.mark.parametrize("entry", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_the_link_of_an_experiment_is_short(entry: Experiment) -> None:
    assert len(urlencode(write_bench(entry.runs))) < 300


ODD = {
    "two equal models": runs_with({"name": "xor"}, {}, {}),
    "a value of both": runs_with({"name": "xor"}, {"lr": 0.1}, {"lr": 0.1}),
    "a value of the first alone": runs_with({"name": "xor"}, {"hidden": (3,)}, {}),
    "a value of the second alone": runs_with({"name": "xor"}, {}, {"hidden": (3,)}),
    "a value of each": runs_with({"name": "xor"}, {"lr": 0.3}, {"lr": 1e-06}),
    "shared beside own": runs_with({"name": "xor"}, {"seeds": 3, "lr": 0.3}, {"seeds": 3}),
    "a rare class": runs_with({"name": "moons", "rare_fraction": 0.1}, {}),
    "no default at all": runs_with(
        {
            "name": "spirals",
            "n_samples": 900,
            "noise": 0.123456789012345,
            "n_classes": 5,
            "seed": 8,
            "test_fraction": 0.25,
            "validation_fraction": 0.1,
            "split_seed": 1,
            "resample": "split",
            "scaling": "standard",
        },
        {
            "hidden": (9, 1, 9),
            "wide": True,
            "activation": "selu",
            "output": "softmax",
            "init": "pytorch",
            "dropout": 0.35,
            "optimizer": "nesterov",
            "lr": 0.07,
            "momentum": 0.5,
            "rho": 0.9,
            "accumulator": 0.1,
            "l2": 0.002,
            "l1": 0.0003,
            "clip": 0.7,
            "schedule": "restarts",
            "period": 4,
            "fall": 0.25,
            "scale": 1.5,
            "class_weights": (1.0, 2.0, 0.5, 4.0, 1.5),
            "loss": "mse",
            "batch": 7,
            "epochs": 11,
            "patience": 4,
            "seeds": 6,
            "seed": 2**31 - 1,
            "gradients": True,
            "accelerator": "cpu",
        },
        {"hidden": (1024,), "epochs": 3},
    ),
    "no default of a curve": runs_with(
        {
            "name": "function_1d",
            "n_samples": 333,
            "noise": 0.3,
            "function": "sum",
            "gap": 1.25,
            "outliers": 0.05,
            "seed": 3,
            "target_scaling": "standard",
        },
        {"output": "tanh", "features": ("x_squared", "x_to_5")},
        {"loss": "mae"},
    ),
    "a loss by name beside the task's own": runs_with({"name": "moons"}, {"loss": "mse"}, {}),
    "the task's own loss by name": runs_with(
        {"name": "moons"}, {}, {"loss": "binary_cross_entropy", "output": "sigmoid"}
    ),
    "regression": runs_with({"name": "diabetes"}, {"loss": "huber"}, {"output": "softplus"}),
    "dropout of one": runs_with(
        {"name": "xor"}, {"hidden": (8,)}, {"hidden": (8,), "dropout": 0.5}
    ),
    "three models": runs_with({"name": "xor"}, {}, {"hidden": (2,)}, {"hidden": (2,), "lr": 0.1}),
    "initial weights": runs_with(
        {"name": "xor"}, {"hidden": (2,), "start": (0.25, -1.5, *[3.5] * 7)}, {"hidden": (2,)}
    ),
    "own data": runs_with({"own": ARRAYS.own}, {}, {"hidden": (3,)}),
    "one model": runs_with({"name": "wine"}, {"hidden": (5,)}),
}


@pytest.mark.parametrize("runs", ODD.values(), ids=ODD)
def test_link_round_trip_of_unusual_settings(runs: tuple[RunConfig, ...]) -> None:
    plain = (RunConfig(),) * len(runs)
    assert read_bench(write_bench(runs), plain) == (runs, [])


def test_every_setting_is_written_unless_it_is_the_default() -> None:
    written = {
        name
        for runs in (
            *("no default at all", "no default of a curve", "initial weights", "own data"),
            "a rare class",
        )
        for name in write_bench(ODD[runs][:1])
    }
    assert written == set(SETTINGS)


def test_shared_settings_are_written_once_and_others_with_a_prefix() -> None:
    assert write_bench(DEFAULT) == {
        "data": "moons",
        "b.hidden": "4-2",
        "b.activation": "tanh",
        "b.lr": "0.01",
        "seeds": "20",
    }


def test_a_setting_with_a_prefix_overrides_a_shared_setting() -> None:
    runs, problems = read_bench({"lr": "0.1", "b.lr": "0.2", "data": "moons"}, PLAIN)
    assert [run.training.learning_rate for run in runs] == [0.1, 0.2]
    assert problems == []


def test_an_empty_link_means_the_default_of_the_page() -> None:
    assert read_bench({}, DEFAULT) == (DEFAULT, [])
    assert read_bench({"epoch": "7"}, DEFAULT, ["epoch"]) == (DEFAULT, [])


# --- nonsense --------------------------------------------------------------------------------

# Text in the link, and text that the message about it must contain.
WRONG_VALUES = {
    "unknown data set": ("data", "nope", "name"),
    "no data set": ("data", "", "name"),
    "markup": ("data", "<script>alert(1)</script>", "name"),
    "quotes": ("data", "moons' OR '1'='1", "name"),
    "a path": ("data", "../../etc/passwd", "name"),
    "a dunder": ("data", "__class__", "name"),
    "a word for a number": ("lr", "abc", "learning_rate"),
    "nothing for a number": ("lr", "", "learning_rate"),
    "NaN": ("lr", "nan", "learning_rate"),
    "infinity": ("lr", "inf", "learning_rate"),
    "minus infinity": ("noise", "-inf", "noise"),
    "overflow": ("lr", "1e999", "learning_rate"),
    "zero": ("lr", "0", "learning_rate"),
    "negative": ("l2", "-1", "weight_decay"),
    "too much": ("momentum", "1", "momentum"),
    "a boolean": ("lr", "True", "learning_rate"),
    "a fraction of an epoch": ("epochs", "1.5", "max_epochs"),
    "an exponent for an integer": ("seeds", "1e3", "n_seeds"),
    "400 digits": ("epochs", "9" * 400, "max_epochs"),
    "5000 digits": ("seed", "9" * 5000, "seed"),
    "None": ("samples", "None", "n_samples"),
    "NUL": ("dropout", "\x00", "dropout"),
    "a lone surrogate": ("activation", "\ud800", "activation"),
    "an emoji": ("optimizer", "🦆", "optimizer"),
    "an unknown choice": ("scaling", "robust", "scaling"),
    "an unknown machine": ("accelerator", "tpu", "accelerator"),
    "an empty layer": ("hidden", "4--2", "hidden_sizes"),
    "a negative layer": ("hidden", "-4", "hidden_sizes"),
    "a layer of nothing": ("hidden", "4-0", "hidden_sizes"),
    "a layer of words": ("hidden", "4-x", "hidden_sizes"),
    "a huge layer": ("hidden", "9" * 400, "hidden_sizes"),
    "14 layers": ("hidden", "-".join("1" * 14), "at most 10 layers, got 14"),
    "an activation of the output": ("activation", "softmax", "Softmax"),
    "not of this data set": ("classes", "3", "does not apply to Moons"),
}


@pytest.mark.parametrize(("url", "value", "said"), WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_a_wrong_value_is_named_and_left_out(url: str, value: str, said: str) -> None:
    runs, problems = read_bench({"epochs": "30", "patience": "2", url: value}, DEFAULT)
    kept = {"epochs": 30, "patience": 2}
    kept.pop(url, None)
    expected = runs_with({"name": "moons"}, kept, kept)
    assert runs == expected
    assert len(problems) == 1
    assert said in problems[0]
    assert problems[0].endswith(f"; “{url}” is left out.")


def test_a_wrong_value_of_one_model_leaves_the_other_alone() -> None:
    runs, problems = read_bench({"lr": "0.1", "b.lr": "fast", "b.hidden": "3"}, DEFAULT)
    # Without its own value, B has the shared setting.
    assert runs == runs_with({"name": "moons"}, {"lr": 0.1}, {"lr": 0.1, "hidden": (3,)})
    assert problems == ["learning_rate: must be a number, got 'fast'; “b.lr” is left out."]


def test_a_link_of_wrong_values_alone_means_the_default_of_the_page() -> None:
    assert read_bench({"lr": "fast", "data": "nope"}, DEFAULT)[0] == DEFAULT


def test_settings_without_a_data_set_use_the_data_set_of_the_page() -> None:
    default = EXPERIMENTS["E1"].runs
    for query in ({"epochs": "7"}, {"epochs": "7", "data": "nope"}):
        runs, _ = read_bench(query, default)
        assert {run.dataset.name for run in runs} == {default[0].dataset.name}
        assert {run.training.max_epochs for run in runs} == {7}


def test_each_wrong_value_has_a_sentence_of_its_own() -> None:
    query = {"data": "nope", "lr": "x", "epochs": "0", "b.init": "y", "scaling": "z"}
    _, problems = read_bench(query, DEFAULT)
    named = {sentence.partition(":")[0] for sentence in problems}
    assert named == {"name", "learning_rate", "max_epochs", "init", "scaling"}
    assert len(problems) == 5


# A link with only unknown names leaves the page's default unchanged.
UNKNOWN = [
    "x",
    "",
    ".",
    "b.",
    ".lr",
    "LR",
    "learning_rate",
    "c.lr",
    "B.lr",
    "a.b.lr",
    "b.data",
    "a.noise",
    "b.test",
    "<b>lr</b>",
    "__init__",
    "data ",
]


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_name_is_named_and_left_out(name: str) -> None:
    runs, problems = read_bench({name: "1"}, DEFAULT)
    assert runs == DEFAULT
    assert problems == [f"“{name}” is unknown here and left out."]


def test_an_unknown_name_does_not_hide_known_settings() -> None:
    runs, problems = read_bench({"zzz": "1", "lr": "0.1"}, DEFAULT)
    assert runs == runs_with({"name": "moons"}, {"lr": 0.1}, {"lr": 0.1})
    assert problems == ["“zzz” is unknown here and left out."]


def test_a_third_model_is_known_where_there_are_three() -> None:
    _, problems = read_bench({"c.lr": "0.1"}, (RunConfig(),) * 3)
    assert problems == []


# Valid values that contradict each other: the message, and the settings that are left out.
TOGETHER = {
    "a loss of another task": ({"data": "iris", "loss": "mae"}, "loss", {"loss"}),
    "an output of another task": (
        {"data": "diabetes", "output": "softmax"},
        "output_activation",
        {"output"},
    ),
    "both of another task": (
        {"data": "iris", "loss": "mae", "output": "softplus", "epochs": "7"},
        "loss",
        {"loss", "output"},
    ),
    "weights of classes for labels": (
        {"data": "labels", "class_weights": "balanced", "epochs": "7"},
        "class_weights: several labels have no classes",
        {"class_weights"},
    ),
    "a loss of classes for several numbers": (
        {"data": "plane_curve", "loss": "binary_cross_entropy", "hidden": "8"},
        "loss",
        {"loss"},
    ),
    "an output of classes for labels": (
        {"data": "labels", "output": "softmax"},
        "output_activation",
        {"output"},
    ),
    "a part without samples": (
        {"samples": "20", "test": "0.9", "epochs": "30"},
        "left for training",
        {"test"},
    ),
    "parts without samples": (
        {"samples": "20", "test": "0.9", "validation": "0.9", "classes": "3", "data": "blobs"},
        "left for training",
        {"samples"},
    ),
}


@pytest.mark.parametrize(("query", "said", "dropped"), TOGETHER.values(), ids=TOGETHER)
def test_the_fewest_of_contradictory_settings_are_left_out(
    query: dict[str, str], said: str, dropped: set[str]
) -> None:
    runs, problems = read_bench(query, DEFAULT)
    kept = {name: text for name, text in query.items() if name not in dropped}
    assert runs == read_bench(kept, DEFAULT)[0]
    assert read_bench(kept, DEFAULT)[1] == []
    assert said in "".join(problems)
    named = {name for sentence in problems for name in re.findall("“(.*?)”", sentence)}
    assert named == dropped
    # Each of these settings is invalid even without the others.
    for name in dropped:
        assert read_bench({**kept, name: query[name]}, DEFAULT)[1] != []


def test_each_of_two_unfit_settings_has_its_own_reason() -> None:
    _, problems = read_bench(TOGETHER["both of another task"][0], DEFAULT)
    assert {sentence.partition(":")[0] for sentence in problems} == {"loss", "output_activation"}


def test_an_unfit_setting_of_one_model_is_left_out_alone() -> None:
    query = {"data": "circles", "b.hidden": "8", "b.loss": "huber", "b.lr": "0.1"}
    runs, problems = read_bench(query, DEFAULT)
    assert runs == runs_with({"name": "circles"}, {}, {"hidden": (8,), "lr": 0.1})
    assert len(problems) == 1
    assert problems[0].endswith("; “b.loss” is left out.")


def test_models_keep_the_same_data_and_training() -> None:
    # A shared setting that is invalid only for B is left out for both models.
    query = {"b.output": "relu", "loss": "mse", "data": "iris", "samples": "500"}
    runs, problems = read_bench(query, DEFAULT)
    assert problems
    assert runs[0].dataset == runs[1].dataset


def test_a_link_beyond_the_budget_of_this_host_is_read() -> None:
    runs, problems = read_bench({"hidden": "1024-1024-1024", "seeds": "99"}, DEFAULT)
    assert problems == []
    with pytest.raises(ValueError, match="this server stores"):
        check_budget(runs[0])


def test_a_link_with_many_unfit_settings_is_read_quickly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = 0
    validate = RunConfig.model_validate

    def counted(values: object) -> RunConfig:
        nonlocal tried
        tried += 1
        return validate(values)

    monkeypatch.setattr(RunConfig, "model_validate", counted)
    query: dict[str, str] = {}
    for prefix in "abcdef":
        query |= {f"{prefix}.seeds": "1000", f"{prefix}.epochs": "10000", f"{prefix}.batch": "1"}
        query |= {f"{prefix}.hidden": "1024-1024", f"{prefix}.loss": "mae", f"{prefix}.lr": "0.1"}
    runs, problems = read_bench(query, (RunConfig(),) * 6)
    assert tried < 5_000
    assert {run.training.learning_rate for run in runs} == {0.1}
    assert problems


# --- trackers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [*sorted(TRACKERS), "utm_source", "UTM_Campaign", "FBCLID", "_ga_ABC123", "__hssc"],
)
def test_tracking_parameters_are_ignored_silently(name: str) -> None:
    assert read_bench({name: "x", "lr": "0.1"}, PLAIN) == read_bench({"lr": "0.1"}, PLAIN)
    assert read_bench({name: "x"}, DEFAULT) == (DEFAULT, [])


def test_no_setting_counts_as_a_tracker() -> None:
    names = [*SETTINGS, *(f"{prefix}.{name}" for prefix in "abcdef" for name in SETTINGS)]
    assert not [name for name in (*names, "models", "runs", "packed") if is_tracker(name)]


def test_epochs_beyond_the_budget_of_this_host_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    runs, problems = read_bench({"data": "moons", "epochs": "90"}, DEFAULT)
    assert problems == []
    assert [run.training.max_epochs for run in runs] == [90, 90]


def test_messages_about_a_link_are_short() -> None:
    query = {f"{i}{'x' * 5000}": "1" for i in range(300)}
    query |= {setting.address: "9" * 5000 for setting in SETTINGS.values()}
    query |= {f"b.{setting.address}": "y" * 5000 for setting in SETTINGS.values()}
    runs, problems = read_bench(query, DEFAULT)
    assert runs == DEFAULT  # nothing is left
    assert len(problems) <= 1 + 2 * len(SETTINGS)
    assert max(map(len, problems)) <= MAX_SENTENCE + 4 * len("“a.target_scaling”, ")
    # Data settings belong to no model, so B's data settings are unknown too. Three are named.
    n_unknown = 300 + len(DatasetConfig.model_fields)
    assert f"and {n_unknown - 3} more are unknown" in problems[0]
