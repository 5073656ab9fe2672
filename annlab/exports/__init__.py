"""Exports of a run: one entry for each kind of file."""

from collections.abc import Callable
from dataclasses import dataclass

from annlab.exports.history import history_csv, history_xlsx
from annlab.exports.keras import keras_script
from annlab.exports.lightning import lightning_script
from annlab.exports.notebook import notebook
from annlab.exports.tensorboard import tensorboard_zip
from annlab.runs.run import Run


@dataclass(frozen=True)
class Export:
    """A kind of file that a run can be exported as.

    Attributes
    ----------
    label, ending, mime : str
        Its name for people, the end of its file name, its kind of content.
    make : callable
        Returns the file of a run: text, or bytes. Called only when somebody downloads it.
    help : str
        What to know before opening it, in one line; may be empty.
    """

    label: str
    ending: str
    mime: str
    make: Callable[[Run], str | bytes]
    help: str = ""


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
    Export(
        "Weights and history",
        ".safetensors",
        "application/octet-stream",
        Run.to_bytes,
        "Everything about the run. docs/run-file.md says how to predict from it with NumPy alone",
    ),
    Export(
        "Settings", ".json", "application/json", lambda run: run.config.model_dump_json(indent=2)
    ),
    Export(
        "History as CSV",
        ".csv",
        "text/csv",
        history_csv,
        "For pandas, R and other tools. Very long histories: evenly chosen epochs",
    ),
    Export(
        "History for Excel",
        ".xlsx",
        XLSX,
        history_xlsx,
        "Long histories: evenly chosen epochs, as the sheet About says",
    ),
    LIGHTNING,
    Export(
        "Notebook",
        ".ipynb",
        "application/x-ipynb+json",
        lambda run: notebook(run.config),
        "Opens in Jupyter and on Colab",
    ),
    KERAS,
    Export(
        "Logs for TensorBoard",
        "_tensorboard.zip",
        "application/zip",
        tensorboard_zip,
        "Unpack all models into one folder, then run tensorboard --logdir . there",
    ),
)
