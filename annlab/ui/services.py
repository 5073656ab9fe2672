"""What all sessions of a server share: the store, the cluster, the jobs."""

import gc
import threading
import time

import streamlit as st
from threadpoolctl import threadpool_limits

from annlab.jobs.cluster import Cluster
from annlab.jobs.queue import Jobs
from annlab.store.run_store import RunStore

# The first page comes first.
WARM_UP_AFTER_SECONDS = 3.0
# When all that is going to be imported has been.
_READY_SECONDS = 120.0
_SETTLED_SECONDS = 2.0


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The server's jobs; the first call starts the workers in the background."""
    # Threads that wait for each other are slow beside a browser and workers on the same
    # processors, and what a page computes is small.
    threadpool_limits(1, user_api="blas")
    made = Jobs(RunStore(), Cluster())
    made.start(WARM_UP_AFTER_SECONDS)
    # Streamlit collects garbage after every run of a script, and nothing is sent meanwhile.
    # What is imported by now stays for good: it need not be looked through each time.
    gc.freeze()
    threading.Thread(target=_freeze_when_ready, args=(made,), daemon=True).start()
    return made


def _freeze_when_ready(made: Jobs) -> None:
    # Dask, and what the first page needed late.
    if made.wait_until_ready(_READY_SECONDS):
        time.sleep(_SETTLED_SECONDS)
        gc.collect()
        gc.freeze()
