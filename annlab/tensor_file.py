"""Arrays and JSON facts in one safetensors file with a checksum.

A safetensors file holds only numbers and JSON, so reading one never executes code.
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
# Errors of the JSON reader: invalid JSON, or JSON nested deeper than Python's recursion limit.
_UNREADABLE = (ValueError, RecursionError)
_NOT_READABLE = "This is not a safetensors file, or it was cut off."


class SavedFileError(ValueError):
    """A saved file is damaged, foreign or of another version. The message is shown to users."""


class UnknownVersionError(SavedFileError):
    """A saved file is not damaged, but of a version that this annlab does not know."""


def dump(arrays: dict[str, NDArray[Any]], facts: dict[str, Any], *, kind: str) -> bytes:
    """Write arrays and facts to the bytes of a safetensors file.

    Parameters
    ----------
    arrays : dict of ndarray
        By name.
    facts : dict
        Values that JSON can represent.
    kind : str
        Kind of file, such as "run"; `load` requires the same kind.

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
    """Read the arrays and facts that `dump` wrote.

    Returns
    -------
    arrays : dict of ndarray
    facts : dict

    Raises
    ------
    SavedFileError
        If the data are cut off, altered, of another kind or not from annlab.
    UnknownVersionError
        If the data are of another format.
    """
    try:
        metadata = _metadata(data)
    except (*_UNREADABLE, KeyError, TypeError) as error:
        raise SavedFileError(_NOT_READABLE) from error
    if metadata.get("annlab") != kind:
        raise SavedFileError(f"This safetensors file was not saved as a {kind} by annlab.")
    if metadata.get("format") != str(FORMAT):
        raise UnknownVersionError(
            f"This {kind} was saved in format {metadata.get('format')}; this version of annlab "
            f"reads format {FORMAT}."
        )
    try:  # last, because another format may have arrays that cannot be read here
        arrays = _load(data)
    except (*_UNREADABLE, SafetensorError, KeyError, TypeError, AttributeError) as error:
        raise SavedFileError(_NOT_READABLE) from error
    text = metadata.get("facts", "")
    if metadata.get("checksum") != _checksum(arrays, kind, text):
        raise SavedFileError(f"This {kind} was altered after it was saved.")
    # A valid checksum does not prove the origin of a file: anybody can compute it.
    try:
        facts = json.loads(text)
    except _UNREADABLE as error:
        raise SavedFileError(f"The description of this {kind} cannot be read.") from error
    if not isinstance(facts, dict):
        raise SavedFileError(f"The description of this {kind} cannot be read.")
    return arrays, facts


def _metadata(data: bytes) -> dict[str, str]:
    # safetensors.numpy reads only tensors. The format fixes the layout: 8 bytes with the length
    # of the header, then the header as JSON.
    length = int.from_bytes(data[:8], "little")
    if length > _MAX_HEADER_BYTES:
        raise ValueError("header too large")
    metadata: dict[str, str] = json.loads(data[8 : 8 + length])["__metadata__"]
    if not isinstance(metadata, dict):
        raise TypeError("metadata must be an object")
    return metadata


def _checksum(arrays: dict[str, NDArray[Any]], kind: str, text: str) -> str:
    sha = hashlib.sha256(f"{kind}\n{text}\n".encode())
    for name in sorted(arrays):
        array = arrays[name]
        sha.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        sha.update(np.ascontiguousarray(array).data)
    return sha.hexdigest()
