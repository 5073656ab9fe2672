"""Values that a config refuses, and what it says about them."""

import pytest
from pydantic import ValidationError

from annlab import ModelConfig, RunConfig, TrainingConfig
from annlab.setting_type import MAX_LAYERS, MAX_UNITS
from annlab.validation import explain
from tests.config.fields import SECTIONS, sentences


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
