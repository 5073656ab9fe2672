"""How settings and scores are said to people."""

import re
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.comparison import Comparison
from annlab.analysis.verdict import OWN
from annlab.config import RESULTS_VERSION, DatasetConfig, RunConfig
from annlab.config.settings import FIELDS, Field
from annlab.datasets import DATASETS, FUNCTIONS, Dataset
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.formatting import network_name, number
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.losses import LOSSES
from annlab.nn.optimizers import OPTIMIZERS
from annlab.runs.run import Epoch, Run

# What differs between the networks of a run, beside their seeds.
EACH_NETWORK_GETS = {"none": "the same split", **OWN}
_LABELS: dict[str, dict[str, Any]] = {
    "data": DATASETS,
    "activation": ACTIVATIONS,
    "output": ACTIVATIONS,
    "init": INITIALIZERS,
    "optimizer": OPTIMIZERS,
    "loss": LOSSES,
    "function": FUNCTIONS,
}


def say_of(run: RunConfig, field: Field, value: Any) -> str:
    """The value of a run's setting in words; where it is left open, the task's own."""
    if value is None:
        value = {"loss": run.loss, "output": run.output_activation}.get(field.url)
    return say(field, value)


def say(field: Field, value: Any) -> str:
    """The value of a setting in words."""
    if value is None:
        return "–"
    if field.url in _LABELS:
        return str(_LABELS[field.url][value].label)
    if field.url == "hidden":
        return "-".join(map(str, value)) or "none"
    if field.url == "resample":
        return EACH_NETWORK_GETS[value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.url in ("test", "validation", "dropout", "outliers"):
        return f"{value:.0%}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def in_words(sentence: str) -> str:
    """A validation error with the labels of settings in place of their names."""
    name, _, rest = sentence.partition(": ")
    labels = {field.name: field.label for field in FIELDS}
    if name in labels:
        # Names of one word are words of the sentence, too.
        in_code = [other for other in labels if "_" in other]
        rest = re.sub(rf"\b({'|'.join(in_code)})\b", lambda found: labels[found[0]], rest)
        return f"**{labels[name]}:** {plain(rest)}"
    return plain(sentence[:1].upper() + sentence[1:])


def plain(text: str) -> str:
    """Text from anybody, so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~$:&])", r"\\\1", text)


def badge(place: int) -> str:
    """The letter of a model on its colour, in Markdown."""
    return f":{MODEL_WORDS[place]}-badge[{MODEL_NAMES[place]}]"


def letter(place: int) -> str:
    """The letter of a model in its colour, in Markdown."""
    return f":{MODEL_WORDS[place]}[**{MODEL_NAMES[place]}**]"


def colored(place: int) -> str:
    """The letter of a model in its color, in Markdown, for bold and other text."""
    return f":{MODEL_WORDS[place]}[{MODEL_NAMES[place]}]"


def model_title(run: RunConfig) -> str:
    """What a model is called: "Logistic regression", "MLP 4-2, Tanh · Softplus output"."""
    title = run.model.label if run.model.hidden_sizes else run.task.linear_model
    if run.loss != run.task.losses[0]:
        title += f" · {LOSSES[run.loss].label}"
    if run.output_activation != run.task.output_activations[0]:
        title += f" · {ACTIVATIONS[run.output_activation].label} output"
    return title


def out_of_reach(run: Run, dataset: Dataset) -> str:
    """A sentence if a model's output activation cannot produce the targets; else empty."""
    if not dataset.task.scales_target:
        return ""
    y = (dataset.split("all")[1] - dataset.target_mean) / dataset.target_scale
    entry = ACTIVATIONS[run.config.output_activation]
    low, high = entry.value_range
    share = float(np.mean((y < low) | (y > high)))
    if share < 0.01:  # less may be noise
        return ""
    reach = [f"{end * dataset.target_scale + dataset.target_mean:.3g}" for end in (low, high)]
    said = f"from {reach[0]} to {reach[1]}" if high < np.inf else f"of {reach[0]} or more"
    return (
        f"The output activation {entry.label} can only produce values {said}, but {share:.0%} of "
        "the targets lie outside that range. Choose another output activation."
    )


def columns_to_draw(runs: Sequence[RunConfig]) -> list[str]:
    """The columns of the history that say something of their own: the loss, and the metrics."""
    metrics = [
        score.name
        for score in runs[0].task.scores
        if any(run.loss != score.name or run.dataset.target_scaling != "none" for run in runs)
    ]
    return ["loss", *metrics]


def special(run: RunConfig, usual: Sequence[RunConfig]) -> str:
    """The settings in which a run differs from what is usual, in words.

    Its data are held against their own suggested settings, its model and training against the
    one of the usual runs that is most like it.
    """
    data = DatasetConfig(name=run.dataset.name, **run.dataset.spec.suggested)
    lists = [
        [
            f"{field.label.lower()} {say_of(run, field, field.of(run))}"
            for field in FIELDS
            if field.of(run) != field.of(other)
            and (field.name != "activation" or run.model.hidden_sizes)
        ]
        for other in (one.model_copy(update={"dataset": data}) for one in usual)
    ]
    fewest: list[str] = min(lists, key=len)
    return ", ".join(fewest)


def changes(before: RunConfig, after: RunConfig) -> list[str]:
    """Sentences on what is different in `after`, one for each setting."""
    return [
        f"{field.label.lower()} {say_of(before, field, field.of(before))} → "
        f"{say_of(after, field, field.of(after))}"
        for field in FIELDS
        if field.of(before) != field.of(after)
    ]


def duration(seconds: float) -> str:
    """A time: "12.3 s", "20 min 10 s"."""
    if seconds < 59.95:
        return f"{seconds:.1f}\u00a0s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}\u00a0min {rest}\u00a0s"


def signed(difference: float, like: float) -> str:
    """A difference of scores with its sign, and the decimals of the score."""
    return ("+" if difference >= 0 else "−") + number(abs(difference), like)


def colour_of(difference: float, more_is_better: bool) -> Literal["green", "red", "gray"]:
    """The colour of a difference: green where it is a gain, red where it is a loss."""
    if not difference:
        return "gray"
    return "green" if (difference > 0) == more_is_better else "red"


def coloured_difference(difference: float, like: float, more_is_better: bool) -> str:
    """A difference in Markdown, in its colour."""
    said = signed(difference, like) if difference else "±0"
    return f":{colour_of(difference, more_is_better)}[{said}]"


def with_spread(values: NDArray[Any]) -> str:
    """Mean and standard deviation over seeds: "0.973 ± 0.004"; one seed has no spread.

    In one piece, so that a narrow table does not break it.
    """
    mean = float(values.mean(dtype=np.float64))
    if len(values) == 1:
        return number(mean)
    spread = float(np.std(values, ddof=1, dtype=np.float64))
    return f"{number(mean)}\u00a0±\u00a0{number(spread, mean)}"


def verdict(found: Comparison) -> str:
    """A comparison in Markdown: one bold line, and what follows it."""
    return f"**{found.headline}**{found.details}"


def in_a_row(names: Sequence[str]) -> str:
    """Names in a sentence: "A", "A and B", "A, B and C"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def left_out(counted: NDArray[Any]) -> str:
    """Say how many networks do not count in means; empty where all do."""
    n = int((~counted).sum())
    if not n:
        return ""
    return f"{n} of {len(counted)} networks diverged and {'is' if n == 1 else 'are'} left out"


def how_many(counted: NDArray[Any]) -> str:
    """How many networks count in means: "10", or "9 of 10" where one diverged."""
    n = int(counted.sum())
    return str(n) if n == len(counted) else f"{n} of {len(counted)}"


def whose_plots(
    names: Sequence[str], counted: Sequence[NDArray[Any]], drawn: int, is_median: bool
) -> str:
    """Say which networks the scores and the plots are of.

    Parameters
    ----------
    names : sequence of str
        The letters of the models.
    counted : sequence of ndarray of bool, shape (n_seeds,)
        Of each model, the networks that count in means.
    drawn : int
        Index of the network that is drawn.
    is_median : bool
        Whether it is the median one.

    Returns
    -------
    str
        Empty where every model is a single network.
    """
    if all(len(networks) == 1 for networks in counted):
        return ""
    numbers = [how_many(networks) for networks in counted]
    of = numbers[0]
    if len(set(numbers)) > 1:
        of = in_a_row([f"{n} ({name})" for n, name in zip(numbers, names, strict=True)])
    median = ", the median" if is_median else ""
    return f"Scores: mean of {of} networks. Plots: {network_name(drawn)}{median}."


def whose_weights(run: Run, weights: Epoch) -> str:
    """Say which weights of a run with early stopping are shown: "Weights: best, epoch 29".

    Parameters
    ----------
    run : Run
    weights : int, "best" or "last"
        As `Run.layers` takes it.

    Returns
    -------
    str
        Empty for a run without early stopping, and for an epoch that was chosen.
    """
    if not run.stops_early or not isinstance(weights, str):
        return ""
    return f"Weights: {weights}, {epochs_in_words(run.shown_epochs(weights)[run.counted])}"


def epochs_in_words(epochs: NDArray[Any]) -> str:
    """Epochs of several networks: "epoch 29", or "epochs 12 to 29" where they differ."""
    first, last = int(epochs.min()), int(epochs.max())
    return f"epoch {first}" if first == last else f"epochs {first} to {last}"


def how_it_ended(run: Run) -> str:
    """A remark on a run that is not whole, or of an earlier version of annlab; else empty."""
    remarks = []
    if run.ending not in ("finished", "early"):
        remarks.append(f"{ENDINGS[run.ending]} after epoch {run.n_epochs}")
    if run.results_version != RESULTS_VERSION:
        remarks.append(EARLIER_VERSION)
    return f" ({', '.join(remarks)})" if remarks else ""


PART_NAMES = {
    "train": "training samples",
    "validation": "validation samples",
    "test": "test samples",
    "all": "all samples",
}

# How a run is marked that an earlier results version has made.
EARLIER_VERSION = "earlier version"
# Why a run ended.
ENDINGS = {
    "finished": "all epochs",
    "early": "early stopping",
    "stopped": "stopped by hand",
    "diverged": "diverged",
}
