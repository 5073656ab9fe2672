"""What can be taken along of a run: one entry for each kind of file."""

from collections.abc import Callable
from dataclasses import dataclass

from annlab.exports.keras import keras_script
from annlab.exports.lightning import lightning_script
from annlab.exports.notebook import notebook
from annlab.exports.tensorboard import tensorboard_zip
from annlab.run import Run


@dataclass(frozen=True)
class Export:
    """A kind of file that a run can be made into.

    Attributes
    ----------
    label, ending, mime : str
        What it is called, how its name ends, what kind of file it is.
    make : callable
        The run as this file: a text, or bytes. Called only when it is asked for.
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
# Those that are also there to be read.
SCRIPTS = (LIGHTNING, KERAS)

EXPORTS = (
    Export("Weights and history", ".safetensors", "application/octet-stream", Run.to_bytes),
    Export(
        "Settings", ".json", "application/json", lambda run: run.config.model_dump_json(indent=2)
    ),
    Export("History as a table", ".csv", "text/csv", Run.history_csv),
    LIGHTNING,
    Export("Notebook", ".ipynb", "application/x-ipynb+json", lambda run: notebook(run.config)),
    KERAS,
    Export("Logs for TensorBoard", "_tensorboard.zip", "application/zip", tensorboard_zip),
)
