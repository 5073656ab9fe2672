"""Addresses of several runs in one query string.

What all runs share stands under its plain name, what is one run's own under a prefix:
``data=moons&b.hidden=4-2&b.lr=0.01``. What is left out has its default. On a bench all runs
are on the same data; a comparison has any, and says how many runs there are:
``runs=2&a.data=moons&b.data=iris``. A comparison that would be too long to be passed on is
packed: the same query, compressed.
"""

import base64
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import ValidationError

from annlab.config import RunConfig, to_query
from annlab.fields import BY_URL, FIELDS, Field, from_query
from annlab.limits import explain

PREFIXES = "abcdef"
RUNS, PACKED = "runs", "packed"
# Mail programs, chats and servers cut longer addresses off; a host's name takes some, too.
MAX_QUERY = 1_900
# Six runs with every setting in its longest form take less. What is packed may be made to
# unpack to a thousand times its size.
MAX_UNPACKED = 10_000
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
    model_settings = {name for name, field in BY_URL.items() if field.section != "dataset"}
    shared, own, unknown = _sort(query, prefixes, model_settings)
    problems = _left_out([name for name in unknown if name not in also_known])
    if not shared and not any(own.values()):
        return tuple(default), problems
    runs, wrong = _read_all([{**shared, **own[prefix]} for prefix in prefixes], default)
    problems += wrong
    try:
        # A run whose settings fell back as a whole brings its own data set along.
        return tuple(_on_data_of(runs[0], run) for run in runs), problems
    except ValidationError as error:
        said = [f"{sentence}; all defaults are used." for sentence in _sentences(error)]
        return tuple(default), [*problems, *said]


def write_comparison(runs: Sequence[RunConfig]) -> dict[str, str]:
    """The query of a comparison.

    Parameters
    ----------
    runs : sequence of RunConfig
        One to six, on any data.

    Returns
    -------
    dict of str
        By name in the address. A query that would be longer than `MAX_QUERY` when it is
        encoded is compressed into one value.

    Raises
    ------
    ValueError
        If there is no run, or there are more than six.
    """
    if not 1 <= len(runs) <= len(PREFIXES):
        raise ValueError(f"runs: must be 1 to {len(PREFIXES)}, got {len(runs)}")
    query = {RUNS: str(len(runs)), **write_bench(runs)}
    return query if len(urlencode(query)) <= MAX_QUERY else {PACKED: _pack(query)}


def read_comparison(
    query: Mapping[str, str], also_known: Sequence[str] = ()
) -> tuple[tuple[RunConfig, ...], list[str]]:
    """The runs in a query; what makes no sense in it is replaced and named.

    Parameters
    ----------
    query : mapping of str
        From anybody: nothing in it is trusted.
    also_known : sequence of str
        Names in the query that belong to others.

    Returns
    -------
    runs : tuple of RunConfig
        One to six; none if the query names no run.
    problems : list of str
        Sentences, one for each value that could not be used.
    """
    written = {name: value for name, value in query.items() if name != PACKED}
    problems = []
    if PACKED in query:
        unpacked = _unpack(query[PACKED])
        if not unpacked:
            problems.append(f"{PACKED}: was altered or cut off, and is left out.")
        written = {**unpacked, **written}
    shared, own, unknown = _sort(written, PREFIXES, BY_URL)
    problems += _left_out([name for name in unknown if name not in (RUNS, *also_known)])
    if not (shared or any(own.values()) or RUNS in written):
        return (), problems
    # Where the number makes no sense, it is that of the last run with a setting of its own.
    n_runs = max([2, *(i + 1 for i, prefix in enumerate(PREFIXES) if own[prefix])])
    text = written.get(RUNS, "")
    if text in _NUMBERS_OF_RUNS:
        n_runs = int(text)
        problems += _left_out(
            [f"{prefix}.{name}" for prefix in PREFIXES[n_runs:] for name in own[prefix]]
        )
    else:
        problems.append(
            f"{RUNS}: must be 1 to {len(PREFIXES)}, got {_short(text, _MAX_NAME)!r}; "
            f"{n_runs} are read."
        )
    queries = [{**shared, **own[prefix]} for prefix in PREFIXES[:n_runs]]
    runs, wrong = _read_all(queries, [RunConfig()] * n_runs)
    return tuple(runs), problems + wrong


_NUMBERS_OF_RUNS = [str(n) for n in range(1, len(PREFIXES) + 1)]


def _pack(query: Mapping[str, str]) -> str:
    """A query with each name once, the runs' own values joined by commas, compressed."""
    columns: dict[str, list[str]] = {}
    for name, value in query.items():
        prefix, dot, own_name = name.rpartition(".")
        if dot:
            columns.setdefault(own_name, [""] * len(PREFIXES))[PREFIXES.index(prefix)] = value
        else:
            columns[name] = [value]
    text = urlencode({name: ",".join(values) for name, values in columns.items()}, safe=",")
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), level=9))
    return packed.decode().rstrip("=")


def _unpack(packed: str) -> dict[str, str]:
    """The query that was packed; empty if there is none."""
    try:
        data = base64.urlsafe_b64decode(packed[:MAX_UNPACKED] + "==")
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(data, MAX_UNPACKED).decode()
    except (ValueError, zlib.error):
        return {}
    if not unpacker.eof:  # there is more than there should be, or less
        return {}
    query: dict[str, str] = {}
    for name, value in parse_qsl(text):
        values = value.split(",")
        if 1 < len(values) <= len(PREFIXES):
            own = zip(PREFIXES, values, strict=False)
            query |= {f"{prefix}.{name}": value for prefix, value in own if value}
        else:
            query[name] = value
    return query


def _sort(
    query: Mapping[str, str], prefixes: str, may_be_own: Collection[str]
) -> tuple[dict[str, str], dict[str, dict[str, str]], list[str]]:
    """What all runs share, what is each prefix's own, and the names that mean neither."""
    shared: dict[str, str] = {}
    own: dict[str, dict[str, str]] = {prefix: {} for prefix in prefixes}
    unknown = []
    for name, value in query.items():
        prefix, _, rest = name.partition(".")
        if name in BY_URL:
            shared[name] = value
        elif prefix in own and rest in may_be_own:
            own[prefix][rest] = value
        else:
            unknown.append(name)
    return shared, own, unknown


def _read_all(
    queries: Sequence[dict[str, str]], fallbacks: Sequence[RunConfig]
) -> tuple[list[RunConfig], list[str]]:
    runs: list[RunConfig] = []
    problems: list[str] = []
    for query, fallback in zip(queries, fallbacks, strict=True):
        run, wrong = _read(from_query(query), fallback)
        runs.append(run)
        problems += [sentence for sentence in wrong if sentence not in problems]
    return runs, problems


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
