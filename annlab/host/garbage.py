"""Keeps collections of garbage short.

Python looks through all objects of the process from time to time, while everybody waits: a seventh
of a second for what annlab and its libraries have imported, which never becomes garbage. Streamlit
would do so after each run of a page or of a fragment, too; `.streamlit/config.toml` turns that off.
"""

import gc
import sys

# Fewer new modules are looked through again and again. What is alive when modules are left out
# stays out, too, so that must not happen often.
_NEW_MODULES = 50

_n_left_out = 0  # modules


def leave_out_imports() -> None:
    """Leave out of all further collections what has been imported, and what else is alive."""
    global _n_left_out
    n_modules = len(sys.modules)
    if n_modules - _n_left_out >= _NEW_MODULES:
        _n_left_out = n_modules
        gc.freeze()
