"""Derived features in configs, links and comparisons."""

import pytest
from pydantic import ValidationError

from annlab import RunConfig
from annlab.config.differences import differences
from annlab.config.links import read_bench, write_bench
from annlab.config.settings import SETTINGS, settings_that_apply
from annlab.nn.architecture import Layer
from annlab.nn.derived_features import features_of
from annlab.validation import explain

SQUARES = ("x1_squared", "x2_squared")
FEATURES = SETTINGS["features"]


def circles(*features: str, **model: object) -> RunConfig:
    model = {"features": features, **model}
    return RunConfig.model_validate({"dataset": {"name": "circles"}, "model": model})


def test_the_features_as_they_are_are_the_default() -> None:
    assert circles("x2", "x1") == circles()
    assert circles("x2", "x1").digest == circles().digest
    assert circles().features == ("x1", "x2")
    curve = {"dataset": {"name": "function_1d"}}
    named = RunConfig.model_validate({**curve, "model": {"features": ["x"]}})
    assert named == RunConfig.model_validate(curve)


def test_the_order_of_the_features_is_that_of_the_registry() -> None:
    assert circles(*reversed(SQUARES)).model.features == SQUARES
    assert circles(*SQUARES).digest != circles().digest


@pytest.mark.parametrize(("n", "data"), [(2, "moons"), (1, "function_1d")])
def test_the_first_layer_has_an_input_for_each_feature(n: int, data: str) -> None:
    for k in range(1, len(features_of(n)) + 1):
        model = {"features": features_of(n)[-k:], "hidden_sizes": (3,)}
        config = RunConfig.model_validate({"dataset": {"name": data}, "model": model})
        assert config.architecture.layers == (Layer(k, 3), Layer(3, 1))
        assert RunConfig.from_url(config.to_url()) == config


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("function_1d", "features: x₁² needs data with 2 features; Function of one variable has 1"),
        ("iris", "features: x₁² needs data with 2 features; Iris has 4"),
        ("moons", "features: x needs data with one feature; Moons has 2"),
    ],
)
def test_features_that_do_not_fit_the_data_are_refused(data: str, sentence: str) -> None:
    names = ("x",) if data == "moons" else SQUARES
    with pytest.raises(ValidationError) as error:
        RunConfig.model_validate({"dataset": {"name": data}, "model": {"features": names}})
    assert explain(error.value) == [sentence]


def test_unknown_features_are_refused() -> None:
    with pytest.raises(ValidationError) as error:
        RunConfig.from_url("data=moons&features=x1-x1_cubed")
    (sentence,) = explain(error.value)
    assert sentence.startswith("features: must be of x1, x2, x1_squared")
    assert sentence.endswith("got 'x1_cubed'")


def test_a_link_keeps_what_a_model_has() -> None:
    runs = circles(*SQUARES), circles(hidden_sizes=(4,))
    query = write_bench(runs)
    assert query == {"data": "circles", "a.features": "x1_squared-x2_squared", "b.hidden": "4"}
    assert read_bench(query, (RunConfig(), RunConfig())) == (runs, [])


def test_a_link_with_other_data_leaves_the_features_out() -> None:
    query = {"data": "iris", "a.features": "x1_squared", "lr": "0.5"}
    (first, second), (problem,) = read_bench(query, (RunConfig(), RunConfig()))
    assert first == second
    assert first.dataset.name == "iris"
    assert "“a.features” is left out" in problem


def test_models_differ_in_their_features() -> None:
    (found,) = differences([circles(), circles(*SQUARES)])
    assert found.setting is FEATURES
    assert [FEATURES.format(value) for value in found.values] == ["x₁, x₂", "x₁², x₂²"]


def test_the_setting_applies_to_one_or_two_features() -> None:
    applies = [
        FEATURES in settings_that_apply(RunConfig.model_validate({"dataset": {"name": name}}))
        for name in ("moons", "function_1d", "iris", "digits")
    ]
    assert applies == [True, True, False, False]


@pytest.mark.parametrize(("n_features", "example"), [(1, "x²"), (2, "x₁²")])
def test_the_help_says_what_is_computed_from_what(n_features: int, example: str) -> None:
    text = FEATURES.help_for({"n_features": n_features})
    assert "scaled feature" in text
    assert example in text


def test_the_linear_model_keeps_the_features() -> None:
    assert circles(*SQUARES, hidden_sizes=(4,)).linear() == circles(*SQUARES)
