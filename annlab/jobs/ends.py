"""When the server ends a training by itself."""

from collections.abc import Collection, Iterable

from annlab.jobs.job import Job, JobState
from annlab.jobs.sessions import Sessions
from annlab.runs.budget import SURELY
from annlab.runs.duration import about, minutes

# Longest time without a connected session that asked for the training: alone on the server, and
# while others wait for a worker.
ALONE_SECONDS = 600.0
OTHERS_WAIT_SECONDS = 60.0
# The epochs of this time tell about how long the whole training takes.
_TELLING_SECONDS = 2.0


def end_overdue(
    jobs: Iterable[Job],
    waiting: Collection[Job],
    sessions: Sessions,
    now: float,
    max_minutes: float,
) -> list[Job]:
    """Mark the running jobs that are to end as stopping, with the reason, and return them.

    Parameters
    ----------
    jobs : iterable of Job
        Waiting and running jobs.
    waiting : collection of Job
        The waiting ones.
    sessions : Sessions
        Presence of their watchers.
    now : float
        Time of the clock of `Job.started`, in seconds.
    max_minutes : float
        Longest duration of a training.
    """
    overdue = []
    for job in jobs:
        if job.state == JobState.RUNNING and not job.stopping:
            away_seconds, others = sessions.away_seconds(job), sessions.others_wait(job, waiting)
            why = why_unfollowed(away_seconds, others)
            job.why_ended = (
                why
                or why_too_long(now - job.started, max_minutes)
                or why_hopeless(job, max_minutes)
            )
            job.stopping = bool(job.why_ended)
            if job.stopping:
                overdue.append(job)
    return overdue


def why_unfollowed(away_seconds: float, others_wait: bool) -> str:
    """Why a running training that nobody follows is to end now.

    Parameters
    ----------
    away_seconds : float
        Time since one of the sessions that asked for it was last connected; 0 while one is.
    others_wait : bool
        Whether trainings of connected other sessions wait in the queue.

    Returns
    -------
    str
        What follows "because", and what to do; empty if the training is to go on.
    """
    limit = OTHERS_WAIT_SECONDS if others_wait else ALONE_SECONDS
    if away_seconds <= limit:
        return ""
    meanwhile = " while others waited" if others_wait else ""
    return (
        f"nobody who asked for it had been connected for {minutes(limit / 60)}{meanwhile}. Press "
        "**Train** to train it again."
    )


def why_too_long(trained_seconds: float, max_minutes: float) -> str:
    """Why a training that has run for some time is to end now.

    Parameters
    ----------
    trained_seconds : float
        Time since the training was given to a worker, restarts after a worker's death included.
    max_minutes : float
        Longest duration of a training on this server.

    Returns
    -------
    str
        What follows "because", and what to do; empty if the training is to go on.
    """
    if trained_seconds <= 60 * max_minutes:
        return ""
    return _limit(max_minutes)


def why_hopeless(job: Job, max_minutes: float) -> str:
    """Why a training is to end soon after its start: it would not come to its end in time.

    Parameters
    ----------
    job : Job
        A running training. With early stopping, nobody knows its last epoch.
    max_minutes : float
        Longest duration of a training on this server.

    Returns
    -------
    str
        What follows "because", and what to do; empty if the training is to go on.
    """
    n_epochs, seconds = job.pace
    if seconds < _TELLING_SECONDS or job.config.training.early_stopping_patience:
        return ""
    whole = seconds * job.config.training.max_epochs / n_epochs
    if whole <= SURELY * 60 * max_minutes:
        return ""
    return f"it would have taken {about(whole)}, and {_limit(max_minutes)}"


def _limit(max_minutes: float) -> str:
    return (
        f"a training may take at most {minutes(max_minutes)} on this server. Use fewer networks, "
        "fewer epochs or smaller layers to train it to its end."
    )
