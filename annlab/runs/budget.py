"""Compute and memory cost of a training, and the limits of a host.

The limits apply to requests for training, never to validation, so any host can open a run that
another host trained.
"""

from annlab.config.run_config import RunConfig
from annlab.environment import Environment
from annlab.runs.history import BYTES, GRADIENT_SAMPLES, history_columns, n_checkpoints

# Limit for the weights and history of a run, which pass through the web process of all visitors.
MAX_RUN_BYTES = 128_000_000
# Limit for the data of networks that each have their own data.
MAX_DATA_BYTES = 128_000_000
# Limit for one computation of a worker, because hosts have little memory.
MAX_STEP_BYTES = 1_000_000_000

# One step of even the smallest network costs about as much as this many parameters.
_OVERHEAD_IN_PARAMETERS = 5_000
# A step takes about the same time for up to this many samples; above it, time grows with them.
_SAMPLES_IN_STEP = 128


def check_budget(config: RunConfig) -> None:
    """Refuse a training that takes more memory or compute than this host allows.

    Parameters
    ----------
    config : RunConfig
        Run to train.

    Raises
    ------
    ValueError
        If the run takes too much, or an ``ANNLAB_*`` variable has a wrong value. The message is
        shown to users.
    """
    for check in (check_data, _check_step, _check_run, _check_work):
        check(config)


def check_data(config: RunConfig) -> None:
    """Refuse data of networks that each have their own, where they would fill the memory.

    Raises
    ------
    ValueError
        If they take more than `MAX_DATA_BYTES`; the message is a sentence for people.
    """
    n_bytes = data_bytes(config)
    if n_bytes > MAX_DATA_BYTES:
        raise ValueError(
            f"The data of {config.n_networks:,} networks would take {n_bytes / 1e6:,.0f} MB; this "
            f"server allows {MAX_DATA_BYTES / 1e6:.0f} MB. Use fewer networks or fewer samples."
        )


def _check_step(config: RunConfig) -> None:
    n_bytes = step_bytes(config)
    if n_bytes > MAX_STEP_BYTES:
        samples = samples_at_once(config)
        batches = samples <= config.training.batch_size
        raise ValueError(
            f"A gradient over {samples:,} samples would take {n_bytes / 1e6:,.0f} MB of memory; "
            f"this server allows {MAX_STEP_BYTES / 1e6:,.0f} MB. Use fewer networks, smaller "
            f"layers or {'smaller batches' if batches else 'do not record gradients'}."
        )


def _check_run(config: RunConfig) -> None:
    n_bytes = run_bytes(config)
    if n_bytes > MAX_RUN_BYTES:
        raise ValueError(
            f"The weights and the history of this run would take {n_bytes / 1e6:,.0f} MB; this "
            f"server stores {MAX_RUN_BYTES / 1e6:.0f} MB. Use fewer networks, fewer epochs or "
            "smaller layers."
        )


def _check_work(config: RunConfig) -> None:
    training = config.training
    samples = max(1.0, min(training.batch_size, config.n_train) / _SAMPLES_IN_STEP)
    per_step = max(config.n_networks * config.n_parameters * samples, _OVERHEAD_IN_PARAMETERS)
    work, allowed = per_step * config.n_steps, Environment.read().max_work
    if work > allowed:
        times = f"{work / allowed:.1f}×" if work > 1.05 * allowed else "more than"
        # Above _SAMPLES_IN_STEP, larger batches save nothing.
        batches = "" if samples > 1 else ", larger batches"
        raise ValueError(
            f"This run needs {times} the compute this server allows ({config.n_networks:,} "
            f"networks × {config.n_steps:,} steps × {config.n_parameters:,} parameters). Use fewer "
            f"networks, fewer epochs{batches} or smaller layers."
        )


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
    n_features, units = config.dataset.spec.n_features, sum(config.model.hidden_sizes)
    # A sample takes its features, and an activation and a gradient for each unit.
    of_a_sample = BYTES * (n_features + 2 * units)
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
