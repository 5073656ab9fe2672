"""Uploaded files: saved runs and settings are read, other files are refused."""

import json
import pickle
from contextlib import suppress

import numpy as np
import pytest

from annlab import DatasetConfig, Run, RunConfig, load_dataset, tensor_file
from annlab.datasets.serialize import dataset_to_bytes
from annlab.lessons.experiments import EXPERIMENTS
from annlab.runs.budget import check_budget, check_data
from annlab.runs.uploads import MAX_FILE_BYTES, MAX_SENTENCE, MAX_SETTINGS_BYTES, read_file
from annlab.tensor_file import SavedFileError
from annlab.validation import explain

ALL = [run for entry in EXPERIMENTS.values() for run in entry.runs]


def refused(data: bytes) -> str:
    """Return the message about a file, which must raise a SavedFileError."""
    with pytest.raises(SavedFileError) as error:
        read_file(data)
    said = str(error.value)
    assert 10 < len(said) <= MAX_SENTENCE + 1
    assert said[0].isupper()
    assert said[-1] in ".…"
    return said


# ---- saved files


@pytest.mark.parametrize("config", ALL, ids=lambda config: config.model.label)
def test_settings_round_trip(config):
    for indent in (None, 2):
        back = read_file(config.model_dump_json(indent=indent).encode())
        assert isinstance(back, RunConfig)
        assert back == config
        assert back.digest == config.digest


def test_settings_saved_by_an_editor_are_read():
    text = ALL[3].model_dump_json(indent=4)
    assert read_file(text.replace("\n", "\r\n").encode("utf-8-sig")) == ALL[3]
    assert read_file(f"\n  {text}\n".encode()) == ALL[3]


def test_omitted_settings_have_default_values():
    assert read_file(b"{}") == RunConfig()
    assert read_file(b'{"dataset": {"name": "iris"}}').dataset == DatasetConfig(name="iris")


def test_run_round_trip(run):
    back = read_file(run.to_bytes())
    assert isinstance(back, Run)
    assert back.config == run.config
    assert back.fingerprint == run.fingerprint


# ---- other files


def made_up(run, **facts):
    arrays, known = tensor_file.load(run.to_bytes(), kind="run")
    return tensor_file.dump(arrays, known | facts, kind="run")


NEITHER = "neither a run nor settings"
FOREIGN = {
    "nothing": (b"", NEITHER),
    "one byte": (b"{", NEITHER),
    "zeros": (bytes(100), NEITHER),
    "a header without an end": (bytes(8) + b"{", "not a safetensors file"),
    "text": (b"Dear annlab", NEITHER),
    "a number": (b"3", "JSON object"),
    "a list": (b"[]", "JSON object"),
    "null": (b"null", "JSON object"),
    "a string": (b'"moons"', "JSON object"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), NEITHER),
    "a zip": (b"PK\x03\x04" + bytes(100), NEITHER),
    "a pickle": (pickle.dumps({"dataset": {}}), NEITHER),
    "broken UTF-8": (b'{"dataset": "\xff\xfe"}', NEITHER),
    "UTF-16": ("{}   ".encode("utf-16"), NEITHER),
    "Python": (b"{'dataset': {}}", NEITHER),
    "code": (b"__import__('os').system('ls')", NEITHER),
    "two objects": (b"{}{}", NEITHER),
    "deep lists": (b"[" * 90_000, NEITHER),
    "deep objects": (b'{"a":' * 19_000, NEITHER),
    "deep and closed": (b'{"dataset":' + b"[" * 40_000 + b"]" * 40_000 + b"}", NEITHER),
    "NaN": (b'{"training": {"learning_rate": NaN}}', NEITHER),
    "infinity": (b'{"training": {"learning_rate": -Infinity}}', NEITHER),
    "5000 digits": (b'{"training": {"seed": ' + b"9" * 5000 + b"}}", NEITHER),
}


@pytest.mark.parametrize(("data", "said"), FOREIGN.values(), ids=FOREIGN)
def test_foreign_files_are_refused(data, said):
    assert said in refused(data)


def test_a_data_set_file_is_refused():
    data = dataset_to_bytes(load_dataset(DatasetConfig(name="iris")))
    assert "not saved as a run" in refused(data)


def test_a_too_large_file_is_not_parsed():
    # The file would be valid settings if it were parsed.
    data = b"{}".ljust(MAX_SETTINGS_BYTES)
    assert read_file(data) == RunConfig()
    assert refused(data + b" ") == "This file has 0.3 MB; the limit is 0.3 MB."
    run = bytes(7) + b"\0{"
    assert "not a safetensors file" in refused(run.ljust(MAX_FILE_BYTES))
    assert refused(run.ljust(MAX_FILE_BYTES + 1)) == "This file has 20.0 MB; the limit is 20 MB."


