"""Description of a file with the data set that it would become."""

import hashlib
from unittest import mock

import openpyxl
import pytest

from annlab.datasets.own.reading import cells
from annlab.datasets.own.reading.describe import describe
from annlab.datasets.own.reading.description import (
    Description,
    describe_on_worker,
    description_of,
    make_table_on_worker,
)
from annlab.datasets.own.reading.make_table import make_table
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.reading.requests import FileRequest, TableRequest
from annlab.datasets.own.recipe import Dialect
from annlab.datasets.own.table import table_from_bytes
from tests.datasets.own.reading.made_files import workbook

FILE = b"id,size,color,kind\n" + b"".join(
    f"{k},{k * 7 % 11},{'red' if k % 3 else 'blue'},{k % 2}\n".encode() for k in range(40)
)


def _request(data: bytes = FILE, **chosen: object) -> FileRequest:
    return FileRequest.model_validate({"file": hashlib.sha256(data).hexdigest(), **chosen})


def test_a_description_has_the_data_set_that_the_recipe_makes() -> None:
    found = description_of(FILE, _request())
    assert found.own == make_table(FILE, found.reading.recipe).table.own
    assert found.own is not None
    assert found.own.task == "binary"
    assert found.reading.target_has_numbers
    assert not found.problem


def test_a_chosen_type_and_role_hold_and_the_rest_is_guessed() -> None:
    found = description_of(FILE, _request(types=[("kind", "number")]))
    assert found.own is not None
    assert found.own.task == "regression"
    found = description_of(FILE, _request(roles=[("color", "target")]))
    roles = {column.name: column.role for column in found.reading.columns}
    assert roles == {"id": "ignored", "size": "feature", "color": "target", "kind": "feature"}
    # A former target is no list of classes any more.
    assert {column.name: column.type for column in found.reading.columns}["kind"] == "number"


def test_all_choices_together_are_those_of_a_recipe() -> None:
    recipe = description_of(FILE, _request(roles=[("color", "target")])).reading.recipe
    types = tuple((column.name, column.type) for column in recipe.columns)
    roles = tuple((column.name, column.role) for column in recipe.columns)
    by_choices = description_of(FILE, _request(types=types, roles=roles)).reading
    assert by_choices.recipe == describe(FILE, chosen=recipe).recipe == recipe


def test_it_says_why_there_can_be_no_data_set() -> None:
    no_feature = [(name, "ignored") for name in ("id", "size", "color")]
    found = description_of(FILE, _request(roles=no_feature))
    assert found.own is None
    assert found.problem == "No column is a feature. Choose the columns to learn from."
    assert len(found.reading.columns) == 4


def test_inputs_of_one_name_are_told_in_a_sentence() -> None:
    rows = "".join(f"{'xz'[k % 2]},{k * 7 % 11},{k % 3}\n" for k in range(40))
    data = ("a,a = x,kind\n" + rows).encode()
    found = description_of(data, _request(data))
    sentence = "two inputs would have the same name: rename a column in the file"
    assert found.own is None
    assert found.problem == f"No data set can be made of this file: {sentence}."
    with pytest.raises(UnreadableFileError, match=sentence):
        make_table(data, found.reading.recipe)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(UnreadableFileError):
        description_of(b"%PDF-1.7", _request(b"%PDF-1.7"))


def test_a_file_is_opened_and_split_once() -> None:
    data = workbook()
    with (
        mock.patch("openpyxl.load_workbook", wraps=openpyxl.load_workbook) as opened,
        mock.patch.object(cells, "_cells_of_rows", wraps=cells._cells_of_rows) as split,
    ):
        assert description_of(data, _request(data)).own is not None
    assert (opened.call_count, split.call_count) == (1, 1)


def test_a_dialect_without_a_sheet_reads_the_first_one() -> None:
    reading = description_of(workbook(), _request(workbook(), dialect=Dialect())).reading
    assert reading.dialect.sheet == reading.sheets[0] == "Flowers"


def test_a_sentence_is_said_once() -> None:
    data = FILE + FILE.partition(b"\n")[2]
    found = description_of(data, _request(data, roles=[("id", "feature")]))
    said = [*found.reading.notes, *(n for c in found.reading.columns for n in c.notes)]
    assert found.notes
    assert not set(found.notes) & set(said)


def test_workers_answer_with_bytes() -> None:
    request = _request(dialect=Dialect())
    data = describe_on_worker(request, lambda share, partial: None, lambda: False, FILE)
    found = Description.model_validate_json(data)
    assert found == description_of(FILE, request)
    wanted = TableRequest(file=request.file, recipe=found.reading.recipe)
    made = make_table_on_worker(wanted, lambda share, partial: None, lambda: False, FILE)
    assert table_from_bytes(made).own == found.own
