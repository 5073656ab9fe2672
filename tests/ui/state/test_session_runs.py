"""Runs, files and letters of a session."""

from dataclasses import replace

import pytest
import streamlit as st

from annlab import Run, RunConfig
from annlab.figures import MODEL_NAMES
from annlab.ui.state.session_runs import (
    Item,
    files,
    forget_run,
    keep_file,
    note_run,
    noted_runs,
    places_of,
)

A, B, C, D, E, F, G = (Item(RunConfig.from_url(f"epochs={n}")) for n in range(1, 8))


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty session state for each test."""
    monkeypatch.setattr(st, "session_state", {})


def test_letters_are_assigned_in_order_and_kept() -> None:
    assert places_of([A, B, C]) == (0, 1, 2)
    assert places_of([C, A]) == (2, 0)
    assert places_of([C, D]) == (2, 0)
    assert places_of([B, C, D]) == (1, 2, 0)


def test_run_keeps_its_letter_from_the_bench() -> None:
    note_run(A.config, 1)
    assert places_of([A]) == (1,)
    assert places_of([B, A]) == (0, 1)


def test_two_runs_with_the_same_letter_get_different_ones() -> None:
    note_run(A.config, 1)
    note_run(B.config, 1)
    assert places_of([A, B]) == (1, 0)
    assert places_of([A, B]) == (1, 0)


def test_six_runs_get_six_letters() -> None:
    assert sorted(places_of([G, F, E, D, C, B])) == list(range(len(MODEL_NAMES)))


def test_noted_runs_are_listed_until_forgotten() -> None:
    note_run(A.config)
    note_run(B.config)
    note_run(A.config)
    assert list(noted_runs().values()) == [B.config, A.config]  # by last use
    forget_run(A)
    forget_run(C)  # never noted
    assert noted_runs() == {B.id: B.config}


def test_run_from_a_file_differs_from_stored_run_of_its_settings(binary_run: Run) -> None:
    item = keep_file(binary_run)
    assert item.run() is binary_run
    assert item.id != Item(binary_run.config).id
    assert [(found, run) for found, run, _ in files()] == [(item, binary_run)]
    assert keep_file(binary_run) == item
    forget_run(item)
    assert files() == []
    assert item.run() is None


def test_run_of_earlier_version_differs_from_new_run_of_its_settings() -> None:
    earlier = Item(A.config, digest="earlier")
    assert earlier != A
    assert earlier.id == "earlier"
    assert earlier.now() == A
    assert Item(A.config, digest=A.config.digest) == A
    assert places_of([earlier, A]) == (0, 1)
    assert places_of([A]) == (1,)


def test_memory_for_loaded_files_is_limited(
    binary_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any number of files can be loaded one after another."""
    others = [replace(binary_run, duration_seconds=float(k)) for k in range(5)]
    monkeypatch.setattr(
        "annlab.ui.state.session_runs.MAX_FILES_BYTES", int(3.5 * binary_run.n_bytes)
    )
    for run in others[:3]:
        keep_file(run)
    keep_file(others[0])  # loaded again: the newest
    for run in others[3:]:
        keep_file(run)
    assert [run.duration_seconds for _, run, _ in files()] == [0.0, 3.0, 4.0]
    monkeypatch.setattr("annlab.ui.state.session_runs.MAX_FILES_BYTES", 1)
    item = keep_file(binary_run)
    assert [found for found, _, _ in files()] == [item]
    assert item.run() is binary_run
