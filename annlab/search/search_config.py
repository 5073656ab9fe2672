"""SearchConfig: one search as frozen, validated settings, with its digest and link."""

from typing import Annotated, Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import AfterValidator, Field, model_validator

from annlab.config import RunConfig
from annlab.config.settings import SETTINGS, values_of
from annlab.search.space import (
    Combination,
    SearchedSetting,
    check_space,
    config_with,
    without_effect,
)
from annlab.search.strategies import STRATEGIES, Strategy, rungs
from annlab.setting_type import SEEDS
from annlab.validation import RESULTS_VERSION, Config, Range, check_between, digest_of

MAX_CONFIGS = 2_000
MAX_NETWORKS = 10_000
# Networks of a stack. Larger stacks would be a little faster, but a stop loses the one that trains.
NETWORKS_AT_ONCE = 250
SEEDS_EACH = Range(1, 100)
# Before the address of a searched setting in a link.
_PREFIX = "space."
# Name in a link of each field but the base and the space.
_NAMES = {
    "strategy": "strategy",
    "configs": "n_configs",
    "seeds_each": "n_seeds",
    "budget": "budget",
    "search_seed": "seed",
}


def _within(limits: Range) -> AfterValidator:
    return AfterValidator(lambda value: check_between(value, limits))


class SearchConfig(Config):
    """Settings of one search.

    Attributes
    ----------
    base : RunConfig
        Config of every network, except for the searched settings. Its seed is the first seed of
        each config; its number of networks is ignored. It has a validation split, which alone
        chooses.
    space : tuple of SearchedSetting
        One to four settings.
    strategy : str
        A name in `annlab.search.strategies.STRATEGIES`.
    n_configs : int
        Number of configs to try; a grid ignores it, because its levels set the number.
    n_seeds : int
        Networks of each config, with seeds that count up from the base's.
    budget : int
        Most network-epochs that the search may take; 0 for no limit.
    seed : int
        Seed of the strategy's random choices.
    """

    base: RunConfig = Field(default_factory=RunConfig)
    space: tuple[SearchedSetting, ...]
    strategy: str = "grid"
    n_configs: Annotated[int, _within(Range(2, MAX_CONFIGS))] = 50
    n_seeds: Annotated[int, _within(SEEDS_EACH)] = 1
    budget: Annotated[int, _within(Range(0, 10**9))] = 0
    seed: Annotated[int, _within(SEEDS)] = 0

    @model_validator(mode="after")
    def _is_valid(self) -> Self:
        if self.strategy not in STRATEGIES:
            raise ValueError(
                f"strategy: must be one of {', '.join(STRATEGIES)}; got {self.strategy!r}"
            )
        self._check_base()
        check_space(self.space, self.base)
        if idle := without_effect(self.space, values_of(self.base)):
            raise ValueError(f"{idle}: has no effect on these models. Search another setting.")
        n_networks = self.n_planned * self.n_seeds
        if self.n_planned > MAX_CONFIGS or n_networks > MAX_NETWORKS:
            raise ValueError(
                f"n_configs: {self.n_planned:,} configs with {self.n_seeds} seeds each are "
                f"{n_networks:,} networks; a search has at most {MAX_CONFIGS:,} configs and "
                f"{MAX_NETWORKS:,} networks. Use fewer levels or fewer seeds."
            )
        if self.budget and self.network_epochs > self.budget:
            raise ValueError(
                f"budget: this search needs {self.network_epochs:,} network-epochs, the budget is "
                f"{self.budget:,}. Use fewer configs, seeds or epochs."
            )
        return self

    def _check_base(self) -> None:
        if not self.base.has_validation:
            raise ValueError(
                "validation_fraction: a search chooses by the validation split. Set it above 0."
            )
        if self.base.dataset.resample == "folds":
            raise ValueError("resample: a search cannot use folds. Choose another kind of data.")
        if self.base.training.early_stopping_patience:
            raise ValueError(
                "early_stopping_patience: a search compares networks after the same epochs. Set "
                "it to 0."
            )

    @property
    def plan(self) -> Strategy:
        """Registry entry of the strategy."""
        return STRATEGIES[self.strategy]

    @property
    def epochs(self) -> tuple[int, ...]:
        """Epochs at which the search records scores, ascending."""
        return rungs(self.base.training.max_epochs)

    @property
    def n_planned(self) -> int:
        """Number of configs to try, before duplicates are dropped."""
        if not self.plan.is_grid:
            return self.n_configs
        n = 1
        for searched in self.space:
            n *= len(searched.levels)
        return n

    @property
    def network_epochs(self) -> int:
        """Epochs of all networks together."""
        max_epochs = self.base.training.max_epochs
        return self.plan.network_epochs(self.n_planned, self.n_seeds, max_epochs)

    def combinations(self) -> list[Combination]:
        """List the combinations of values that the search tries, each once."""
        return self.plan.combinations(self.space, self.n_configs, self.seed)

    def config_of(self, combination: Combination, *, first: int = 0) -> RunConfig:
        """Return the config of a combination: one run with the networks of the search.

        Parameters
        ----------
        combination : tuple
            A value of each searched setting.
        first : int
            Index of the first seed; the networks before it are left out.

        Returns
        -------
        RunConfig
        """
        config = config_with(self.base, self.space, combination)
        training, dataset = config.training, config.dataset
        if dataset.resample != "none":  # each network has data of its own, which count up too
            name = "split_seed" if dataset.resample == "split" else "seed"
            dataset = dataset.model_copy(update={name: getattr(dataset, name) + first})
        seeds = {"seed": training.seed + first, "n_seeds": self.n_seeds - first}
        return config.model_copy(
            update={"dataset": dataset, "training": training.model_copy(update=seeds)}
        )

    def configs(self) -> list[RunConfig]:
        """List the configs of all combinations, in the same order."""
        return [self.config_of(combination) for combination in self.combinations()]

    @property
    def digest(self) -> str:
        """SHA-256 of everything that changes the scores: the same for the same search."""
        return digest_of(
            {
                "search": self.scores_key(),
                "space": [searched.model_dump(mode="json") for searched in self.space],
                "strategy": self.strategy,
                "n_configs": 0 if self.plan.is_grid else self.n_configs,
                "n_seeds": self.n_seeds,
                "seed": 0 if self.plan.is_grid else self.seed,
            }
        )

    def scores_key(self) -> dict[str, Any]:
        """Everything but a combination and a seed that a network's scores depend on.

        Tables with the same key can share scores. The base's values of searched settings have no
        influence.
        """
        defaults = RunConfig(dataset=self.base.dataset)
        values = tuple(searched.setting.get(defaults) for searched in self.space)
        fixed = config_with(self.base, self.space, values)
        training = fixed.training.model_copy(update={"n_seeds": 1})
        fixed = fixed.model_copy(update={"training": training})
        addresses = sorted(searched.address for searched in self.space)
        return {"base": fixed.digest, "searched": addresses, "version": RESULTS_VERSION}

    def to_url(self) -> str:
        """Write the search as a query string: the base's settings, then the search's own."""
        fields = {name: getattr(self, field) for name, field in _NAMES.items()}
        defaults = {name: type(self).model_fields[field].default for name, field in _NAMES.items()}
        own = {name: str(value) for name, value in fields.items() if value != defaults[name]}
        searched = {f"{_PREFIX}{one.address}": one.to_text() for one in self.space}
        return f"{self.base.to_url()}&{urlencode({**searched, **own}, safe='~')}"

    @classmethod
    def from_url(cls, text: str) -> Self:
        """Read a search from a query string or a whole URL.

        Raises
        ------
        ValidationError
            If a value is invalid.
        ValueError
            If a name is unknown.
        """
        query = dict(parse_qsl(urlsplit(text).query if "?" in text else text))
        unknown = [
            name
            for name in query
            if name not in SETTINGS and name not in _NAMES and not name.startswith(_PREFIX)
        ]
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        base = {name: value for name, value in query.items() if name in SETTINGS}
        space = tuple(
            SearchedSetting.from_text(name.removeprefix(_PREFIX), value)
            for name, value in query.items()
            if name.startswith(_PREFIX)
        )
        own = {field: query[name] for name, field in _NAMES.items() if name in query}
        return cls.model_validate(
            {"base": RunConfig.from_url(urlencode(base)), "space": space, **own}
        )
