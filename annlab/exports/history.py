"""The history of a run as a table: CSV for tools, and a workbook for Excel."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.exports.settings import settings_of
from annlab.runs.history import history_columns
from annlab.runs.run import Run

# Numbers in a file: about 25 MB of text, or four seconds of openpyxl's work.
MAX_CSV_NUMBERS = 2_000_000
MAX_EXCEL_NUMBERS = 300_000
# Excel reads no more rows than that, the header's included.
MAX_EXCEL_ROWS = 1_048_576
_KEYS = ("epoch", "seconds", "steps", "network", "seed")
# Excel cannot hold these in a cell, and openpyxl refuses them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def history_csv(run: Run) -> str:
    """Write the history of a run as comma-separated values, one line for each epoch and network.

    Parameters
    ----------
    run : Run

    Returns
    -------
    str
        Columns: ``epoch``, ``seconds`` since the start, ``steps`` of the optimizer so far,
        ``network`` from 1, its ``seed``, then those of the history. Of more than
        `MAX_CSV_NUMBERS` numbers evenly chosen epochs are kept, with the first and the last.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = columns_of(run)
    writer.writerow([*_KEYS, *columns])
    for epoch, seconds, *others in _rows(run, kept_epochs(run, MAX_CSV_NUMBERS)):
        keys, numbers = others[:3], others[3:]
        # Nine digits give a float32 back exactly.
        writer.writerow([epoch, f"{seconds:.6f}", *keys, *(f"{number:.9g}" for number in numbers)])
    return text.getvalue()


def history_xlsx(run: Run) -> bytes:
    """Write the history of a run as a workbook for Excel.

    Parameters
    ----------
    run : Run

    Returns
    -------
    bytes
        A sheet "History" with the columns of `history_csv`, numbers as numbers, and a sheet
        "About" with the settings. Of more than `MAX_EXCEL_NUMBERS` numbers, or more rows than
        Excel reads, evenly chosen epochs are kept, which "About" says in a sentence. No text
        is ever a formula.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    columns = [*_KEYS, *columns_of(run)]
    epochs = kept_epochs(run, MAX_EXCEL_NUMBERS, MAX_EXCEL_ROWS - 1)
    sheet = book.create_sheet("History")
    sheet.freeze_panes = "A2"
    sheet.append([_text(sheet, name, bold=True) for name in columns])
    for epoch, seconds, *others in _rows(run, epochs):
        numbers = [float(f"{number:.9g}") for number in others[3:]]
        sheet.append([epoch, round(seconds, 6), *others[:3], *numbers])
    about = book.create_sheet("About")
    about.column_dimensions["A"].width = 32
    about.column_dimensions["B"].width = 48
    for row in _about(run, epochs):
        about.append([_text(about, cell) if isinstance(cell, str) else cell for cell in row])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def columns_of(run: Run) -> list[str]:
    """The columns of a run's history in their order; runs of earlier versions have fewer."""
    return [name for name in history_columns(run.config) if name in run.history]


def kept_epochs(run: Run, max_numbers: int, max_rows: int | None = None) -> NDArray[Any]:
    """The epochs that a table has room for: all, or evenly chosen ones with both ends.

    Parameters
    ----------
    run : Run
    max_numbers : int
        Largest number of cells.
    max_rows : int, optional
        Largest number of rows; each epoch has one for each network.

    Returns
    -------
    ndarray of int
        Ascending.
    """
    n_epochs = len(run.epoch_seconds)
    n_columns = len(_KEYS) + len(run.history)
    rows = min(max_numbers // n_columns, max_rows or max_numbers)
    at_most = max(2, min(n_epochs, rows // run.n_seeds))
    return np.unique(np.linspace(0, n_epochs - 1, at_most).round().astype(int))


def _rows(run: Run, epochs: NDArray[Any]) -> Iterator[list[Any]]:
    columns = [run.history[name] for name in columns_of(run)]
    first = run.config.training.seed
    for epoch in epochs.tolist():
        numbers = np.stack([column[epoch] for column in columns], axis=1).tolist()
        seconds, steps = float(run.epoch_seconds[epoch]), epoch * run.steps_per_epoch
        for k in range(run.n_seeds):
            yield [epoch, seconds, steps, k + 1, first + k, *numbers[k]]


def _about(run: Run, epochs: NDArray[Any]) -> Iterator[tuple[Any, ...]]:
    n_epochs = len(run.epoch_seconds)
    yield (f"{run.config.dataset.spec.label}: {run.config.model.label}",)
    yield ("Losses and scores are measured after each epoch, without dropout. Epoch 0: untrained.",)
    if len(epochs) < n_epochs:
        yield (
            f"{len(epochs):,} of {n_epochs:,} epochs, evenly chosen: a workbook with all of them "
            "would open too slowly. The weights file has every epoch.",
        )
    if run.message:
        yield (run.message,)
    yield ()
    yield from settings_of(run.config).items()
    yield ()
    yield from run.provenance.items()


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """A cell that holds text, whatever the text begins with."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, _CONTROL.sub(" ", text))
    cell.data_type = "s"  # openpyxl takes a text that begins with "=" for a formula
    if bold:
        cell.font = Font(bold=True)
    return cell
