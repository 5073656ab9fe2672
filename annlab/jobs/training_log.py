"""Log lines of trainings: numbers only, nothing that a person typed or loaded."""

import logging

from annlab.jobs.job import Job, JobState

log = logging.getLogger(__name__)


def log_start(job: Job) -> None:
    """Log that a training was handed to the cluster."""
    training = job.config.training
    log.info(
        "Training %d started: networks=%d parameters=%d max_epochs=%d sessions=%d",
        job.number,
        training.n_seeds,
        job.config.architecture.n_parameters,
        training.max_epochs,
        len(job.watchers),
    )


def log_end(job: Job, state: JobState) -> None:
    """Log that a training has ended, with the seconds that it trained.

    Parameters
    ----------
    job : Job
        The training.
    state : JobState
        How it ended. The line before says why it failed.
    """
    ended = "stopped" if job.stopping else "ended"
    log.log(
        logging.WARNING if state == JobState.FAILED else logging.INFO,
        "Training %d %s: seconds=%.1f networks=%d epochs=%d",
        job.number,
        {JobState.FAILED: "failed", JobState.CANCELED: "left to others"}.get(state, ended),
        job.elapsed_seconds,
        job.config.training.n_seeds,
        job.epoch,
    )
