"""Bytes of files as people have them."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Rows = list[list[str]]
KINDS = ("setosa", "versicolor", "virginica")


def numbers(n: int, scale: float = 1.0, decimals: int = 2, seed: int = 0) -> list[str]:
    values = np.random.default_rng(seed).gamma(9, scale / 3, n)
    return [f"{value:.{decimals}f}" for value in values]


def flowers(n: int = 60, decimals: int = 2) -> Rows:
    """Two numbers and one of three names, with a header."""
    names = ["setosa", "versicolor", "virginica"]
    lengths, widths = numbers(n, 2, decimals), numbers(n, 1, decimals, seed=1)
    rows = [[lengths[i], widths[i], names[i % 3]] for i in range(n)]
    return [["length", "width", "species"], *rows]


def written(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\n") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(rows)
    return file.getvalue()


def with_comma(rows: Rows) -> Rows:
    return [rows[0], *([c.replace(".", ",") for c in row] for row in rows[1:])]


def plain() -> bytes:
    return written(flowers()).encode()


def german() -> bytes:
    rows = [["Größe", "Gewicht", "Sorte"]]
    rows += [[*row[:2], ("Äpfel", "Birnen")[i % 2]] for i, row in enumerate(flowers()[1:])]
    return written(with_comma(rows), ";", "\r\n").encode("cp1252")


def mark_first() -> bytes:
    rows = flowers()
    rows[0][0] = "length, in cm"
    return written(rows, end="\r\n").encode("utf-8-sig")


def tabs_utf16() -> bytes:
    rows = [["country", "income", "years"]]
    incomes = np.random.default_rng(2).uniform(1000, 90000, 50)
    rows += [
        [f"land {i}", f"{income:,.3f}", f"{income / 9000:.1f}"] for i, income in enumerate(incomes)
    ]
    return (written(rows, "\t") + "Source: a survey of 2019\t\t\n").encode("utf-16")


def utf16_without_mark() -> bytes:
    return written(flowers(), "\t", "\r\n").encode("utf-16-be")


def no_header() -> bytes:
    return written(flowers()[1:]).encode()


def blank_after_comma() -> bytes:
    rows = [[*row[:2], str(i % 3 + 1)] for i, row in enumerate(flowers(decimals=4)[1:])]
    return "\n".join(", ".join(row) for row in rows).encode()


def question_marks() -> bytes:
    rows = [["patient", "temp", "temp", "outcome"]]
    a, b = numbers(40, 12, 1), numbers(40, 12, 1, seed=4)
    for i in range(40):
        cells = [f"00{530 + i}", a[i], b[i] if i % 3 else "?", ("lived", "died")[i % 2]]
        rows.append(cells)
    return written(rows).encode()


def pipes() -> bytes:
    return written(flowers(), "|").encode()


def packed() -> bytes:
    return gzip.compress(plain(), mtime=0)


def quoted_lines() -> bytes:
    rows = flowers()
    rows[0][0] = "length\n(cm)"
    for row in rows[1:]:
        row[2] = f'{row[2]}, "wild"\nfrom the field'
    return written(rows).encode()


def ragged() -> bytes:
    lines = written(flowers()).splitlines()
    lines[10] += ",one more"
    lines[20] = "5.1,3.5"
    lines[30] += ",,"
    return "\n".join(lines).encode()


def sep_line() -> bytes:
    return ("sep=;\r\n" + written(with_comma(flowers()), ";", "\r\n")).encode("utf-8-sig")


def title_rows() -> bytes:
    return ("Flowers of the valley;;\n\nby A. Student;;\n" + written(flowers(), ";")).encode()


def totals() -> bytes:
    return (written(flowers()) + "Total,99.5,\n,,\nMeasured in spring,,\n").encode()


def swiss() -> bytes:
    rows = flowers()
    for i, row in enumerate(rows[1:]):
        row[1] = f"{i + 1}’{i + 100}.{i % 7}"
    return written(rows, ";").encode()


def french() -> bytes:
    rows = flowers()
    for i, row in enumerate(rows[1:]):
        row[1] = f"{i + 1}\u202f{i + 100},{i % 7}5"
    return written(with_comma(rows), ";").encode()


def german_thousands() -> bytes:
    rows = with_comma(flowers())
    for i, row in enumerate(rows[1:]):
        row[1] = f"{i + 1}.{i + 100},{i % 7}"
    return written(rows, "\t").encode()


def pandas_index() -> bytes:
    rows = flowers()
    return written([["", *rows[0]], *([str(i), *r] for i, r in enumerate(rows[1:]))]).encode()


def counted_header() -> bytes:
    return written([["0", "1", "2"], *flowers()[1:]]).encode()


def r_row_names() -> bytes:
    rows = flowers()
    return written([rows[0], *([str(i + 1), *r] for i, r in enumerate(rows[1:]))]).encode()


def last_delimiters() -> bytes:
    rows = flowers()
    return written([rows[0], *([*row, ""] for row in rows[1:])]).encode()


def commas_in_tabs() -> bytes:
    rows = flowers()
    for row in rows[1:]:
        row[2] += ", wild"
    return written(rows, "\t").encode()


def marks() -> bytes:
    rows = flowers()
    for i, mark in enumerate(("NA", "n/a", "-", ".", "NA")):
        rows[5 + i][i % 2] = mark
    return written(rows).encode()


def old_mac() -> bytes:
    return written(flowers(), end="\r").encode()


def open_quote() -> bytes:
    lines = written(flowers()).splitlines()
    lines[41] = '"' + lines[41]
    return "\n".join(lines).encode()


def infinite() -> bytes:
    rows = flowers()
    rows[7][0], rows[9][0], rows[11][1] = "inf", "-Infinity", "NaN"
    return written(rows).encode()


def words_only() -> bytes:
    rows = [["cap", "odor", "edible"]]
    rows += [
        [("flat", "round")[i % 2], ("none", "foul", "mild")[i % 3], "yn"[i % 5 > 2]]
        for i in range(50)
    ]
    return written(rows).encode()


def wine() -> bytes:
    head = '"fixed acidity";"alcohol";"quality"\n'
    a, b = numbers(90, 3, 1), numbers(90, 4, 1, seed=5)
    return (head + "".join(f"{a[i]};{b[i]};{3 + i % 6}\n" for i in range(90))).encode()


def two_rows() -> bytes:
    return b'name;size;kind\n"a;b";1,5;x\n"c;d";2,5;y\n'


def workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Flowers"
    for i, row in enumerate(flowers()):
        sheet.append([*map(float, row[:2]), row[2]] if i else row)
    other = book.create_sheet("Notes")
    other.append(["nothing", "here"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book_of(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Workbook with these rows in its sheets."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbook_with_gaps() -> bytes:
    """A title, a blank row, and a last column that is mostly empty."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Data"
    book.active.append(["Flowers of the valley"])
    book.active.append([])
    for i, (length, width, kind) in enumerate(flowers()):
        last = "remark" if not i else "big" if i % 20 == 1 else None
        numbered = (float(length), float(width)) if i else (length, width)
        book.active.append([*numbered, kind, last])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
