"""Find the settings in which runs differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annlab.config.run_config import RunConfig
from annlab.config.settings import SETTINGS, values_of
from annlab.setting_type import Setting


@dataclass(frozen=True)
class Difference:
    """A setting in which runs differ.

    Attributes
    ----------
    setting : Setting
        The setting that differs.
    values : tuple
        Value of the setting in each run, with task defaults filled in; None for a run on which
        the setting has no effect.
    """

    setting: Setting
    values: tuple[Any, ...]


def are_different(values: Sequence[Any]) -> bool:
    """Whether models differ in a setting, by its value in each; None where it has no effect.

    A setting without effect equals 0: a model without dropout does not differ by dropout.
    """
    compared = [value or None for value in values] if None in values else values
    return len(set(compared)) > 1


def differences(runs: Sequence[RunConfig]) -> list[Difference]:
    """List the settings in which runs differ, in the order of `SETTINGS`.

    A setting without effect on a run, such as the momentum of Adam or the activation of a model
    without hidden layers, has no value for this run. How initial weights are drawn is no difference
    to a run whose initial weights are given, because the start says so.
    """
    found = []
    values = [values_of(run) for run in runs]
    for setting in SETTINGS.values():
        own = tuple(
            setting.effective(run) if setting.applies(all_values) else None
            for run, all_values in zip(runs, values, strict=True)
        )
        compared: Sequence[Any] = own
        if setting.told_by and len({all_values[setting.told_by] for all_values in values}) > 1:
            compared = [value for value in own if value is not None]
        if are_different(compared):
            found.append(Difference(setting, own))
    return found
