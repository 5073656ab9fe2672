import csv
import io

import numpy as np
import pytest

from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.reading.text_rows import OpenQuoteError, text_rows
from annlab.datasets.own.recipe import Dialect
from tests.datasets.own.reading.made_files import written
from tests.datasets.own.reading.readers import first_rows, guess_dialect, read_cells


def test_the_csv_module_reads_the_same_cells() -> None:
    rng = np.random.default_rng(0)
    letters = list('ab,;"\n\r 1')
    rows = [["".join(rng.choice(letters, 6)).lstrip() or "x" for _ in range(4)] for _ in range(300)]
    text = written(rows, end="\r\n")
    cells = read_cells(text.encode(), Dialect(has_header=False))
    assert list(first_rows(cells, 300)) == [tuple(row) for row in csv.reader(io.StringIO(text, ""))]


def test_rows_keep_their_numbers_in_the_file() -> None:
    data = b"title\n\na,b\n1,2\n\n,\n3,4,5\n6\n7,8,\n9,0\nsource\n"
    cells = read_cells(data, Dialect(n_title_rows=1, n_footer_rows=1))
    assert cells.names == ("a", "b")
    assert first_rows(cells) == (("1", "2"), ("7", "8"), ("9", "0"))
    assert cells.row_numbers.tolist() == [4, 9, 10]
    assert cells.unreadable == ((7, 3), (8, 1))
    assert cells.footer == ("source",)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("temp,temp,temp", ("temp", "temp (2)", "temp (3)")),
        ("temp (2),temp,temp", ("temp (2)", "temp", "temp (3)")),
        ("column 2,,", ("column 2", "column 2 (2)", "column 3")),
        (' a  b ,"c\nd",\u200be', ("a b", "c d", "e")),
        (f"{'x' * 150},{'x' * 150},y", ("x" * 100, "x" * 96 + " (2)", "y")),
    ],
)
def test_names_are_unique_and_on_one_line(header: str, names: tuple[str, ...]) -> None:
    cells = read_cells(f"{header}\n1,2,3\n4,5,6\n".encode(), Dialect())
    assert cells.names == names


def test_limits() -> None:
    with pytest.raises(UnreadableFileError, match=r"has 1,001 columns; the limit is 1,000 columns"):
        read_cells(b",".join([b"1"] * 1_001), Dialect(has_header=False))
    with pytest.raises(UnreadableFileError, match="more than 1,000,000 cells, the limit, in 2 co"):
        read_cells(b"1,2\n" * 500_001, Dialect(has_header=False))
    assert read_cells(b"1,2\n" * 500_000, Dialect(has_header=False)).n_rows == 500_000
    with pytest.raises(UnreadableFileError, match="not a text file"):
        read_cells(b"a,b\n1,\0\n", Dialect())
    with pytest.raises(UnreadableFileError, match="no rows to read"):
        read_cells(b"a,b\n", Dialect())


def test_an_open_quotation_mark_is_found_wherever_it_stands() -> None:
    rows = text_rows(b'a,b\n1,"2\n3,4\n', "utf-8", ",")
    assert next(rows) == ["a", "b"]
    with pytest.raises(OpenQuoteError, match="row 2 is never closed"):
        list(rows)
    long = b'a,b\n1,"2\n' + b"3,4\n" * 50_000
    cells = read_cells(long, Dialect())
    assert (cells.open_quote, cells.n_rows) == (2, 50_001)
    with pytest.raises(UnreadableFileError, match="131,072 characters"):
        read_cells(b'"' + b"x" * 200_000, Dialect())


def test_a_footer_at_the_end_of_a_long_file_is_found() -> None:
    for codec in ("utf-8", "utf-16", "utf-16-be", "cp1252"):
        text = "größe,art,n\n" + "1.5,ä,7\n" * 20_000 + "Quelle: eine Umfrage,,\n"
        dialect = guess_dialect(text.encode(codec))
        assert (dialect.encoding, dialect.n_footer_rows) == (
            codec.removesuffix("-be"),
            1,
        )


@pytest.mark.parametrize(
    ("head", "has_header"),
    [
        ("size,kind", True),
        ("1.5,kind", False),
        ("2.5,a", False),
        ("b,a", False),
        ("2019-01-01,a", False),
        ("2018,2019,2020", True),
        ("country,2018,2019,2020", True),
        ("3,1,2", False),
    ],
)
def test_a_header_has_no_numbers_and_no_values(head: str, has_header: bool) -> None:
    n = head.count(",")
    body = "".join(f"{'ab'[k % 2]},{f'{k}.5,' * (n - 1)}{'ab'[k % 2]}\n" for k in range(20))
    assert guess_dialect(f"{head}\n{body}".encode()).has_header is has_header
