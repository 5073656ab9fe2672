"""Services shared by all sessions: run repository, cluster, training queue, data sets."""

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

# The workers start only after the first page is drawn, because both need the processor.
WARM_UP_AFTER_SECONDS = 3.0
# By then all imports of the workers and of the first page are done.
_READY_SECONDS = 120.0
_SETTLED_SECONDS = 2.0


@dataclass(frozen=True, eq=False)
class Services:
    """Services shared by all sessions of a server.

    Attributes
    ----------
    repository : RunRepository
        Finished runs.
    cluster : Cluster
        Workers that train and load data sets.
    queue : TrainingQueue
        Waiting and running trainings.
    datasets : DatasetBuilder
        Data sets of runs and previews.
    """

    repository: RunRepository
    cluster: Cluster
    queue: TrainingQueue
    datasets: DatasetBuilder

    def close(self) -> None:
        """Stop the workers and the queue."""
        self.cluster.close()
        self.queue.close()


def services() -> Services:
    """Return the shared services; the first call starts the workers in the background.

    If an environment variable has a wrong value, show the error and stop the page.
    """
    try:
        return _services()
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()


@st.cache_resource(show_spinner=False)
def _services() -> Services:
    Environment.read()  # report any wrong variable now, not when it is first used
    # Pages compute little, and BLAS threads slow each other down when workers use the same cores.
    threadpool_limits(1, user_api="blas")
    repository, cluster = RunRepository(RunStore()), Cluster()
    queue = TrainingQueue(repository, cluster)
    made = Services(repository, cluster, queue, DatasetBuilder(repository, cluster))
    cluster.start(WARM_UP_AFTER_SECONDS)
    # Streamlit collects garbage after every script run and sends nothing meanwhile. Imported
    # modules stay for good, so exclude them from every collection.
    gc.freeze()
    threading.Thread(target=_freeze_when_ready, args=(cluster,), daemon=True).start()
    return made


def _freeze_when_ready(cluster: Cluster) -> None:
    # Dask and the late imports of the first page are loaded by now.
    if cluster.wait_until_ready(_READY_SECONDS):
        time.sleep(_SETTLED_SECONDS)
        gc.collect()
        gc.freeze()


def note_presence(session: str) -> None:
    """Tell the queue when the session's browser disconnects.

    Call it while the session waits for a training.
    """
    _presence(services().queue, session)


# Streamlit releases a session's cache as soon as its browser disconnects.
@st.cache_resource(scope="session", on_release=lambda leave: leave(), show_spinner=False)
def _presence(_queue: TrainingQueue, session: str) -> Callable[[], None]:
    return partial(_queue.leave, session)
