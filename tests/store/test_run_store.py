"""Saving, loading, listing, naming, pinning and deleting runs."""

import dataclasses
import json
import logging
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, tensor_file
from annlab.config import RESULTS_VERSION
from annlab.runs.budget import Limits, check_budget
from annlab.setting_type import Number
from annlab.store.run_info import RunInfo, config_in
from tests.store.runs import DIGEST, RUN, make_run, same, seeds, sql


def test_a_run_comes_back_whole(store):
    assert store.load(DIGEST) is None
    store.save(RUN)
    assert same(store.load(DIGEST), RUN)


def test_a_trained_run_comes_back_whole(store, trained):
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name="moons", n_samples=100, validation_fraction=0.2),
            model=ModelConfig(hidden_sizes=(2,)),
            training=TrainingConfig(max_epochs=2, n_seeds=3),
        )
    )
    store.save(run)
    assert same(store.load(run.config.digest), run)
    (info,) = store.list_runs()
    assert info.config == run.config
    assert info.summary == {name: np.median(rows[-1]) for name, rows in run.history.items()}


def test_list_runs_returns_all_metadata(store):
    before = datetime.now(UTC)
    run = make_run(n_seeds=5)
    store.save(run)
    (info,) = store.list_runs()
    assert before <= info.created <= datetime.now(UTC)
    assert info.created.utcoffset() == timedelta(0)
    assert info == RunInfo(
        digest=run.config.digest,
        name="",
        pinned=False,
        created=info.created,
        size_bytes=len(run.to_bytes()),
        config=run.config,
        ending="finished",
        accelerator="CPU",
        duration_seconds=0.25,
        n_epochs=2,
        summary=dict.fromkeys(run.history, 2.5),  # of 0.5, 1.5, 2.5, 3.5, 4.5
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        info.name = "other"


def test_times_are_stored_in_utc(store, url):
    store.save(RUN)
    ((stored,),) = sql(url, "SELECT created FROM annlab_runs")
    assert datetime.fromisoformat(str(stored)).replace(tzinfo=UTC) == store.list_runs()[0].created


def test_the_summary_of_a_run_that_diverged(store):
    run = make_run(ending="diverged", n_seeds=2)
    run.history["train_loss"] = np.full((3, 2), 3e38, dtype=np.float32)  # two overflow float32
    store.save(run)
    assert store.list_runs()[0].summary["train_loss"] == pytest.approx(3e38)
    assert same(store.load(run.config.digest), run)


@pytest.mark.parametrize("last", [np.nan, np.inf, -np.inf, [np.inf, -np.inf]])
def test_nonfinite_values_are_nan_in_the_summary(store, url, last):
    run = make_run(ending="diverged", n_seeds=2)
    run.history["train_loss"] = np.array([[1, 1], [1, 1], np.broadcast_to(last, 2)], np.float32)
    store.save(run)
    assert math.isnan(store.list_runs()[0].summary["train_loss"])
    ((text,),) = sql(url, "SELECT summary FROM annlab_runs")
    # Standard JSON has no NaN or Infinity.
    assert json.loads(text, parse_constant=pytest.fail)["train_loss"] is None


@pytest.mark.parametrize(
    ("score", "mean", "std"),
    [
        (None, None, None),
        ([1.0, 2.0, 3.0, 6.0], 3.0, np.std([1, 2, 3, 6], ddof=1)),
        (np.array([1.0, 0.0, 1.0, 1.0], np.float32), 0.75, 0.5),
        ([0.7], 0.7, 0.0),
        ([np.nan], None, None),
        ([1.0, np.nan], None, None),
        ([1.0, np.inf], None, None),
        ([1e308, 1e308], None, None),
        ([-1e200, 1e200], 0.0, None),
    ],
)
def test_a_score_is_listed(store, url, score, mean, std):
    run = make_run(n_seeds=1 if score is None else len(score))
    store.save(run, score)
    (info,) = store.list_runs()
    assert info.score == (mean if mean is None else pytest.approx(mean))
    assert info.score_std == (std if std is None else pytest.approx(std))
    names = set() if score is None else {"score", "score_std", "train_score"}
    assert set(info.summary) == {*run.history, *names}
    ((text,),) = sql(url, "SELECT summary FROM annlab_runs")
    json.loads(text, parse_constant=pytest.fail)


@pytest.mark.parametrize("score", [1.0, [], [1.0], [[1.0, 1.0]]])
def test_a_score_is_one_for_each_network(store, score):
    with pytest.raises(ValueError, match=r"score: must be of shape \(2,\), got"):
        store.save(make_run(n_seeds=2), score)
    assert store.list_runs() == []


def test_a_score_may_come_later(store):
    store.save(make_run(n_seeds=2))
    store.save(make_run(1), [np.nan])  # NaN means no score, now and later
    store.save(make_run(2), [0.7])
    (info,) = store.list_runs(unscored=True)
    assert info.score is None
    store.rename(info.digest, "mine")
    with pytest.raises(ValueError, match=r"score: must be of shape \(2,\), got"):
        store.add_score(info, make_run(n_seeds=2), [1.0])
    assert store.add_score(info, make_run(n_seeds=2), [0.5, 1.0])
    (found,) = store.list_runs(digests=[info.digest])
    assert (found.score, found.score_std) == (0.75, pytest.approx(np.std([0.5, 1.0], ddof=1)))
    expected = dataclasses.replace(info, name="mine", summary=found.summary)
    assert found == expected
    assert info.summary.items() <= found.summary.items()
    assert store.list_runs(unscored=True) == []


def test_late_score_is_not_added_to_a_newer_run(store):
    store.save(make_run(ending="stopped"))
    (info,) = store.list_runs(unscored=True)
    store.save(make_run(ending="finished"))
    assert not store.add_score(info, RUN, [0.5])
    assert store.list_runs()[0].score is None
    store.delete(info.digest)
    assert not store.add_score(info, RUN, [0.5])


def test_networks_that_diverged_do_not_count(store):
    run = make_run(n_seeds=3)
    run = dataclasses.replace(run, diverged_epochs=np.array([0, 2, 0]))
    run.history["train_loss"][-1] = [1.0, 1e9, 3.0]
    store.save(run, [0.5, np.nan, 1.0])
    (info,) = store.list_runs()
    assert info.summary["train_loss"] == 2.0
    assert info.score == 0.75
    assert info.score_std == pytest.approx(np.std([0.5, 1.0], ddof=1))


@pytest.mark.parametrize("old", ["finished", "early", "stopped", "diverged"])
@pytest.mark.parametrize("new", ["finished", "early", "stopped", "diverged"])
def test_incomplete_run_never_replaces_a_complete_one(store, old, new):
    store.save(make_run(ending=old, last=0.4), [0.4])
    store.save(make_run(ending=new, last=0.6), [0.6])
    (info,) = store.list_runs()
    stays = old in ("finished", "early") and new in ("stopped", "diverged")
    assert info.summary["train_loss"] == info.score == (0.4 if stays else 0.6)
    assert info.ending == store.load(info.digest).ending == (old if stays else new)


def test_run_saved_again_keeps_name_and_pin_and_is_newest(store):
    store.save(RUN)
    store.save(make_run(1))
    store.pin(DIGEST)
    store.rename(DIGEST, "mine")
    store.save(RUN)
    first, second = store.list_runs()
    assert (first.digest, first.name, first.pinned) == (DIGEST, "mine", True)
    assert (second.name, second.pinned) == ("", False)


def test_pin_rename_delete_return_whether_the_run_exists(store):
    assert not store.pin(DIGEST)
    assert not store.rename(DIGEST, "name")
    assert not store.delete(DIGEST)
    store.save(RUN)
    assert store.pin(DIGEST)
    assert store.pin(DIGEST)  # again
    assert store.list_runs()[0].pinned
    assert store.pin(DIGEST, False)
    assert not store.list_runs()[0].pinned
    assert store.rename(DIGEST, "name")
    assert store.list_runs()[0].name == "name"
    assert store.delete(DIGEST)
    assert store.list_runs() == []
    assert store.load(DIGEST) is None


def test_a_pinned_run_can_be_deleted(store):
    store.save(RUN)
    store.save(make_run(1))
    store.pin(DIGEST)
    assert store.delete(DIGEST)
    assert seeds(store) == [1]
    store.save(RUN)
    assert not store.list_runs()[0].pinned  # deleting removed the pin


# --- lists --------------------------------------------------------------------------------


def test_newest_first(store):
    for seed in range(5):
        store.save(make_run(seed))
    assert seeds(store) == [4, 3, 2, 1, 0]


def test_only_some_digests_are_listed(store):
    runs = [make_run(seed) for seed in range(5)]
    for run in runs:
        store.save(run)
    wanted = [runs[k].config.digest for k in (1, 3, 4, 3)]
    hostile = ["gone", "", "\0", "\ud800", "' OR 1=1 --", "x" * 1000]
    found = store.list_runs(digests=wanted + hostile)
    assert [info.config.training.seed for info in found] == [4, 3, 1]
    assert {info.digest for info in store.list_runs(set(wanted))} == set(wanted)
    assert store.list_runs(digests=[]) == []
    assert store.list_runs(digests=hostile) == []


def test_the_list_does_not_read_the_runs(store, statements):
    store.save(RUN)
    statements.clear()
    store.list_runs()
    (query,) = [text for text, _ in statements if "FROM annlab_runs" in text]
    assert "annlab_runs.summary" in query
    assert "data" not in query


# --- hostile text -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("Robert'); DROP TABLE annlab_runs; --", None),
        ("%s %(name)s :name ? {0}", None),
        ("<script>alert(1)</script>", None),
        ("Grüße ‮ 你好 👩‍👩‍👧 \n\t", None),
        ("x" * 1000, "x" * 200),
        ("nul\0byte", "nulbyte"),
        ("half \ud800 pair", "half ? pair"),
    ],
)
def test_any_text_is_a_valid_name(store, statements, name, stored):
    store.save(RUN)
    store.save(make_run(1))
    assert store.rename(DIGEST, name)
    other, this = store.list_runs()
    assert (this.name, other.name) == (name if stored is None else stored, "")
    assert not any(name in text for text, _ in statements)


