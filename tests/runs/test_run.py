"""Runs: arrays, checkpoints, and damaged or foreign files."""

import dataclasses
import json
import pickle

import numpy as np
import pytest
import safetensors.numpy

from annlab import DatasetConfig, Run, evaluate, load_dataset, tensor_file
from annlab.datasets.serialize import dataset_to_bytes
from annlab.runs.run_file import MAX_TEXT
from annlab.runs.run_record import Checkpoints
from annlab.tensor_file import SavedFileError

ARRAYS = {
    *("history", "checkpoints", "epochs_trained", "epoch_seconds", "diverged_epochs"),
    *("best_epochs", "best_layers", "preprocessing"),
}


def arrays_of(run):
    """Every array of a run, by a name."""
    named = {f"history {name}": values for name, values in run.history.items()}
    for i, (W, b) in enumerate(run.checkpoints.layers):
        named |= {f"weights {i}": W, f"biases {i}": b}
    return named | {
        "epochs": run.checkpoints.epochs,
        "epochs trained": run.epochs_trained,
        "diverged": run.diverged_epochs,
        "best": run.best_epochs,
        "seconds": run.epoch_seconds,
    }


def test_checkpoints_by_epoch():
    W = np.arange(3 * 2 * 4 * 5).reshape(3, 2, 4, 5)
    b = np.arange(3 * 2 * 5).reshape(3, 2, 5)
    checkpoints = Checkpoints(np.array([0, 1, 10]), ((W, b),))
    np.testing.assert_array_equal(checkpoints.at(1)[0][0], W[1])
    np.testing.assert_array_equal(checkpoints.at(1)[0][1], b[1])
    np.testing.assert_array_equal(checkpoints.at()[0][0], W[2])
    np.testing.assert_array_equal(checkpoints.at(0)[0][1], b[0])
    with pytest.raises(ValueError, match="epoch: weights were kept at 0, 1, 10; got 5"):
        checkpoints.at(5)
    assert [checkpoints.latest(epoch) for epoch in (-1, 0, 1, 9, 10, 99)] == [0, 0, 1, 1, 10, 10]


# ---- a run and its file


def test_run_arrays_have_documented_shapes(run):
    rows, n_seeds = run.config.training.max_epochs + 1, run.config.training.n_seeds
    assert run.n_epochs == rows - 1
    assert run.n_seeds == n_seeds
    assert run.n_parameters == sum(
        W[0, 0].size + b[0, 0].size for W, b in run.checkpoints.layers
    )  # fmt: skip
    for values in run.history.values():
        assert values.shape == (rows, n_seeds)
        assert np.isfinite(values).all()
    assert run.epoch_seconds.shape == (rows,)
    assert (np.diff(run.epoch_seconds) > 0).all()
    assert run.duration_seconds >= run.epoch_seconds[-1]
    assert run.epochs_trained.tolist() == [rows - 1] * n_seeds
    assert run.checkpoints.epochs[0] == 0
    assert run.checkpoints.epochs[-1] == rows - 1
    assert (run.ending, run.message) == ("finished", "")


def test_an_epoch_of_an_array_is_an_epoch(run):
    for epoch in run.checkpoints.epochs:
        for (W, _), (same, _) in zip(run.layers(epoch), run.layers(int(epoch)), strict=True):
            np.testing.assert_array_equal(W, same)
        np.testing.assert_array_equal(run.shown_epochs(epoch), run.shown_epochs(int(epoch)))


def test_save_and_load_round_trip(run, tmp_path):
    path = tmp_path / "a run.safetensors"
    run.save(path)
    back = Run.load(str(path))
    for field in dataclasses.fields(Run):
        if field.name not in ARRAYS:
            assert getattr(back, field.name) == getattr(run, field.name), field.name
    for field in dataclasses.fields(run.preprocessing):
        here, there = (getattr(one.preprocessing, field.name) for one in (run, back))
        np.testing.assert_array_equal(here, there)
    assert back.config.digest == run.config.digest
    assert list(back.history) != []
    here, there = arrays_of(run), arrays_of(back)
    assert set(here) == set(there)
    for name, values in here.items():
        assert there[name].dtype == values.dtype, name
        assert there[name].tobytes() == values.tobytes(), name


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_loaded_run_scores_the_same(run, split):
    back = Run.from_bytes(run.to_bytes())
    here, there = evaluate(run, split=split), evaluate(back, split=split)
    for field in dataclasses.fields(here):
        np.testing.assert_array_equal(getattr(here, field.name), getattr(there, field.name))


