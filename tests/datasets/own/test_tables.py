"""Tables at hand, and their bytes."""

import numpy as np
import pytest

from annlab import tensor_file
from annlab.datasets.own import tables
from annlab.datasets.own.table import Table, table_from_bytes
from tests.own_data import ARRAYS, mixed_table


@pytest.mark.parametrize("table", [ARRAYS, mixed_table(), mixed_table(groups=True)])
def test_bytes_give_the_table_back(table: Table) -> None:
    back = table_from_bytes(table.to_bytes())
    assert back.own == table.own
    for name in ("X", "y", "groups"):
        np.testing.assert_array_equal(getattr(back, name), getattr(table, name))


def test_altered_bytes_are_refused() -> None:
    facts = ARRAYS.own.model_dump(mode="json")
    for arrays, wrong in (
        ({"X": ARRAYS.X, "y": ARRAYS.y}, facts | {"n_rows": "many"}),
        ({"X": ARRAYS.X[:5], "y": ARRAYS.y}, facts),
        ({"X": ARRAYS.X, "y": ARRAYS.y[:5]}, facts),
        ({"X": ARRAYS.X, "y": ARRAYS.y, "Z": ARRAYS.y}, facts),
        ({"X": ARRAYS.X}, facts),
    ):
        with pytest.raises(tensor_file.SavedFileError):
            table_from_bytes(tensor_file.dump(arrays, wrong, kind="table"))


def test_the_least_recently_used_table_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [mixed_table(100, seed=seed) for seed in (1, 2, 3)]
    monkeypatch.setattr(tables, "MAX_BYTES", 2 * made[0].n_bytes + 1)
    for table in made[:2]:
        tables.provide(table)
    tables.find(made[0].own)
    tables.provide(made[2])
    assert [tables.find(made[k].own) for k in (0, 2)] == [made[0], made[2]]
    with pytest.raises(tables.MissingDataError, match=r"“mixed\.csv” are not here"):
        tables.find(made[1].own)


def test_bytes_are_loaded_unless_their_table_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [mixed_table(100, seed=seed) for seed in (1, 2, 3)]
    monkeypatch.setattr(tables, "MAX_BYTES", 2 * made[0].n_bytes + 1)
    for table in made[:2]:
        tables.provide_bytes(table.own.content, table.to_bytes)
    tables.provide_bytes(made[0].own.content, lambda: pytest.fail("loaded again"))
    # That was a use, so the other one goes.
    tables.provide_bytes(made[2].own.content, made[2].to_bytes)
    tables.find(made[0].own)
    with pytest.raises(tables.MissingDataError):
        tables.find(made[1].own)


@pytest.mark.parametrize(
    ("source", "remedies"),
    [
        ("file", ("on the page Your data", "in a script", "`make_table`")),
        ("drawn", ("on the page Your data", "in a script", "`drawn_table`")),
        ("arrays", ("as `dataset=`",)),
    ],
)
def test_a_sentence_says_where_missing_samples_come_from(
    source: str, remedies: tuple[str, ...]
) -> None:
    own = ARRAYS.own.model_copy(update={"source": source, "content": "e" * 64})
    with pytest.raises(tables.MissingDataError) as error:
        tables.find(own)
    assert all(remedy in str(error.value) for remedy in remedies)


def test_wrong_facts_about_a_content_are_refused() -> None:
    tables.provide(ARRAYS)
    wrong = ARRAYS.own.model_copy(update={"class_names": ("good", "bad")})
    with pytest.raises(tables.MissingDataError, match="describe their data wrongly"):
        tables.find(wrong)
    assert tables.find(ARRAYS.own.model_copy(update={"title": "Another name"})) is ARRAYS
    tables.forget(ARRAYS.own.content)
    with pytest.raises(tables.MissingDataError):
        tables.find(ARRAYS.own)
