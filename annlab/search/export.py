"""Export of a search as a script for other tools."""

from annlab.exports.search_script import ScriptedSearch, optuna_search, sklearn_search, why_not
from annlab.search.search_config import SearchConfig
from annlab.setting_type import Number


def scripted(config: SearchConfig) -> ScriptedSearch:
    """Describe a search for the script exporters, with all configs that it tries."""
    tried = config.combinations()
    names = [searched.setting.name for searched in config.space]
    left = config.plan.n_left(len(tried), len(config.epochs))
    rungs = list(zip(config.epochs, left, strict=True))
    ranges = {}
    for searched in config.space:
        kind = searched.setting.kind
        if isinstance(kind, Number):
            ends = (searched.levels[0], searched.levels[-1])
            ranges[searched.setting.name] = (*ends, kind.log)
    return ScriptedSearch(
        base=config.base,
        settings={searched.setting.name: searched.levels for searched in config.space},
        ranges=ranges,
        tried=[dict(zip(names, combination, strict=True)) for combination in tried],
        is_grid=config.plan.is_grid,
        n_seeds=config.n_seeds,
        rungs=rungs if config.plan.halves else rungs[-1:],
    )


def why_no_script(config: SearchConfig) -> str:
    """Sentence on why a search has no script; empty if it has one."""
    return why_not(scripted(config))


def sklearn_script(config: SearchConfig) -> str:
    """Return the search as a scikit-learn script.

    Raises
    ------
    ValueError
        If scikit-learn's networks lack a setting of the search.
    """
    return sklearn_search(scripted(config))


def optuna_script(config: SearchConfig) -> str:
    """Return the search as an Optuna script that trains scikit-learn's networks.

    Raises
    ------
    ValueError
        If scikit-learn's networks lack a setting of the search.
    """
    return optuna_search(scripted(config))
