"""Code with which an exported script reads a file of one's own as annlab read it.

Texts from a file (its name, columns and values) stand in a script only as literals.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.reading.cell_types import (
    LARGEST_NUMBER,
    number_pattern,
    plain_number_parts,
)
from annlab.datasets.own.reading.workbook_rows import cell_text
from annlab.datasets.own.recipe import Dialect, Role, TableRecipe
from annlab.exports.literals import LINE_LENGTH, list_of, text_literal
from annlab.exports.section import Section, printed
from annlab.nn.tasks import TASKS, TargetKind

_CODECS = {"utf-8": "utf-8-sig", "cp1252": "cp1252"}
_DATES = "from datetime import date, datetime, time"
_READ_WORKBOOK = """\
    book = openpyxl.load_workbook(FILE, read_only=True, data_only=True)
    rows = [[cell_text(value) for value in row] for row in book[SHEET].iter_rows(values_only=True)]
    book.close()
    rows = [row + [""] * (len(COLUMNS) - len(row)) for row in rows if any(row)]
"""
_CODEC_OF_UTF_16 = """\
    with {open}(FILE, "rb") as file:
        start = file.read(2)
    codec = "utf-16-be" if start[0] == 0 else "utf-16-le"
    if start in (b"\\xff\\xfe", b"\\xfe\\xff"):
        codec = "utf-16"
"""
_READ_TEXT = """\
    with {open}(FILE, {mode}encoding={codec}, errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter={delimiter}, skipinitialspace=True{quoting})
        rows = [row for row in rows if any(row)]
"""
_READ_TABLE = """\
def read_table():
    \"\"\"Rows of the file that have a target, as texts.\"\"\"
{rows}\
    # A row with too few or too many cells cannot be read.
    n = len(COLUMNS)
    rows = [row[:n] for row in rows if len(row) >= n and not any(row[n:])]
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    {has_target}
    if len(table) != {n_rows}:
        print(f"annlab read {n_rows} rows, and this script {{len(table)}}: is it another file?")
    return table


"""
_NUMBER = """\
def number(text):
    \"\"\"Number in a cell; NaN if it is missing or holds no number.\"\"\"
    text = text.strip()
    if text in MISSING or not re.fullmatch(NUMBER, text, re.ASCII):
        return np.nan
{plain}\
    value = float(text)
    return value if {kept} else np.nan


"""
_CODE = """\
def code(text, values):
    \"\"\"Place of a cell's value; rarer values share the place after the last.\"\"\"
    if text.strip() in MISSING:
        return np.nan
    return values.index(text) if text in values else len(values)


"""
_SAMPLES = """\
table = read_table()


def read_samples():
    X = [{column} for name in FEATURES]
    y = {targets}
    return np.stack(X, axis=1).astype(float), {y}"""
_SAMPLES_OF_CATEGORIES = """\
table = read_table()


def column(name):
    if name in CATEGORIES:
        return [code(text, CATEGORIES[name]) for text in table[name]]
    return [number(text) for text in table[name]]


