"""Exported scripts stop when annlab stops, and score the weights that annlab shows."""

from pathlib import Path

import numpy as np
import pytest

from annlab import RunConfig
from annlab.exports.keras import keras_script
from annlab.exports.lightning import lightning_script
from tests.exports.scripts import BY_CHANCE, EXACT, N_NETWORKS, Train, Write, run_scripts, with_seed

N_SCRIPTS = 2
# Lines that print the number of epochs until a script stops.
_EPOCHS: dict[Write, str] = {
    lightning_script: "\nprint(trainer.current_epoch)\n",
    keras_script: "\nprint(early_stopping.stopped_epoch + 1)\n",
}
by_script = pytest.mark.parametrize("write", _EPOCHS)


def _epochs(write: Write, config: RunConfig, folder: Path, n_scripts: int) -> list[int]:
    scripts = [with_seed(write(config), seed) + _EPOCHS[write] for seed in range(n_scripts)]
    return [int(one.text.split()[-1]) for one in run_scripts(scripts, folder)]


@by_script
def test_without_chance_a_script_stops_in_the_same_epoch(
    write: Write, tmp_path: Path, trained: Train
) -> None:
    config = EXACT["early stopping with weight decay"]
    run = trained(config)
    assert run.stops_early
    assert run.n_epochs < config.training.max_epochs
    assert _epochs(write, config, tmp_path, 1) == [run.n_epochs]


@by_script
def test_with_dropout_and_no_validation_split_a_script_stops_in_as_many_epochs(
    write: Write, tmp_path: Path, trained: Train
) -> None:
    config = BY_CHANCE["early stopping with dropout and without a validation split"]
    training = config.training.model_copy(update={"n_seeds": N_NETWORKS, "seed": 100})
    ours = trained(config.model_copy(update={"training": training})).epochs_trained
    theirs = np.array(_epochs(write, config, tmp_path, N_SCRIPTS))
    # The range of 30 annlab networks, widened by half of it, must contain 2 script results.
    room = (ours.max() - ours.min()) / 2
    assert ours.min() - room <= theirs.min() <= theirs.max() <= ours.max() + room
