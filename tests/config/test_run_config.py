"""Configs: validation messages, derived values, digests and URLs."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.config import RESULTS_VERSION
from annlab.config.settings import SETTINGS
from annlab.lessons.experiments import EXPERIMENTS
from annlab.nn.architecture import Architecture
from annlab.nn.losses import LOSSES
from annlab.setting_type import MAX_LAYERS, MAX_UNITS
from annlab.validation import Config, explain

SECTIONS: dict[str, type[Config]] = {
    "dataset": DatasetConfig,
    "model": ModelConfig,
    "training": TrainingConfig,
}
FIELDS = [(section, field) for section, cls in SECTIONS.items() for field in cls.model_fields]

# Data sets to which a field applies, and a non-default value for every field.
BASE = {
    "dataset": {"name": "blobs"},
    "model": {"hidden_sizes": (3, 2)},
    "training": {},
}
OF_A_CURVE = {"function", "gap", "outliers", "target_scaling"}
OTHER = {
    ("dataset", "name"): "spirals",
    ("dataset", "n_samples"): 500,
    ("dataset", "noise"): 0.1234567890123,
    ("dataset", "n_classes"): 3,
    ("dataset", "function"): "step",
    ("dataset", "gap"): 1.5,
    ("dataset", "outliers"): 0.1,
    ("dataset", "seed"): 1,
    ("dataset", "test_fraction"): 0.2,
    ("dataset", "validation_fraction"): 1 / 3,
    ("dataset", "split_seed"): 0,
    ("dataset", "resample"): "sample",
    ("dataset", "scaling"): "standard",
    ("dataset", "target_scaling"): "standard",
    ("model", "hidden_sizes"): (2, 3),
    ("model", "activation"): "tanh",
    ("model", "output_activation"): "tanh",
    ("model", "init"): "he_normal",
    ("model", "dropout"): 0.5,
    ("training", "optimizer"): "sgd",
    ("training", "learning_rate"): 1e-6,
    ("training", "momentum"): 0.0,
    ("training", "rho"): 0.9,
    ("training", "initial_accumulator"): 0.1,
    ("training", "weight_decay"): 0.01,
    ("training", "loss"): "mse",
    ("training", "batch_size"): 1,
    ("training", "max_epochs"): 7,
    ("training", "early_stopping_patience"): 3,
    ("training", "n_seeds"): 5,
    ("training", "seed"): 2**31 - 1,
    ("training", "record_gradients"): True,
    ("training", "accelerator"): "cpu",
}


def base(field):
    """Values of a run with a data set to which a field applies."""
    name = "function_1d" if field in (*OF_A_CURVE, "output_activation") else "blobs"
    return {**BASE, "dataset": {"name": name}}


def changed(section, field):
    values = base(field)
    values[section] = {**values[section], field: OTHER[section, field]}
    return RunConfig.model_validate(values)


def make(section, **fields):
    """One section of a run, with a data set to which its fields apply."""
    named = base(*fields)["dataset"] if section == "dataset" else {}
    return SECTIONS[section](**named, **fields)


def sentences(error):
    return "; ".join(explain(error.value))


def test_every_field_is_in_the_tables_of_this_file():
    assert set(OTHER) == set(FIELDS)


# ---- validation


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ((4,) * 14, "hidden_sizes: at most 10 layers, got 14"),
        ((4, 0), "hidden_sizes: a layer has 1 to 1024 units, got 0"),
        ((4, -3), "hidden_sizes: a layer has 1 to 1024 units, got -3"),
        ((1025,), "hidden_sizes: a layer has 1 to 1024 units, got 1025"),
    ],
)
def test_number_and_size_of_layers_are_limited(sizes, sentence):
    with pytest.raises(ValidationError) as error:
        ModelConfig(hidden_sizes=sizes)
    assert explain(error.value) == [sentence]


def test_largest_network():
    sizes = (MAX_UNITS,) * MAX_LAYERS
    assert ModelConfig(hidden_sizes=sizes).hidden_sizes == sizes


@pytest.mark.parametrize("size", [True, 2.5, float("nan"), "four", None, [4]], ids=repr)
def test_layer_sizes_are_whole_numbers(size):
    with pytest.raises(ValidationError) as error:
        ModelConfig(hidden_sizes=(4, size))
    assert sentences(error).startswith("hidden_sizes: ")


@pytest.mark.parametrize("sizes", [4, "4-2", None, {"a": 1}], ids=repr)
def test_layer_sizes_are_a_sequence(sizes):
    with pytest.raises(ValidationError, match="hidden_sizes"):
        ModelConfig(hidden_sizes=sizes)


NAMES = [
    ("dataset", "name"),
    ("dataset", "scaling"),
    ("dataset", "function"),
    ("dataset", "target_scaling"),
    ("model", "activation"),
    ("model", "output_activation"),
    ("model", "init"),
    ("training", "optimizer"),
    ("training", "loss"),
    ("training", "accelerator"),
]


@pytest.mark.parametrize(("section", "field"), NAMES)
@pytest.mark.parametrize("value", ["nonsense", "", "MOONS", 3, True, ["moons"], {}], ids=repr)
def test_unknown_names_are_refused(section, field, value):
    with pytest.raises(ValidationError) as error:
        SECTIONS[section](**{field: value})
    assert sentences(error).startswith(f"{field}: ")


def test_error_about_an_unknown_name_lists_the_known_names():
    with pytest.raises(ValidationError) as error:
        TrainingConfig(optimizer="adm")
    assert explain(error.value) == [
        "optimizer: must be one of sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam; "
        "got 'adm'"
    ]


@pytest.mark.parametrize("cls", [*SECTIONS.values(), RunConfig])
@pytest.mark.parametrize("value", [1, None])
def test_extra_fields_are_refused(cls, value):
    with pytest.raises(ValidationError, match="Extra inputs"):
        cls(color=value)


@pytest.mark.parametrize("cls", [*SECTIONS.values(), RunConfig])
@pytest.mark.parametrize("value", [None, 1, "moons", ["name"], [("name", "moons")]], ids=repr)
def test_a_config_is_made_from_fields(cls, value):
    with pytest.raises(ValidationError):
        cls.model_validate(value)


def test_softmax_is_only_an_output_activation():
    with pytest.raises(ValidationError) as error:
        ModelConfig(activation="softmax")
    assert explain(error.value) == ["activation: Softmax can only stand at the output"]


@pytest.mark.parametrize(
    ("dataset", "fields"),
    [
        ("iris", {"n_samples": 100}),
        ("moons", {"n_classes": 2}),
        ("random_labels", {"noise": 0.1}),
        ("digits", {"seed": 0}),
        ("moons", {"function": "sine"}),
        ("diabetes", {"gap": 0.5}),
        ("sine", {"outliers": 0.1}),
        ("iris", {"target_scaling": "standard"}),
        ("xor", {"target_scaling": "standard"}),
    ],
)
def test_fields_that_do_not_apply_are_refused(dataset, fields):
    with pytest.raises(ValidationError, match="does not apply to"):
        DatasetConfig(name=dataset, **fields)


@pytest.mark.parametrize(
    ("dataset", "low", "high"), [("moons", 0, 1), ("gaussians", 0.05, 3), ("blobs", 0.05, 5)]
)
def test_noise_has_the_range_of_its_data_set(dataset, low, high):
    for noise in (low, high):
        assert DatasetConfig(name=dataset, noise=noise).noise == noise
    for noise in (low - 0.01, high + 0.01):
        with pytest.raises(ValidationError, match=f"must be between {low:g} and {high:g}, got"):
            DatasetConfig(name=dataset, noise=noise)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"name": "function_1d", "function": "sin"},
            "function: must be one of sine, step, abs, cubic, sum; got 'sin'",
        ),
        (
            {"name": "digits", "target_scaling": "standard"},
            "target_scaling: does not apply to Digits, whose targets are classes",
        ),
        (
            {"name": "fashion_mnist", "test_fraction": 0.2},
            "test_fraction: must be 0: Fashion-MNIST has a published test split",
        ),
    ],
)
def test_settings_of_some_data_sets(fields, sentence):
    with pytest.raises(ValidationError) as error:
        DatasetConfig(**fields)
    assert explain(error.value) == [sentence]
    with pytest.raises(ValidationError) as error:
        RunConfig(dataset=fields)
    assert explain(error.value) == [sentence]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"name": "iris", "test_fraction": 0.01},
            "test_fraction: the test split would have 2 of 150 samples; it needs 6",
        ),
        (
            {"name": "iris", "test_fraction": 0.9, "validation_fraction": 0.2},
            "validation_fraction: the validation split would have 3 of 150 samples; it needs 6",
        ),
        (
            {"name": "iris", "test_fraction": 0.9, "validation_fraction": 0.8},
            "test_fraction: only 3 samples would be left for training",
        ),
    ],
)
def test_every_split_needs_samples(fields, sentence):
    with pytest.raises(ValidationError) as error:
        DatasetConfig(**fields)
    assert explain(error.value) == [sentence]


def test_smallest_valid_split():
    # Three classes need six samples, two of each.
    assert DatasetConfig(name="iris", test_fraction=6 / 150).sizes().train == 144
    with pytest.raises(ValidationError, match="would have 5 of 150 samples; it needs 6"):
        DatasetConfig(name="iris", test_fraction=5 / 150)


@pytest.mark.parametrize(
    ("fields", "sizes"),
    [
        ({"name": "iris"}, (150, 150, 0)),
        ({"name": "iris", "test_fraction": 0.2, "validation_fraction": 0.25}, (150, 90, 30)),
        ({"name": "function_1d"}, (200, 200, 0)),
        ({"name": "fashion_mnist"}, (70_000, 60_000, 10_000)),
        ({"name": "fashion_mnist", "validation_fraction": 0.1}, (70_000, 54_000, 10_000)),
    ],
)
def test_split_sizes_are_known_before_loading(fields, sizes):
    config = DatasetConfig(**fields)
    assert (config.n_points, config.sizes().train, config.sizes().test) == sizes
    assert RunConfig(dataset=config).has_test == (sizes[2] > 0)


def test_published_test_samples_are_in_no_other_split():
    with pytest.raises(ValidationError) as error:
        DatasetConfig(name="fashion_mnist", validation_fraction=0.0001)
    assert explain(error.value) == [
        "validation_fraction: the validation split would have 6 of 70000 samples; it needs 20"
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"model": {"output_activation": "linear"}},
            "output_activation: two classes can have sigmoid; got 'linear'",
        ),
        (
            {"training": {"loss": "huber"}},
            "loss: two classes can have binary_cross_entropy, mse; got 'huber'",
        ),
        (
            {"dataset": {"name": "diabetes"}, "model": {"output_activation": "softmax"}},
            "output_activation: regression can have linear, relu, softplus, sigmoid, tanh; "
            "got 'softmax'",
        ),
    ],
)
def test_output_and_loss_must_fit_the_task(fields, sentence):
    with pytest.raises(ValidationError) as error:
        RunConfig(**fields)
    assert explain(error.value) == [sentence]


@pytest.mark.parametrize("loss", [None, *LOSSES])
@pytest.mark.parametrize("name", ["moons", "iris", "diabetes"])
def test_no_config_pairs_a_cross_entropy_with_another_output(name, loss):
    # The engine's gradient at the logits is valid only for this output activation.
    try:
        config = RunConfig(dataset={"name": name}, training={"loss": loss})
    except ValidationError:
        return
    assert LOSSES[config.loss].canonical in (None, config.output_activation)


@pytest.mark.parametrize(
    ("data", "model", "training"),
    [
        ("moons", {"output_activation": "sigmoid"}, {"loss": "binary_cross_entropy"}),
        ("iris", {"output_activation": "softmax"}, {"loss": "categorical_cross_entropy"}),
        ("diabetes", {"output_activation": "linear"}, {"loss": "mse"}),
    ],
)
def test_naming_a_task_default_gives_an_equal_config(data, model, training):
    named = RunConfig(dataset={"name": data}, model=model, training=training)
    plain = RunConfig(dataset={"name": data})
    assert named == plain
    assert named.digest == plain.digest
    assert (named.output_activation, named.loss) == (*model.values(), *training.values())


# ---- derived values


@pytest.mark.parametrize(
    ("dataset", "hidden", "sizes"),
    [
        ("moons", (), (2, 1)),
        ("iris", (5,), (4, 5, 3)),
        ("diabetes", (8, 4), (10, 8, 4, 1)),
        ("blobs", (), (2, 4)),
        ("digits", (16,), (64, 16, 10)),
    ],
)
def test_architecture_follows_from_data_and_task(dataset, hidden, sizes):
    config = RunConfig(dataset={"name": dataset}, model={"hidden_sizes": hidden})
    assert config.architecture == Architecture(sizes[0], hidden, sizes[-1])
    assert config.n_parameters == config.architecture.n_parameters


def test_defaults_are_the_common_settings():
    config = RunConfig()
    assert config.dataset == DatasetConfig(name="moons", n_samples=1000, noise=0.05, seed=0)
    assert (config.model.activation, config.model.init, config.model.dropout) == (
        "relu",
        "glorot_uniform",
        0,
    )
    training = config.training
    assert (training.optimizer, training.learning_rate, training.batch_size) == ("adam", 0.001, 32)
    assert (training.max_epochs, training.n_seeds, training.seed) == (100, 1, 0)
    assert (training.weight_decay, training.early_stopping_patience) == (0, 0)
    assert training.accelerator == "auto"
    assert (config.loss, config.output_activation) == ("binary_cross_entropy", "sigmoid")
    assert (config.dataset.test_fraction, config.dataset.scaling) == (0, "none")


@pytest.mark.parametrize(
    ("model", "label"),
    [
        (ModelConfig(), "No hidden layer"),
        (ModelConfig(hidden_sizes=(4, 2), activation="tanh"), "MLP 4-2, Tanh"),
    ],
)
def test_label_of_a_network(model, label):
    assert model.label == label


# ---- digest


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


@pytest.mark.parametrize(("section", "field"), FIELDS)
def test_configs_are_frozen(section, field):
    config = RunConfig.model_validate(BASE)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(getattr(config, section), field, OTHER[section, field])
    with pytest.raises(ValidationError, match="frozen"):
        setattr(config, section, SECTIONS[section]())


# ---- URLs

MANY = [
    RunConfig(),
    RunConfig.model_validate(BASE),
    *(changed(*pair) for pair in FIELDS),
    *(run for experiment in EXPERIMENTS.values() for run in experiment.runs),
    RunConfig(
        dataset={"name": "diabetes", "scaling": "minmax", "validation_fraction": 0.1},
        model={"hidden_sizes": (1,), "output_activation": "softplus", "dropout": 0.3},
        training={"loss": "mae", "learning_rate": 0.1 + 0.2, "optimizer": "nesterov"},
    ),
]


@pytest.mark.parametrize("config", MANY, ids=lambda config: config.digest[:8])
def test_url_round_trip(config):
    text = config.to_url()
    for address in (text, f"?{text}", f"https://example.org/compare?{text}"):
        assert RunConfig.from_url(address) == config
        assert RunConfig.from_url(address).digest == config.digest


def test_url_names_every_field_once():
    assert sorted((setting.section, setting.name) for setting in SETTINGS.values()) == sorted(
        FIELDS
    )
    assert len(SETTINGS) == len(FIELDS)


def test_url_holds_only_differences_from_the_defaults():
    config = RunConfig(
        dataset={"name": "circles", "noise": 0.05, "test_fraction": 0.2},
        model={"hidden_sizes": (4, 2)},
    )
    assert config.to_url() == "data=circles&test=0.2&hidden=4-2"


@pytest.mark.parametrize("text", ["", "?", "https://example.org/regression"])
def test_empty_url_is_the_default_run(text):
    assert RunConfig.from_url(text) == RunConfig()


@pytest.mark.parametrize(
    "text",
    [
        "data=nonsense",
        "color=red",
        "data=moons&n_samples=100",
        "hidden=4-x",
        "hidden=4--2",
        "hidden=" + "-".join("1" * 11),
        "lr=nan",
        "lr=1e999",
        "lr=0.1,0.2",
        "epochs=" + "9" * 400,
        "epochs=" + "9" * 5000,
        "epochs=1.5",
        "seeds=-1",
        "seed=%00",
        "noise=True",
        "data=iris&samples=20",
        "https://[broken?lr=0.1",
        "data=%F0%9F%92%A5",
    ],
)
def test_invalid_values_in_a_url_are_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        RunConfig.from_url(text)


def test_unknown_name_in_a_url_is_named():
    with pytest.raises(ValueError, match="unknown settings: color, size"):
        RunConfig.from_url("size=3&data=moons&color=red")
