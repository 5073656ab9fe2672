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
    """The runs of a folder; each stands in once for a run that is missing.

    Parameters
    ----------
    folder : Path
        Folder of the files.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._left = {path.stem for path in folder.glob("*.run")}

    def __contains__(self, digest: str) -> bool:
        return digest in self._left

    def drop(self, digest: str) -> None:
        """Never give a run: the store has it, or somebody deletes it."""
        self._left.discard(digest)

    def take(self, digest: str) -> tuple[Run, bytes]:
        """Return a run and its data, and drop it.

        Raises
        ------
        OSError, annlab.tensor_file.SavedFileError
            If the files are incomplete or damaged.
        """
        self.drop(digest)
        run = Run.from_bytes((self._folder / f"{digest}.run").read_bytes())
        data = data_file(run.config, self._folder).read_bytes()
        dataset_from_bytes(data)  # an error now, not when the run is shown
        return run, data
