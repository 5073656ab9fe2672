"""Compute and memory cost of a training, and the limits of a host.

The limits apply to requests for training, never to validation, so any host can open a run that
another host trained.
"""

from collections.abc import Callable
from dataclasses import dataclass

from annlab.config.run_config import RunConfig
from annlab.environment import Environment
from annlab.host.workers import spare_mb
from annlab.runs.duration import about, minutes
from annlab.runs.history import BYTES, GRADIENT_SAMPLES, history_columns, n_checkpoints

# Limits on large hosts. For the weights and history of a run, which pass through the web process of
# all visitors:
MAX_RUN_BYTES = 128_000_000
# For the data of networks that each have their own data:
MAX_DATA_BYTES = 128_000_000
# For one computation of a worker:
MAX_STEP_BYTES = 1_000_000_000
# Shares of the memory that a worker of a small host has for its training. A run is there several
# times: as arrays, as the bytes sent, and in the web process again.
_STEP_SHARE, _DATA_SHARE, _RUN_SHARE = 0.35, 0.1, 0.1

# Work (`compute_of`) that a link may start without a click on Train: under a minute of one core.
LINK_WORK = 2e9

# One step of even the smallest network costs about as much as this many parameters.
_OVERHEAD_IN_PARAMETERS = 5_000
# A step takes about the same time for up to this many samples; above it, time grows with them.
_SAMPLES_IN_STEP = 128

# An estimate must exceed the longest duration this many times, because it may be wrong.
SURELY = 2.0


@dataclass(frozen=True)
class Limits:
    """What a host allows one training.

    Attributes
    ----------
    step_bytes, data_bytes, run_bytes : float
        Memory for the gradients of a batch, for data of networks that each have their own, and for
        weights and history.
    seconds_of : callable
        Estimates the seconds of a training; None where nothing is known.
    """

    step_bytes: float = MAX_STEP_BYTES
    data_bytes: float = MAX_DATA_BYTES
    run_bytes: float = MAX_RUN_BYTES
    seconds_of: Callable[[RunConfig], float | None] = lambda config: None

    @classmethod
    def of(cls, spare_bytes: float, seconds_of: Callable[[RunConfig], float | None]) -> "Limits":
        """Limits of a host whose processes leave so much memory to each training."""
        return cls(
            min(MAX_STEP_BYTES, _STEP_SHARE * spare_bytes),
            min(MAX_DATA_BYTES, _DATA_SHARE * spare_bytes),
            min(MAX_RUN_BYTES, _RUN_SHARE * spare_bytes),
            seconds_of,
        )


# For a training outside a server, which takes what the machine has.
LARGE = Limits()


def stack_bytes() -> float:
    """Bytes for the gradients of networks that a worker trains at once, in a search or sweep."""
    return Limits.of(1e6 * spare_mb(Environment.read().workers), LARGE.seconds_of).step_bytes


def check_budget(config: RunConfig, limits: Limits = LARGE) -> None:
    """Refuse a training that takes more memory, compute or time than this host allows.

    Parameters
    ----------
    config : RunConfig
        Run to train.
    limits : Limits
        Of the host that trains.

    Raises
    ------
    ValueError
        If the run takes too much, or an ``ANNLAB_*`` variable has a wrong value. The message is
        shown to users, and says how many networks or epochs would fit.
    """
    try:
        _check_all(config, limits)
    except ValueError as error:
        raise ValueError(f"{error}{_what_fits(config, limits)}") from None


def _check_all(config: RunConfig, limits: Limits) -> None:
    check_data(config, limits.data_bytes)
    check_step(config, limits.step_bytes)
    _check_run(config, limits.run_bytes)
    _check_work(config)
    _check_seconds(config, limits.seconds_of(config))


def _what_fits(config: RunConfig, limits: Limits) -> str:
    """How many networks, or epochs, of a refused run this host allows; empty if not one."""
    # With folds, another number of networks has other splits.
    n_networks = 0 if config.dataset.resample == "folds" else _most(config, "n_seeds", limits)
    n_epochs = _most(config, "max_epochs", limits)
    fits = [
        f"{n:,} of the {what}" for n, what in ((n_networks, "networks"), (n_epochs, "epochs")) if n
    ]
    return f" It would train {', or '.join(fits)}." if fits else ""


def _most(config: RunConfig, name: str, limits: Limits) -> int:
    """Largest value of a training setting below the present one that this host allows, or 0."""
    allowed, refused = 0, getattr(config.training, name)
    while refused - allowed > 1:
        middle = (allowed + refused) // 2
        training = config.training.model_copy(update={name: middle})
        try:
            _check_all(
                RunConfig(dataset=config.dataset, model=config.model, training=training), limits
            )
        except ValueError:
            refused = middle
        else:
            allowed = middle
    return int(allowed)


def check_data(config: RunConfig, allowed: float = MAX_DATA_BYTES) -> None:
    """Refuse data of networks that each have their own, where they would fill the memory.

    Raises
    ------
    ValueError
        If they take more bytes than allowed; the message is a sentence for people.
    """
    n_bytes = data_bytes(config)
    if n_bytes > allowed:
        raise ValueError(
            f"The data of {config.n_networks:,} networks would take {n_bytes / 1e6:,.0f} MB; this "
            f"server allows {allowed / 1e6:.0f} MB. Use fewer networks or fewer samples."
        )