# A value of a field, and text that the message about it must contain.
VALUES = {
    "unknown data set": ({"dataset": {"name": "nope"}}, "name: must be one of"),
    "a list for a name": ({"dataset": {"name": ["moons"]}}, "name"),
    "an object for a name": ({"dataset": {"name": {"moons": 1}}}, "name"),
    "null for a section": ({"dataset": None}, "dataset"),
    "a list for a section": ({"model": []}, "model"),
    "a word for a section": ({"training": "fast"}, "training"),
    "an unknown section": ({"dataset": {}, "x": 1}, "x"),
    "an unknown setting": ({"model": {"__class__": 1}}, "__class__"),
    "a word for a number": (
        {"training": {"learning_rate": "fast"}},
        "must be a number, got 'fast'",
    ),
    "a list for a number": ({"training": {"max_epochs": [1]}}, "max_epochs"),
    "a boolean for a number": ({"training": {"max_epochs": True}}, "must be a number, got True"),
    "null for a number": ({"training": {"max_epochs": None}}, "max_epochs"),
    "too large a number": ({"training": {"learning_rate": 1e300}}, "must be between"),
    "an overflowing number": ({"training": {"learning_rate": float("1e308")}}, "must be between"),
    "4000 digits": ({"training": {"seed": 10**4000}}, "seed"),
    "4000 digits for a float": ({"training": {"learning_rate": 10**4000}}, "learning_rate"),
    "400 digits for a float": ({"training": {"learning_rate": 10**400}}, "learning_rate"),
    "4000 digits of units": ({"model": {"hidden_sizes": [10**4000]}}, "layer"),
    "a number for layers": ({"model": {"hidden_sizes": 4}}, "hidden_sizes"),
    "nested layers": ({"model": {"hidden_sizes": [[4]]}}, "hidden_sizes"),
    "many layers": ({"model": {"hidden_sizes": [1] * 20_000}}, "at most 10 layers"),
    "a long name": ({"model": {"activation": "x" * 90_000}}, "activation"),
    "a long setting": ({"model": {"y" * 90_000: 1}}, "yyy"),
    "a lone surrogate": ({"model": {"activation": "\ud800"}}, "activation"),
    "a lone surrogate for a number": ({"training": {"seed": "\ud800"}}, "seed"),
    "many wrong settings": ({"model": {str(i): i for i in range(1000)}}, " and 997 more."),
    "many wrong layers": ({"model": {"hidden_sizes": ["x"] * 10_000}}, "whole numbers"),
    "a loss of another task": ({"training": {"loss": "mae"}}, "loss"),
}


@pytest.mark.parametrize(("values", "said"), VALUES.values(), ids=VALUES)
def test_invalid_settings_are_refused(values, said):
    assert said in refused(json.dumps(values).encode())


def test_a_run_beyond_the_budget_of_this_host_opens(binary_run, monkeypatch):
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    with pytest.raises(ValueError, match="compute this server allows"):
        check_budget(binary_run.config)
    assert read_file(binary_run.config.model_dump_json().encode()) == binary_run.config
    assert read_file(binary_run.to_bytes()).fingerprint == binary_run.fingerprint


def test_messages_about_invalid_settings_match_the_pages():
    values = {"training": {"max_epochs": 0}}
    with pytest.raises(ValueError, match="max_epochs") as error:
        RunConfig.model_validate(values)
    assert explain(error.value)[0] in refused(json.dumps(values).encode())


def test_an_altered_run_is_refused(binary_run):
    data = binary_run.to_bytes()
    rng = np.random.default_rng(0)
    for place in rng.integers(len(data), size=100):
        changed = bytearray(data)
        changed[place] ^= 0xFF
        refused(bytes(changed))
    for length in rng.integers(len(data), size=30):
        refused(data[:length])


def test_messages_about_a_run_are_short(binary_run):
    import safetensors.numpy

    metadata = {"annlab": "run", "format": "9" * 100_000}
    refused(safetensors.numpy.save({"W": np.zeros(2, dtype=np.float32)}, metadata))
    refused(made_up(binary_run, config={"x" * 1000: 1}))


def test_altered_settings_are_read_or_refused():
    data = ALL[0].model_dump_json().encode()
    rng = np.random.default_rng(1)
    for _ in range(500):
        changed = bytearray(data)
        changed[rng.integers(len(data))] = rng.integers(256)
        with suppress(SavedFileError):
            assert isinstance(
                read_file(bytes(changed)), RunConfig
            )  # such as after a change of a digit


def test_reading_executes_no_code(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (tmp_path.joinpath("boom").write_text, ("!",))

    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        refused(pickle.dumps(Bomb(), protocol))
    assert not list(tmp_path.iterdir())


def test_small_file_with_enormous_data_is_refused(trained):
    fields = {"dataset": {"resample": "sample", "n_samples": 20, "noise": 0.2}}
    run = trained(RunConfig(**fields, training={"n_seeds": 3, "max_epochs": 1}))
    read_file(run.to_bytes())
    dataset = run.config.dataset.model_copy(update={"n_samples": 20_000})
    training = run.config.training.model_copy(update={"n_seeds": 1000})
    config = run.config.model_copy(update={"dataset": dataset, "training": training})
    with pytest.raises(ValueError, match="would take 240 MB"):
        check_data(config)
