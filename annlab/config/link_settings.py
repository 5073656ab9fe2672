"""Select the usable settings of a link: leave out invalid settings, and as few as possible.

Settings keep their names from the link: a plain name applies to every run, a name with a prefix
(``b.lr``) applies to one run.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from pydantic import ValidationError

from annlab.config.run_config import RunConfig
from annlab.config.settings import SETTINGS, setting_named, values_from_query
from annlab.config.trackers import is_tracker
from annlab.validation import explain

PREFIXES = "abcdef"
# Longest sentence about a link, because a link can contain text of any length.
MAX_SENTENCE = 250
_MAX_NAME = 30
_MAX_NAMES = 3
# Most sets of settings to try before leaving out invalid settings one by one. A try takes 0.1 ms
# for each run.
_MAX_TRIES = 300


def runs_of(written: Mapping[str, str], prefixes: str, data: str = "") -> tuple[RunConfig, ...]:
    """Build the runs that the settings of a link describe.

    Parameters
    ----------
    written : mapping of str
        Text of each setting, by its name in the link.
    prefixes : str
        One letter for each run.
    data : str
        Data set to use if the settings name none; empty for the default data set.

    Raises
    ------
    ValidationError
        If the settings are invalid.
    """
    return tuple(_run(query) for query in _queries(written, prefixes, data))


def usable(
    written: Mapping[str, str], prefixes: str, data: str = ""
) -> tuple[dict[str, str], dict[str, str]]:
    """Select the settings of a link that can be used together.

    Invalid values are left out first, then the fewest settings that contradict each other.

    Parameters
    ----------
    written, prefixes, data
        As in `runs_of`.

    Returns
    -------
    left : dict of str
        Usable settings.
    reasons : dict of str
        Reason for leaving out each other setting.
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
            # The reason must hold even without the other settings that are left out.
            reasons[name] = refusal(other for other in dropped if other != name) or first
        left = _without(left, dropped)
    return left, reasons


def say(reasons: Mapping[str, str]) -> list[str]:
    """Write one sentence for each reason, with the names of the settings it leaves out."""
    found: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        found.setdefault(reason, []).append(name)
    return [f"{reason}; {listed(names)} left out." for reason, names in found.items()]


def listed(names: Sequence[str]) -> str:
    """Join names from a link and add the verb: “lr” is, “a” and 7 more are."""
    quoted = ", ".join(f"“{shortened(name, _MAX_NAME)}”" for name in names[:_MAX_NAMES])
    if (more := len(names) - _MAX_NAMES) > 0:
        quoted += f" and {more} more"
    return f"{quoted} {'is' if len(names) == 1 else 'are'}"


def _queries(written: Mapping[str, str], prefixes: str, data: str = "") -> list[dict[str, str]]:
    """Settings of each run by their plain names, from the names in a link."""
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
    """Yield each setting with an invalid value, and the sentence about it."""
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
    """Sentence on why settings cannot be used together; empty if they can."""
    if not written:
        return ""  # no settings means the defaults, which are valid
    for query in _queries(written, prefixes, data):
        try:
            _run(query)
        except ValidationError as error:
            return _sentences(error)[0]
    return ""


def _order(written: Mapping[str, str], sentence: str) -> list[str]:
    """Order in which to try leaving out settings.

    The setting that the sentence names comes first, then training before model before data.
    """
    addresses = list(reversed(SETTINGS))
    found = setting_named(sentence.partition(":")[0])

    def place(name: str) -> tuple[bool, int]:
        address = name.rpartition(".")[2]
        return found is None or address != found.address, addresses.index(address)

    return sorted(written, key=place)


def _fewest(names: Sequence[str], refusal: Callable[[Sequence[str]], str]) -> tuple[str, ...]:
    """Smallest set of names to leave out so that the other settings are valid.

    With too many sets to try, a set from which no name can be put back.
    """
    tries = 0
    for size in range(1, len(names)):
        for dropped in combinations(names, size):
            if not refusal(dropped):
                return dropped
            tries += 1
            if tries > _MAX_TRIES and size > 1:
                return _put_back(names, refusal)
    return tuple(names)


def _put_back(names: Sequence[str], refusal: Callable[[Sequence[str]], str]) -> tuple[str, ...]:
    """Set of names to leave out from which no name can be put back."""
    dropped = list(names)
    for name in reversed(names):  # the last names are the most important to keep
        rest = [other for other in dropped if other != name]
        if not refusal(rest):
            dropped = rest
    return tuple(dropped)


def _sentences(error: ValidationError) -> list[str]:
    return [shortened(sentence, MAX_SENTENCE) for sentence in explain(error)]


def shortened(text: str, length: int) -> str:
    """Cut a text off at `length` characters and mark the cut with an ellipsis."""
    return text if len(text) <= length else text[:length] + "…"


def sorted_names(
    query: Mapping[str, str], prefixes: str, may_be_own: Collection[str]
) -> tuple[dict[str, str], dict[str, dict[str, str]], list[str]]:
    """Sort the names of a link into shared settings, settings of one run, and unknown names."""
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
    """Sentence about unknown names in a link; no sentence without such names."""
    return [f"{listed(unknown)} unknown here and left out."] if unknown else []
