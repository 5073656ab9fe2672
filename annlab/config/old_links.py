"""Read comparison links of earlier versions.

``runs=2&data=moons&a.lr=0.1&b.hidden=4-2``: shared settings have plain names, settings of one run
its letter as a prefix. ``packed=…``: the same query, with each name once and the values of the
runs joined by commas, compressed and in base64.
"""

import base64
import zlib
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from annlab.config.link_settings import (
    PREFIXES,
    left_out,
    runs_of,
    say,
    shortened,
    sorted_names,
    usable,
)
from annlab.config.run_config import RunConfig
from annlab.config.settings import SETTINGS

RUNS, PACKED = "runs", "packed"
# A limit, because a malicious packed text unpacks to a thousand times its size. Six runs with
# every setting in its longest form take less.
MAX_UNPACKED = 10_000
_MAX_QUOTED = 30
_NUMBERS_OF_RUNS = [str(n) for n in range(1, len(PREFIXES) + 1)]

Query = Mapping[str, str | Sequence[str]]


def is_old_comparison(query: Query) -> bool:
    """Whether a query has the comparison format of earlier versions."""
    names = {name.partition(".")[2] or name for name in query}
    return "run" not in query and bool(names & {RUNS, PACKED, *SETTINGS})


def read_old_comparison(
    query: Query, also_known: Sequence[str] = ()
) -> tuple[tuple[RunConfig, ...], list[str]]:
    """Read the runs of an old comparison link, as `read_comparison` reads the runs of a new one."""
    written = {name: _last(value) for name, value in query.items() if name != PACKED}
    problems = []
    if PACKED in query:
        unpacked = _unpack(_last(query[PACKED]))
        if not unpacked:
            problems.append(f"{PACKED}: was altered or cut off, and is left out.")
        written = {**unpacked, **written}
    shared, own, unknown = sorted_names(written, PREFIXES, SETTINGS)
    problems += left_out([name for name in unknown if name not in (RUNS, *also_known)])
    if not (shared or any(own.values()) or RUNS in written):
        return (), problems
    # An invalid number of runs is replaced by the place of the last run with its own settings.
    n_runs = max([2, *(i + 1 for i, prefix in enumerate(PREFIXES) if own[prefix])])
    text = written.get(RUNS, "")
    if text in _NUMBERS_OF_RUNS:
        n_runs = int(text)
        problems += left_out(
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


def _last(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else value[-1]


def _unpack(packed: str) -> dict[str, str]:
    """Unpack a packed query; empty if the text is invalid."""
    try:
        data = base64.urlsafe_b64decode(packed[:MAX_UNPACKED] + "==")
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(data, MAX_UNPACKED).decode()
    except (ValueError, zlib.error):
        return {}
    if not unpacker.eof:  # the data are cut off, or unpack beyond the limit
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
