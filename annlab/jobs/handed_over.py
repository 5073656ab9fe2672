"""Large data for local workers, as files instead of messages.

A message of 20 MB exists several times in the web process on its way through Dask's client and
scheduler, and the scheduler keeps it until its task ends.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

# Smaller data are sent as they are.
LARGE_BYTES = 1_000_000


# No tuple, because Dask looks for futures in tuples.
@dataclass(frozen=True)
class HandedOver:
    """Path of a file that holds data, on the machine of this process."""

    path: str


def hand_over(data: bytes, folder: str | None) -> bytes | HandedOver:
    """Write large data into a file; return others as they are.

    Parameters
    ----------
    data : bytes
    folder : str or None
        Folder that only this user can read; None if the workers share no folder with this process.

    Raises
    ------
    OSError
        If the file cannot be written whole, such as on a full disk; nothing of it stays.
    """
    if folder is None or len(data) < LARGE_BYTES:
        return data
    handed = HandedOver(os.path.join(folder, uuid4().hex))
    try:
        with open(handed.path, "wb") as file:
            file.write(data)
    except BaseException:
        drop(handed)
        raise
    return handed


def receive(data: bytes | HandedOver) -> bytes:
    """Return data that `hand_over` has returned."""
    if isinstance(data, bytes):
        return data
    with open(data.path, "rb") as file:
        return file.read()


def drop(handed: bytes | HandedOver) -> None:
    """Delete the file of data, if there is one."""
    if isinstance(handed, HandedOver):
        with suppress(OSError):  # its folder may be gone
            os.unlink(handed.path)
