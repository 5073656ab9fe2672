"""The same server as for the parts of the pages."""

from tests.ui.conftest import _opens_with_e4, default_runs, idle, server

__all__ = ["_opens_with_e4", "default_runs", "idle", "server"]
