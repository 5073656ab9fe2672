"""Time that a search takes, estimated from its numbers of stacks, steps, networks and weights."""

import math

from annlab.config import RunConfig
from annlab.config.settings import SETTINGS
from annlab.environment import Environment
from annlab.search.search_config import NETWORKS_AT_ONCE, SearchConfig
from annlab.search.space import SearchedSetting, config_with

# Processor seconds of one core. Four presets took 0.7 to 1.1 times the estimate.
_PER_STACK = 0.04
_PER_STEP = 150e-6
_PER_NETWORK_STEP = 4e-6
_PER_PARAMETER_STEP = 20e-9


def estimated_seconds(config: SearchConfig) -> float:
    """Estimate how long one free worker takes for a search.

    Parameters
    ----------
    config : SearchConfig

    Returns
    -------
    float
        A busy or slow server takes a multiple.
    """
    steps, parameters = _means(config)
    network_steps = steps * config.n_planned * config.n_seeds
    n_stacks = _n_stacks(config)
    of_stacks = n_stacks * (_PER_STACK + _PER_STEP * steps)
    of_networks = network_steps * (_PER_NETWORK_STEP + _PER_PARAMETER_STEP * parameters)
    all_epochs = config.n_planned * config.n_seeds * config.base.training.max_epochs
    return (of_stacks + of_networks) * config.network_epochs / all_epochs


def work_of(config: SearchConfig) -> float:
    """Work of a search in the unit of `annlab.runs.budget.compute_of`."""
    # As many steps of single parameters take as long.
    return estimated_seconds(config) / _PER_PARAMETER_STEP


def check_cost(config: SearchConfig) -> None:
    """Refuse a search that takes more compute than this host allows.

    Parameters
    ----------
    config : SearchConfig

    Raises
    ------
    ValueError
        The message is a sentence for the user.
    """
    work, allowed = work_of(config), Environment.read().max_work
    if work > allowed:
        raise ValueError(
            f"This search needs {work / allowed:.1f}× the compute this server allows "
            f"({config.network_epochs:,} network-epochs). Use fewer configs, seeds or epochs, or "
            "smaller layers."
        )


def _n_stacks(config: SearchConfig) -> float:
    """Number of stacks that the configs make; expected, where values are drawn."""
    n = config.n_planned
    if config.base.dataset.resample != "none":  # each config has data of its own
        return n
    unshared = [s for s in config.space if not SETTINGS[s.address].per_network]
    n_kinds = math.prod(_n_values(searched, config.plan.is_grid) for searched in unshared)
    # Of n draws from as many values, this many differ.
    kinds = n_kinds if config.plan.is_grid else n_kinds * (1 - (1 - 1 / n_kinds) ** n)
    return max(kinds, math.ceil(n * config.n_seeds / NETWORKS_AT_ONCE))


def _n_values(searched: SearchedSetting, is_grid: bool) -> int:
    if is_grid or not searched.is_number:
        return len(searched.levels)
    low, high = searched.levels[0], searched.levels[-1]
    return int(high - low + 1) if isinstance(low, int) else 10**9


def _means(config: SearchConfig) -> tuple[float, float]:
    """Mean number of steps, and of parameters, over the values of each setting in turn."""
    base, steps, parameters = config.base, 1.0, 1.0
    own = (base.n_steps, base.n_parameters)
    for searched in config.space:
        if SETTINGS[searched.address].per_network:
            continue
        tried = [_sizes(config_with(base, (searched,), (v,))) for v in searched.levels]
        steps *= sum(n for n, _ in tried) / len(tried) / own[0]
        parameters *= sum(n for _, n in tried) / len(tried) / own[1]
    return steps * own[0], parameters * own[1]


def _sizes(run: RunConfig) -> tuple[int, int]:
    return run.n_steps, run.n_parameters
