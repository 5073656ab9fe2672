"""The address of a bench: several runs on the same data in one query string.

What all runs share stands under its plain name, what is one run's own under a prefix:
``data=moons&b.hidden=4-2&b.lr=0.01``. What is left out has its default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from annlab.config import RunConfig, explain, to_query
from annlab.fields import BY_URL, FIELDS, Field, from_query

PREFIXES = "abcdef"
# What is said about an address is short, whatever stands in it.
MAX_SENTENCE = 250
_MAX_NAME = 30
_MAX_NAMES = 3


def write_bench(runs: Sequence[RunConfig]) -> dict[str, str]:
    """The query of a bench.

    Parameters
    ----------
    runs : sequence of RunConfig
        On the same data.

    Returns
    -------
    dict of str
        By name in the address.
    """
    queries = [to_query(run) for run in runs]
    written = {}
    for field in FIELDS:
        values = [query.get(field.url) for query in queries]
        if values[0] is not None and len(set(values)) == 1:
            written[field.url] = values[0]
            continue
        for prefix, value in zip(PREFIXES, values, strict=False):
            if value is not None:
                written[f"{prefix}.{field.url}"] = value
    return written


def read_bench(
    query: Mapping[str, str], default: Sequence[RunConfig], also_known: Sequence[str] = ()
) -> tuple[tuple[RunConfig, ...], list[str]]:
    """The runs in a query; what makes no sense in it is replaced and named.

    Parameters
    ----------
    query : mapping of str
        From anybody: nothing in it is trusted.
    default : sequence of RunConfig
        What is meant by an empty query; also says how many runs there are.
    also_known : sequence of str
        Names in the query that belong to others.

    Returns
    -------
    runs : tuple of RunConfig
        As many as in `default`.
    problems : list of str
        Sentences, one for each value that could not be used.
    """
    prefixes = PREFIXES[: len(default)]
    shared: dict[str, str] = {}
    own: dict[str, dict[str, str]] = {prefix: {} for prefix in prefixes}
    unknown = []
    for name, value in query.items():
        prefix, dot, rest = name.partition(".")
        if name in BY_URL:
            shared[name] = value
        elif dot and prefix in own and rest in BY_URL and BY_URL[rest].section != "dataset":
            own[prefix][rest] = value
        elif name not in also_known:
            unknown.append(name)
    problems = _left_out(unknown)
    if not shared and not any(own.values()):
        return tuple(default), problems
    runs = []
    for prefix, fallback in zip(prefixes, default, strict=True):
        run, wrong = _read(from_query({**shared, **own[prefix]}), fallback)
        runs.append(run)
        problems += [sentence for sentence in wrong if sentence not in problems]
    try:
        # A run whose settings fell back as a whole brings its own data set along.
        return tuple(_on_data_of(runs[0], run) for run in runs), problems
    except ValidationError as error:
        said = [f"{sentence}; all defaults are used." for sentence in _sentences(error)]
        return tuple(default), [*problems, *said]


def _on_data_of(first: RunConfig, run: RunConfig) -> RunConfig:
    return RunConfig(dataset=first.dataset, model=run.model, training=run.training)


def _left_out(unknown: Sequence[str]) -> list[str]:
    if not unknown:
        return []
    names = ", ".join(f"“{_short(name, _MAX_NAME)}”" for name in unknown[:_MAX_NAMES])
    more = len(unknown) - _MAX_NAMES
    if more > 0:
        names += f" and {more} more"
    return [f"{names}: unknown here and left out."]


def _sentences(error: ValidationError) -> list[str]:
    return [_short(sentence, MAX_SENTENCE) for sentence in explain(error)]


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "…"


def _read(values: dict[str, dict[str, Any]], fallback: RunConfig) -> tuple[RunConfig, list[str]]:
    problems: list[str] = []
    while True:
        try:
            return RunConfig.model_validate(values), problems
        except ValidationError as error:
            problems += [f"{sentence}; the default is used." for sentence in _sentences(error)]
            for item in error.errors():
                section, *name = [str(part) for part in item["loc"]] or [""]
                if section not in values:
                    return fallback, problems  # the settings do not go together
                if name and name[0] in values[section]:
                    del values[section][name[0]]
                elif name or not values.pop(section, None):
                    return fallback, problems
                values.setdefault(section, {})


@dataclass(frozen=True)
class Difference:
    """A setting in which runs differ.

    Attributes
    ----------
    field : Field
        Which one.
    values : tuple
        Its value in each run.
    """

    field: Field
    values: tuple[Any, ...]


def differences(runs: Sequence[RunConfig]) -> list[Difference]:
    """The settings in which runs differ, in the order of `annlab.fields.FIELDS`.

    The activation of hidden layers says nothing about a run that has none.
    """
    found = []
    for field in FIELDS:
        relevant = [run for run in runs if field.name != "activation" or run.model.hidden_sizes]
        if len({field.of(run) for run in relevant}) > 1 or 0 < len(relevant) < len(runs):
            found.append(
                Difference(field, tuple(field.of(run) if run in relevant else None for run in runs))
            )
    return found
