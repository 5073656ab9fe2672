"""Database, run file and links written before modules moved into rooms still open."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annlab import Run, RunConfig, evaluate
from annlab.config.links import read_bench, read_comparison
from annlab.datasets import load_run_dataset
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore

DATA = Path(__file__).parent / "data"
LINKS: dict[str, Any] = json.loads((DATA / "version3-links.json").read_text())
CONFIGS = {name: RunConfig.from_url(run["link"]) for name, run in LINKS["runs"].items()}


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    shutil.copy(DATA / "version3.sqlite", tmp_path / "runs.sqlite")
    return RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")


@pytest.mark.parametrize("name", CONFIGS)
def test_settings_keep_their_digests(name: str) -> None:
    assert CONFIGS[name].digest == LINKS["runs"][name]["digest"]
    assert CONFIGS[name].data_digest == LINKS["runs"][name]["data_digest"]


def test_all_stored_runs_are_listed(store: RunStore) -> None:
    found = {info.digest: info for info in store.list_runs()}
    assert set(found) == {config.digest for config in CONFIGS.values()}
    assert not any(info.is_superseded for info in found.values())
    named = found[CONFIGS["finished"].digest]
    assert (named.name, named.pinned) == ("named before", True)


@pytest.mark.parametrize("name", CONFIGS)
def test_stored_run_opens_with_its_score(store: RunStore, name: str) -> None:
    run = store.load(CONFIGS[name].digest)
    assert run is not None
    assert run.config == CONFIGS[name]
    if run.ending == "diverged":
        return
    (info,) = store.list_runs(digests=[run.config.digest])
    dataset = load_run_dataset(run.config)
    score = evaluate(run, split=dataset.scored_split, dataset=dataset).headline
    assert score.mean() == pytest.approx(info.score, rel=1e-5)


@pytest.mark.parametrize("name", CONFIGS)
def test_stored_data_set_opens(store: RunStore, name: str) -> None:
    found = RunRepository(store).dataset(CONFIGS[name])
    assert found is not None
    made = load_run_dataset(CONFIGS[name])
    np.testing.assert_array_equal(found.X_train, made.X_train)
    np.testing.assert_array_equal(found.y_train, made.y_train)


def test_run_file_opens(store: RunStore) -> None:
    run = Run.load(DATA / "version3.safetensors")
    stored = store.load(CONFIGS["folds"].digest)
    assert stored is not None
    assert run.fingerprint == stored.fingerprint


@pytest.mark.parametrize("form", ["comparison", "packed"])
def test_links_to_comparisons_open(form: str) -> None:
    expected = tuple(CONFIGS[name] for name in LINKS["comparison_runs"])
    assert read_comparison(LINKS[form]) == (expected, [])


def test_link_to_a_bench_opens() -> None:
    expected = tuple(CONFIGS[name] for name in LINKS["bench_runs"])
    assert read_bench(LINKS["bench"], (RunConfig(), RunConfig())) == (expected, [])
