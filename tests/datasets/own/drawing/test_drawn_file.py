"""Files of drawn points: exact, and refused in sentences."""

import io
import re
from typing import Any

import numpy as np
import pytest

from annlab.datasets.own.drawing.drawn import MAX_POINTS, MODES, DrawnPoint, DrawnPoints
from annlab.datasets.own.drawing.drawn_file import read_drawn_file, write_drawn_file
from tests.datasets.own.drawing.drawings import at_random


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("n", [0, 1, 300, MAX_POINTS])
def test_file_and_points_agree_bit_for_bit(mode: Any, n: int) -> None:
    drawn = at_random(n, mode)
    assert read_drawn_file(write_drawn_file(drawn)) == drawn


def test_another_program_reads_the_same_samples() -> None:
    drawn = at_random(100)
    table = np.loadtxt(io.BytesIO(write_drawn_file(drawn)), delimiter=",", skiprows=1)
    X, y = drawn.samples()
    np.testing.assert_array_equal(table[:, :2], X)
    assert (table[:, 2] - 1).tolist() == y.tolist()


def test_a_table_from_a_spreadsheet() -> None:
    data = '\ufeffX1, x2 ,Class\r\n1.234,-6,1\r\n"0", 5e-1 , 4\r\n\r\n'.encode()
    points = (DrawnPoint(123, -600, 0), DrawnPoint(0, 50, 3))
    assert read_drawn_file(data) == DrawnPoints("classes", points)
    assert read_drawn_file(b"x,y\n1,2") == DrawnPoints("curve", (DrawnPoint(100, 200),))


PLACE = "Row {}: a position must be a number from −6 to 6, got '{}'."
NO_PLACES = ("", "nan", "inf", "=1+1", "<b>", "1e999")
HEADER = "This is not a file of drawn points: its first row must be x1, x2, class or x, y."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        *((data, HEADER) for data in (b"", b"\n", b"a,b\n1,2", b"x1,x2\n1,2", b"\xff\xfe\x00")),
        (b"x,y\n1,2\n3", "Row 3: must have 2 cells, got 1."),
        (b"x,y\n1,2,3", "Row 2: must have 2 cells, got 3."),
        (b"x,y\n\n1,7", PLACE.format(3, "7")),
        *((f"x,y\n{text},0".encode(), PLACE.format(2, text)) for text in NO_PLACES),
        (b"x1,x2,class\n1,2,5", "Row 2: the class must be 1 to 4, got '5'."),
        (b"x1,x2,class\n1,2,", "Row 2: the class must be 1 to 4, got ''."),
        (b"x,y\n" + b"1,2\n" * 2001, "The pad takes 2,000 points; the file has 2,001."),
        (b"x,y\n" + b" " * 200_000, "A file of points has at most 200 kB."),
    ],
    ids=lambda value: str(value)[:30],
)
def test_other_files_are_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        read_drawn_file(data)


def test_any_bytes_are_read_or_refused_in_a_sentence() -> None:
    random = np.random.default_rng(0)
    data = write_drawn_file(at_random(20))
    sentences = set()
    for _ in range(300):
        altered = bytearray(data)
        for at in random.integers(0, len(data), 3):
            altered[at] = random.integers(256)
        try:
            drawn = read_drawn_file(bytes(altered))
        except ValueError as error:
            sentences.add(str(error))
        else:
            assert read_drawn_file(write_drawn_file(drawn)) == drawn
    assert all(re.fullmatch(r"[A-Z].*\.", sentence, re.DOTALL) for sentence in sentences)
    assert len(sentences) > 3
