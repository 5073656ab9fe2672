"""Links: runs as a query string.

On a bench all runs are on the same data. What they share stands under its plain name, what is
one run's own under a prefix: ``data=moons&b.hidden=4-2&b.lr=0.01``. In a comparison, which may
have runs of any data, each run is its own query string: ``run=data%3Dmoons&run=data%3Diris``.
Settings at their defaults are left out. Links of earlier versions: `annlab.config.old_links`.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from annlab.config.link_settings import PREFIXES, left_out, runs_of, say, sorted_names, usable
from annlab.config.old_links import is_old_comparison, read_old_comparison
from annlab.config.run_config import RunConfig, to_query
from annlab.config.settings import SETTINGS
from annlab.config.trackers import is_tracker

RUN = "run"
# Longer texts are cut off before they are read: every setting in its longest form takes less.
MAX_RUN_TEXT = 2_000

# By name; a list holds the values of a name that is repeated.
Query = Mapping[str, str | Sequence[str]]


def write_bench(runs: Sequence[RunConfig]) -> dict[str, str]:
    """The query of a bench.

    Parameters
    ----------
    runs : sequence of RunConfig
        On the same data.

    Returns
    -------
    dict of str
        By name in the link.
    """
    queries = [to_query(run) for run in runs]
    written = {}
    for address in SETTINGS:
        values = [query.get(address) for query in queries]
        if values[0] is not None and len(set(values)) == 1:
            written[address] = values[0]
            continue
        for prefix, value in zip(PREFIXES, values, strict=False):
            if value is not None:
                written[f"{prefix}.{address}"] = value
    return written


def read_bench(
    query: Mapping[str, str], default: Sequence[RunConfig], also_known: Sequence[str] = ()
) -> tuple[tuple[RunConfig, ...], list[str]]:
    """The runs in a query; each setting that cannot be used is left out and named.

    Parameters
    ----------
    query : mapping of str
        From anybody: nothing in it is trusted.
    default : sequence of RunConfig
        What is meant by a query without settings; also says how many runs there are, and on
        which data set they are where the query does not say it.
    also_known : sequence of str
        Names in the query that belong to others.

    Returns
    -------
    runs : tuple of RunConfig
        As many as in `default`.
    problems : list of str
        Sentences, one for each setting that could not be used.
    """
    prefixes = PREFIXES[: len(default)]
    model_settings = {name for name, setting in SETTINGS.items() if setting.section != "dataset"}
    shared, own, unknown = sorted_names(query, prefixes, model_settings)
    problems = left_out([name for name in unknown if name not in also_known])
    # One after the other as they are written: a setting that is left out is so for all runs.
    written = {**shared, **{f"{p}.{name}": text for p in prefixes for name, text in own[p].items()}}
    data = default[0].dataset.name
    written, reasons = usable(written, prefixes, data)
    runs = runs_of(written, prefixes, data) if written else tuple(default)
    return runs, problems + say(reasons)


def write_comparison(runs: Sequence[RunConfig]) -> dict[str, list[str]]:
    """The query of a comparison.

    Parameters
    ----------
    runs : sequence of RunConfig
        One to six, on any data.

    Returns
    -------
    dict of list of str
        "run", repeated.

    Raises
    ------
    ValueError
        If there is no run, or there are more than six.
    """
    if not 1 <= len(runs) <= len(PREFIXES):
        raise ValueError(f"runs: must be 1 to {len(PREFIXES)}, got {len(runs)}")
    return {RUN: [run.to_url() for run in runs]}


def read_comparison(
    query: Query, also_known: Sequence[str] = ()
) -> tuple[tuple[RunConfig, ...], list[str]]:
    """The runs in a query; each setting that cannot be used is left out and named.

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
        Sentences, one for each setting that could not be used.
    """
    if is_old_comparison(query):
        return read_old_comparison(query, also_known)
    texts = values_in(query, RUN)
    problems = left_out(
        [name for name in query if name not in (RUN, *also_known) and not is_tracker(name)]
    )
    if len(texts) > len(PREFIXES):
        problems.append(f"{RUN}: at most {len(PREFIXES)} runs are compared; the first are read.")
    runs: list[RunConfig] = []
    reasons: dict[str, str] = {}
    for prefix, text in zip(PREFIXES, texts, strict=False):
        shared, _, unknown = sorted_names(
            dict(parse_qsl(text[:MAX_RUN_TEXT], keep_blank_values=True)), "", ()
        )
        problems += left_out([f"{prefix}.{name}" for name in unknown])
        left, wrong = usable({f"{prefix}.{name}": value for name, value in shared.items()}, prefix)
        runs += runs_of(left, prefix)
        reasons |= wrong
    return tuple(runs), problems + say(reasons)


def values_in(query: Query, name: str) -> list[str]:
    """All values of a name in a query."""
    value = query.get(name, [])
    return [value] if isinstance(value, str) else list(value)
