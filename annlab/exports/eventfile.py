"""TensorBoard's event files, byte by byte: records of protocol buffers.

Written by hand because the libraries that write them bring PyTorch or a whole server along,
and a process that serves pages shall load neither. Only what is needed is here: scalars,
texts and hyperparameters.

References
----------
The messages and the numbers of their fields: ``event.proto``, ``summary.proto`` and
``tensor.proto`` of TensorFlow; ``plugin_data.proto`` of TensorBoard's hparams plugin;
``struct.proto`` of protocol buffers. The records: ``record_writer.h`` of TensorFlow.
"""

import struct
from collections.abc import Mapping

_DT_STRING = 7  # in tensor.proto's DataType


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)  # Castagnoli's polynomial
        table.append(value)
    return tuple(table)


_CRC_TABLE = _crc_table()


def crc32c(data: bytes) -> int:
    """The checksum CRC-32C (RFC 3720, appendix B.4)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _checked(data: bytes) -> bytes:
    """Data with their checksum, masked because it is stored beside what it is of."""
    crc = crc32c(data)
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return data + struct.pack("<I", masked)


def _record(data: bytes) -> bytes:
    return _checked(struct.pack("<Q", len(data))) + _checked(data)


# --- fields of protocol buffers: a key, which is the field's number and its kind; the value


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def _int(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _string(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _float(field: int, value: float) -> bytes:
    return _varint(field << 3 | 5) + struct.pack("<f", value)


# --- the messages


def scalars(values: Mapping[str, float]) -> bytes:
    """A summary of numbers, by tag; they are stored in single precision."""
    return b"".join(
        _bytes(1, _string(1, tag) + _float(2, float(value))) for tag, value in values.items()
    )


def text(tag: str, markdown: str) -> bytes:
    """A summary of one text, which TensorBoard shows under Text."""
    shape = _bytes(2, _int(1, 1))  # one dimension, of size 1
    tensor = _int(1, _DT_STRING) + _bytes(2, shape) + _string(8, markdown)
    return _bytes(1, _string(1, tag) + _plugin("text", b"") + _bytes(8, tensor))


def hyperparameters(values: Mapping[str, float | str]) -> bytes:
    """A summary of settings, which TensorBoard compares under HParams; bool is a number."""
    entries = b"".join(
        _bytes(
            1,
            _string(1, name)
            + _bytes(2, _string(3, value) if isinstance(value, str) else _double(2, value)),
        )
        for name, value in values.items()
    )
    content = _bytes(3, entries)  # the start of a session
    return _bytes(1, _string(1, "_hparams_/session_start_info") + _plugin("hparams", content))


def _plugin(name: str, content: bytes) -> bytes:
    return _bytes(9, _bytes(1, _string(1, name) + _bytes(2, content)))


def event(wall_time: float, step: int, summary: bytes) -> bytes:
    """A summary at a time, as a record.

    Parameters
    ----------
    wall_time : float
        Seconds since 1970.
    step : int
        Zero or more.
    summary : bytes
        One of the summaries above, or several of them joined.
    """
    return _record(_double(1, wall_time) + _int(2, step) + _bytes(5, summary))


def header(wall_time: float) -> bytes:
    """The record that stands first in every file."""
    return _record(_double(1, wall_time) + _string(3, "brain.Event:2"))
