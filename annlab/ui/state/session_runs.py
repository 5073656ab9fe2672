"""What a session has seen on all pages: its runs, files it has loaded, and their colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from annlab.config import RunConfig
from annlab.figures import MODEL_NAMES
from annlab.runs.run import Run
from annlab.runs.uploads import MAX_FILE_BYTES
from annlab.ui.services import services

# Runs from files that a session holds in the server's memory, which all visitors share: three of
# the largest that can be loaded, or some hundred usual ones.
MAX_FILES_BYTES = 3 * MAX_FILE_BYTES


@dataclass(frozen=True)
class Item:
    """A stored run, one that can be trained by its settings, or one from a file.

    Attributes
    ----------
    config : RunConfig
        What was run.
    file : str
        Fingerprint of the run where it came from a file, which is this session's own; else
        empty.
    digest : str
        Key of the stored run. Left empty, it is that of the settings; a run that an earlier
        version of annlab has stored has another one. Empty for a file.
    """

    config: RunConfig
    file: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        if not (self.file or self.digest):
            object.__setattr__(self, "digest", self.config.digest)

    @property
    def id(self) -> str:
        """A name that no other run has."""
        return f"file-{self.file}" if self.file else self.digest

    def run(self) -> Run | None:
        """The run, if it is there."""
        if not self.file:
            return services().repository.load(self.digest)
        run, _ = _of_session("files").get(self.id, (None, None))
        return run

    def now(self) -> "Item":
        """What a training of the same settings makes today."""
        return Item(self.config)


def _of_session(name: str) -> dict[str, Any]:
    return st.session_state.setdefault(f"session-{name}", {})


def note_run(config: RunConfig, place: int | None = None) -> None:
    """Remember that this session has seen a run.

    Parameters
    ----------
    config : RunConfig
    place : int, optional
        Where it stood among letters and colours; it keeps them elsewhere if it can.
    """
    runs = _of_session("runs")
    runs.pop(config.digest, None)  # what was seen last stands last
    runs[config.digest] = config
    if place is not None:
        _of_session("places").setdefault(config.digest, place)


def noted_runs() -> dict[str, RunConfig]:
    """The runs that this session has seen, by digest."""
    return dict(_of_session("runs"))


def forget_run(item: Item) -> None:
    """Let go of a run."""
    _of_session("files" if item.file else "runs").pop(item.id, None)


def keep_file(run: Run) -> Item:
    """Take in a run from a file, for this session alone: nobody vouches for what is in it.

    Files that were loaded longest ago make room where all of them take more than
    `MAX_FILES_BYTES`.
    """
    item = Item(run.config, run.fingerprint)
    kept = _of_session("files")
    kept[item.id] = kept.pop(item.id, (run, datetime.now(UTC)))  # what was loaded last stands last
    while len(kept) > 1 and sum(other.n_bytes for other, _ in kept.values()) > MAX_FILES_BYTES:
        del kept[next(iter(kept))]
    return item


def files() -> list[tuple[Item, Run, datetime]]:
    """The runs that were loaded from files, and when."""
    return [
        (Item(run.config, run.fingerprint), run, since)
        for run, since in _of_session("files").values()
    ]


def places_of(items: Sequence[Item]) -> tuple[int, ...]:
    """A place among the letters and colours for each of up to six runs.

    A run keeps the one it has had, unless another of these runs stands there.
    """
    known = _of_session("places")
    places: dict[str, int] = {}
    for item in items:
        if known.get(item.id, -1) not in (-1, *places.values()):
            places[item.id] = known[item.id]
    free = (place for place in range(len(MODEL_NAMES)) if place not in places.values())
    for item in items:
        if item.id not in places:
            places[item.id] = known[item.id] = next(free)
    return tuple(places[item.id] for item in items)
