"""The list of settings: complete, and each under one name."""

from collections import Counter

import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.config.settings import BY_URL, FIELDS, Field, from_query
from annlab.validation import Config

SECTIONS: dict[str, type[Config]] = {
    "dataset": DatasetConfig,
    "model": ModelConfig,
    "training": TrainingConfig,
}
OF_A_CURVE = {"function", "gap", "outliers", "target_scaling"}


def test_every_setting_of_a_run_is_listed_once() -> None:
    listed = Counter((field.section, field.name) for field in FIELDS)
    settings = [
        (section, name) for section, config in SECTIONS.items() for name in config.model_fields
    ]
    assert listed == Counter(settings)
    assert set(SECTIONS) == set(RunConfig.model_fields)


@pytest.mark.parametrize("attribute", ["url", "label"])
def test_names_are_unique(attribute: str) -> None:
    names = [getattr(field, attribute) for field in FIELDS]
    assert len(set(names)) == len(names)
    assert all(names)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.url)
def test_names_need_no_escaping_in_an_address(field: Field) -> None:
    # No dot either: it separates a model's prefix from the name.
    assert field.url.isidentifier()
    assert field.url.isascii()
    assert BY_URL[field.url] is field


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
def test_text_of_a_value_and_back(url: str, value: object, text: str) -> None:
    field = BY_URL[url]
    data = {"data": "function_1d"} if url in OF_A_CURVE else {}
    values = from_query(data)
    values[field.section][field.name] = value
    config = RunConfig.model_validate(values)
    assert field.of(config) == value
    assert field.to_text(config) == text
    assert field.of(RunConfig.model_validate(from_query({**data, url: text}))) == value
