"""What all sessions of a server share: the store, the cluster, the jobs."""

import gc
import threading
import time

import streamlit as st

from annlab.cluster import Cluster
from annlab.jobs import Jobs
from annlab.store import RunStore

# The first page comes first.
WARM_UP_AFTER_SECONDS = 3.0
_GARBAGE_SECONDS = 2.0


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The server's jobs; the first call starts the workers in the background."""
    made = Jobs(RunStore(), Cluster())
    made.start(WARM_UP_AFTER_SECONDS)
    # What is imported by now stays for good: it need not be looked through each time.
    gc.freeze()
    threading.Thread(target=_collect_garbage, name="annlab-garbage", daemon=True).start()
    return made


def _collect_garbage() -> None:
    """Collect garbage now and then.

    Streamlit would do so after every run of a script, before it says that the run is over; here
    it is told not to (`postScriptGC`). Left to itself, Python would let figures pile up.
    """
    while True:
        time.sleep(_GARBAGE_SECONDS)
        gc.collect()
