"""The server fixtures of `tests.ui`."""

from tests.ui.conftest import (
    _on_this_machine,
    _opens_with_e4,
    _packages_read_once,
    default_runs,
    idle,
    server,
)

__all__ = [
    "_on_this_machine",
    "_opens_with_e4",
    "_packages_read_once",
    "default_runs",
    "idle",
    "server",
]
