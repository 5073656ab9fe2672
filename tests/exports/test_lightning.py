"""The Lightning script: it runs without annlab and scores like annlab."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annlab import TrainingConfig
from annlab.exports.lightning import lightning_script
from tests.exports.configs import BY_CHANCE, DEFAULT, EXACT, FROM_FILES, OF_STEPS, config_of
from tests.exports.scripts import (
    N_NETWORKS,
    N_SCRIPTS,
    Printed,
    Train,
    assert_same_files_are_read,
    assert_same_score,
    assert_stops_in_as_many_epochs,
    assert_stops_where_annlab_stops,
    assert_within_spread,
    environment,
    run_all,
    scores,
)


@pytest.fixture(scope="module")
def default_script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """Script of the default experiment, run by itself, concurrently with the other scripts."""
    folder = tmp_path_factory.mktemp("default")
    (folder / "model_b.py").write_text(lightning_script(DEFAULT), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-P", "model_b.py"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture(scope="module")
def printed(
    tmp_path_factory: pytest.TempPathFactory, default_script: subprocess.Popen[str]
) -> dict[str, list[Printed]]:
    """Outputs of the scripts of all configs."""
    return run_all(lightning_script, tmp_path_factory.mktemp("lightning"))


@pytest.mark.parametrize("name", EXACT)
def test_without_chance_the_score_is_the_same(
    name: str, printed: dict[str, list[Printed]], trained: Train
) -> None:
    assert_same_score(name, printed[name][0], trained)


def test_scripts_read_the_same_files(tmp_path: Path, shared_datasets: Path, trained: Train) -> None:
    assert_same_files_are_read(lightning_script, tmp_path, trained)


@pytest.mark.parametrize("name", BY_CHANCE)
def test_with_chance_the_score_lies_within_the_spread(
    name: str, printed: dict[str, list[Printed]], trained: Train
) -> None:
    assert_within_spread(name, printed[name], trained)


def test_script_names_required_packages() -> None:
    pooch = "Needs torch, pytorch-lightning, scikit-learn and pooch.\n"
    assert pooch in lightning_script(FROM_FILES["fashion_mnist"])
    plain = lightning_script(DEFAULT)
    assert "Needs torch, pytorch-lightning and scikit-learn.\n" in plain
    assert "pooch" not in plain


def test_script_score_depends_on_the_seed(printed: dict[str, list[Printed]]) -> None:
    assert len({one.score for one in printed["regression"]}) == N_SCRIPTS


def test_without_early_stopping_nothing_is_watched() -> None:
    config = BY_CHANCE["early stopping"]
    assert 'EarlyStopping("val_loss", patience=2)' in lightning_script(config)
    never = config.training.model_copy(update={"early_stopping_patience": 0})
    script = lightning_script(config.model_copy(update={"training": never}))
    assert "EarlyStopping" not in script
    assert "KeepBest" not in script


@pytest.mark.parametrize("init", ["he_uniform", "pytorch"])
def test_the_scale_multiplies_all_initial_weights(init: str) -> None:
    drawn = {}
    for scale in (1.0, 0.5):
        model = {"hidden_sizes": (3,), "init": init, "init_scale": scale}
        script = lightning_script(config_of({"name": "moons"}, model, {}))
        until_training, _ = script.split("# --- Training ---")
        names: dict[str, Any] = {}
        exec(until_training, names)
        drawn[scale] = [p.detach().numpy() for p in names["Network"]().parameters()]
    assert len(drawn[1.0]) == 4
    for whole, half in zip(drawn[1.0], drawn[0.5], strict=True):
        np.testing.assert_array_equal(half, 0.5 * whole)
    assert all(values.any() for values in drawn[0.5][::2])


@pytest.mark.parametrize("name", OF_STEPS)
def test_each_setting_of_the_steps_changes_the_score(name: str, trained: Train) -> None:
    config = EXACT[name]
    (expected,) = scores(config, trained, 1)
    usual = TrainingConfig()
    for field in OF_STEPS[name].keys() & {"l1", "clip_norm", "schedule", "weight_decay"}:
        without = config.training.model_copy(update={field: getattr(usual, field)})
        (found,) = scores(config.model_copy(update={"training": without}), trained, 1)
        assert abs(found / expected - 1) > 0.01


@pytest.mark.parametrize("name", [*EXACT, *BY_CHANCE])
def test_a_script_runs_without_warnings(name: str, printed: dict[str, list[Printed]]) -> None:
    for one in printed[name]:
        assert one.own_warnings == []


def test_default_script_runs_alone(default_script: subprocess.Popen[str], trained: Train) -> None:
    text, _ = default_script.communicate(timeout=120)
    assert default_script.returncode == 0
    one = Printed(text, [])
    assert one.said == "accuracy on the train split:"
    expected = scores(DEFAULT, trained, N_NETWORKS)
    # Within the range of 30 scores, plus 2 of 1,000 samples.
    assert expected.min() - 0.002 <= one.score <= expected.max()


def test_without_chance_a_script_stops_in_the_same_epoch(
    printed: dict[str, list[Printed]], trained: Train
) -> None:
    assert_stops_where_annlab_stops(printed["early stopping with weight decay"][0], trained)


def test_with_dropout_and_no_validation_split_a_script_stops_in_as_many_epochs(
    printed: dict[str, list[Printed]], trained: Train
) -> None:
    name = "early stopping with dropout and without a validation split"
    assert_stops_in_as_many_epochs(printed[name], trained)
