"""The history of a run as logs that TensorBoard shows."""

import io
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.exports import eventfile
from annlab.fields import FIELDS
from annlab.recording import history_columns
from annlab.run import Run

# TensorBoard itself keeps so many points of a curve.
MAX_EPOCHS = 1000
# Epochs of all networks together: about two seconds of work.
MAX_EVENTS = 100_000
_PARTS = ("train", "val")


def tag(column: str) -> str:
    """TensorBoard's name of a column of the history: one chart for each word before the slash.

    Returns
    -------
    str
        "loss/train" for "train_loss", "gradient_norm/1" for "gradient_norm_1".
    """
    first, _, rest = column.partition("_")
    return f"{rest}/{first}" if first in _PARTS else "/".join(column.rsplit("_", 1))


def tensorboard_zip(run: Run) -> bytes:
    """Pack the history of a run for TensorBoard.

    Parameters
    ----------
    run : Run
        Whose history and settings.

    Returns
    -------
    bytes
        A zip file with a folder for each network, ``seed_0`` and so on; in it one event file
        with a scalar for each column and epoch, named as `tag` says, and with the settings,
        as a text and as hyperparameters. A run does not know its date: its clock starts in
        1970. Of more than `MAX_EPOCHS` epochs, or `MAX_EVENTS` in all networks together,
        evenly chosen ones, with the first and the last.
    """
    columns = {tag(name): run.history[name] for name in history_columns(run.config)}
    epochs = _kept_epochs(run)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for k in range(run.n_seeds):
            seed = run.config.training.seed + k
            # A ZipInfo of its own has no date either: the same run gives the same bytes.
            entry = zipfile.ZipInfo(f"seed_{seed}/events.out.tfevents.0.annlab")
            entry.compress_type = zipfile.ZIP_DEFLATED
            records = [eventfile.header(0.0), eventfile.event(0.0, 0, _settings(run.config, seed))]
            records += [
                eventfile.event(
                    float(run.epoch_seconds[epoch]),
                    int(epoch),
                    eventfile.scalars({name: values[epoch, k] for name, values in columns.items()}),
                )
                for epoch in epochs
            ]
            archive.writestr(entry, b"".join(records))
    return data.getvalue()


def _kept_epochs(run: Run) -> NDArray[Any]:
    n = len(run.epoch_seconds)
    at_most = max(2, min(n, MAX_EPOCHS, MAX_EVENTS // run.n_seeds))
    return np.unique(np.linspace(0, n - 1, at_most).round().astype(int))


def _settings(config: RunConfig, seed: int) -> bytes:
    """What the network of one seed was trained with."""
    model = config.model.model_copy(update={"output_activation": config.output_activation})
    training = config.training.model_copy(update={"loss": config.loss})
    config = config.model_copy(update={"model": model, "training": training})
    values = {
        field.label: field.of(config)
        if _is_number(field.of(config))
        else field.to_text(config) or "none"
        for field in FIELDS
        if field.of(config) is not None
    } | {"Seed": seed}
    table = ["| setting | value |", "|---|---|"]
    table += [f"| {name} | {value} |" for name, value in values.items()]
    return eventfile.text("settings", "\n".join(table)) + eventfile.hyperparameters(values)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