@pytest.mark.parametrize("digest", ["' OR 1=1 --", "%", "x" * 100_000, "\0", "\ud800", ""])
def test_malformed_digest_finds_nothing(store, digest):
    store.save(RUN)
    assert store.load(digest) is None
    assert store.load_dataset(digest) is None
    assert not store.pin(digest)
    assert not store.rename(digest, "name")
    assert not store.delete(digest)
    assert seeds(store) == [0]


# --- damage -------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [RUN.to_bytes()[:-1], b"", bytes(1000)])
def test_a_damaged_run_is_removed(store, url, caplog, capfd, data):
    store.save(RUN)
    store.save(make_run(1))
    sql(url, "UPDATE annlab_runs SET data = :data WHERE digest = :digest", data=data, digest=DIGEST)
    assert seeds(store) == [1, 0]
    assert store.load(DIGEST) is None
    assert seeds(store) == [1]
    assert [(r.name, r.levelno) for r in caplog.records] == [
        ("annlab.store.run_store", logging.WARNING)
    ]
    assert DIGEST in caplog.text
    assert capfd.readouterr() == ("", "")
    store.save(RUN)
    assert same(store.load(DIGEST), RUN)


def test_a_damaged_run_that_was_saved_again_meanwhile_stays(store, url, monkeypatch):
    store.save(RUN)
    sql(url, "UPDATE annlab_runs SET data = :data", data=b"\0")
    from_bytes = Run.from_bytes

    def slow(data):
        monkeypatch.undo()
        store.save(RUN)  # as another process would
        return from_bytes(data)

    monkeypatch.setattr(Run, "from_bytes", slow)
    assert store.load(DIGEST) is None
    assert same(store.load(DIGEST), RUN)


