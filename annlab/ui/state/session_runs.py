"""Runs and uploaded files known to this browser tab, and the letter each one keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from annlab.config import RunConfig
from annlab.figures import MODEL_NAMES
from annlab.runs.run import Run
from annlab.runs.uploads import MAX_FILE_BYTES
from annlab.ui.browser import known_browser_key
from annlab.ui.services import services
from annlab.ui.state.own_access import load_run

# Memory of a session for uploaded runs: three files of the largest size, or about a hundred usual
# ones. All users share the server's memory.
MAX_FILES_BYTES = 3 * MAX_FILE_BYTES
# Session key: runs that the page Compare selects when it is opened next.
_TO_COMPARE = "to-compare"


@dataclass(frozen=True)
class Item:
    """A run in the table: stored, not yet trained, or loaded from a file.

    Attributes
    ----------
    config : RunConfig
        Settings of the run.
    file : str
        Fingerprint of a run loaded from a file, which only this session sees; else empty.
    digest : str
        Key of the stored run; by default the digest of the settings. A run stored by an earlier
        version of annlab has another digest. Empty for a file.
    """

    # Not compared, because the same run can have own data under another title.
    config: RunConfig = field(compare=False)
    file: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        if not (self.file or self.digest):
            object.__setattr__(self, "digest", self.config.digest)

    @property
    def id(self) -> str:
        """Unique identifier of the run."""
        return f"file-{self.file}" if self.file else self.digest

    def run(self) -> Run | None:
        """Load the run; None if it is not stored, or on own data of another browser."""
        if not self.file:
            return load_run(self.config, self.digest)
        run, _ = _of_session("files").get(self.id, (None, None))
        return run

    def now(self) -> "Item":
        """Item of a new training of the same settings."""
        return Item(self.config)


def _of_session(name: str) -> dict[str, Any]:
    return st.session_state.setdefault(f"session-{name}", {})


def note_run(config: RunConfig, place: int | None = None) -> None:
    """Add a run to the runs of this session.

    Parameters
    ----------
    config : RunConfig
    place : int, optional
        Index of its letter and color, which other pages then reuse if they are free.
    """
    runs = _of_session("runs")
    runs.pop(config.digest, None)  # keep the order of last use
    runs[config.digest] = config
    if place is not None:
        _of_session("places").setdefault(config.digest, place)


def noted_runs() -> dict[str, RunConfig]:
    """Runs of this session by digest."""
    return dict(_of_session("runs"))


def note_training(configs: Sequence[RunConfig]) -> None:
    """Remember that this session has asked for the training of runs."""
    _of_session("trained").update(dict.fromkeys(config.digest for config in configs))


def claim_runs() -> None:
    """Note in the store which runs are this browser's, so that it finds them the next day.

    Call it on every page with runs. It does nothing until the browser has told its key, and
    nothing if there is no new run.
    """
    owner = known_browser_key()
    if owner is None:
        return
    claimed, trained = _of_session("claimed"), _of_session("trained")
    for digest in _of_session("runs"):
        has_trained = digest in trained
        if claimed.get(digest) != has_trained and services().repository.claim(
            digest, owner, has_trained
        ):
            claimed[digest] = has_trained


def as_noted(config: RunConfig) -> RunConfig:
    """A config of the queue as this session noted it, with its own title of own data."""
    noted: RunConfig = _of_session("runs").get(config.digest, config)
    return noted


def forget_run(item: Item) -> None:
    """Remove a run from the runs and files of this session."""
    for name in ("files",) if item.file else ("runs", "claimed"):
        _of_session(name).pop(item.id, None)


def send_to_comparison(configs: Sequence[RunConfig]) -> None:
    """Let the page Compare select runs of one task, which it trains if they are missing."""
    st.session_state[_TO_COMPARE] = tuple(dict.fromkeys(configs))


def sent_to_comparison() -> tuple[RunConfig, ...]:
    """Return what `send_to_comparison` was given; empty if there is nothing new."""
    found: tuple[RunConfig, ...] = st.session_state.get(_TO_COMPARE, ())
    return found


def forget_sent() -> None:
    """Mark what `send_to_comparison` was given as taken over."""
    st.session_state.pop(_TO_COMPARE, None)


def keep_file(run: Run) -> Item:
    """Add a run from a file, visible to this session only because its content is untrusted.

    Drops the oldest files while all files together exceed `MAX_FILES_BYTES`.
    """
    item = Item(run.config, run.fingerprint)
    kept = _of_session("files")
    kept[item.id] = kept.pop(item.id, (run, datetime.now(UTC)))  # oldest first
    while len(kept) > 1 and sum(other.n_bytes for other, _ in kept.values()) > MAX_FILES_BYTES:
        del kept[next(iter(kept))]
    return item


def files() -> list[tuple[Item, Run, datetime]]:
    """Runs loaded from files, with the time of loading."""
    return [
        (Item(run.config, run.fingerprint), run, since)
        for run, since in _of_session("files").values()
    ]


def places_of(items: Sequence[Item]) -> tuple[int, ...]:
    """Assign a letter and a color, as an index, to each of up to six runs.

    A run keeps its earlier index unless another of these runs uses it.
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
