"""Export of a run's history as CSV and as an Excel workbook."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.exports.settings_table import settings_of
from annlab.runs.history import history_columns
from annlab.runs.run import Run

# Limits on the numbers in a file: about 25 MB of text, or four seconds in openpyxl.
MAX_CSV_NUMBERS = 2_000_000
MAX_EXCEL_NUMBERS = 300_000
# Row limit of Excel, header included.
MAX_EXCEL_ROWS = 1_048_576
_KEYS = ("epoch", "seconds", "steps", "network", "seed")
# Control characters that Excel cells cannot hold and openpyxl refuses.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def history_csv(run: Run) -> str:
    """Return the history of a run as CSV, one line per epoch and network.

    Parameters
    ----------
    run : Run

    Returns
    -------
    str
        Columns: ``epoch``, ``seconds`` since the start, ``steps`` of the optimizer so far,
        ``network`` from 1, ``seed`` of the network, then the history columns. Above
        `MAX_CSV_NUMBERS` numbers, evenly spaced epochs are kept, including the first and the last.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = columns_of(run)
    writer.writerow([*_KEYS, *columns])
    for epoch, seconds, *others in _rows(run, kept_epochs(run, MAX_CSV_NUMBERS)):
        keys, numbers = others[:3], others[3:]
        # Nine digits represent a float32 exactly.
        writer.writerow([epoch, f"{seconds:.6f}", *keys, *(f"{number:.9g}" for number in numbers)])
    return text.getvalue()


def history_xlsx(run: Run) -> bytes:
    """Return the history of a run as an Excel workbook.

    Parameters
    ----------
    run : Run

    Returns
    -------
    bytes
        Sheet "History" with the columns of `history_csv` as numbers, and sheet "About" with the
        settings. Above `MAX_EXCEL_NUMBERS` numbers or the row limit of Excel, evenly spaced
        epochs are kept and "About" says so. Texts are never formulas.
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
    """Names of a run's history columns in order; runs of earlier versions have fewer."""
    return [name for name in history_columns(run.config) if name in run.history]


def kept_epochs(run: Run, max_numbers: int, max_rows: int | None = None) -> NDArray[Any]:
    """Epochs that fit into a table: all, or evenly spaced ones including the first and last.

    Parameters
    ----------
    run : Run
    max_numbers : int
        Largest number of cells.
    max_rows : int, optional
        Largest number of rows, of which each epoch has one per network.

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
            f"{len(epochs):,} of {n_epochs:,} epochs, evenly spaced: a workbook with all epochs "
            "would open too slowly. The weights file has every epoch.",
        )
    if run.message:
        yield (run.message,)
    yield ()
    yield from settings_of(run.config).items()
    yield ()
    yield from run.provenance.items()


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """Text cell, also for a text that starts like a formula."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, _CONTROL.sub(" ", text))
    cell.data_type = "s"  # openpyxl makes formulas of texts that begin with "="
    if bold:
        cell.font = Font(bold=True)
    return cell
