"""Arrays and JSON in one safetensors file that notices when it was changed.

safetensors holds numbers only: nothing in such a file can be executed.
"""

import hashlib
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as _load
from safetensors.numpy import save as _save

FORMAT = 1
_MAX_HEADER_BYTES = 1_000_000
# Of the JSON reader: no JSON, or JSON nested deeper than Python goes.
_UNREADABLE = (ValueError, RecursionError)


class SavedFileError(ValueError):
    """A saved file is damaged, foreign or of another version. The message is shown to users."""


def dump(arrays: dict[str, NDArray[Any]], facts: dict[str, Any], *, kind: str) -> bytes:
    """Write arrays and facts.

    Parameters
    ----------
    arrays : dict of ndarray
        By name.
    facts : dict
        Anything JSON can hold.
    kind : str
        What this is, such as "run"; `load` asks for it again.

    Returns
    -------
    bytes
        A safetensors file.
    """
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    text = json.dumps(facts, sort_keys=True)
    metadata = {
        "annlab": kind,
        "format": str(FORMAT),
        "facts": text,
        "checksum": _checksum(arrays, kind, text),
    }
    return _save(arrays, metadata)


def load(data: bytes, *, kind: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read what `dump` wrote.

    Returns
    -------
    arrays : dict of ndarray
    facts : dict

    Raises
    ------
    SavedFileError
        If the data are cut off, altered, of another kind or not from annlab.
    """
    try:
        metadata = _metadata(data)
        arrays = _load(data)
    except (*_UNREADABLE, SafetensorError, KeyError, TypeError, AttributeError) as error:
        raise SavedFileError("This is not a safetensors file, or it was cut off.") from error
    if metadata.get("annlab") != kind:
        raise SavedFileError(f"This safetensors file was not saved as a {kind} by annlab.")
    if metadata.get("format") != str(FORMAT):
        raise SavedFileError(
            f"This {kind} was saved in format {metadata.get('format')}; this version of annlab "
            f"reads format {FORMAT}."
        )
    text = metadata.get("facts", "")
    if metadata.get("checksum") != _checksum(arrays, kind, text):
        raise SavedFileError(f"This {kind} was altered after it was saved.")
    # The checksum is no signature: what it covers may still have been made up.
    try:
        facts = json.loads(text)
    except _UNREADABLE as error:
        raise SavedFileError(f"The description of this {kind} cannot be read.") from error
    if not isinstance(facts, dict):
        raise SavedFileError(f"The description of this {kind} cannot be read.")
    return arrays, facts


def _metadata(data: bytes) -> dict[str, str]:
    # safetensors.numpy reads tensors only. The layout is fixed by the format: 8 bytes with
    # the header's length, then the header in JSON.
    length = int.from_bytes(data[:8], "little")
    if length > _MAX_HEADER_BYTES:
        raise ValueError("header too large")
    metadata: dict[str, str] = dict(json.loads(data[8 : 8 + length])["__metadata__"])
    return metadata


def _checksum(arrays: dict[str, NDArray[Any]], kind: str, text: str) -> str:
    sha = hashlib.sha256(f"{kind}\n{text}\n".encode())
    for name in sorted(arrays):
        array = arrays[name]
        sha.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        sha.update(np.ascontiguousarray(array).data)
    return sha.hexdigest()
