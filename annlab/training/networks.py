"""Settings that may differ from network to network of a stack, and grouping by the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.config.settings import SETTINGS
from annlab.setting_type import Setting

# Settings whose values networks of one stack need not share, by the names of their fields.
PER_NETWORK: dict[str, Setting] = {
    setting.name: setting for setting in SETTINGS.values() if setting.per_network
}
# On or off for a whole stack: whether masks are drawn, and clipped steps counted.
_SWITCHES = ("dropout", "clip_norm")
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Networks:
    """Networks of a stack: their seeds, and their settings as vectors over the stack.

    Attributes
    ----------
    seeds : tuple of int, length n_networks
    values : dict of ndarray, shape (n_networks,)
        By the names of fields in `PER_NETWORK`.
    """

    seeds: tuple[int, ...]
    values: Mapping[str, Values]

    @classmethod
    def of(cls, configs: Sequence[RunConfig]) -> Self:
        """Return the networks of some configs, one config after another."""
        sizes = [config.training.n_seeds for config in configs]
        return cls(
            seeds=tuple(config.training.seed + k for config in configs for k in _range(config)),
            values={
                name: np.repeat([setting.get(config) for config in configs], sizes)
                for name, setting in PER_NETWORK.items()
            },
        )

    def __len__(self) -> int:
        """Number of networks."""
        return len(self.seeds)

    def common(self, name: str) -> float | None:
        """Return the value that all networks share, or None if they differ."""
        values = self.values[name]
        return float(values[0]) if (values == values[0]).all() else None

    @cached_property
    def share_their_step(self) -> bool:
        """Whether one optimizer step with one set of numbers serves all networks."""
        of_step = ("learning_rate", "weight_decay", "momentum")
        return all(self.common(name) is not None for name in of_step)


def _range(config: RunConfig) -> range:
    return range(config.training.n_seeds)


def stack_key(config: RunConfig) -> RunConfig:
    """Config without what networks of one stack need not share; equal ones share a stack."""
    changes: dict[str, dict[str, float]] = {"model": {}, "training": {}}
    for name, setting in PER_NETWORK.items():
        changes[setting.section][name] = float(name in _SWITCHES and bool(setting.get(config)))
    # Networks of one stack have the same data, unless they are those of one config.
    if config.dataset.resample == "none":
        changes["training"] |= {"n_seeds": 1, "seed": 0}
    return config.model_copy(
        update={
            section: getattr(config, section).model_copy(update=values)
            for section, values in changes.items()
        }
    )
