"""When the server ends a training by itself."""

from collections.abc import Collection, Iterable

from annlab.jobs.job import Job, JobState
from annlab.jobs.sessions import Sessions

# Longest time without a connected session that asked for the training: alone on the server, and
# while others wait for a worker.
ALONE_SECONDS = 600.0
OTHERS_WAIT_SECONDS = 60.0


def end_overdue(jobs: Iterable[Job], waiting: Collection[Job], sessions: Sessions) -> list[Job]:
    """Mark the running jobs that are to end as stopping, with the reason, and return them.

    Parameters
    ----------
    jobs : iterable of Job
        Waiting and running jobs.
    waiting : collection of Job
        The waiting ones.
    sessions : Sessions
        Presence of their watchers.
    """
    overdue = []
    for job in jobs:
        if job.state == JobState.RUNNING and not job.stopping:
            away_seconds = sessions.away_seconds(job)
            job.why_ended = why_to_end(away_seconds, sessions.others_wait(job, waiting))
            job.stopping = bool(job.why_ended)
            if job.stopping:
                overdue.append(job)
    return overdue


def why_to_end(away_seconds: float, others_wait: bool) -> str:
    """Why a running training is to end now.

    Parameters
    ----------
    away_seconds : float
        Time since one of the sessions that asked for it was last connected; 0 while one is.
    others_wait : bool
        Whether trainings of connected other sessions wait in the queue.

    Returns
    -------
    str
        The reason, which goes on a sentence about the training; empty if it is to go on.
    """
    limit = OTHERS_WAIT_SECONDS if others_wait else ALONE_SECONDS
    if away_seconds <= limit:
        return ""
    why = f"nobody who asked for it had been connected for {_minutes(limit / 60)}"
    return f"{why} while others waited" if others_wait else why


def _minutes(number: float) -> str:
    return f"{number:g} minute{'' if number == 1 else 's'}"
