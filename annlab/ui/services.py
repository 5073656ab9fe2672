"""What all sessions of a server share: the repository, the cluster, the queue of trainings."""

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st
from threadpoolctl import threadpool_limits

from annlab.environment import Environment
from annlab.jobs.cluster import Cluster
from annlab.jobs.dataset_builder import DatasetBuilder
from annlab.jobs.queue import TrainingQueue
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore

# The first page comes first.
WARM_UP_AFTER_SECONDS = 3.0
# When all that is going to be imported has been.
_READY_SECONDS = 120.0
_SETTLED_SECONDS = 2.0


@dataclass(frozen=True, eq=False)
class Services:
    """What all sessions of a server share.

    Attributes
    ----------
    repository : RunRepository
        Finished runs.
    cluster : Cluster
        Where trainings run.
    queue : TrainingQueue
        Trainings that wait or run.
    datasets : DatasetBuilder
        Data of runs and previews.
    """

    repository: RunRepository
    cluster: Cluster
    queue: TrainingQueue
    datasets: DatasetBuilder

    def close(self) -> None:
        """End everything."""
        self.cluster.close()
        self.queue.close()


def services() -> Services:
    """The server's services; the first call starts the workers in the background.

    If the host has set a wrong value, the page says so and ends here.
    """
    try:
        return _services()
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()


@st.cache_resource(show_spinner=False)
def _services() -> Services:
    Environment.read()  # all variables, though some are needed only later
    # Threads that wait for each other are slow beside a browser and workers on the same
    # processors, and what a page computes is small.
    threadpool_limits(1, user_api="blas")
    repository, cluster = RunRepository(RunStore()), Cluster()
    queue = TrainingQueue(repository, cluster)
    made = Services(repository, cluster, queue, DatasetBuilder(repository, cluster))
    cluster.start(WARM_UP_AFTER_SECONDS)
    # Streamlit collects garbage after every run of a script, and nothing is sent meanwhile.
    # What is imported by now stays for good: it need not be looked through each time.
    gc.freeze()
    threading.Thread(target=_freeze_when_ready, args=(cluster,), daemon=True).start()
    return made


def _freeze_when_ready(cluster: Cluster) -> None:
    # Dask, and what the first page needed late.
    if cluster.wait_until_ready(_READY_SECONDS):
        time.sleep(_SETTLED_SECONDS)
        gc.collect()
        gc.freeze()


def note_presence(session: str) -> None:
    """Have the queue told when the browser of a session is disconnected.

    To be called while the session waits for a training.
    """
    _presence(services().queue, session)


# Streamlit releases what it has cached for a session as soon as its browser is disconnected.
@st.cache_resource(scope="session", on_release=lambda leave: leave(), show_spinner=False)
def _presence(_queue: TrainingQueue, session: str) -> Callable[[], None]:
    return partial(_queue.leave, session)
