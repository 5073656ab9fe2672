"""Read uploaded files: settings as JSON, or a whole run as safetensors."""

import json
from typing import Any

from pydantic import ValidationError

from annlab.config import RunConfig
from annlab.runs.budget import check_data
from annlab.runs.run import Run
from annlab.tensor_file import SavedFileError
from annlab.validation import explain

# Most runs have a few megabytes. Only Python code reads larger ones, which have very large
# networks, or thousands of networks and epochs.
MAX_FILE_BYTES = 20_000_000
# Settings take about 1 kB, and 10,000 initial weights 220 kB. The limit matters because an invalid
# value costs 1,000 times its size.
MAX_SETTINGS_BYTES = 300_000
# Limits for a message about a file, because a file can contain text of any length.
MAX_SENTENCE = 250
_MAX_NAMED = 3


def read_file(data: bytes) -> RunConfig | Run:
    """Read an uploaded file of settings or of a run.

    A file holds only JSON and numbers, so reading one never executes code.

    Parameters
    ----------
    data : bytes
        Output of `RunConfig.model_dump_json` or `Run.to_bytes`; untrusted input.

    Returns
    -------
    RunConfig or Run

    Raises
    ------
    SavedFileError
        If the data are larger than `MAX_FILE_BYTES` (for settings `MAX_SETTINGS_BYTES`), cut
        off, altered or foreign, or the settings are invalid; the message is shown to users.
    """
    try:
        read, max_bytes = (
            (Run.from_bytes, MAX_FILE_BYTES)
            if _is_safetensors(data)
            else (_read_settings, MAX_SETTINGS_BYTES)
        )
        if len(data) > max_bytes:
            raise SavedFileError(
                f"This file has {len(data) / 1e6:,.1f} MB; the limit is {max_bytes / 1e6:g} MB."
            )
        found = read(data)
        if isinstance(found, Run):
            _check_own_data(found)
        return found
    except SavedFileError as error:
        text = str(error)
        if len(text) <= MAX_SENTENCE:
            raise
        raise SavedFileError(text[:MAX_SENTENCE] + "…") from error


def _check_own_data(run: Run) -> None:
    """Refuse a small file that would have the server build enormous data to show it."""
    try:
        check_data(run.config)
    except ValueError as error:
        raise SavedFileError(str(error)) from None


def _is_safetensors(data: bytes) -> bool:
    # A safetensors file starts with the length of its JSON header as 8 little-endian bytes. The
    # last byte is zero for any realistic length, and text has no zero bytes.
    return data[7:9] == b"\0{"


def _read_settings(data: bytes) -> RunConfig:
    try:
        # The JSON reader rejects NaN and numbers of thousands of digits, which pydantic does not.
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
    raise ValueError(f"{constant} is not a number")