def read_samples():
    X = [column(name) for name in FEATURES]
    y = {targets}
    return np.stack(X, axis=1).astype(float), {y}"""


class _Targets(NamedTuple):
    """Code for the rows that have all targets, and for the targets."""

    has_target: str
    targets: str


_IN_A_CELL: dict[TargetKind, _Targets] = {
    "class": _Targets("text.strip() not in MISSING", "CLASSES.index(text)"),
    "values": _Targets("not np.isnan(number(text))", "number(text)"),
    "labels": _Targets("text.strip() not in MISSING", "int(text == YES[name])"),
}


def _targets(own: OwnData) -> _Targets:
    in_a_cell = _IN_A_CELL[TASKS[own.task].kind]
    if not own.target_names:
        has_target, targets = (f"[{code} for text in table[TARGET]]" for code in in_a_cell)
        return _Targets(f"table = table[{has_target}]", targets)
    return _Targets(
        has_target=(
            f"has_all = [all({in_a_cell.has_target} for text in row) for row in "
            "table[TARGETS].values]\n    table = table[has_all]"
        ),
        targets=f"[[{in_a_cell.targets} for text in table[name]] for name in TARGETS]",
    )


def file_reading(own: OwnData) -> Section:
    """Code that reads the file of a table."""
    assert own.recipe
    dialect = own.recipe.dialect
    has_target, targets = _targets(own)
    has_categories = any(column.values for column in own.columns)
    has_numbers = "number(" in targets or any(column.is_number for column in own.columns)
    parts = [
        "\n".join(_constants(own, own.recipe, has_numbers)) + "\n\n\n",
        printed(cell_text).text + "\n\n\n" if dialect.sheet else "",
        _number(dialect) if has_numbers else "",
        _CODE if has_categories else "",
        _READ_TABLE.format(
            rows=_rows(own, dialect),
            n_rows=own.n_rows,
            has_target=has_target,
        ),
        (_SAMPLES_OF_CATEGORIES if has_categories else _SAMPLES).format(
            targets=targets,
            # Targets of one row stand together, as features do.
            y="np.stack(y, axis=1)" if own.target_names else "np.array(y)",
            column="[number(text) for text in table[name]]",
        ),
    ]
    text = "".join(parts)
    found = ("csv", "gzip", "openpyxl", "re")
    plain = tuple(f"import {name}" for name in found if f"{name}." in text)
    dates = (_DATES,) if dialect.sheet else ()
    return Section(text, (*plain, *dates, "import numpy as np", "import pandas as pd"))


def _constants(own: OwnData, recipe: TableRecipe, has_numbers: bool) -> Iterator[str]:
    dialect = recipe.dialect
    usual = "data.xlsx" if dialect.sheet else "data.csv"
    yield "# In the folder in which this script runs."
    yield f"FILE = {text_literal(own.title or usual)}"
    if dialect.sheet:
        yield f"SHEET = {text_literal(dialect.sheet)}"
    yield _list("COLUMNS", [column.name for column in recipe.columns])
    yield _list("FEATURES", [column.name for column in own.columns])
    if own.target_names:
        yield _list("TARGETS", own.target_names)
    else:
        yield f"TARGET = {text_literal(_named(recipe, 'target'))}"
    if own.label_values:
        yield "# Value of each label's column that stands for yes."
        yield from _yes_values(own)
    if own.class_names:
        yield _list("CLASSES", own.class_names)
    if group := _named(recipe, "group"):
        yield f"GROUP = {text_literal(group)}"
    yield _list("MISSING", ["", *dialect.missing])
    if has_numbers:
        yield _number_pattern(dialect)
    yield from _facts_of_features(own)


def _yes_values(own: OwnData) -> Iterator[str]:
    pairs = zip(own.target_names, own.label_values, strict=True)
    entries = [f"    {text_literal(name)}: {text_literal(yes)},\n" for name, (_, yes) in pairs]
    yield f"YES = {{\n{''.join(entries)}}}"


def _facts_of_features(own: OwnData) -> Iterator[str]:
    """Constants for features that become several inputs; nothing if there are none."""
    if not own.is_prepared:
        return
    yield "# Values of a category that get an input each."
    categories = [column for column in own.columns if column.values]
    entries = []
    for column in categories:
        start = f"    {text_literal(column.name)}: "
        values = list_of(map(text_literal, column.values), indent=len(start) + 1)
        entries.append(start + values.replace("\n", "\n    ") + ",\n")
    yield f"CATEGORIES = {{\n{''.join(entries)}}}" if entries else "CATEGORIES = {}"
    yield "# Categories whose other values share one more input, and features with gaps."
    yield _list("WITH_OTHERS", [column.name for column in categories if column.has_other])
    yield _list("WITH_GAPS", [column.name for column in own.columns if column.has_missing])


def _named(recipe: TableRecipe, role: Role) -> str:
    return next((column.name for column in recipe.columns if column.role == role), "")


def _list(name: str, values: Sequence[str]) -> str:
    return f"{name} = {list_of(map(text_literal, values), indent=len(name) + 3)}"


def _number_pattern(dialect: Dialect) -> str:
    """Definition of ``NUMBER``, on two lines if it does not fit on one."""
    pattern = number_pattern(dialect)
    line = f"NUMBER = {_pattern(pattern)}"
    if len(line) <= LINE_LENGTH:
        return line
    start, exponent, end = pattern.partition("(?:[eE]")
    return f"NUMBER = (\n    {_pattern(start)}\n    {_pattern(exponent + end)}\n)"


def _pattern(pattern: str) -> str:
    """Write a regular expression, as a raw string unless characters cannot be seen in it."""
    return f'r"{pattern}"' if pattern.isprintable() else text_literal(pattern)


def _rows(own: OwnData, dialect: Dialect) -> str:
    """Lines that read all rows below the header as lists of texts."""
    if dialect.sheet:
        read = _READ_WORKBOOK
    else:
        is_packed = own.title.lower().endswith(".gz")
        opener = "gzip.open" if is_packed else "open"
        is_utf_16 = dialect.encoding == "utf-16"
        read = _CODEC_OF_UTF_16.format(open=opener) if is_utf_16 else ""
        read += _READ_TEXT.format(
            open=opener,
            mode='"rt", ' if is_packed else "",
            codec="codec" if is_utf_16 else text_literal(_CODECS[dialect.encoding]),
            delimiter=text_literal(dialect.delimiter),
            quoting="" if dialect.quotes else ", quoting=csv.QUOTE_NONE",
        )
    n_above, n_below = dialect.n_title_rows + dialect.has_header, dialect.n_footer_rows
    if n_above or n_below:
        read += f"    rows = rows[{n_above or ''}:{-n_below or ''}]\n"
    return read


def _number(dialect: Dialect) -> str:
    plain = "".join(
        f"    text = re.sub({_pattern(pattern)}, {text_literal(text)}, text)\n"
        if re.escape(pattern) != pattern
        else f"    text = text.replace({text_literal(pattern)}, {text_literal(text)})\n"
        for pattern, text in plain_number_parts(dialect)
        if pattern != r"^\+"  # Python reads it
    )
    marks = sorted(set(_numbers_among(dialect)))
    kept = f"abs(value) <= {LARGEST_NUMBER:.0e}".replace("e+", "e")
    if marks:
        kept += f" and value not in {marks}"
    return _NUMBER.format(plain=plain, kept=kept)


def _numbers_among(dialect: Dialect) -> Iterator[float]:
    """Marks for missing cells that are numbers, such as -999."""
    for mark in dialect.missing:
        if re.fullmatch(number_pattern(dialect), mark, re.ASCII):
            for pattern, text in plain_number_parts(dialect):
                mark = re.sub(pattern, text, mark)
            yield float(mark)
