"""REMEDIES of the diagnosis: advice by name, conditions, and pairs of opposites."""

from collections.abc import Callable, Iterable

from annlab.config import RunConfig
from annlab.config.settings import SETTINGS
from annlab.runs.run import Run

# A remedy maps a run to the text of the advice; empty if the advice does not apply to the run.
Remedy = Callable[[Run], str]


def _if(applies: Callable[[RunConfig], bool], text: str) -> Remedy:
    return lambda run: text if applies(run.config) else ""


def _with_hidden_units(text: str) -> Remedy:
    return _if(lambda config: bool(config.model.hidden_sizes), text)


def _more_epochs(run: Run) -> str:
    return "a larger early-stopping patience" if run.ending == "early" else "more epochs"


def _smaller_rate(run: Run) -> str:
    smaller = run.config.training.learning_rate / 10
    if smaller < SETTINGS["lr"].limits_for({}).low:
        return ""
    return f"a smaller learning rate (say {smaller:g})"


def _scaled_target(run: Run) -> str:
    data = run.config.dataset
    if not run.config.task.scales_target or data.target_scaling != "none":
        return ""
    return "scaled targets" if data.spec.n_targets > 1 else "a scaled target"


REMEDIES: dict[str, Remedy] = {
    "more epochs": _more_epochs,
    "early stopping": _if(lambda c: not c.training.early_stopping_patience, "early stopping"),
    "larger rate": lambda run: "a larger learning rate",
    "smaller rate": _smaller_rate,
    "another rate": lambda run: "another learning rate",
    "more samples": lambda run: "more samples",
    "other features": lambda run: "other features",
    "scaled features": _if(lambda c: c.dataset.scaling == "none", "scaled features"),
    "scaled target": _scaled_target,
    "hidden layers": _if(lambda c: not c.model.hidden_sizes, "hidden layers"),
    "more units": _with_hidden_units("more units"),
    "fewer units": _with_hidden_units("fewer units"),
    "weaker l1": _if(lambda c: c.training.l1 > 0, "weaker L1"),
    "weaker l2": _if(lambda c: c.training.weight_decay > 0, "weaker L2"),
    "less dropout": _if(
        lambda c: bool(c.model.hidden_sizes) and c.model.dropout > 0, "less dropout"
    ),
    "l2": lambda run: "stronger L2" if run.config.training.weight_decay else "L2",
    "dropout": _if(lambda c: bool(c.model.hidden_sizes) and not c.model.dropout, "dropout"),
    "other initialization": _with_hidden_units("another weight initialization"),
    "other activation": _with_hidden_units("another activation function"),
}

# Remedies that are never advised together.
OPPOSITES: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("more epochs", "early stopping"),
        ("larger rate", "smaller rate"),
        ("more units", "fewer units"),
        ("l2", "weaker l1"),
        ("l2", "weaker l2"),
        ("dropout", "less dropout"),
    )
)


def agreeing(remedies: Iterable[str], run: Run, given: Iterable[str]) -> tuple[str, ...]:
    """Select the remedies that apply to a run and are not opposites of earlier advice."""
    given = list(given)
    return tuple(
        name
        for name in remedies
        if REMEDIES[name](run) and not any(frozenset((name, other)) in OPPOSITES for other in given)
    )


def advice(remedies: Iterable[str], run: Run) -> str:
    """Write a sentence that advises some remedies; empty without remedies."""
    texts = [REMEDIES[name](run) for name in remedies]
    if not texts:
        return ""
    *others, last = texts
    return f"Try {', '.join(others)}{' or ' if others else ''}{last}."
