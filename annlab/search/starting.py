"""Starting points of a search: a base config that can be searched, and ranges to begin with."""

from typing import Any

from annlab.config import RunConfig
from annlab.config.settings import SETTINGS, values_of
from annlab.nn.activations import ACTIVATIONS
from annlab.search.space import FLAGS, SEARCHABLE, SearchedSetting
from annlab.setting_type import Choice, Flag, Number, Record, Sizes, Weights

# Share of the samples that choose, where a config has no validation split.
VALIDATION_FRACTION = 0.25
# A range reaches from a tenth of a value to ten times it.
_FACTOR = 10
# Range on a logarithmic scale where the value is 0.
_FROM_ZERO = (1e-5, 0.1)
# Highest value of a linear range with far limits, as a multiple of a value.
_AT_MOST = 2.0
_LAYERS = ("4", "8", "16", "4-4", "8-8")
# Number of names that a list begins with.
_N_NAMES = 3


def settings_to_search(base: RunConfig) -> list[str]:
    """Names in links of the settings that a form offers: those with more than one value."""
    return [
        address
        for address in SEARCHABLE
        # Weights of one's own do not fit into a field.
        if not isinstance(kind := SETTINGS[address].kind, Weights | Record)
        and not (isinstance(kind, Choice) and len(offered_names(address, base)) < 2)
    ]


def searchable(run: RunConfig) -> tuple[RunConfig, list[str]]:
    """Change what a search cannot use in the config of a bench.

    Parameters
    ----------
    run : RunConfig

    Returns
    -------
    config : RunConfig
        With a validation split, one network, no folds and no early stopping.
    changes : list of str
        A sentence for each change.
    """
    changes = []
    values: dict[str, Any] = run.model_dump()
    values["training"]["n_seeds"] = 1
    if run.dataset.resample == "folds":
        values["dataset"]["resample"] = "none"
        changes.append("All networks share one split, because a search cannot use folds.")
    if run.model.initial_weights is not None:
        values["model"]["initial_weights"] = None
        changes.append("Networks start at random, because a search compares seeds.")
    if run.training.early_stopping_patience:
        values["training"]["early_stopping_patience"] = 0
        changes.append("Early stopping is off, because a search compares the same epochs.")
    if not run.has_validation:
        values["dataset"]["validation_fraction"] = VALIDATION_FRACTION
        changes.append(f"{VALIDATION_FRACTION:.0%} of the samples are split off for validation.")
    return RunConfig.model_validate(values), changes


def suggested(address: str, base: RunConfig) -> SearchedSetting:
    """Return a searched setting to begin with: a range around its value, or a short list.

    Parameters
    ----------
    address : str
        One of `settings_to_search`.
    base : RunConfig

    Returns
    -------
    SearchedSetting
    """
    setting = SETTINGS[address]
    now = setting.effective(base)
    if isinstance(setting.kind, Number):
        return SearchedSetting(address=address, **_range(setting.kind, float(now or 0)))
    if isinstance(setting.kind, Sizes):
        own = setting.to_text(now)
        return SearchedSetting(address=address, choices=tuple(dict.fromkeys((own, *_LAYERS))))
    if isinstance(setting.kind, Flag):
        return SearchedSetting(address=address, choices=tuple(FLAGS))
    assert isinstance(setting.kind, Choice)
    offered = offered_names(address, base)
    others = [name for name in offered if name != now]
    if setting.kind.entries is ACTIVATIONS:  # the best known ones
        others.sort(key=lambda name: name not in ("relu", "tanh", "sigmoid"))
    names = (str(now), *others)[:_N_NAMES]
    return SearchedSetting(address=address, choices=names)


def offered_names(address: str, base: RunConfig) -> list[str]:
    """Names that a list of choices may have, given the rest of the config."""
    kind = SETTINGS[address].kind
    if isinstance(kind, Flag):
        return list(FLAGS)
    assert isinstance(kind, Choice)
    return list(kind.offered(values_of(base)) if kind.offered else kind.entries)


def _range(kind: Number, now: float) -> dict[str, float]:
    low, high = map(float, kind.limits)
    if kind.log:
        ends = (now / _FACTOR, now * _FACTOR) if now else _FROM_ZERO
    else:
        ends = (low, min(high, max(1.0, _AT_MOST * now)))
    found = [min(max(end, low), high) for end in ends]
    if kind.whole:
        found = [float(max(1, round(end))) for end in found]
    return {"low": float(f"{found[0]:.4g}"), "high": float(f"{found[1]:.4g}")}
