"""Runs that come with annlab: the pages of a new server open with results and train nothing.

`python -m tests.store.ship` trains them and writes the folder ``shipped`` beside this file. A run
of an earlier results version, or of settings that no page opens with any more, is never found,
because files are found by digest.
"""

from pathlib import Path

from annlab.config import RunConfig
from annlab.datasets.serialize import dataset_from_bytes
from annlab.runs.run import Run

FOLDER = Path(__file__).with_name("shipped")


def run_file(config: RunConfig, folder: Path = FOLDER) -> Path:
    """File of a run, written by `Run.to_bytes`."""
    return folder / f"{config.digest}.run"


def data_file(config: RunConfig, folder: Path = FOLDER) -> Path:
    """File of a run's data, written by `annlab.datasets.serialize.bytes_for_display`."""
    return folder / f"{config.data_digest}.data"


class ShippedRuns:
    """The runs of a folder, each of which is given once; safe to use from several threads.

    Who deletes one does not see it again before the next start of the server.

    Parameters
    ----------
    folder : Path
        Folder of the files.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._left = {path.stem: path for path in folder.glob("*.run")}

    def take(self, digest: str) -> tuple[Run, bytes] | None:
        """Return a run and its data; None if there is none, or if it was given before.

        Raises
        ------
        OSError, annlab.tensor_file.SavedFileError
            If the files are incomplete or damaged.
        """
        path = self._left.pop(digest, None)
        if path is None:
            return None
        run = Run.from_bytes(path.read_bytes())
        data = data_file(run.config, self._folder).read_bytes()
        dataset_from_bytes(data)  # an error now, not when the run is shown
        return run, data