def test_any_change_of_a_run_changes_the_fingerprint(run):
    assert Run.from_bytes(run.to_bytes()).fingerprint == run.fingerprint
    W, b = run.checkpoints.layers[0]
    layers = ((W + 1, b), *run.checkpoints.layers[1:])
    others = [
        dataclasses.replace(run, ending="stopped"),
        dataclasses.replace(run, message="elsewhere"),
        dataclasses.replace(run, duration_seconds=run.duration_seconds + 1),
        dataclasses.replace(run, epoch_seconds=run.epoch_seconds * 2),
        dataclasses.replace(run, history={k: v + 1 for k, v in run.history.items()}),
        # The same bytes under other names, as other numbers, and in another order.
        dataclasses.replace(run, history={f"{k}_": v for k, v in run.history.items()}),
        dataclasses.replace(run, epoch_seconds=run.epoch_seconds.view(np.int64)),
        dataclasses.replace(run, history={k: v.reshape(-1) for k, v in run.history.items()}),
        dataclasses.replace(run, checkpoints=Checkpoints(run.checkpoints.epochs, layers)),
    ]
    assert len({run.fingerprint, *(other.fingerprint for other in others)}) == 1 + len(others)


def test_missing_file_raises_file_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        Run.load(tmp_path / "nowhere")


# ---- damaged and foreign files


def refused(data, match=r"\.$"):
    """Assert that loading raises a SavedFileError with a sentence, which is returned."""
    with pytest.raises(SavedFileError, match=match):
        Run.from_bytes(data)


@pytest.mark.parametrize("share", np.linspace(0, 1, 60, endpoint=False))
def test_cut_off_file_is_refused(binary_run, share):
    data = binary_run.to_bytes()
    refused(data[: int(share * len(data))], "cut off")


@pytest.mark.parametrize("share", np.linspace(0, 1, 100, endpoint=False))
def test_one_wrong_byte_is_refused(binary_run, share):
    data = bytearray(binary_run.to_bytes())
    data[int(share * len(data))] ^= 0xFF
    refused(bytes(data))


def test_foreign_files_are_refused(binary_run, tmp_path):
    dataset = load_dataset(DatasetConfig(name="iris"))
    W = {"weight": np.zeros((2, 2), dtype=np.float32)}
    for data, sentence in (
        (b"", "not a safetensors file, or it was cut off"),
        (pickle.dumps(binary_run.history), "not a safetensors file"),
        (b'{"config": {}}', "not a safetensors file"),
        (safetensors.numpy.save(W), "not a safetensors file"),
        (safetensors.numpy.save(W, {"format": "pt"}), "was not saved as a run by annlab"),
        (dataset_to_bytes(dataset), "was not saved as a run by annlab"),
    ):
        path = tmp_path / "file"
        path.write_bytes(data)
        with pytest.raises(SavedFileError, match=sentence):
            Run.load(path)


def made_up(run, change):
    """Write the file of a changed run, with a valid checksum."""
    arrays, facts = tensor_file.load(run.to_bytes(), kind="run")
    change(arrays, facts)
    return tensor_file.dump(arrays, facts, kind="run")


def test_unchanged_file_is_accepted(run):
    assert Run.from_bytes(made_up(run, lambda arrays, facts: None)).config == run.config


def _set(where, key, value):
    def change(arrays, facts):
        {"arrays": arrays, "facts": facts}[where][key] = value

    return change


def _drop(where, key):
    def change(arrays, facts):
        del {"arrays": arrays, "facts": facts}[where][key]

    return change


def _apply(key, function):
    def change(arrays, facts):
        arrays[key] = function(arrays[key])

    return change


def _config(section, field, value):
    def change(arrays, facts):
        facts["config"][section][field] = value

    return change


