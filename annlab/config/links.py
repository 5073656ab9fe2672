"""Links: read and write runs as a query string.

All runs of a bench use the same data. A shared setting has its plain name, a setting of one run
has a prefix: ``data=moons&b.hidden=4-2&b.lr=0.01``. The runs of a comparison may use any data, so
each run is a query string of its own: ``run=data%3Dmoons&run=data%3Diris``. Settings with default
values are omitted. `annlab.config.old_links` reads links of earlier versions.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from annlab.config.link_settings import PREFIXES, left_out, runs_of, say, sorted_names, usable
from annlab.config.old_links import is_old_comparison, read_old_comparison
from annlab.config.run_config import RunConfig, to_query
from annlab.config.settings import SETTINGS
from annlab.config.trackers import is_tracker

RUN = "run"
# Text beyond this length is ignored; a run with every setting in its longest form is shorter.
MAX_RUN_TEXT = 3_000

# Values by name; a list holds the values of a repeated name.
Query = Mapping[str, str | Sequence[str]]


def write_bench(runs: Sequence[RunConfig]) -> dict[str, str]:
    """Write the runs of a bench as a query.

    Parameters
    ----------
    runs : sequence of RunConfig
        On the same data.

    Returns
    -------
    dict of str
        Values by name in the link.
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
    """Read the runs of a bench; unusable settings are left out and named.

    Parameters
    ----------
    query : mapping of str
        Untrusted input.
    default : sequence of RunConfig
        Runs of a query without settings. They also set the number of runs, and the data set of
        a query that names none.
    also_known : sequence of str
        Names in the query that other readers handle.

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
    # All runs are checked together, because an invalid shared setting is left out of every run.
    written = {**shared, **{f"{p}.{name}": text for p in prefixes for name, text in own[p].items()}}
    data = default[0].dataset.name
    written, reasons = usable(written, prefixes, data)
    runs = runs_of(written, prefixes, data) if written else tuple(default)
    return runs, problems + say(reasons)


def write_comparison(runs: Sequence[RunConfig]) -> dict[str, list[str]]:
    """Write the runs of a comparison as a query.

    Parameters
    ----------
    runs : sequence of RunConfig
        One to six, on any data.

    Returns
    -------
    dict of list of str
        One value of "run" for each run.

    Raises
    ------
    ValueError
        If there are no runs, or more than six.
    """
    if not 1 <= len(runs) <= len(PREFIXES):
        raise ValueError(f"runs: must be 1 to {len(PREFIXES)}, got {len(runs)}")
    return {RUN: [urlencode(to_query(run)) for run in runs]}


def read_comparison(
    query: Query, also_known: Sequence[str] = ()
) -> tuple[tuple[RunConfig, ...], list[str]]:
    """Read the runs of a comparison; unusable settings are left out and named.

    Parameters
    ----------
    query : mapping of str
        Untrusted input.
    also_known : sequence of str
        Names in the query that other readers handle.

    Returns
    -------
    runs : tuple of RunConfig
        One to six; none if the query names no run.
    problems : list of str
        Sentences, one for each setting that could not be used.
    """
    if is_old_comparison(query):
        return read_old_comparison(query, also_known)
    texts = [text for text in values_in(query, RUN) if text]
    problems = left_out(
        [name for name in query if name not in (RUN, *also_known) and not is_tracker(name)]
    )
    if len(texts) > len(PREFIXES):
        problems.append(f"{RUN}: at most {len(PREFIXES)} runs are compared; the first are read.")
    runs: list[RunConfig] = []
    reasons: dict[str, str] = {}
    for prefix, text in zip(PREFIXES, texts, strict=False):
        if len(text) > MAX_RUN_TEXT:
            text = text[:MAX_RUN_TEXT]
            if "&" in text:  # else a single value is too long, and is refused below
                text = text.rpartition("&")[0]
                problems.append(f"{RUN}: run {prefix} is too long; its end is left out.")
        shared, _, unknown = sorted_names(dict(parse_qsl(text, keep_blank_values=True)), "", ())
        problems += left_out([f"{prefix}.{name}" for name in unknown])
        left, wrong = usable({f"{prefix}.{name}": value for name, value in shared.items()}, prefix)
        runs += runs_of(left, prefix)
        reasons |= wrong
    return tuple(runs), problems + say(reasons)


def values_in(query: Query, name: str) -> list[str]:
    """List all values of a name in a query."""
    value = query.get(name, [])
    return [value] if isinstance(value, str) else list(value)
