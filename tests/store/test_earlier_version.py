"""Runs stored by an earlier results version can be listed, opened, named, pinned, deleted."""

import dataclasses

import numpy as np
import pytest

from annlab import RunConfig, evaluate, load_dataset
from annlab.config import RESULTS_VERSION
from annlab.config.links import read_bench, read_comparison
from annlab.datasets import Split
from annlab.runs.history import history_columns
from annlab.store.run_store import RunStore
from tests.store.earlier import DIGESTS, LINKS, N_RUNS, config, read_run_file, restore
from tests.store.runs import make_run


@pytest.fixture
def earlier(url: str) -> RunStore:
    """Store filled by the code of results version 2."""
    restore(url)
    return RunStore(url)


def test_earlier_runs_are_listed_as_superseded(earlier: RunStore) -> None:
    found = earlier.list_runs()
    assert [info.digest for info in found] == list(reversed(DIGESTS.values()))
    assert {info.results_version for info in found} == {2}
    assert all(info.is_superseded for info in found)
    assert all(info.digest != info.config.digest for info in found)
    by_digest = {info.digest: info for info in found}
    endings = {name: by_digest[digest].ending for name, digest in DIGESTS.items()}
    expected = {name: name for name in ("stopped", "early", "diverged")}
    assert endings == dict.fromkeys(DIGESTS, "finished") | expected
    named = by_digest[DIGESTS["finished"]]
    assert (named.name, named.pinned) == ("named before", True)


@pytest.mark.parametrize("name", DIGESTS)
def test_earlier_run_opens_by_digest_with_its_score(earlier: RunStore, name: str) -> None:
    (info,) = earlier.list_runs(digests=[DIGESTS[name]])
    run = earlier.load(info.digest)
    assert run is not None
    assert run.results_version == 2
    assert (run.config, run.ending, run.n_epochs) == (info.config, info.ending, info.n_epochs)
    dataset = load_dataset(run.config)
    # Without a test split, version 2 scored the training split at the last epoch.
    split: Split = "test" if len(dataset.X_test) else "train"
    score = evaluate(run, split=split, epoch="last", dataset=dataset).headline
    assert score.mean() == pytest.approx(info.score, rel=1e-5)
    # The current digest of the settings belongs to another run or to none.
    assert earlier.load(run.config.digest) is None


def test_earlier_run_is_managed_beside_a_new_run_of_equal_settings(
    earlier: RunStore,
) -> None:
    old = DIGESTS["linear"]
    run = earlier.load(old)
    history = dict.fromkeys(history_columns(run.config), run.history["train_loss"])
    run = dataclasses.replace(run, history=history, results_version=RESULTS_VERSION)
    new = run.config.digest
    assert not earlier.rename(new, "nobody's")
    earlier.save(run)
    assert earlier.rename(old, "mine")
    assert earlier.pin(old)
    named = {
        info.digest: (info.name, info.pinned) for info in earlier.list_runs(digests=[old, new])
    }
    assert named == {old: ("mine", True), new: ("", False)}
    assert earlier.delete(old)
    assert earlier.load(old) is None
    assert len(earlier.list_runs()) == N_RUNS  # the others, and the new one
    assert earlier.load(new).results_version == RESULTS_VERSION


def test_new_runs_are_listed_as_such(earlier: RunStore) -> None:
    run = make_run()
    earlier.save(run, [0.5])
    info = earlier.list_runs()[0]
    assert (info.results_version, info.is_superseded) == (RESULTS_VERSION, False)
    assert set(info.summary) == {*run.history, "score", "score_std", "train_score"}


def test_earlier_runs_are_pruned_for_new_runs(url: str) -> None:
    restore(url)
    RunStore(url, max_bytes=1).save(make_run())
    newest, kept = RunStore(url).list_runs()
    assert newest.digest == make_run().config.digest
    assert (kept.digest, kept.pinned) == (DIGESTS["finished"], True)


def test_saving_an_earlier_run_is_refused(earlier: RunStore) -> None:
    run = earlier.load(DIGESTS["finished"])
    with pytest.raises(ValueError, match=r"results_version: must be \d+, got 2"):
        earlier.save(run)
    assert len(earlier.list_runs()) == N_RUNS


def test_a_run_file_opens(sqlite_url: str) -> None:
    restore(sqlite_url)
    stored, run = RunStore(sqlite_url).load(DIGESTS["iris"]), read_run_file()
    assert stored is not None
    assert run.results_version == 2
    assert run.fingerprint == stored.fingerprint
    # Saving the loaded run again gives the same content.
    again = type(run).from_bytes(run.to_bytes())
    assert again.results_version == 2
    np.testing.assert_equal(again.history, run.history)


@pytest.mark.parametrize("name", DIGESTS)
def test_a_link_to_one_run_opens_its_settings(sqlite_url: str, name: str) -> None:
    restore(sqlite_url)
    (info,) = RunStore(sqlite_url).list_runs(digests=[DIGESTS[name]])
    assert config(name) == info.config


@pytest.mark.parametrize("form", ["comparison", "packed"])
def test_a_link_to_several_runs_opens_their_settings(form: str) -> None:
    configs, problems = read_comparison(LINKS[form])
    assert problems == []
    assert configs == tuple(_config(digest) for digest in LINKS["comparison_digests"])


def test_a_link_to_a_bench_opens_its_settings() -> None:
    configs, problems = read_bench(LINKS["bench"], (RunConfig(), RunConfig()))
    assert problems == []
    assert configs == tuple(_config(digest) for digest in LINKS["bench_digests"])


def _config(digest: str) -> RunConfig:
    return RunConfig.from_url(LINKS["runs"][digest])
