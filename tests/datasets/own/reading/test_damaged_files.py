"""Damaged files give a sentence or a reading, never another exception."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from annlab.datasets.own.reading.describe import describe
from annlab.datasets.own.reading.make_table import make_table
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.recipe import Dialect
from tests.datasets.own.reading.fixtures import FIXTURES, Fixture
from tests.datasets.own.reading.readers import guess_dialect

pytestmark = pytest.mark.slow

N_COPIES = 2_000
Damage = Callable[[bytes, random.Random], bytes]


def cut(data: bytes, rng: random.Random) -> bytes:
    start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[start:end] if rng.random() < 0.5 else data[:end]


def doubled(data: bytes, rng: random.Random) -> bytes:
    start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[start:]


def random_bytes(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 5, 50))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def signs(data: bytes, rng: random.Random) -> bytes:
    """Insert what files are made of where it does not belong."""
    for _ in range(rng.choice((1, 3, 10))):
        sign = rng.choice((b",", b";", b'"', b"\n", b"\r", b"\t", b"\0", b"inf", b"1e999", b"-"))
        place = rng.randrange(len(data) + 1)
        data = data[:place] + sign + data[place:]
    return data


DAMAGES: tuple[Damage, ...] = (cut, doubled, random_bytes, signs)


def read(data: bytes, dialect: Dialect | None) -> str:
    """Read a file to the end, and say how it ended."""
    try:
        reading = describe(data, dialect)
    except UnreadableFileError as error:
        return f"unreadable: {error}"
    assert type(reading).model_validate_json(reading.model_dump_json()) == reading
    try:
        made = make_table(data, reading.recipe)
    except UnreadableFileError as error:
        return f"no table: {error}"
    assert made.table.X.shape == (made.table.own.n_rows, len(made.table.own.columns))
    return "table"


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_a_damaged_file_gives_a_sentence_or_a_reading(fixture: Fixture) -> None:
    rng = random.Random(fixture.name)
    data = fixture.data
    # What somebody chose for the whole file is then used for a damaged one.
    dialects: tuple[Any, ...] = (None, guess_dialect(data))
    ends = set()
    for copy in range(-(-N_COPIES // len(FIXTURES))):
        damage = DAMAGES[copy % len(DAMAGES)]
        ends.add(read(damage(data, rng), dialects[copy % 2]))
    assert "table" in ends
    sentences = ends - {"table"}
    assert sentences
    assert all(sentence.endswith(".") for sentence in sentences)
