"""Export of a search as a script for scikit-learn or for Optuna, without annlab."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

from annlab.config import RunConfig
from annlab.config.settings import SETTINGS
from annlab.exports import own_data, script
from annlab.exports.literals import dict_of, list_of, literal
from annlab.exports.scores import SCORE_CODES
from annlab.exports.search_templates import (
    MEASURED,
    MEASURED_AT_RUNGS,
    OPTUNA,
    SCRIPT,
    SKLEARN,
    TEST,
)
from annlab.nn.tasks import Score, TargetKind

# Names of activations and solvers in scikit-learn's multilayer perceptrons.
ACTIVATIONS = {"linear": "identity", "sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}
_SOLVERS = {
    "adam": {"solver": "adam"},
    "sgd": {"solver": "sgd", "momentum": 0.0},
    "momentum": {"solver": "sgd", "nesterovs_momentum": False},
    "nesterov": {"solver": "sgd", "nesterovs_momentum": True},
}
# Settings that both have, by their fields in annlab. scikit-learn always draws Glorot weights.
_SHARED = (
    "hidden_sizes",
    "activation",
    "optimizer",
    "learning_rate",
    "momentum",
    "weight_decay",
    "batch_size",
)
# The base may have another value than scikit-learn, but a search over values needs them all; the
# features are derived with the data.
_IGNORED_IN_BASE = ("init", "features")


@dataclass(frozen=True)
class _Estimator:
    """Network of scikit-learn for one kind of target, as expressions of a script.

    Attributes
    ----------
    name : str
        Class.
    alpha, rate : str
        L2 and learning rate with the same effect as in annlab. scikit-learn divides L2 by the
        size of the batch, and its loss is half of the squared error. For several targets,
        ``$times`` multiplies by their number and ``$over`` divides by it, because the gradients
        of scikit-learn are sums over targets, those of annlab means.
    """

    name: str
    alpha: str
    rate: str


_ESTIMATORS: dict[TargetKind, _Estimator] = {
    "class": _Estimator("MLPClassifier", "weight_decay * batch_size", "learning_rate"),
    "values": _Estimator(
        "MLPRegressor",
        "weight_decay * batch_size$times / 2",
        'learning_rate * (1 if optimizer == "adam" else 2$over)',
    ),
    "labels": _Estimator(
        "MLPClassifier",
        "weight_decay * batch_size$times",
        'learning_rate * (1 if optimizer == "adam" else 1$over)',
    ),
}
_N_TARGETS = "\nN_TARGETS = {}  # scikit-learn adds up their gradients, annlab takes the mean"


@dataclass(frozen=True)
class ScriptedSearch:
    """A search, as far as a script needs to know it.

    Attributes
    ----------
    base : RunConfig
        Config of every network, except for the searched settings.
    settings : mapping of str to sequence
        By field name: the levels of a number, or all choices.
    ranges : mapping of str to (float, float, bool)
        By field name of a number: the ends of its range, and whether it is logarithmic.
    tried : sequence of mapping
        Values of the searched settings by field name, for each config.
    is_grid : bool
        Whether the search tries every combination of the levels.
    n_seeds : int
        Networks of each config.
    rungs : sequence of (int, int)
        Epochs, and the number of configs that train that long; one pair without halving.
    """

    base: RunConfig
    settings: Mapping[str, Sequence[Any]]
    ranges: Mapping[str, tuple[float, float, bool]]
    tried: Sequence[Mapping[str, Any]]
    is_grid: bool
    n_seeds: int
    rungs: Sequence[tuple[int, int]]

    @property
    def drawn_from_choices(self) -> list[str]:
        """Field names of the settings that are not numbers with a range."""
        return [name for name in self.settings if name not in self.ranges]


def why_not(search: ScriptedSearch) -> str:
    """Sentence on why scikit-learn cannot run a search; empty if it can."""
    defaults = RunConfig(dataset=search.base.dataset)
    for setting in SETTINGS.values():
        if setting.scope != "model" or setting.name in _SHARED:
            continue
        differs = setting.get(search.base) != setting.get(defaults)
        if setting.name in search.settings or (differs and setting.name not in _IGNORED_IN_BASE):
            return f"{setting.label}: scikit-learn's networks do not have this setting."
    for name, known in (("activation", ACTIVATIONS), ("optimizer", _SOLVERS)):
        section = search.base.model if name == "activation" else search.base.training
        for value in search.settings.get(name, [getattr(section, name)]):
            if value not in known:
                return f"{name.capitalize()} {value}: scikit-learn's networks do not have it."
    return ""


def sklearn_search(search: ScriptedSearch) -> str:
    """Return a script that runs a search with scikit-learn and prints the ranked configs.

    Parameters
    ----------
    search : ScriptedSearch

    Returns
    -------
    str
        Python source. The script draws different random numbers than annlab, so scores agree
        within the spread over seeds.

    Raises
    ------
    ValueError
        If scikit-learn lacks a setting of the search.
    """
    if search.is_grid:
        configs = f"{_levels(search)}\nCONFIGS = list(ParameterGrid(LEVELS))"
    else:
        configs = _configs(search)
    body = _substituted(SKLEARN, search, configs=configs, rungs=list_of(map(repr, search.rungs)))
    return _script(search, "scikit-learn", body)


def optuna_search(search: ScriptedSearch) -> str:
    """Return a script that runs the same search as an Optuna study of scikit-learn's networks.

    Raises
    ------
    ValueError
        If scikit-learn lacks a setting of the search.
    """
    pruner = "NopPruner()"
    study = [f'direction="{_direction(search)}"']
    if search.is_grid:
        configs = _levels(search)
        study.append("sampler=optuna.samplers.GridSampler(LEVELS, seed=0)")
        run = f"study.optimize(objective, n_trials={len(search.tried)})"
    else:
        configs = _configs(search)
        run = (
            "for settings in CONFIGS:\n    study.enqueue_trial(settings)\n"
            "study.optimize(objective, n_trials=len(CONFIGS))"
        )
        if choices := {name: search.settings[name] for name in search.drawn_from_choices}:
            configs += f"\nLEVELS = {_lists(choices)}"
    halves = len(search.rungs) > 1
    if halves:
        configs += f"\nRUNGS = {list_of(str(epochs) for epochs, _ in search.rungs)}"
        pruner = f"SuccessiveHalvingPruner({search.rungs[0][0]}, reduction_factor=3)"
    arguments = [*study, f"pruner=optuna.pruners.{pruner}"]
    body = _substituted(
        OPTUNA,
        search,
        configs=configs,
        suggestions="\n".join(
            f'        "{name}": {_suggestion(search, name)},' for name in search.settings
        ),
        measured=MEASURED_AT_RUNGS if halves else MEASURED,
        study=script.call("study = optuna.create_study", arguments),
        run=run,
    )
    return _script(search, "Optuna", body, packages=("optuna",))


def _script(search: ScriptedSearch, tool: str, body: str, *, packages: tuple[str, ...] = ()) -> str:
    """Put the search itself between the data, the network and the result."""
    if reason := why_not(search):
        raise ValueError(reason)
    base = search.base
    data = script.data_section(base)
    estimator, n_targets = _ESTIMATORS[base.task.kind], base.dataset.spec.n_targets
    headline, scaled = base.task.headline, base.dataset.target_scaling == "standard"
    several = {
        "times": " * N_TARGETS" if n_targets > 1 else "",
        "over": " / N_TARGETS" if n_targets > 1 else "",
    }
    prediction = "model.predict(X) * target_scale + target_mean" if scaled else "model.predict(X)"
    imports = [
        "import warnings",
        "import numpy as np",
        "from sklearn.exceptions import ConvergenceWarning",
        f"from sklearn.neural_network import {estimator.name}",
        *(f"import {package}" for package in packages),
        *data.imports,
    ]
    if "ParameterGrid" in body:
        imports.append("from sklearn.model_selection import ParameterGrid")
    text = SCRIPT.substitute(
        title=own_data.plain_title(base.dataset.spec.label),
        tool=tool,
        needs=script.needed(packages, data.imports) if packages else "scikit-learn",
        imports=script.sorted_imports(imports),
        n_seeds=search.n_seeds,
        first_seed=base.training.seed,
        max_epochs=search.rungs[-1][0],
        activations=dict_of(ACTIVATIONS),
        solvers=dict_of(_SOLVERS, on_one_line=False),
        n_targets=_N_TARGETS.format(n_targets) if n_targets > 1 else "",
        data=data.text,
        defaults="\n".join(f"    {line}" for line in _defaults(base)),
        estimator=estimator.name,
        alpha=Template(estimator.alpha).substitute(several),
        rate=Template(estimator.rate).substitute(several),
        target="(y - target_mean) / target_scale" if scaled else "y",
        worst=_worst(headline),
        score=Template(SCORE_CODES[headline.name].of_model).substitute(prediction=prediction),
        score_name=headline.label,
        search=body,
        test=TEST if base.has_test else "",
    )
    return text.rstrip("\n") + "\n"


def _substituted(template: str, search: ScriptedSearch, **values: str) -> str:
    reverse = ", reverse=True" if _direction(search) == "maximize" else ""
    return Template(template).substitute(reverse=reverse, **values)


def _worst(score: Score) -> str:
    """Expression of the score of a diverged network."""
    if score.higher_is_better:
        return "0.0" if score.is_share else 'float("-inf")'
    return "1.0" if score.is_share else 'float("inf")'


def _direction(search: ScriptedSearch) -> str:
    return "maximize" if search.base.task.headline.higher_is_better else "minimize"


def _defaults(base: RunConfig) -> list[str]:
    """Arguments of `network`, with the values of the base config."""
    settings = {setting.name: setting for setting in SETTINGS.values()}
    return [f"{name}={literal(settings[name].get(base))}," for name in _SHARED]


def _configs(search: ScriptedSearch) -> str:
    tried = [dict_of(settings, indent=4) for settings in search.tried]
    return f"CONFIGS = {list_of(tried, on_one_line=False)}"


def _levels(search: ScriptedSearch) -> str:
    return f"LEVELS = {_lists(search.settings)}"


def _lists(settings: Mapping[str, Sequence[Any]]) -> str:
    """Dict of lists, one setting per line."""
    lines = []
    for name, values in settings.items():
        start = f'    "{name}": '
        # A comma follows the list.
        found = list_of(map(literal, values), indent=len(start) + 1)
        lines.append(start + found.replace("\n", "\n    ") + ",")
    return "{\n" + "\n".join(lines) + "\n}"


def _suggestion(search: ScriptedSearch, name: str) -> str:
    """Call that draws a value of a setting in Optuna."""
    if search.is_grid or name in search.drawn_from_choices:
        return f'trial.suggest_categorical("{name}", LEVELS["{name}"])'
    low, high, is_log = search.ranges[name]
    kind = "int" if isinstance(search.settings[name][0], int) else "float"
    log = ", log=True" if is_log else ""
    return f'trial.suggest_{kind}("{name}", {low!r}, {high!r}{log})'
