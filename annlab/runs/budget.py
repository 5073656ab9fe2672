"""Compute and memory that a training takes, and how much of them a host allows.

Asked when a training is requested, never by validation: every run that was trained anywhere can
be opened on any host.
"""

from annlab.config.run_config import RunConfig
from annlab.environment import Environment
from annlab.runs.history import BYTES, GRADIENT_SAMPLES, history_columns, n_checkpoints

# Weights and history of a run. They pass through the web process, which all visitors share.
MAX_RUN_BYTES = 128_000_000
# Data of networks that each have their own.
MAX_DATA_BYTES = 128_000_000
# What a worker computes at once: hosts have little memory.
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
        What is to be trained.

    Raises
    ------
    ValueError
        If it takes too much, or an ``ANNLAB_*`` variable has a wrong value; the message is a
        sentence for people.
    """
    for check in (_check_data, _check_step, _check_run, _check_work):
        check(config)


def _check_data(config: RunConfig) -> None:
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
    """Most bytes that the weights and the history of a run take."""
    rows = config.training.max_epochs + 1
    n_kept = min(rows, n_checkpoints(config.n_parameters * config.n_networks))
    n_kept += config.training.early_stopping_patience > 0  # the best ones
    numbers = n_kept * config.n_parameters + rows * len(history_columns(config))
    return BYTES * config.n_networks * numbers


def samples_at_once(config: RunConfig) -> int:
    """Most samples over which a gradient of each network is computed."""
    at_once = config.training.batch_size
    if config.training.record_gradients:
        at_once = max(at_once, GRADIENT_SAMPLES)
    return min(at_once, config.n_train)


def step_bytes(config: RunConfig) -> int:
    """Bytes that a worker needs for the gradients of all networks over a batch, about."""
    n_features, units = config.dataset.spec.n_features, sum(config.model.hidden_sizes)
    # Features; activations, and the gradients that go back through them.
    of_a_sample = BYTES * (n_features + 2 * units)
    masks = 0
    if config.model.dropout:
        of_a_sample += BYTES * 2 * units  # masks in numbers, and what they leave
        masks = config.n_train * units  # of an epoch, a byte each
    return config.n_networks * (samples_at_once(config) * of_a_sample + masks)


def data_bytes(config: RunConfig) -> int:
    """Bytes of the data where each network has its own; else 0."""
    if config.dataset.resample == "none":
        return 0
    numbers = config.dataset.spec.n_features + 1
    return BYTES * config.n_networks * config.dataset.n_points * numbers
