"""Memory that Python has freed, and that the C library keeps for later."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def freed_memory_goes_back() -> Iterator[None]:
    """Return to the system what is free after the block, where glibc can.

    Dask lets glibc return memory whenever 64 kB are free; large trainings then take nearly twice
    as long, because each step frees and takes megabytes.
    """
    try:
        yield
    finally:
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
        if trim is not None:
            trim(0)