@pytest.mark.parametrize(
    ("column", "text"),
    [("config", "{"), ("config", '{"model": {"activation": "gone"}}'), ("summary", "{")],
)
def test_runs_with_invalid_settings_are_not_listed(store, url, caplog, column, text):
    store.save(RUN)
    store.save(make_run(1))
    sql(
        url,
        f"UPDATE annlab_runs SET {column} = :text WHERE digest = :digest",
        text=text,
        digest=DIGEST,
    )
    assert seeds(store) == [1]
    assert DIGEST in caplog.text


def test_run_beyond_the_work_limit_is_listed_and_opens(store, monkeypatch):
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    with pytest.raises(ValueError, match="compute this server allows"):
        check_budget(RUN.config)
    store.save(RUN)
    assert seeds(store) == [0]
    assert same(store.load(DIGEST), RUN)


@pytest.mark.parametrize("limit", ["run_bytes", "step_bytes"])
def test_a_run_that_takes_more_memory_than_is_allowed_opens(store, limit):
    store.save(RUN)
    with pytest.raises(ValueError, match="this server"):
        check_budget(RUN.config, Limits(**{limit: 1}))
    assert same(store.load(DIGEST), RUN)
    assert seeds(store) == [0]


def _refuse(number, value):
    raise ValueError("is no longer allowed")


