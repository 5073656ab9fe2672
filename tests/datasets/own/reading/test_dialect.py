import pytest

from annlab.datasets.own.recipe import Dialect
from tests.datasets.own.reading.fixtures import FIXTURES, Fixture
from tests.datasets.own.reading.readers import first_rows, guess_dialect, read_cells


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_a_file_is_read_as_a_person_reads_it(fixture: Fixture) -> None:
    dialect = guess_dialect(fixture.data)
    assert dialect == Dialect(**fixture.dialect)
    cells = read_cells(fixture.data, dialect)
    assert cells.names == fixture.names
    assert cells.n_rows == fixture.n_rows
    assert first_rows(cells, 1) == (fixture.first,)
    assert cells.unreadable == fixture.unreadable
    assert cells.n_unreadable == len(fixture.unreadable)
    assert cells.footer == fixture.footer
