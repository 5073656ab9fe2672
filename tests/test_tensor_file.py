"""Tensor files: exact round trips, and refusal of damaged or foreign files."""

import json
import pickle

import numpy as np
import pytest
import safetensors.numpy

from annlab import tensor_file
from annlab.tensor_file import SavedFileError, dump, load

ARRAYS = {
    "weights": np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32),
    "epochs": np.array([0, 1, 5]),
    "seconds": np.array([0.0, 0.1]),
    "none": np.zeros((0, 4), dtype=np.float32),
}
FACTS = {"name": "Grüße – 日本", "numbers": [1, 2.5, None], "nested": {"deep": True}}
DATA = dump(ARRAYS, FACTS, kind="thing")


def foreign(**metadata):
    """Write a safetensors file without annlab's metadata."""
    return safetensors.numpy.save({"weights": ARRAYS["weights"]}, metadata or None)


def file_with_header(header: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header


def test_round_trip_is_exact():
    arrays, facts = load(DATA, kind="thing")
    assert facts == FACTS
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        np.testing.assert_array_equal(arrays[name], array)


def test_any_safetensors_reader_can_read_the_file():
    arrays = safetensors.numpy.load(DATA)
    np.testing.assert_array_equal(arrays["weights"], ARRAYS["weights"])


def test_array_views_are_written_with_their_values():
    view = ARRAYS["weights"].transpose(2, 0, 1)[::2]
    arrays, _ = load(dump({"view": view}, {}, kind="thing"), kind="thing")
    np.testing.assert_array_equal(arrays["view"], view)


def test_special_numbers_round_trip():
    values = np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45], dtype=np.float32)
    arrays, _ = load(dump({"values": values}, {}, kind="thing"), kind="thing")
    assert arrays["values"].tobytes() == values.tobytes()


@pytest.mark.parametrize("length", [*range(20), *range(20, len(DATA), 17), len(DATA) - 1])
def test_a_cut_off_file_is_refused(length):
    with pytest.raises(SavedFileError, match="cut off"):
        load(DATA[:length], kind="thing")


@pytest.mark.parametrize("flip", [0xFF, 0x01])
@pytest.mark.parametrize("position", range(0, len(DATA), 3))
def test_one_wrong_byte_is_refused(position, flip):
    wrong = bytearray(DATA)
    wrong[position] ^= flip
    with pytest.raises(SavedFileError, match=r"\.$"):
        load(bytes(wrong), kind="thing")


@pytest.mark.parametrize("bit", range(8))
def test_one_wrong_bit_in_the_numbers_is_refused(bit):
    wrong = bytearray(DATA)
    wrong[-1] ^= 1 << bit
    with pytest.raises(SavedFileError, match="This thing was altered after it was saved"):
        load(bytes(wrong), kind="thing")


@pytest.mark.parametrize(
    ("right", "wrong"), [("[2,3,4]", "[3,2,4]"), ('"F64"', '"I64"'), ("weights", "weighty")]
)
def test_a_changed_dtype_or_shape_is_refused(right, wrong):
    assert right.encode() in DATA
    with pytest.raises(SavedFileError, match="was altered"):
        load(DATA.replace(right.encode(), wrong.encode()), kind="thing")


def test_additional_bytes_are_refused():
    with pytest.raises(SavedFileError):
        load(DATA + b"\0", kind="thing")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 8,
        b"\0" * 1000,
        b"\xff" * 1000,
        b"PK\x03\x04" + b"\0" * 100,
        pickle.dumps({"weights": [1, 2]}),
        file_with_header(b"{}"),
        file_with_header(b"[]"),
        file_with_header(b'"__metadata__"'),
        file_with_header(b'{"__metadata__": 3}'),
        file_with_header(b'{"__metadata__": [["annlab", "thing"]]}'),
        file_with_header(b'{"__metadata__": {"annlab": ["thing"]}}'),
        file_with_header(b'{"__metadata__": {"annlab": "\\ud800"}}'),
        file_with_header(b"\xff\xfe{}"),
        file_with_header(b"[" * 100_000),  # nested deeper than Python's JSON reader allows
        file_with_header(b'{"__metadata__":' + b'{"a":' * 100_000),
        foreign(),
    ],
    ids=lambda data: repr(data[:30]),
)
def test_foreign_bytes_are_refused(data):
    sentences = (
        "This is not a safetensors file, or it was cut off|was not saved as a thing by annlab"
    )
    with pytest.raises(SavedFileError, match=sentences):
        load(data, kind="thing")


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ({"format": "pt"}, "was not saved as a thing by annlab"),
        ({"annlab": "dataset", "format": "1"}, "was not saved as a thing by annlab"),
        ({"annlab": "thing", "format": "2"}, "was saved in format 2; this version of annlab reads"),
        ({"annlab": "thing"}, "was saved in format None"),
        ({"annlab": "thing", "format": "1"}, "was altered"),
        ({"annlab": "thing", "format": "1", "checksum": "0", "facts": "{}"}, "was altered"),
    ],
)
def test_foreign_safetensors_are_refused(metadata, sentence):
    with pytest.raises(SavedFileError, match=sentence):
        load(foreign(**metadata), kind="thing")


def test_another_kind_is_refused():
    with pytest.raises(SavedFileError, match="was not saved as a run by annlab"):
        load(DATA, kind="run")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", "3", "null"])
def test_invalid_facts_are_refused(text, monkeypatch):
    # A valid checksum does not prove the origin of a file.
    monkeypatch.setattr(tensor_file.json, "dumps", lambda *args, **kwargs: text)
    data = dump({}, {}, kind="thing")
    monkeypatch.undo()
    with pytest.raises(SavedFileError, match=r"\.$"):
        load(data, kind="thing")


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3", "F8_E5M2", "X7", ""])
def test_types_unknown_to_numpy_are_refused(dtype):
    size = 2 if dtype == "BF16" else 1
    header = {
        "__metadata__": {"annlab": "thing", "format": "1", "facts": "{}"},
        "weights": {"dtype": dtype, "shape": [1], "data_offsets": [0, size]},
    }
    with pytest.raises(SavedFileError, match=r"\.$"):
        load(file_with_header(json.dumps(header).encode()) + bytes(size), kind="thing")


def test_reading_executes_no_code(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (tmp_path.joinpath("boom").write_text, ("!",))

    with pytest.raises(SavedFileError):
        load(pickle.dumps(Bomb()), kind="thing")
    assert not list(tmp_path.iterdir())
