"""What all sessions of a server share: the store, the cluster, the jobs."""

import streamlit as st

from annlab.cluster import Cluster
from annlab.jobs import Jobs
from annlab.store import RunStore


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The server's jobs; the first call starts the workers in the background."""
    made = Jobs(RunStore(), Cluster())
    made.start()
    return made