def test_a_run_that_this_version_does_not_accept_is_not_removed(store, monkeypatch, caplog):
    store.save(RUN)
    with monkeypatch.context() as patch:
        patch.setattr(Number, "check", _refuse)
        config_in.cache_clear()  # as in a new version's process
        assert store.load(DIGEST) is None
        assert store.list_runs() == []
    assert DIGEST in caplog.text
    assert same(store.load(DIGEST), RUN)


@pytest.mark.parametrize("longest", [10, 10_000])
def test_only_short_settings_are_kept_as_text(store, monkeypatch, longest):
    monkeypatch.setattr("annlab.store.run_info._LONGEST_KEPT", longest)
    store.save(RUN)
    config_in.cache_clear()
    for _ in range(2):
        assert [info.config for info in store.list_runs()] == [RUN.config]
    kept = config_in.cache_info()
    assert (kept.misses, kept.hits, kept.currsize) == ((1, 1, 1) if longest > 10 else (0, 0, 0))


def _of_newer_format() -> bytes:
    """Bytes whose arrays are of a type that this version cannot read."""
    metadata = {"annlab": "run", "format": str(tensor_file.FORMAT + 1)}
    array = {"dtype": "F9", "shape": [1], "data_offsets": [0, 2]}
    header = json.dumps({"__metadata__": metadata, "weights": array}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(2)


def _of_newer_results() -> bytes:
    facts = {"results_version": RESULTS_VERSION + 1}  # and none that this version knows
    return tensor_file.dump({}, facts, kind="run")


@pytest.mark.parametrize("newer", [_of_newer_format, _of_newer_results])
def test_a_run_of_a_newer_version_is_left_alone(store, url, caplog, newer):
    """Two versions work on one database during an upgrade."""
    data = newer()
    store.save(RUN)
    sql(url, "UPDATE annlab_runs SET data = :data", data=data)
    for _ in range(2):
        assert store.load(DIGEST) is None
        ((stored,),) = sql(url, "SELECT data FROM annlab_runs")
        assert bytes(stored) == data
    assert DIGEST in caplog.text


def test_runs_of_a_newer_results_version_are_not_listed(store, url):
    store.save(RUN)
    store.save(make_run(1))
    old, new = (f'"results_version": {v}' for v in (RESULTS_VERSION, RESULTS_VERSION + 1))
    sql(
        url,
        "UPDATE annlab_runs SET summary = replace(summary, :old, :new) WHERE digest = :digest",
        old=old,
        new=new,
        digest=DIGEST,
    )
    assert seeds(store) == [1]
    sql(url, "UPDATE annlab_runs SET summary = replace(summary, :new, :old)", old=old, new=new)
    assert seeds(store) == [1, 0]
