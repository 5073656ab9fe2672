"""Files that people bring back: settings as JSON, or a whole run as safetensors."""

import json
from typing import Any

from pydantic import ValidationError

from annlab.config import RunConfig
from annlab.runs.run import Run
from annlab.tensor_file import SavedFileError
from annlab.validation import explain

# A run keeps a few megabytes; only of very large networks, or of thousands of networks and epochs,
# it is more. Those are read in Python alone.
MAX_FILE_BYTES = 20_000_000
# Settings take about one kilobyte. Each wrong value in them costs a thousand times its size.
MAX_SETTINGS_BYTES = 100_000
# What is said about a file is short, whatever stands in it.
MAX_SENTENCE = 250
_MAX_NAMED = 3


def read_file(data: bytes) -> RunConfig | Run:
    """Read what was saved: settings, or a run.

    Nothing in a file is executed: it holds JSON or numbers.

    Parameters
    ----------
    data : bytes
        What `RunConfig.model_dump_json` or `Run.to_bytes` wrote; from anybody.

    Returns
    -------
    RunConfig or Run

    Raises
    ------
    SavedFileError
        If the data are larger than `MAX_FILE_BYTES` (for settings `MAX_SETTINGS_BYTES`), cut
        off, altered or foreign, or the settings are invalid; the message is one or a few
        sentences for people.
    """
    try:
        read, max_bytes = (
            (Run.from_bytes, MAX_FILE_BYTES)
            if _is_safetensors(data)
            else (_read_settings, MAX_SETTINGS_BYTES)
        )
        if len(data) > max_bytes:
            raise SavedFileError(
                f"This file has {len(data) / 1e6:,.1f} MB; at most {max_bytes / 1e6:g} MB are read."
            )
        return read(data)
    except SavedFileError as error:
        text = str(error)
        if len(text) <= MAX_SENTENCE:
            raise
        raise SavedFileError(text[:MAX_SENTENCE] + "…") from error


def _is_safetensors(data: bytes) -> bool:
    # The length of its header is a little-endian number of eight bytes, whose last is zero in
    # every file of this world; a header in JSON follows. Text has no such bytes.
    return data[7:9] == b"\0{"


def _read_settings(data: bytes) -> RunConfig:
    try:
        # Before pydantic sees them: NaN and numbers of thousands of digits.
        values = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise SavedFileError(
            "This is neither a run nor settings that annlab saved, or it was cut off."
        ) from error
    if not isinstance(values, dict):
        raise SavedFileError("Settings are a JSON object, as annlab saves them.")
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        said = explain(error)
        more = f" and {len(said) - _MAX_NAMED} more" if len(said) > _MAX_NAMED else ""
        raise SavedFileError(
            f"These settings are invalid: {'; '.join(said[:_MAX_NAMED])}{more}."
        ) from error


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")
