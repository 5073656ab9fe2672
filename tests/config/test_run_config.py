"""Configs of runs: defaults, and what follows from data and task."""

import pytest
from pydantic import ValidationError

from annlab import DatasetConfig, ModelConfig, RunConfig
from annlab.nn.architecture import Architecture
from annlab.nn.losses import LOSSES
from annlab.validation import explain
from tests.config.fields import BASE, FIELDS, OTHER, SECTIONS


def test_every_field_is_in_the_tables_of_this_file():
    assert set(OTHER) == set(FIELDS)


@pytest.mark.parametrize(("section", "field"), FIELDS)
def test_configs_are_frozen(section, field):
    config = RunConfig.model_validate(BASE)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(getattr(config, section), field, OTHER[section, field])
    with pytest.raises(ValidationError, match="frozen"):
        setattr(config, section, SECTIONS[section]())


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
