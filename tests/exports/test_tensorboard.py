"""TensorBoard logs, read back by TensorBoard."""

import dataclasses
import io
import threading
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.hparams import api_pb2
from tensorboard.plugins.hparams.backend_context import Context
from tensorboard.plugins.hparams.list_session_groups import Handler
from tensorboard.plugins.hparams.metadata import parse_session_start_info_plugin_data

from annlab import Run, RunConfig
from annlab.exports import tensorboard as logs
from annlab.exports.tensorboard import tag, tensorboard_zip
from tests.conftest import CONFIGS


def _unpack(run: Run, folder: Path) -> list[str]:
    """Unpacked log folders of the networks."""
    with zipfile.ZipFile(io.BytesIO(tensorboard_zip(run))) as archive:
        archive.extractall(folder)
        return [name.rpartition("/")[0] for name in archive.namelist()]


def _read(run: Run, folder: Path) -> dict[str, Any]:
    """Log contents read by TensorBoard, by network."""
    found = {}
    for path in _unpack(run, folder):
        accumulator = EventAccumulator(str(folder / path), size_guidance={"scalars": 0})
        accumulator.Reload()
        found[path.rpartition("/")[2]] = accumulator
    return found


def _table(folder: Path) -> list[Any]:
    """Rows of the TensorBoard HParams table for all logs in a folder."""
    multiplexer = EventMultiplexer()
    multiplexer.AddRunsFromDirectory(str(folder))
    multiplexer.Reload()
    context = Context(TBContext(data_provider=MultiplexerDataProvider(multiplexer, str(folder))))
    request = api_pb2.ListSessionGroupsRequest(
        start_index=0,
        slice_size=100,
        allowed_statuses=[api_pb2.STATUS_SUCCESS],
    )
    rows = Handler(RequestContext(), context, "", request).run().session_groups
    return sorted(rows, key=lambda row: row.name)


def test_every_number_of_the_history_comes_back(run: Run, tmp_path: Path) -> None:
    found = _read(run, tmp_path)
    assert set(found) == {f"network_{k + 1}" for k in range(run.n_seeds)}
    started = datetime.fromisoformat(run.provenance["created"]).timestamp() - run.duration_seconds
    assert abs(started - time.time()) < 3600  # this run was trained by this test session
    for k in range(run.n_seeds):
        accumulator = found[f"network_{k + 1}"]
        assert set(accumulator.Tags()["scalars"]) == {tag(name) for name in run.history}
        for name, values in run.history.items():
            events = accumulator.Scalars(tag(name))
            assert [event.step for event in events] == list(range(run.n_epochs + 1))
            np.testing.assert_array_equal([event.value for event in events], values[:, k])
            times = [event.wall_time - started for event in events]
            np.testing.assert_allclose(times, run.epoch_seconds, atol=1e-5)


def test_settings_are_a_text_and_hyperparameters(binary_run: Run, tmp_path: Path) -> None:
    accumulator = _read(binary_run, tmp_path)["network_2"]
    (text,) = accumulator.Tensors("settings/text_summary")[0].tensor_proto.string_val
    lines = text.decode().splitlines()
    assert {
        "| Hidden layers | 5-3 |",
        "| Loss | binary_cross_entropy |",
        "| Output activation | sigmoid |",
        "| Seed | 6 |",
    } <= set(lines)
    content = accumulator.PluginTagToContent("hparams")["_hparams_/session_start_info"]
    values = parse_session_start_info_plugin_data(content).hparams
    assert values["Learning rate"].number_value == 0.02
    assert values["Activation"].string_value == "tanh"
    assert len(values) == len(lines) - 2


def test_hparams_table_compares_models(binary_run: Run, trained: Any, tmp_path: Path) -> None:
    model = binary_run.config.model.model_copy(update={"hidden_sizes": ()})
    other = trained(binary_run.config.model_copy(update={"model": model}))
    folders = [*_unpack(binary_run, tmp_path), *_unpack(other, tmp_path)]
    assert len(set(folders)) == 2 * binary_run.n_seeds
    rows = {row.name: row for row in _table(tmp_path)}
    assert set(rows) == set(folders)
    for run, paths in ((binary_run, folders[:3]), (other, folders[3:])):
        for k, path in enumerate(paths):
            row = rows[path]
            metrics = {metric.name.tag: metric for metric in row.metric_values}
            assert set(metrics) == {tag(name) for name in run.history}
            for name, values in run.history.items():
                assert metrics[tag(name)].value == values[-1, k]
                assert metrics[tag(name)].training_step == run.n_epochs
            assert row.hparams["Seed"].number_value == run.config.training.seed + k
            sizes = "-".join(map(str, run.config.model.hidden_sizes)) or "none"
            assert row.hparams["Hidden layers"].string_value == sizes


