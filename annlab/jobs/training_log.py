"""Log lines of trainings: numbers only, nothing that a person typed or loaded."""

import logging

from annlab.jobs.job import Job

log = logging.getLogger(__name__)


def log_start(number: int, job: Job) -> None:
    """Log that a training was handed to the cluster.

    Parameters
    ----------
    number : int
        Number of the training since the server started, from 1.
    job : Job
        The training.
    """
    training = job.config.training
    log.info(
        "Training %d started: networks=%d parameters=%d max_epochs=%d sessions=%d",
        number,
        training.n_seeds,
        job.config.architecture.n_parameters,
        training.max_epochs,
        len(job.watchers),
    )


def log_end(number: int, job: Job, failed: bool) -> None:
    """Log that a training has ended, with the seconds that it trained.

    Parameters
    ----------
    number : int
        As at its start.
    job : Job
        The training.
    failed : bool
        Whether there is no run; the line before says why.
    """
    how = "failed" if failed else "stopped" if job.stopping else "ended"
    log.log(
        logging.WARNING if failed else logging.INFO,
        "Training %d %s: seconds=%.1f networks=%d epochs=%d",
        number,
        how,
        job.elapsed_seconds,
        job.config.training.n_seeds,
        job.epoch,
    )
