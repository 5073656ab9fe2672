"""Sentences about a whole file: what could not be read, what is missing, what to choose."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from annlab.datasets.own.own_data import MAX_INPUTS
from annlab.datasets.own.reading.cells import Cells
from annlab.datasets.own.reading.columns import Column
from annlab.datasets.own.reading.sentences import listed, quoted, rows_named
from annlab.datasets.own.reading.source import Source
from annlab.formatting import counted


class MarkCount(NamedTuple):
    """A text that may stand for missing cells, and the number of cells that hold it."""

    text: str
    n_cells: int


def lonely_class_notes(name: str, counts: dict[str, int]) -> list[str]:
    """A sentence about classes with a single row, if there are any."""
    lonely = [quoted(text) for text, n in counts.items() if n == 1]
    if not lonely:
        return []
    one = len(lonely) == 1
    return [
        f"{'Class' if one else 'Classes'} {listed(lonely)} of {quoted(name)} "
        f"{'has' if one else 'have'} only one row{'' if one else ' each'}. Training and test need "
        f"rows of every class: add rows of {'this class' if one else 'these classes'} to the "
        f"file, or delete the {'row' if one else 'rows'}."
    ]


def file_notes(cells: Cells, source: Source) -> list[str]:
    """Sentences about rows and characters that could not be read."""
    notes = []
    if cells.n_unreadable:
        rows = rows_named(number for number, _ in cells.unreadable)
        more = cells.n_unreadable - len(cells.unreadable)
        one = cells.n_unreadable == 1
        notes.append(
            f"{counted(cells.n_unreadable, 'row')} {'is' if one else 'are'} left out because "
            f"{'it has' if one else 'they have'} not {counted(len(cells.names), 'cell')} "
            f"({rows}{f' and {more:,} more' if more else ''}; {'it has' if one else 'they have'} "
            f"{_range_of({n for _, n in cells.unreadable})})."
        )
    if cells.open_quote:
        notes.append(
            f"A quotation mark in row {cells.open_quote} is never closed, so all quotation marks "
            "are read as text."
        )
    if cells.footer:
        texts = listed([quoted(text) for text in cells.footer])
        notes.append(f"{counted(len(cells.footer), 'row')} at the end left out: {texts}.")
    if len(cells.names) == 1 and not source.is_workbook:
        notes.append(
            "The file has one column only, but a table needs a feature and a target. Columns must "
            "be separated by commas, semicolons, tabs or “|”."
        )
    n_unknown = sum(_n_unknown(column) for column in cells.columns)
    if n_unknown:
        notes.append(
            f"{counted(n_unknown, 'cell')} with characters that cannot be read (�). Choose "
            "another encoding."
        )
    return notes


def _range_of(numbers: Collection[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"


def _n_unknown(column: object) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(pc.match_substring(column, "\ufffd")).as_py() or 0)


def mark_notes(marks: Sequence[MarkCount]) -> list[str]:
    """A sentence about texts that may stand for missing cells, if there are any."""
    if not marks:
        return []
    texts = listed([f"{quoted(text)} in {counted(n, 'cell')}" for text, n in marks])
    return [
        f"These texts may stand for missing cells: {texts}. In columns of numbers they count as "
        "missing; elsewhere they are values until you add them to the missing marks."
    ]


def table_notes(columns: Sequence[Column], n_complete: int) -> list[str]:
    """Sentences about roles that are still to be chosen, and about gaps."""
    notes = []
    n_rows = len(columns[0].missing)
    if all(column.summary.role != "target" for column in columns):
        notes.append("No column is the target. Choose the column to predict.")
    n_features = sum(column.summary.role == "feature" for column in columns)
    if not n_features:
        notes.append("No column is a feature. Choose the columns to learn from.")
    if n_features > MAX_INPUTS:
        notes.append(
            f"{n_features:,} features need at least as many inputs; the limit is {MAX_INPUTS}. "
            "Ignore some columns."
        )
    if n_complete < n_rows:
        notes.append(
            f"Only {n_complete:,} of {n_rows:,} rows have a value in every feature and the target. "
            "Rows with gaps in features are kept; preparation fills the gaps."
        )
    return notes
