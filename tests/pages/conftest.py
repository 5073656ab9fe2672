"""The same server as for the parts of the pages."""

from tests.ui.conftest import default_runs, idle, server

__all__ = ["default_runs", "idle", "server"]
