"""The logs for TensorBoard, as TensorBoard reads them."""

import dataclasses
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.metadata import parse_session_start_info_plugin_data

from annlab import Run, RunConfig
from annlab.exports import tensorboard as logs
from annlab.exports.tensorboard import tag, tensorboard_zip
from tests.conftest import CONFIGS


def _read(run: Run, folder: Path) -> dict[str, Any]:
    """What TensorBoard finds in the logs, by network."""
    with zipfile.ZipFile(io.BytesIO(tensorboard_zip(run))) as archive:
        archive.extractall(folder)
        seeds = {name.partition("/")[0] for name in archive.namelist()}
    found = {}
    for seed in seeds:
        found[seed] = EventAccumulator(str(folder / seed), size_guidance={"scalars": 0})
        found[seed].Reload()
    return found


def test_every_number_of_the_history_comes_back(run: Run, tmp_path: Path) -> None:
    found = _read(run, tmp_path)
    first = run.config.training.seed
    assert set(found) == {f"seed_{first + k}" for k in range(run.n_seeds)}
    for k in range(run.n_seeds):
        accumulator = found[f"seed_{first + k}"]
        assert set(accumulator.Tags()["scalars"]) == {tag(name) for name in run.history}
        for name, values in run.history.items():
            events = accumulator.Scalars(tag(name))
            assert [event.step for event in events] == list(range(run.n_epochs + 1))
            np.testing.assert_array_equal([event.value for event in events], values[:, k])
            times = [event.wall_time for event in events]
            np.testing.assert_array_equal(times, run.epoch_seconds)


def test_settings_are_a_text_and_hyperparameters(binary_run: Run, tmp_path: Path) -> None:
    accumulator = _read(binary_run, tmp_path)["seed_6"]
    assert set(accumulator.PluginTagToContent("text")) == {"settings"}
    (text,) = accumulator.Tensors("settings")[0].tensor_proto.string_val
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


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("train_loss", "loss/train"),
        ("val_accuracy", "accuracy/val"),
        ("gradient_norm_1", "gradient_norm/1"),
        ("inactive_2", "inactive/2"),
    ],
)
def test_tags(column: str, expected: str) -> None:
    assert tag(column) == expected


def test_the_same_run_makes_the_same_file(binary_run: Run) -> None:
    assert tensorboard_zip(binary_run) == tensorboard_zip(binary_run)


def test_of_a_long_run_some_epochs_are_left_out(
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


def test_a_run_that_was_stopped_at_once_has_one_epoch(binary_run: Run, tmp_path: Path) -> None:
    begun = dataclasses.replace(
        binary_run,
        history={name: values[:1] for name, values in binary_run.history.items()},
        epoch_seconds=binary_run.epoch_seconds[:1],
    )
    _assert_steps(begun, tmp_path, [0])


def test_crc32c_has_the_published_values() -> None:
    # RFC 3720, appendix B.4
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E


def test_large_numbers_are_written_whole(tmp_path: Path, trained: Any) -> None:
    config = CONFIGS["binary"]
    training = config.training.model_copy(update={"seed": 2**31 - 1, "n_seeds": 1})
    run = trained(RunConfig.model_validate({**config.model_dump(), "training": training}))
    (accumulator,) = _read(run, tmp_path).values()
    content = accumulator.PluginTagToContent("hparams")["_hparams_/session_start_info"]
    values = parse_session_start_info_plugin_data(content).hparams
    assert values["Seed"].number_value == 2**31 - 1