def check_step(config: RunConfig, allowed: float = MAX_STEP_BYTES) -> None:
    """Refuse gradients over a batch that take more bytes than allowed.

    Raises
    ------
    ValueError
        The message is a sentence for the user.
    """
    n_bytes = step_bytes(config)
    if n_bytes > allowed:
        samples = samples_at_once(config)
        batches = samples <= config.training.batch_size
        raise ValueError(
            f"A gradient over {samples:,} samples would take {n_bytes / 1e6:,.0f} MB of memory; "
            f"this server allows {allowed / 1e6:,.0f} MB. Use fewer networks, smaller "
            f"layers or {'smaller batches' if batches else 'do not record gradients'}."
        )


def _check_run(config: RunConfig, allowed: float) -> None:
    n_bytes = run_bytes(config)
    if n_bytes > allowed:
        raise ValueError(
            f"The weights and the history of this run would take {n_bytes / 1e6:,.0f} MB; this "
            f"server stores {allowed / 1e6:.0f} MB. Use fewer networks, fewer epochs or "
            "smaller layers."
        )


def _check_work(config: RunConfig) -> None:
    work, allowed = compute_of(config), Environment.read().max_work
    if work > allowed:
        # Above _SAMPLES_IN_STEP, larger batches save nothing.
        batches = "" if _samples_of_step(config) > 1 else ", larger batches"
        raise ValueError(
            f"This run needs {_times(work, allowed)} the compute this server allows "
            f"({config.n_networks:,} networks × {config.n_steps:,} steps × "
            f"{config.n_parameters:,} parameters). Use fewer networks, fewer epochs{batches} or "
            "smaller layers."
        )


def _check_seconds(config: RunConfig, seconds: float | None) -> None:
    # With early stopping, nobody knows the last epoch.
    if seconds is None or config.training.early_stopping_patience:
        return
    max_minutes = Environment.read().max_minutes
    if seconds > SURELY * 60 * max_minutes:
        raise ValueError(
            f"This run would take {about(seconds)}; this server allows {minutes(max_minutes)}. "
            "Use fewer networks, fewer epochs or smaller layers."
        )


def check_compute(what: str, work: float, remedy: str) -> None:
    """Refuse several trainings that take more compute together than this host allows a run.

    Parameters
    ----------
    what : str
        The trainings as the subject of a sentence, such as "This search".
    work : float
        Sum of `compute_of`.
    remedy : str
        What to change, as a sentence.

    Raises
    ------
    ValueError
        The message is a sentence for the user.
    """
    allowed = Environment.read().max_work
    if work > allowed:
        raise ValueError(
            f"{what} needs {_times(work, allowed)} the compute this server allows. {remedy}"
        )


def compute_of(config: RunConfig, n_steps: int | None = None) -> float:
    """Compute of a training: parameters of all networks times steps, for batches of usual size.

    Parameters
    ----------
    config : RunConfig
    n_steps : int, optional
        Steps; all of the training by default.
    """
    per_step = config.n_networks * config.n_parameters * _samples_of_step(config)
    steps = config.n_steps if n_steps is None else n_steps
    return max(per_step, _OVERHEAD_IN_PARAMETERS) * steps


def _samples_of_step(config: RunConfig) -> float:
    return max(1.0, min(config.training.batch_size, config.n_train) / _SAMPLES_IN_STEP)


def _times(work: float, allowed: float) -> str:
    return f"{work / allowed:.1f}×" if work > 1.05 * allowed else "more than"


def run_bytes(config: RunConfig) -> int:
    """Upper bound of the bytes of a run's weights and history."""
    rows = config.training.max_epochs + 1
    n_kept = min(rows, n_checkpoints(config.n_parameters * config.n_networks))
    n_kept += config.training.early_stopping_patience > 0  # the best weights
    numbers = n_kept * config.n_parameters + rows * len(history_columns(config))
    return BYTES * config.n_networks * numbers


def samples_at_once(config: RunConfig) -> int:
    """Largest number of samples in one gradient computation."""
    at_once = config.training.batch_size
    if config.training.record_gradients:
        at_once = max(at_once, GRADIENT_SAMPLES)
    return min(at_once, config.n_train)


def step_bytes(config: RunConfig) -> int:
    """Approximate bytes that a worker needs for the gradients of all networks over a batch."""
    n_inputs, units = config.architecture.n_inputs, sum(config.model.hidden_sizes)
    # A sample takes its inputs, once more for a wide output layer, and an activation and a gradient
    # for each unit.
    copies = 1 + config.architecture.has_skip
    of_a_sample = BYTES * (copies * n_inputs + 2 * units)
    masks = 0
    if config.model.dropout:
        of_a_sample += BYTES * 2 * units  # float masks, and masked activations
        masks = config.n_train * units  # the masks of an epoch, one byte each
    return config.n_networks * (samples_at_once(config) * of_a_sample + masks)


def data_bytes(config: RunConfig) -> int:
    """Bytes of the data of networks that each have their own data; 0 for shared data."""
    if config.dataset.resample == "none":
        return 0
    numbers = config.dataset.spec.n_features + 1
    return BYTES * config.n_networks * config.dataset.n_points * numbers
