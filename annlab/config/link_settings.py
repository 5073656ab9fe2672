"""Which settings of a link can be used: each refused one is left out, and nothing else.

Settings stand under the names that they have in the link: a plain name is every run's, one with a
prefix (``b.lr``) is a single run's.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from pydantic import ValidationError

from annlab.config.run_config import RunConfig
from annlab.config.settings import SETTINGS, setting_named, values_from_query
from annlab.config.trackers import is_tracker
from annlab.validation import explain

PREFIXES = "abcdef"
# What is said about a link is short, whatever stands in it.
MAX_SENTENCE = 250
_MAX_NAME = 30
_MAX_NAMES = 3
# How many sets of settings are tried before refused settings are left out one by one. A try takes
# 0.1 ms for each run.
_MAX_TRIES = 300


def runs_of(written: Mapping[str, str], prefixes: str, data: str = "") -> tuple[RunConfig, ...]:
    """The runs that settings make.

    Parameters
    ----------
    written : mapping of str
        Settings by their names in the link.
    prefixes : str
        One letter for each run.
    data : str
        The data set where the settings name none; empty for the usual one.

    Raises
    ------
    ValidationError
        If the settings cannot be used.
    """
    return tuple(_run(query) for query in _queries(written, prefixes, data))


def usable(
    written: Mapping[str, str], prefixes: str, data: str = ""
) -> tuple[dict[str, str], dict[str, str]]:
    """The settings of a link that can be used together.

    Each value that is wrong by itself is left out, then the fewest of those that do not go
    together.

    Parameters
    ----------
    written, prefixes, data
        As for `runs_of`.

    Returns
    -------
    left : dict of str
        The settings that can be used.
    reasons : dict of str
        Why each of the others is left out.
    """
    left = dict(written)
    reasons: dict[str, str] = {}
    while wrong := dict(_wrong_values(left, prefixes, data)):
        reasons |= wrong
        left = _without(left, wrong)

    def refusal(dropped: Iterable[str]) -> str:
        return _refusal(_without(left, dropped), prefixes, data)

    if first := refusal(()):
        dropped = _fewest(_order(left, first), refusal)
        for name in dropped:
            # Why it cannot stay, where all others have been left out.
            reasons[name] = refusal(other for other in dropped if other != name) or first
        left = _without(left, dropped)
    return left, reasons


def say(reasons: Mapping[str, str]) -> list[str]:
    """A sentence for each reason, with the names of all settings that are left out for it."""
    found: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        found.setdefault(reason, []).append(name)
    return [f"{reason}; {listed(names)} left out." for reason, names in found.items()]


def listed(names: Sequence[str]) -> str:
    """Names from a link and the verb that follows them: “lr” is, “a” and 7 more are."""
    quoted = ", ".join(f"“{shortened(name, _MAX_NAME)}”" for name in names[:_MAX_NAMES])
    if (more := len(names) - _MAX_NAMES) > 0:
        quoted += f" and {more} more"
    return f"{quoted} {'is' if len(names) == 1 else 'are'}"


def _queries(written: Mapping[str, str], prefixes: str, data: str = "") -> list[dict[str, str]]:
    """The settings of each run by their plain names, from those as they are written."""
    common = {name: text for name, text in written.items() if name in SETTINGS}
    if data:
        common = {"data": data, **common}
    return [
        {
            **common,
            **{name[2:]: text for name, text in written.items() if name.startswith(f"{p}.")},
        }
        for p in prefixes
    ]


def _run(query: dict[str, str]) -> RunConfig:
    return RunConfig.model_validate(values_from_query(query))


def _without(written: Mapping[str, str], dropped: Iterable[str]) -> dict[str, str]:
    gone = set(dropped)
    return {name: text for name, text in written.items() if name not in gone}


def _wrong_values(
    written: Mapping[str, str], prefixes: str, data: str
) -> Iterator[tuple[str, str]]:
    """Each setting whose own value is wrong, and what is wrong with it."""
    for prefix, query in zip(prefixes, _queries(written, prefixes, data), strict=True):
        try:
            _run(query)
        except ValidationError as error:
            for item, sentence in zip(error.errors(), _sentences(error), strict=True):
                loc = [str(part) for part in item["loc"]]
                found = (s.address for s in SETTINGS.values() if [s.section, s.name] == loc[:2])
                address = next(found, "")
                own = f"{prefix}.{address}"
                if (name := own if own in written else address) in written:
                    yield name, sentence


def _refusal(written: Mapping[str, str], prefixes: str, data: str) -> str:
    """Why settings cannot be used; empty if they can."""
    if not written:
        return ""  # the default, whatever it is
    for query in _queries(written, prefixes, data):
        try:
            _run(query)
        except ValidationError as error:
            return _sentences(error)[0]
    return ""


def _order(written: Mapping[str, str], sentence: str) -> list[str]:
    """Settings in the order in which they are tried to be left out.

    The one that a sentence names comes first, then training before model before data.
    """
    addresses = list(reversed(SETTINGS))
    found = setting_named(sentence.partition(":")[0])

    def place(name: str) -> tuple[bool, int]:
        address = name.rpartition(".")[2]
        return found is None or address != found.address, addresses.index(address)

    return sorted(written, key=place)


def _fewest(names: Sequence[str], refusal: Callable[[Sequence[str]], str]) -> tuple[str, ...]:
    """The fewest names without which nothing is refused.

    Where there are too many sets to try them all, a set of which none can stay.
    """
    tries = 0
    for size in range(1, len(names)):
        for dropped in combinations(names, size):
            if not refusal(dropped):
                return dropped
            tries += 1
            if tries > _MAX_TRIES and size > 1:
                return _some(names, refusal)
    return tuple(names)


def _some(names: Sequence[str], refusal: Callable[[Sequence[str]], str]) -> tuple[str, ...]:
    """Names without which nothing is refused, and each of which is refused beside the rest."""
    dropped = list(names)
    for name in reversed(names):  # those that should stay come back first
        rest = [other for other in dropped if other != name]
        if not refusal(rest):
            dropped = rest
    return tuple(dropped)


def _sentences(error: ValidationError) -> list[str]:
    return [shortened(sentence, MAX_SENTENCE) for sentence in explain(error)]


def shortened(text: str, length: int) -> str:
    """A text, cut off where it is longer than it may be."""
    return text if len(text) <= length else text[:length] + "…"


def sorted_names(
    query: Mapping[str, str], prefixes: str, may_be_own: Collection[str]
) -> tuple[dict[str, str], dict[str, dict[str, str]], list[str]]:
    """What all runs share, what is each prefix's own, and the names that mean neither."""
    shared: dict[str, str] = {}
    own: dict[str, dict[str, str]] = {prefix: {} for prefix in prefixes}
    unknown = []
    for name, value in query.items():
        prefix, _, rest = name.partition(".")
        if name in SETTINGS:
            shared[name] = value
        elif prefix in own and rest in may_be_own:
            own[prefix][rest] = value
        elif not is_tracker(name):
            unknown.append(name)
    return shared, own, unknown


def left_out(unknown: Sequence[str]) -> list[str]:
    """A sentence on names that mean nothing here, if there are any."""
    return [f"{listed(unknown)} unknown here and left out."] if unknown else []