def _spoil(number):
    def function(values):
        values = values.copy()
        values.flat[values.size // 2] = number
        return values

    return function


CHANGES = {
    "no config": _drop("facts", "config"),
    "config is a number": _set("facts", "config", 3),
    "config is a list": _set("facts", "config", []),
    "unknown data set": _config("dataset", "name", "nonsense"),
    "data set without a name": _config("dataset", "name", ["moons"]),
    "too many seeds": _config("training", "n_seeds", 10**6),
    "endless number of epochs": _config("training", "max_epochs", 10**400),
    "another number of seeds": _config("training", "n_seeds", 4),
    "another network": _config("model", "hidden_sizes", [5, 4]),
    "another depth": _config("model", "hidden_sizes", [5]),
    "no duration": _drop("facts", "duration_seconds"),
    "duration in words": _set("facts", "duration_seconds", "long"),
    "duration is a list": _set("facts", "duration_seconds", [1]),
    "endless duration": _set("facts", "duration_seconds", float("inf")),
    "negative duration": _set("facts", "duration_seconds", -1.0),
    "duration of ages": _set("facts", "duration_seconds", 1e300),
    "endless message": _set("facts", "message", "a" * (MAX_TEXT + 1)),
    "endless accelerator": _set("facts", "accelerator", "a" * (MAX_TEXT + 1)),
    "unknown ending": _set("facts", "ending", "happy"),
    "ending is a list": _set("facts", "ending", ["finished"]),
    "no message": _drop("facts", "message"),
    "no accelerator": _drop("facts", "accelerator"),
    "no epochs": _drop("arrays", "epochs"),
    "empty epochs": _apply("epochs", lambda epochs: epochs[:0]),
    "epochs are one number": _apply("epochs", lambda epochs: np.array(3)),
    "epochs in a table": _apply("epochs", lambda epochs: epochs[:, None]),
    "epochs backwards": _apply("epochs", lambda epochs: epochs[::-1]),
    "epochs from 1": _apply("epochs", lambda epochs: epochs + 1),
    "epochs with fractions": _apply("epochs", lambda epochs: epochs + 0.0),
    "an epoch too few": _apply("epochs", lambda epochs: epochs[:-1]),
    "no history": _drop("arrays", "history.train_loss"),
    "no validation history": _drop("arrays", "history.val_loss"),
    "history of something else": _set("arrays", "history.beauty", np.zeros((13, 3))),
    "short history": _apply("history.train_loss", lambda values: values[:-1]),
    "flat history": _apply("history.train_loss", np.ravel),
    "NaN in the history": _apply("history.val_accuracy", _spoil(np.nan)),
    "no weights": _drop("arrays", "layer1.weights"),
    "no biases": _drop("arrays", "layer1.biases"),
    "a layer too many": _set("arrays", "layer3.weights", np.zeros((1, 1, 1, 1))),
    "turned weights": _apply("layer0.weights", lambda W: W.swapaxes(2, 3)),
    "too few biases": _apply("layer0.biases", lambda b: b[:, :, :-1]),
    "NaN weights": _apply("layer0.weights", _spoil(np.nan)),
    "infinite biases": _apply("layer2.biases", _spoil(-np.inf)),
    "whole-number weights": _apply("layer0.weights", lambda W: W.astype(np.int64)),
    "epochs trained of others": _apply("epochs_trained", lambda epochs: epochs[:-1]),
    "epochs trained in a table": _apply("epochs_trained", lambda epochs: epochs[:, None]),
    "more epochs trained than run": _apply("epochs_trained", lambda epochs: epochs + 1),
    "no seconds": _drop("arrays", "epoch_seconds"),
    "seconds are one number": _apply("epoch_seconds", lambda seconds: np.array(1.0)),
    "seconds backwards": _apply("epoch_seconds", lambda seconds: seconds[::-1]),
    "seconds of ages": _apply("epoch_seconds", lambda seconds: seconds + 1e300),
    "seconds before the start": _apply("epoch_seconds", lambda seconds: seconds - 1e6),
    "NaN seconds": _apply("epoch_seconds", _spoil(np.nan)),
    "another number of seconds": _apply("epoch_seconds", lambda seconds: seconds[:-1]),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_inconsistent_file_is_refused(binary_run, change):
    refused(made_up(binary_run, CHANGES[change]))


REASONS = {
    "no config": "This run is incomplete, or its settings are invalid.",
    "another network": r"layer1.weights should be numbers of shape \(13, 3, 5, 4\).",
    "another depth": "there are 3 layers of weights, not 2.",
    "no validation history": "the history has other columns.",
    "epochs with fractions": r"epochs should be whole numbers of shape \(13,\).",
    "epochs backwards": "the epochs of the weights do not ascend from 0 to 12.",
    "more epochs trained than run": "epochs_trained is not between 0 and 12.",
    "NaN weights": "layer0.weights holds numbers that are not finite.",
    "seconds backwards": "epoch_seconds does not ascend from 0.",
    "unknown ending": "it ended in an unknown way.",
    "endless message": f"a text is longer than {MAX_TEXT}.",
}


@pytest.mark.parametrize("change", list(REASONS))
def test_a_refusal_gives_the_reason(binary_run, change):
    refused(made_up(binary_run, CHANGES[change]), match=f"{REASONS[change]}$")


@pytest.mark.parametrize("facts", [{}, {"config": None}])
def test_empty_file_is_refused(facts):
    refused(tensor_file.dump({}, facts, kind="run"))


def test_run_file_holds_only_arrays_and_json(run):
    data = run.to_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    facts = json.loads(header.pop("__metadata__")["facts"])
    assert set(facts) == {
        *("config", "duration_seconds", "accelerator", "ending", "message", "results_version"),
        *("activation", "output_activation", "features", "task", "layout", "provenance"),
        *("n_samples", "n_distinct", "feature_names", "class_names", "target_name", "target_names"),
    }
    assert {entry["dtype"] for entry in header.values()} <= {"F32", "F64", "I64"}
