"""The Keras script: it runs without annlab and scores like annlab."""

from pathlib import Path
from typing import Any

import pytest

from annlab.exports.keras import keras_script
from tests.exports.configs import BY_CHANCE, DEFAULT, EXACT, FROM_FILES, config_of
from tests.exports.scripts import (
    N_SCRIPTS,
    Printed,
    Train,
    assert_same_files_are_read,
    assert_same_score,
    assert_stops_in_as_many_epochs,
    assert_stops_where_annlab_stops,
    assert_within_spread,
    run_all,
    scores,
)

# Nadam in Keras has another momentum schedule, a small difference in few steps.
TOLERANCE = {"nadam, mae": 0.005}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Printed]]:
    """Outputs of the scripts of all configs."""
    return run_all(keras_script, tmp_path_factory.mktemp("keras"))


@pytest.mark.parametrize("name", EXACT)
def test_without_chance_the_score_is_the_same(
    name: str, printed: dict[str, list[Printed]], trained: Train
) -> None:
    assert_same_score(name, printed[name][0], trained, TOLERANCE.get(name, 1e-5))


@pytest.mark.parametrize("name", TOLERANCE)
def test_script_with_a_known_difference_has_a_comment(
    name: str, printed: dict[str, list[Printed]], trained: Train
) -> None:
    (expected,) = scores(EXACT[name], trained, 1)
    assert printed[name][0].score != pytest.approx(expected, rel=1e-4)
    assert "scores differ" in keras_script(EXACT[name])


def test_no_other_script_has_the_comment() -> None:
    saying = [name for name, config in EXACT.items() if "scores differ" in keras_script(config)]
    assert saying == list(TOLERANCE)


@pytest.mark.parametrize(
    ("optimizer", "changes", "differs"),
    [
        ("momentum", {"schedule": "cosine"}, True),
        ("nesterov", {"schedule": "step"}, True),
        ("adam", {"schedule": "cosine"}, False),
        ("momentum", {"clip_norm": 1.0, "weight_decay": 0.1}, True),
        ("adamw", {"clip_norm": 1.0, "weight_decay": 0.1}, False),
        ("momentum", {"clip_norm": 1.0, "l1": 0.1}, False),
    ],
)
def test_known_differences_of_schedules_and_clipping_have_a_comment(
    optimizer: str, changes: dict[str, Any], differs: bool
) -> None:
    config = config_of({"name": "moons"}, {}, {"optimizer": optimizer, **changes})
    assert ("scores differ" in keras_script(config)) == differs


@pytest.mark.parametrize("name", BY_CHANCE)
def test_with_chance_the_score_lies_within_the_spread(
    name: str, printed: dict[str, list[Printed]], trained: Train
) -> None:
    assert_within_spread(name, printed[name], trained)


@pytest.mark.parametrize("name", [*EXACT, *BY_CHANCE])
def test_a_script_runs_without_warnings(name: str, printed: dict[str, list[Printed]]) -> None:
    for one in printed[name]:
        assert one.own_warnings == []


def test_script_score_depends_on_the_seed(printed: dict[str, list[Printed]]) -> None:
    assert len({one.score for one in printed["regression"]}) == N_SCRIPTS


@pytest.mark.slow
def test_scripts_read_the_same_files(tmp_path: Path, shared_datasets: Path, trained: Train) -> None:
    assert_same_files_are_read(keras_script, tmp_path, trained)


def test_early_stopping_monitors_the_loss_without_penalty() -> None:
    both = EXACT["early stopping with weight decay"]
    best = 'mode="min", patience=2, restore_best_weights=True'
    assert f'"val_loss_alone", {best}' in keras_script(both)
    for changed in ({"weight_decay": 0.0}, {"optimizer": "adamw"}):
        training = both.training.model_copy(update=changed)
        script = keras_script(both.model_copy(update={"training": training}))
        assert f'"val_loss", {best}' in script
        assert "loss_alone" not in script


def test_script_names_required_packages() -> None:
    assert "Needs keras, scikit-learn and pooch. " in keras_script(FROM_FILES["fashion_mnist"])
    assert "Needs keras and scikit-learn. " in keras_script(DEFAULT)


def test_without_chance_a_script_stops_in_the_same_epoch(
    printed: dict[str, list[Printed]], trained: Train
) -> None:
    assert_stops_where_annlab_stops(printed["early stopping with weight decay"][0], trained)


def test_with_dropout_and_no_validation_split_a_script_stops_in_as_many_epochs(
    printed: dict[str, list[Printed]], trained: Train
) -> None:
    name = "early stopping with dropout and without a validation split"
    assert_stops_in_as_many_epochs(printed[name], trained)
