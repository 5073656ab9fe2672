"""Initial weights of a bench's models: given by a run, removed, or lost because they do not fit."""

from pydantic import ValidationError

from annlab.config import RunConfig
from annlab.config.settings import SETTINGS
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.page_state import Runs
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.model_names import model_name

_START = SETTINGS["start"]
# Values of a page: sentences about lost starts, and the runs of the controls at that time.
_LOST = "lost-starts"


def whose_start(state: BenchState, model: int) -> str:
    """Name of the models that share a start, in Markdown."""
    return "All models" if state.varied else f"Model {escape_markdown(model_name(model))}"


def start_from(state: BenchState, run: RunConfig, model: int) -> None:
    """Load the network of a run with its start as one model; nothing is trained.

    Data and training settings stay as they are in the controls, if the start fits there. On a page
    with shared model settings, all models take the start.
    """
    runs = list(state.get("settings") or state.default)
    if not 0 <= model < len(runs):
        return  # removed since the page was drawn
    try:
        if state.varied:
            runs = [state.mixed(other, run) for other in runs]
        else:
            runs[model] = state.mixed(run, runs[model])
    except ValidationError:
        runs = list(state.runs_with(run, model))
    state.load(tuple(runs), keep_typed=True)


def remove_start(state: BenchState, model: int) -> None:
    """Let a model start from random weights again."""
    state.get("memory")[state.name_of(_START, model)] = None


def drop_unfitting_starts(state: BenchState) -> None:
    """Remove each start that does not fit the layers and data in the controls, and note it."""
    lost = []
    for model in range(1 if state.varied else state.n_models):
        values = state.values(model)
        start = values[_START.section].pop(_START.name)
        if start is None:
            continue
        try:
            n_parameters = RunConfig.model_validate(values).n_parameters
        except ValidationError:
            continue  # the page shows what is wrong
        if n_parameters != len(start):
            remove_start(state, model)
            lost.append(
                f"{whose_start(state, model)}: the start is gone. It has {len(start):,} weights "
                f"and biases, and the network now has {n_parameters:,}. **Undo** brings it back."
            )
    if lost:
        state.set(_LOST, (lost, None))


def lost_starts(state: BenchState, runs: Runs | None) -> list[str]:
    """Sentences about lost starts, until the controls describe other valid `runs`."""
    lost, at_that_time = state.get(_LOST) or ([], None)
    if lost and runs and at_that_time not in (None, runs):
        lost = []
    state.set(_LOST, (lost, runs if lost else None))
    return list(lost)
