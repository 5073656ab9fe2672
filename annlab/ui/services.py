"""Services shared by all sessions: runs, cluster, training queue, data sets, computations."""

import ctypes
import gc
import logging
import os
import threading
import time
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY, GaugeStat
from threadpoolctl import threadpool_limits

from annlab.environment import check_environment
from annlab.host.log import set_up_log
from annlab.host.metrics import METRICS
from annlab.jobs.cluster import Cluster
from annlab.jobs.computations import Computations
from annlab.jobs.dataset_builder import DatasetBuilder
from annlab.jobs.own_data import OwnDataService
from annlab.jobs.patience import patient, unhurried
from annlab.jobs.queue import TrainingQueue
from annlab.jobs.saver import Saver
from annlab.jobs.server_condition import ConditionReader
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from annlab.store.shipped import ShippedRuns
from annlab.ui.browser import connection, is_connected
from annlab.version import __version__

log = logging.getLogger(__name__)

# The workers start only after the first page is drawn, because both need the processor.
WARM_UP_AFTER_SECONDS = 3.0
# By then all imports of the workers and of the first page are done.
_READY_SECONDS = 120.0
_SETTLED_SECONDS = 2.0
_END_AFTER_SECONDS = 1.0
# Option of glibc's mallopt, from malloc.h, and its value.
_MMAP_THRESHOLD = -3
_LARGE_BLOCK_BYTES = 4_000_000


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
    computations : Computations
        Waiting and running computations, and their results.
    own_data : OwnDataService
        Files that browsers loaded, and tables made of them.
    saver : Saver
        Thread that stores finished runs.
    connections : dict of str
        Streamlit's names of the sessions that have waited for something, by session.
    """

    repository: RunRepository
    cluster: Cluster
    queue: TrainingQueue
    datasets: DatasetBuilder
    computations: Computations
    own_data: OwnDataService
    saver: Saver
    connections: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        """Stop the workers, the queue and the computations, and store the last runs."""
        self.cluster.close()
        self.queue.close()
        self.computations.close()
        self.own_data.close()
        self.saver.close()

    def look_around(self) -> None:
        """Record which of the waiting sessions are connected, on whichever page.

        A browser that reconnects runs no script, so the sessions cannot report themselves.
        """
        waiting = {*self.queue.sessions, *self.computations.sessions}
        for session, name in tuple(self.connections.items()):
            connected = is_connected(name)
            if session in waiting:
                for work in (self.queue, self.computations):
                    (work.look if connected else work.leave)(session)
            elif not connected:
                del self.connections[session]


def serve(repository: RunRepository, cluster: Cluster) -> Services:
    """Make the services on a cluster, which the caller starts."""
    computations = Computations(repository.store.computations, cluster, repository.load_own_data)
    own_data = OwnDataService(repository, computations)
    saver = Saver(repository, unhurried(repository.store))
    saver.start()
    made = Services(
        repository,
        cluster,
        TrainingQueue(repository, cluster),
        DatasetBuilder(repository, cluster),
        computations,
        own_data,
        saver,
    )
    for act in (made.look_around, own_data.sweep_if_due):
        cluster.attach(lambda report: None, act)
    return made


def services() -> Services:
    """Return the shared services; the first call starts the workers in the background.

    If an environment variable has a wrong value, show the error and end the server.
    """
    try:
        return _services()
    except ValueError as error:
        log.critical("%s", error)
        st.error(str(error), icon=":material/error:")
        # Not at once, so that the page still gets the sentence.
        threading.Timer(_END_AFTER_SECONDS, end_server).start()
        st.stop()


def end_server() -> None:
    """End this process with exit code 1, which Streamlit lets no script do in any other way."""
    os._exit(1)


def store_notice() -> None:
    """Say on a page how many runs wait for the store, and that earlier ones are missing.

    Every page calls it, also to report wrong environment variables.
    """
    if notice := services().saver.notice():
        st.warning(notice, icon=":material/database_off:")


@st.cache_resource(show_spinner=False)
def _services() -> Services:
    set_up_log()
    # Report any wrong variable now, not when it is first used.
    environment = check_environment()
    METRICS.serve_once(environment.metrics_port)
    # Pages compute little, and BLAS threads slow each other down when workers use the same cores.
    threadpool_limits(1, user_api="blas")
    _return_large_blocks()
    cluster = Cluster()
    shipped = ShippedRuns() if environment.shipped_runs else None
    made = serve(RunRepository(patient(RunStore()), shipped), cluster)
    log.info("annlab %s serves", __version__)
    METRICS.condition = ConditionReader(made.queue, _n_sessions).read
    cluster.start(WARM_UP_AFTER_SECONDS)
    # Streamlit collects garbage after every script run and sends nothing meanwhile. Imported
    # modules stay for good, so exclude them from every collection.
    gc.freeze()
    threading.Thread(target=_freeze_when_ready, args=(cluster,), daemon=True).start()
    return made


def _n_sessions() -> int:
    """Return the number of browsers that are connected with this process."""
    families = get_instance().stats_mgr.get_stats([ACTIVE_SESSIONS_FAMILY]) if exists() else {}
    stats = [stat for found in families.values() for stat in found]
    return sum(int(stat.value) for stat in stats if isinstance(stat, GaugeStat))


def _return_large_blocks() -> None:
    """Let glibc return freed memory of files and tables to the system at once.

    It raises its threshold for that to the size of the first block freed. Ten uploads of 20 MB then
    left 100 MB behind, spread over the heaps of the threads.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if set_option is not None:
        set_option(_MMAP_THRESHOLD, _LARGE_BLOCK_BYTES)


def _freeze_when_ready(cluster: Cluster) -> None:
    # Dask and the late imports of the first page are loaded by now.
    if cluster.wait_until_ready(_READY_SECONDS):
        time.sleep(_SETTLED_SECONDS)
        gc.collect()
        gc.freeze()
        log.info("Training can start: slots=%d", cluster.n_slots())


def note_presence(session: str) -> None:
    """Let the services follow whether the browser of a session, which waits, is connected."""
    services().connections[session] = connection()
