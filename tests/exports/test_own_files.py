"""Scripts read every file of the tests of the reader as the reader does."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annlab.datasets.own.reading.describe import describe
from annlab.datasets.own.reading.make_table import make_table
from annlab.exports.own_data import reading
from tests.datasets.own.reading.fixtures import FIXTURES, Fixture


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_a_script_reads_the_rows_that_annlab_reads(
    fixture: Fixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    data = fixture.data
    is_packed, is_workbook = data.startswith(b"\x1f\x8b"), data.startswith(b"PK")
    title = "own.csv" + ".gz" * is_packed if not is_workbook else "own.xlsx"
    Path(title).write_bytes(data)
    table = make_table(data, describe(data).recipe, title).table
    section = reading(table.own)
    names: dict[str, Any] = {}
    exec("\n".join(section.imports) + "\n" + section.text, names)
    X, y = names["read_samples"]()
    said = capsys.readouterr().out
    assert said == ""
    np.testing.assert_array_equal(X, table.X)
    np.testing.assert_array_equal(y, table.y)
