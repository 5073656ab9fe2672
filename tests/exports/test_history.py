"""The history as a table, read back by the csv module and by openpyxl."""

import csv
import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from annlab import Run
from annlab.exports import history
from annlab.exports.history import history_csv, history_xlsx, kept_epochs
from annlab.formatting import never_a_formula
from annlab.store.run_store import RunStore
from annlab.ui.compare.run_rows import row_of

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x.example")')


def _rows_of_csv(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(history_csv(run))))


def _sheet(run: Run, name: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(history_xlsx(run)))[name]


def _rows_of_excel(run: Run) -> list[dict[str, Any]]:
    head, *rows = _sheet(run, "History").iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("read", [_rows_of_csv, _rows_of_excel])
def test_history_export_round_trips(run: Run, read: Any) -> None:
    rows = read(run)
    assert len(rows) == (run.n_epochs + 1) * run.n_seeds
    n_train = run.n_samples["train"]
    for row in rows:
        epoch, k = int(row["epoch"]), int(row["network"]) - 1
        assert int(row["seed"]) == run.config.training.seed + k
        assert int(row["steps"]) == epoch * -(-n_train // run.config.training.batch_size)
        assert float(row["seconds"]) == pytest.approx(run.epoch_seconds[epoch], abs=1e-6)
        for name, values in run.history.items():
            assert np.float32(row[name]) == values[epoch, k]
    assert list(rows[0])[:5] == ["epoch", "seconds", "steps", "network", "seed"]
    assert {"test_loss", "val_loss", "train_loss"} <= set(rows[0])


def test_csv_format(binary_run: Run) -> None:
    text = history_csv(binary_run)
    assert text.startswith("epoch,seconds,")  # without a byte order mark
    assert "\r" not in text


def test_numbers_are_numbers_in_excel(binary_run: Run) -> None:
    _, *rows = _sheet(binary_run, "History").iter_rows()
    assert {cell.data_type for row in rows for cell in row} == {"n"}


def test_text_never_becomes_a_formula_in_excel(binary_run: Run) -> None:
    for text in (*FORMULAS, "a\x00b"):
        run = dataclasses.replace(binary_run, message=text, provenance={"machine": text})
        about = _sheet(run, "About")
        cells = [cell for row in about.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert text.replace("\x00", " ") in [cell.value for cell in cells]


def test_a_name_never_becomes_a_formula() -> None:
    assert [never_a_formula(text) for text in FORMULAS] == [f"'{text}" for text in FORMULAS]
    for text in ("", "MLP 4-2", "a = b", "0.5"):
        assert never_a_formula(text) == text


def test_run_name_is_not_a_formula_in_the_table_of_runs(binary_run: Run, tmp_path: Path) -> None:
    store = RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    store.save(binary_run)
    store.rename(binary_run.config.digest, FORMULAS[0])
    (info,) = store.list_runs()
    # Streamlit lets people download the table as CSV.
    assert row_of(info)["Name"] == f"'{FORMULAS[0]}"


def test_about_says_how_the_run_was_made(binary_run: Run) -> None:
    cells = {row[0]: row[1:] for row in _sheet(binary_run, "About").iter_rows(values_only=True)}
    assert cells["Learning rate"][0] == 0.02
    assert cells["Hidden layers"][0] == "5-3"
    assert cells["torch"][0] == binary_run.provenance["torch"]


def test_a_large_history_is_thinned_and_the_workbook_says_so(
    binary_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [row[0] for row in _sheet(binary_run, "About").iter_rows(values_only=True)]
    assert not [text for text in whole if text and "evenly spaced" in text]
    numbers_of_an_epoch = binary_run.n_seeds * (5 + len(binary_run.history))
    for name in ("MAX_CSV_NUMBERS", "MAX_EXCEL_NUMBERS"):
        monkeypatch.setattr(history, name, 4 * numbers_of_an_epoch)
    for rows in (_rows_of_csv(binary_run), _rows_of_excel(binary_run)):
        assert list(dict.fromkeys(int(row["epoch"]) for row in rows)) == [0, 4, 8, 12]
        assert len(rows) == 4 * binary_run.n_seeds
    said = [row[0] for row in _sheet(binary_run, "About").iter_rows(values_only=True)]
    assert [text for text in said if text and text.startswith("4 of 13 epochs, evenly spaced")]


def test_workbook_respects_the_excel_row_limit(binary_run: Run) -> None:
    assert len(kept_epochs(binary_run, 10**9)) == binary_run.n_epochs + 1
    rows = 5 * binary_run.n_seeds
    assert len(kept_epochs(binary_run, 10**9, rows)) * binary_run.n_seeds <= rows


def test_the_largest_history_stays_small(binary_run: Run) -> None:
    n_epochs, n_seeds = 10_000, 1_000
    training = binary_run.config.training.model_copy(update={"n_seeds": n_seeds})
    column = np.broadcast_to(np.float32(0), (n_epochs + 1, n_seeds))  # takes no memory
    run = dataclasses.replace(
        binary_run,
        config=binary_run.config.model_copy(update={"training": training}),
        history=dict.fromkeys(binary_run.history, column),
        epoch_seconds=np.arange(n_epochs + 1.0),
    )
    for most in (history.MAX_CSV_NUMBERS, history.MAX_EXCEL_NUMBERS):
        kept = kept_epochs(run, most, history.MAX_EXCEL_ROWS - 1)
        n_rows = len(kept) * n_seeds
        assert n_rows * (5 + len(run.history)) <= most
        assert n_rows < history.MAX_EXCEL_ROWS
        assert (kept[0], kept[-1]) == (0, n_epochs)
