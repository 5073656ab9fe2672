"""Registry of export formats: one entry per kind of file."""

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
    """File format for the export of a run.

    Attributes
    ----------
    label, ending, mime : str
        Display name, file name extension, MIME type.
    make : callable
        Returns the file of a run as text or bytes; called on download.
    help : str
        One line on how to open the file; may be empty.
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
# Scripts that the page also displays.
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
        "For pandas, R and other tools. Very long histories: evenly spaced epochs",
    ),
    Export(
        "History for Excel",
        ".xlsx",
        XLSX,
        history_xlsx,
        "Long histories: evenly spaced epochs (see the sheet About)",
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
