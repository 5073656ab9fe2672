"""Links of comparisons as earlier versions wrote them: read, and never written.

``runs=2&data=moons&a.lr=0.1&b.hidden=4-2``: shared settings under plain names, a run's own under
its letter. ``packed=…``: the same query with each name once and the runs' values joined by commas,
compressed and in base64.
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
# Six runs with every setting in its longest form take less. A packed text may be made to unpack
# to a thousand times its size.
MAX_UNPACKED = 10_000
_MAX_QUOTED = 30
_NUMBERS_OF_RUNS = [str(n) for n in range(1, len(PREFIXES) + 1)]

Query = Mapping[str, str | Sequence[str]]


def is_old_comparison(query: Query) -> bool:
    """Whether a query holds runs as earlier versions wrote them."""
    names = {name.partition(".")[2] or name for name in query}
    return "run" not in query and bool(names & {RUNS, PACKED, *SETTINGS})


def read_old_comparison(
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
    # Where the number makes no sense, it is that of the last run with a setting of its own.
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
