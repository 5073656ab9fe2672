"""SETTINGS: registry of all settings of a run, by their names in links."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from annlab.config.training_config import TrainingConfig
from annlab.datasets.config import DatasetConfig
from annlab.nn.config import ModelConfig
from annlab.setting_type import Setting
from annlab.validation import Config

SECTIONS: dict[str, type[Config]] = {
    "dataset": DatasetConfig,
    "model": ModelConfig,
    "training": TrainingConfig,
}


def collect() -> dict[str, Setting]:
    """Collect the settings from the config fields that they annotate."""
    found = {}
    for section, config in SECTIONS.items():
        for name, field in config.model_fields.items():
            (setting,) = (item for item in field.metadata if isinstance(item, Setting))
            found[setting.address] = replace(setting, section=section, name=name)
    return found


SETTINGS: dict[str, Setting] = collect()


def setting_named(name: str) -> Setting | None:
    """Find a setting by its field name, such as "learning_rate"; "seed" is the training seed."""
    found = [setting for setting in SETTINGS.values() if setting.name == name]
    return found[-1] if found else None


def values_of(config: Any) -> dict[str, Any]:
    """Values of all settings of a RunConfig by name in links, its "task" and "n_features"."""
    values = {address: setting.get(config) for address, setting in SETTINGS.items()}
    return values | {"task": config.task.name, "n_features": config.dataset.spec.n_features}


def settings_that_apply(config: Any) -> list[Setting]:
    """List the settings that have an effect on a run, in the order of `SETTINGS`."""
    values = values_of(config)
    return [setting for setting in SETTINGS.values() if setting.applies(values)]


def values_from_query(query: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Turn the settings of a link into unchecked values for `RunConfig.model_validate`."""
    values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for address, text in query.items():
        setting = SETTINGS[address]
        values[setting.section][setting.name] = setting.from_text(text)
    return values
