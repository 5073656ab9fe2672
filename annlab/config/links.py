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

from annlab.config.link_settings import listed, runs_of, say, shortened, usable
from annlab.config.run_config import RunConfig, to_query
from annlab.config.settings import BY_URL, FIELDS, Field

PREFIXES = "abcdef"
RUNS, PACKED = "runs", "packed"
# Mail programs, chats and servers cut longer addresses off; a host's name takes some, too.
MAX_QUERY = 1_900
# Six runs with every setting in its longest form take less. What is packed may be made to
# unpack to a thousand times its size.
MAX_UNPACKED = 10_000
_MAX_QUOTED = 30
# What mail programs, search engines and social networks add to a link. Compared in lower case.
TRACKERS = frozenset(
    {
        "_branch_match_id",
        "_ga",
        "_gac",
        "_gl",
        "_hsenc",
        "_hsmi",
        "_openstat",
        "authuser",
        "campaign_id",
        "dclid",
        "epik",
        "fbclid",
        "gad_campaignid",
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "igsh",
        "igshid",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "mibextid",
        "mkt_tok",
        "msclkid",
        "ncid",
        "oly_anon_id",
        "oly_enc_id",
        "ref",
        "ref_src",
        "ref_url",
        "s_kwcid",
        "share_id",
        "si",
        "spm",
        "srsltid",
        "trk",
        "ttclid",
        "twclid",
        "usp",
        "vero_id",
        "wbraid",
        "wickedid",
        "yclid",
        "ysclid",
    }
)
TRACKER_PREFIXES = ("utm_", "_ga_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "__hs", "fb_")


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
    model_settings = {name for name, field in BY_URL.items() if field.section != "dataset"}
    shared, own, unknown = _sort(query, prefixes, model_settings)
    problems = _left_out([name for name in unknown if name not in also_known])
    # One after the other as they are written: a setting that is left out is so for all runs.
    written = {**shared, **{f"{p}.{name}": text for p in prefixes for name, text in own[p].items()}}
    data = default[0].dataset.name
    written, reasons = usable(written, prefixes, data)
    runs = runs_of(written, prefixes, data) if written else tuple(default)
    return runs, problems + say(reasons)


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
            f"{RUNS}: must be 1 to {len(PREFIXES)}, got {shortened(text, _MAX_QUOTED)!r}; "
            f"{n_runs} are read."
        )
    runs: list[RunConfig] = []
    reasons: dict[str, str] = {}
    for prefix in PREFIXES[:n_runs]:
        own_names = {f"{prefix}.{name}": text for name, text in own[prefix].items()}
        inherited = {name: text for name, text in shared.items() if name not in own[prefix]}
        left, wrong = usable({**inherited, **own_names}, prefix)
        runs += runs_of(left, prefix)
        reasons |= wrong
    return tuple(runs), problems + say(reasons)


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
        elif not is_tracker(name):
            unknown.append(name)
    return shared, own, unknown


def is_tracker(name: str) -> bool:
    """Whether a name in an address was added by others to follow who opens it."""
    lower = name.lower()
    return lower in TRACKERS or lower.startswith(TRACKER_PREFIXES)


def _left_out(unknown: Sequence[str]) -> list[str]:
    return [f"{listed(unknown)} unknown here and left out."] if unknown else []


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
    """The settings in which runs differ, in the order of `annlab.config.settings.FIELDS`.

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
