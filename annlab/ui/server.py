"""What all sessions of a server share: the store, the cluster, the jobs."""

import gc

import streamlit as st

from annlab.cluster import Cluster
from annlab.jobs import Jobs
from annlab.store import RunStore

# The first page comes first.
WARM_UP_AFTER_SECONDS = 3.0


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The server's jobs; the first call starts the workers in the background."""
    made = Jobs(RunStore(), Cluster())
    made.start(WARM_UP_AFTER_SECONDS)
    # Streamlit collects garbage after every run of a script, and nothing is sent meanwhile.
    # What is imported by now stays for good: it need not be looked through each time.
    gc.freeze()
    return made
