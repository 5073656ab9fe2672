"""Drawn points as a data set."""

from typing import Any

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, train
from annlab.datasets import Dataset
from annlab.datasets.own import tables
from annlab.datasets.own.drawing.drawn import MAX_POINTS, MODES, DrawnPoint, DrawnPoints
from annlab.datasets.own.drawing.drawn_table import drawn_table
from annlab.datasets.own.drawing.drawn_text import MAX_POINTS_IN_LINK, write_drawn
from annlab.datasets.own.own_data import OwnData, read_own, write_own
from tests.datasets.own.drawing.drawings import at_random


def test_facts_of_classes() -> None:
    points = [DrawnPoint(i, -i, 2 * (i % 2)) for i in range(7)]
    drawn = DrawnPoints("classes", tuple(points))
    table = drawn_table(drawn)
    own = table.own
    assert (own.source, own.task, own.n_rows) == ("drawn", "binary", 7)
    assert own.class_names == ("class 1", "class 3")
    assert own.class_counts == (4, 3)
    assert own.input_names == ("x1", "x2")
    assert own.points == write_drawn(drawn)
    assert own.title == "7 drawn points"
    np.testing.assert_array_equal(table.X, drawn.samples()[0])
    assert np.bincount(table.y).tolist() == [4, 3]


def test_facts_of_a_curve() -> None:
    own = drawn_table(at_random(30, "curve")).own
    assert (own.task, own.input_names, own.target_name) == ("regression", ("x",), "y")
    assert own.class_names == ()


def test_three_classes_are_a_multiclass_task() -> None:
    assert drawn_table(at_random(60)).own.task == "multiclass"


def test_equal_points_are_equal_data() -> None:
    drawn = at_random(40)
    again = DrawnPoints("classes", drawn.points[::-1])
    assert drawn_table(again).own == drawn_table(drawn).own
    moved = DrawnPoints("classes", (*drawn.points[1:], DrawnPoint(0, 0, 0)))
    assert drawn_table(moved).own.content != drawn_table(drawn).own.content


def test_a_config_holds_all_points() -> None:
    drawn = at_random(MAX_POINTS)
    own = drawn_table(drawn).own
    assert OwnData.model_validate(own.model_dump(mode="json")) == own
    np.testing.assert_array_equal(tables.find(own).X, drawn.samples()[0])


@pytest.mark.parametrize("mode", MODES)
def test_a_link_holds_the_points(mode: Any) -> None:
    drawn = at_random(MAX_POINTS_IN_LINK, mode)
    own = drawn_table(drawn).own
    text = write_own(own)
    assert text == write_drawn(drawn)
    found = OwnData.model_validate(read_own(text))
    assert found == own
    table = tables.find(found)
    np.testing.assert_array_equal(table.X, drawn.samples()[0])
    np.testing.assert_array_equal(table.y, drawn.samples()[1])


def test_a_title_of_its_own_travels_too() -> None:
    own = drawn_table(at_random(MAX_POINTS_IN_LINK)).own.model_copy(update={"title": "Spiral"})
    assert OwnData.model_validate(read_own(write_own(own))) == own


def test_a_link_to_more_points_names_what_is_needed() -> None:
    own = drawn_table(at_random(MAX_POINTS_IN_LINK + 1)).own
    found = OwnData.model_validate(read_own(write_own(own)))
    assert found == own.model_copy(update={"points": ""})
    assert DatasetConfig(own=found).digest == DatasetConfig(own=own).digest
    with pytest.raises(tables.MissingDataError, match="Load the file of the points"):
        tables.find(found)


def test_a_damaged_link_is_refused() -> None:
    text = write_own(drawn_table(at_random(20)).own)
    with pytest.raises(ValueError, match="altered or cut off"):
        read_own(text[:-1])
    with pytest.raises(ValueError, match="needs two classes"):
        read_own(write_drawn(DrawnPoints()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "Other", "content": "0" * 64},
        {"n_rows": 41, "class_counts": (21, 20)},
        {"class_names": ("a", "b")},
        {"class_counts": (1, 39)},
        {"columns": ({"name": "x1"},)},
        {"columns": ({"name": "x2"}, {"name": "x1"})},
        {"target_name": "z"},
        {"source": "file"},
        {"group_sizes": (20, 20)},
        {"points": "c"},
    ],
    ids=str,
)
def test_facts_that_contradict_the_points_are_refused(wrong: dict[str, Any]) -> None:
    points = tuple(DrawnPoint(i, -i, i % 2) for i in range(40))
    facts = drawn_table(DrawnPoints("classes", points)).own.model_dump(mode="json")
    assert OwnData.model_validate({**facts, "title": "Other"}).points
    with pytest.raises(ValueError, match=r"contradict the drawn points|altered or cut off"):
        OwnData.model_validate({**facts, **wrong})


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="needs two classes"):
        drawn_table(DrawnPoints("classes", (DrawnPoint(0, 0),)))


@pytest.mark.parametrize("mode", MODES)
def test_networks_learn_from_points_of_a_link_as_from_arrays(mode: Any) -> None:
    drawn = at_random(60, mode, spread=300)
    data = DatasetConfig(own=drawn_table(drawn).own, test_fraction=0.2)
    run = RunConfig.from_url(
        RunConfig(
            dataset=data,
            model=ModelConfig(hidden_sizes=(3,)),
            training=TrainingConfig(max_epochs=3),
        ).to_url()
    )
    assert run.dataset == data
    tables.forget(data.own.content)
    X, y = drawn.samples()
    dataset = Dataset.from_arrays(X, y, test_fraction=0.2)
    expected = train(run.model_copy(update={"dataset": dataset.config}), dataset=dataset)
    for name, values in train(run).history.items():
        if "seconds" not in name:
            np.testing.assert_array_equal(values, expected.history[name])