def test_with_early_stopping_the_table_has_the_best_scores(
    binary_run: Run, trained: Any, tmp_path: Path
) -> None:
    training = binary_run.config.training.model_copy(
        update={"early_stopping_patience": 2, "max_epochs": 60}
    )
    run = trained(binary_run.config.model_copy(update={"training": training}))
    _unpack(run, tmp_path)
    rows = _table(tmp_path)
    assert len(rows) == run.n_seeds
    differs = False
    for k, row in enumerate(rows):
        metrics = {metric.name.tag: metric for metric in row.metric_values}
        for name in run.history:
            best = metrics[f"best/{tag(name)}"]
            assert best.value == run.history_at(name, "best")[k]
            assert best.training_step == run.best_epochs[k]
            differs |= best.value != metrics[tag(name)].value
    assert differs


def test_a_run_without_a_date_can_be_exported(binary_run: Run, tmp_path: Path) -> None:
    for i, created in enumerate(("", "yesterday", "0001-01-01", "9999-12-31T23:59:59+00:00")):
        old = dataclasses.replace(binary_run, provenance={"created": created} if created else {})
        assert set(_read(old, tmp_path / str(i))) == {"network_1", "network_2", "network_3"}


def test_runs_of_an_earlier_version_can_be_exported(binary_run: Run, tmp_path: Path) -> None:
    history = {name: values for name, values in binary_run.history.items() if "test_" not in name}
    old = dataclasses.replace(binary_run, history=history, results_version=2, provenance={})
    tags = _read(old, tmp_path)["network_1"].Tags()["scalars"]
    assert set(tags) == {"loss/train", "loss/val", "accuracy/train", "accuracy/val"}


def test_writing_leaves_no_thread(binary_run: Run) -> None:
    before = threading.active_count()
    tensorboard_zip(binary_run)
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("train_loss", "loss/train"),
        ("val_accuracy", "accuracy/val"),
        ("test_mse", "mse/test"),
        ("test_label_accuracy", "label_accuracy/test"),
        ("gradient_norm_1", "gradient_norm/1"),
        ("inactive_2", "inactive/2"),
        ("clipped", "clipped_steps/share"),
    ],
)
def test_tags(column: str, expected: str) -> None:
    assert tag(column) == expected


def test_the_same_run_makes_the_same_file(binary_run: Run) -> None:
    assert tensorboard_zip(binary_run) == tensorboard_zip(binary_run)


def test_long_run_is_thinned(
    binary_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MAX_EPOCHS", 5)
    _assert_steps(binary_run, tmp_path / "a", [0, 3, 6, 9, 12])
    monkeypatch.setattr(logs, "MAX_EVENTS", 3 * binary_run.n_seeds)
    _assert_steps(binary_run, tmp_path / "b", [0, 6, 12])


def _assert_steps(run: Run, folder: Path, expected: list[int]) -> None:
    for accumulator in _read(run, folder).values():
        events = accumulator.Scalars("loss/train")
        assert [event.step for event in events] == expected


def test_run_stopped_at_once_has_one_epoch(binary_run: Run, tmp_path: Path) -> None:
    begun = dataclasses.replace(
        binary_run,
        history={name: values[:1] for name, values in binary_run.history.items()},
        epoch_seconds=binary_run.epoch_seconds[:1],
    )
    _assert_steps(begun, tmp_path, [0])


def test_large_numbers_keep_all_digits(tmp_path: Path, trained: Any) -> None:
    config = CONFIGS["binary"]
    training = config.training.model_copy(update={"seed": 2**31 - 1, "n_seeds": 1})
    run = trained(RunConfig.model_validate({**config.model_dump(), "training": training}))
    (accumulator,) = _read(run, tmp_path).values()
    content = accumulator.PluginTagToContent("hparams")["_hparams_/session_start_info"]
    values = parse_session_start_info_plugin_data(content).hparams
    assert values["Seed"].number_value == 2**31 - 1
