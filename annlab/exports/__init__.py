"""Exports of a run: one entry for each kind of file."""

from collections.abc import Callable
from dataclasses import dataclass

from annlab.exports.history import history_csv, history_xlsx
from annlab.exports.keras import keras_script
from annlab.exports.lightning import lightning_script
from annlab.exports.notebook import notebook
from annlab.exports.tensorboard import tensorboard_zip
from annlab.run import Run


@dataclass(frozen=True)
class Export:
    """A kind of file that a run can be exported as.

    Attributes
    ----------
    label, ending, mime : str
        Its name for people, the end of its file name, its kind of content.
    make : callable
        Returns the file of a run: text, or bytes. Called only when somebody downloads it.
    """

    label: str
    ending: str
    mime: str
    make: Callable[[Run], str | bytes]


LIGHTNING = Export(
    "Script for PyTorch Lightning",
    ".py",
    "text/x-python",
    lambda run: lightning_script(run.config),
)
KERAS = Export(
    "Script for Keras",
    "_keras.py",
    "text/x-python",
    lambda run: keras_script(run.config),
)
# Scripts that the page also shows.
SCRIPTS = (LIGHTNING, KERAS)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

EXPORTS = (
    Export("Weights and history", ".safetensors", "application/octet-stream", Run.to_bytes),
    Export(
        "Settings", ".json", "application/json", lambda run: run.config.model_dump_json(indent=2)
    ),
    Export("History as CSV", ".csv", "text/csv", history_csv),
    Export("History for Excel", ".xlsx", XLSX, history_xlsx),
    LIGHTNING,
    Export("Notebook", ".ipynb", "application/x-ipynb+json", lambda run: notebook(run.config)),
    KERAS,
    Export("Logs for TensorBoard", "_tensorboard.zip", "application/zip", tensorboard_zip),
)
