"""Settings in which runs differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annlab.config.run_config import RunConfig
from annlab.config.settings import SETTINGS, values_of
from annlab.setting import Setting


@dataclass(frozen=True)
class Difference:
    """A setting in which runs differ.

    Attributes
    ----------
    setting : Setting
        Which one.
    values : tuple
        Its value in each run, the task's own where it is left open; None where the setting
        changes nothing about the run.
    """

    setting: Setting
    values: tuple[Any, ...]


def differences(runs: Sequence[RunConfig]) -> list[Difference]:
    """The settings in which runs differ, in the order of `SETTINGS`.

    A setting that changes nothing about a run, such as the momentum of Adam or the activation of
    a model without hidden layers, counts as having no value there.
    """
    found = []
    values = [values_of(run) for run in runs]
    for setting in SETTINGS.values():
        own = tuple(
            setting.effective(run) if setting.applies(all_values) else None
            for run, all_values in zip(runs, values, strict=True)
        )
        # Where a setting does not apply, it is as good as 0: no dropout is no difference.
        compared = [value or None for value in own] if None in own else own
        if len(set(compared)) > 1:
            found.append(Difference(setting, own))
    return found
