"""Registry of settings: completeness, and unique names."""

from collections import Counter

import pytest

from annlab import RunConfig
from annlab.config.settings import (
    SECTIONS,
    SETTINGS,
    setting_named,
    settings_that_apply,
    values_from_query,
    values_of,
)
from annlab.setting_type import Choice, Number, Setting

OF_A_CURVE = {"function", "gap", "outliers", "target_scaling"}
ALL = pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)


def test_every_field_of_a_run_has_its_setting() -> None:
    listed = Counter((setting.section, setting.name) for setting in SETTINGS.values())
    fields = [
        (section, name) for section, config in SECTIONS.items() for name in config.model_fields
    ]
    assert listed == Counter(fields)
    assert set(SECTIONS) == set(RunConfig.model_fields)


def test_labels_are_unique() -> None:
    labels = [setting.label for setting in SETTINGS.values()]
    assert len(set(labels)) == len(labels)
    assert all(labels)


@ALL
def test_names_need_no_escaping_in_a_link(setting: Setting) -> None:
    # A dot separates a model's prefix from the name, so a name contains none.
    assert setting.address.isidentifier()
    assert setting.address.isascii()


@ALL
def test_each_setting_has_help_or_explains_itself(setting: Setting) -> None:
    if isinstance(setting.kind, Choice) or setting.address == "classes":
        return  # the options explain the setting
    assert setting.help_for(values_of(RunConfig()))


@ALL
def test_offered_names_are_valid_choices(setting: Setting) -> None:
    kind = setting.kind
    if isinstance(kind, Choice) and kind.offered:
        assert set(kind.offered(values_of(RunConfig()))) <= set(kind.entries)
    if isinstance(kind, Number) and not kind.example:
        assert kind.step


@pytest.mark.parametrize(
    ("url", "value", "text"),
    [
        ("hidden", (4, 2), "4-2"),
        ("hidden", (7,), "7"),
        ("hidden", (), ""),
        ("lr", 0.01, "0.01"),
        ("lr", 1e-06, "1e-06"),
        ("epochs", 250, "250"),
        ("scaling", "minmax", "minmax"),
        ("function", "cubic", "cubic"),
        ("gap", 1.5, "1.5"),
        ("outliers", 0.05, "0.05"),
        ("target_scaling", "standard", "standard"),
    ],
)
def test_link_text_round_trip_of_a_value(url: str, value: object, text: str) -> None:
    setting = SETTINGS[url]
    data = {"data": "function_1d"} if url in OF_A_CURVE else {}
    values = values_from_query(data)
    values[setting.section][setting.name] = value
    config = RunConfig.model_validate(values)
    assert setting.get(config) == value
    assert setting.to_text(value) == text
    assert setting.get(RunConfig.model_validate(values_from_query({**data, url: text}))) == value


def test_a_setting_is_found_by_its_name() -> None:
    found = setting_named("learning_rate")
    assert found is SETTINGS["lr"]
    assert setting_named("color") is None


@pytest.mark.parametrize(
    ("query", "applying", "others"),
    [
        (
            {},
            {"noise", "samples", "test"},
            {"function", "activation", "dropout", "momentum", "rho"},
        ),
        ({"hidden": "4"}, {"activation", "dropout"}, set()),
        ({"optimizer": "momentum"}, {"momentum"}, {"rho", "accumulator"}),
        ({"optimizer": "rmsprop"}, {"rho"}, {"momentum", "accumulator"}),
        ({"data": "iris"}, {"split_seed"}, {"noise", "samples", "data_seed", "target_scaling"}),
        ({"data": "diabetes"}, {"target_scaling"}, {"noise"}),
        ({"data": "fashion_mnist"}, {"validation"}, {"test", "resample"}),
        ({"resample": "folds", "seeds": "5"}, {"resample"}, {"test"}),
    ],
)
def test_settings_apply_when_they_have_an_effect(
    query: dict[str, str], applying: set[str], others: set[str]
) -> None:
    run = RunConfig.model_validate(values_from_query(query))
    found = {setting.address for setting in settings_that_apply(run)}
    assert applying <= found
    assert not others & found
