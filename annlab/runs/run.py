"""Run: the result of a training, which can be kept in a file."""

from dataclasses import dataclass
from pathlib import Path

from annlab.runs.run_file import run_from_bytes, run_to_bytes
from annlab.runs.run_record import RunRecord


@dataclass(frozen=True)
class Run(RunRecord):
    """Result of a training: config, history and weights of all networks, as in `RunRecord`."""

    def to_bytes(self) -> bytes:
        """Serialize the run as one safetensors file."""
        return run_to_bytes(self)

    @staticmethod
    def from_bytes(data: bytes) -> "Run":
        """Read a run from the bytes of `to_bytes`.

        Raises
        ------
        SavedFileError
            If the data are cut off, altered, foreign or inconsistent; the message is shown to
            users.
        """
        return run_from_bytes(data, Run)

    def save(self, path: str | Path) -> None:
        """Write the run to a file: safetensors and JSON, never pickle."""
        Path(path).write_bytes(self.to_bytes())

    @staticmethod
    def load(path: str | Path) -> "Run":
        """Read a run from a file of `save`.

        Raises
        ------
        SavedFileError
            If the file is cut off, altered, foreign or inconsistent; the message is shown to
            users.
        """
        return Run.from_bytes(Path(path).read_bytes())
