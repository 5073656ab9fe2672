"""Reading of bench links: runs, and problems with the link."""

from collections.abc import Sequence

from annlab.config.link_settings import PREFIXES, listed
from annlab.config.links import read_bench
from annlab.config.settings import SETTINGS
from annlab.datasets.own.own_data import OwnData, read_own
from annlab.datasets.registry import find_spec
from annlab.datasets.spec import DatasetSpec
from annlab.ui.shell import PAGE_OF_TASK, PAGES
from annlab.ui.state.page_state import VIEW, Runs

# Link name of the number of models.
MODELS = "models"
MOST_MODELS = len(PREFIXES)
HOW_MANY = [str(n) for n in range(2, MOST_MODELS + 1)]


def read_bench_link(
    query: dict[str, str], default: Runs, tasks: Sequence[str], varied: str
) -> tuple[Runs, list[str]]:
    """Read the runs that a bench link asks for.

    Parameters
    ----------
    query : dict of str
        Untrusted names and values of the link.
    default : tuple of RunConfig
        Runs of the page without a link.
    tasks : sequence of str
        Tasks whose data sets the page offers.
    varied : str
        Name of the one setting in which the models differ; empty: each has its own settings.

    Returns
    -------
    runs : tuple of RunConfig
    problems : list of str
        A sentence for each part of the link that could not be used.
    """
    problems = []
    spec = _spec_in(query)
    if spec and spec.task not in tasks:
        page = PAGES[PAGE_OF_TASK[spec.task]].title
        problems.append(f"{spec.label} belongs on the {page} page; “data” is left out.")
        query = {name: text for name, text in query.items() if name not in ("data", "own")}
    if query.get(MODELS, "2") not in HOW_MANY:
        problems.append(f"{MODELS}: must be 2 to {MOST_MODELS}; “{MODELS}” is left out.")
    models = _as_many_as_asked(default, query)
    runs, wrong = read_bench(query, models, (*VIEW, MODELS))
    problems += wrong
    if varied:
        # The control accepts each value only once.
        setting = SETTINGS[varied]
        unique = {setting.get(run): run for run in runs}
        if len(unique) < 2:
            named = [name for name in query if name.rpartition(".")[2] == setting.address]
            if named:
                problems.append(f"{setting.name}: two values are needed; {listed(named)} left out.")
            rest = {name: text for name, text in query.items() if name not in named}
            texts = (setting.to_text(setting.get(run)) for run in models)
            own = zip(PREFIXES, texts, strict=False)
            if any(name.rpartition(".")[2] in SETTINGS for name in rest):
                rest |= {f"{prefix}.{setting.address}": text for prefix, text in own}
            runs, _ = read_bench(rest, models, (*VIEW, MODELS))
            unique = {setting.get(run): run for run in runs}
        runs = tuple(unique.values()) if len(unique) > 1 else default
    return runs, problems


def _spec_in(query: dict[str, str]) -> DatasetSpec | None:
    """Data set that a link names, if it can be read."""
    try:
        own = OwnData.model_validate(read_own(query["own"])) if "own" in query else None
    except ValueError:
        return None
    return find_spec(query.get("data", ""), own)


def _as_many_as_asked(default: Runs, query: dict[str, str]) -> Runs:
    """Default runs, cut or repeated to the number of models in the link."""
    wish = query.get(MODELS, "")
    if wish not in HOW_MANY:
        return default
    return tuple(default[min(i, len(default) - 1)] for i in range(int(wish)))
