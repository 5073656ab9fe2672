"""Rows of the table of runs, and the text that its filter searches."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from annlab.analysis.evaluation import evaluate
from annlab.config import RESULTS_VERSION, RunConfig
from annlab.config.settings import settings_that_apply
from annlab.formatting import never_a_formula
from annlab.lessons.experiments import DEFAULTS
from annlab.nn.tasks import TASKS, Score
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.setting_type import Setting, Sizes
from annlab.several import Several
from annlab.store.run_info import RunInfo, scores_of
from annlab.ui.results.arrow_table import arrow_table
from annlab.ui.results.cached_figures import cached
from annlab.ui.services import services
from annlab.ui.shell import PAGE_OF_TASK
from annlab.ui.state.own_access import may_see
from annlab.ui.text.networks_text import EARLIER_VERSION, ENDINGS
from annlab.ui.text.settings_text import model_title, non_default_settings

if TYPE_CHECKING:
    from pyarrow import Table

# Columns that are not text, beside those of the scores.
_TYPES = {
    **dict.fromkeys(("Training", "±", "Seconds"), "double"),
    **dict.fromkeys(("Networks", "Parameters"), "int64"),
}


def score_columns() -> dict[str, Score]:
    """Columns of the scores that judge runs: one for each headline, by its label."""
    return {task.headline.label: task.headline for task in TASKS.values()}


def info_of(run: Run, name: str = "", created: datetime | None = None) -> RunInfo:
    """Table entry of a run that is not in the store."""
    # A file can name data that this browser may not see.
    dataset = services().repository.dataset(run.config) if may_see(run.config) else None
    score = None
    if dataset is not None:
        weights: Epoch = "best" if run.stops_early else "last"
        found = cached(evaluate)(run, split=dataset.scored_split, epoch=weights, dataset=dataset)
        score = found.headline
    return RunInfo(
        digest=run.config.digest,
        name=name,
        pinned=False,
        created=created or datetime.now(UTC),
        size_bytes=0,
        config=run.config,
        ending=run.ending,
        accelerator=run.accelerator,
        duration_seconds=run.duration_seconds,
        n_epochs=run.n_epochs,
        summary=scores_of(run, score),
        results_version=run.results_version,
    )


class _Facts(NamedTuple):
    """What a config says in the table."""

    data: str
    model: str
    differences: str
    splits: tuple[str, ...]
    headline: Score
    n_networks: int
    n_parameters: int


@lru_cache(maxsize=5000)
def _facts(config: RunConfig) -> _Facts:
    # Together, because each look for a config in a cache takes its hash, which is slow.
    usual = DEFAULTS[PAGE_OF_TASK[config.task.name]].runs
    return _Facts(
        config.dataset.spec.label,
        model_title(config),
        non_default_settings(config, usual),
        tuple(config.sizes.splits),
        config.task.headline,
        config.training.n_seeds,
        config.n_parameters,
    )


def row_of(info: RunInfo) -> dict[str, Any]:
    """Row of a run: text and numbers by column."""
    facts = _facts(info.config)
    held_out, training = _scores(info, facts.splits)
    score = held_out if facts.headline.is_share else _short(held_out)
    return {
        "Name": never_a_formula(info.name),
        "Here": "trained" if info.is_trained_here else "opened" if info.is_mine else "",
        "Pinned": "yes" if info.pinned else "",
        "Version": version_mark(info),
        "Data": facts.data,
        "Model": facts.model,
        "Differs from default": facts.differences,
        **dict.fromkeys(score_columns()),
        facts.headline.label: score,
        "Training": _short(training),
        "±": _short(info.score_std) if facts.n_networks > 1 else None,
        "Networks": facts.n_networks,
        "Parameters": facts.n_parameters,
        "Seconds": info.duration_seconds,
        "Status": ENDINGS[info.ending],
        "Created": info.created,
    }


def _scores(info: RunInfo, splits: Sequence[str]) -> tuple[float | None, float | None]:
    """Scores on the held-out samples, and on the training samples."""
    # Earlier versions judged runs without test samples on the training samples.
    is_held_out = "test" in splits or ("validation" in splits and info.train_score is not None)
    if is_held_out:
        return info.score, info.train_score
    return None, info.score if info.train_score is None else info.train_score


def version_mark(info: RunInfo) -> str:
    """Why a new training of the settings may give another run; mostly empty."""
    if info.results_version != RESULTS_VERSION:
        return EARLIER_VERSION
    # Only for data sets read from files: a digest for each of thousands of rows is slow.
    reads_files = info.config.dataset.spec.files_digest is not None
    return "other data files" if reads_files and info.is_superseded else ""


def _short(value: float | None) -> float | None:
    """Round to four digits; the table would show every digit of a huge number."""
    return value and float(f"{value:.4g}")


def search_text(info: RunInfo) -> str:
    """Text of a run that the filter searches."""
    texts = (all_settings_text(info.config), info.name, ENDINGS[info.ending], version_mark(info))
    return " ".join(texts).casefold()


@lru_cache(maxsize=5000)
def all_settings_text(config: RunConfig) -> str:
    """Every setting of a run that has an effect, in words."""
    texts = (
        f"{setting.label} {setting.say(config)}"
        for setting in settings_that_apply(config)
        if not _is_off(setting, config)
    )
    return f"{model_title(config)} {' '.join(texts)} parameters {config.n_parameters}"


def _is_off(setting: Setting, config: RunConfig) -> bool:
    """Whether a run does not use a setting, so that a search for its name skips the run."""
    value = setting.effective(config)
    # A seed of 0 and an empty list of layers are values, not "off".
    named = isinstance(setting.kind, Sizes) or setting.address.endswith("seed")
    as_usual = isinstance(setting.kind, Several) and not setting.get(config)
    return value is None or as_usual or (not value and not named)


def as_arrow(rows: list[dict[str, Any]], columns: Sequence[str]) -> "Table":
    """Convert columns of the table to Arrow, the format that Streamlit sends."""
    import pyarrow as arrow

    scores = dict.fromkeys(score_columns(), "double")
    types = {**_TYPES, **scores, "Created": arrow.timestamp("us", tz="UTC")}
    return arrow_table(rows, {name: types.get(name, "string") for name in columns})
