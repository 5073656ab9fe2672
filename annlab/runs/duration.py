"""How long a training takes, about: a count of what it does, times how fast a machine does it.

The seconds of each operation were fitted to 62 measured trainings, on two cores of 2.5 GHz with
torch 2.13: 1 to 1,000 networks of 0 to 10 layers, batches of 1 to all samples. There, the
estimate was 0.7 to 1.3 times what was measured. `annlab.training.speed` measures two trainings to
find how fast another machine is.
"""

from dataclasses import dataclass

from annlab.config import RunConfig
from annlab.runs.history import GRADIENT_SAMPLES

# Seconds until the first step: loading of the data, and the start of Lightning; and of each weight.
_START = 0.06
_START_OF_WEIGHT = 1.2e-7
# Where each network has its own data: of a network, and of each of its samples.
_START_OF_DATA = 3e-3
_START_OF_SAMPLE = 1e-6
# Seconds of calls, which take the same time however large the arrays are.
_EPOCH = 1.67e-3
_LAYER_OF_STEP = 5.4e-5
# Seconds of each network: a product of small matrices, and its own numbers in an epoch.
_NETWORK_OF_LAYER = 1.36e-6
_NETWORK_OF_EPOCH = 4.8e-6
# Seconds of arithmetic: a weight with a sample, forward and backward; an update of a weight;
# a value of a unit; with dropout; a weight with a sample where gradients are recorded; a sample
# of data that only one network has.
_PRODUCT = 7.0e-11
_UPDATE = 2.1e-9
_UNIT = 2.9e-9
_DROPOUT = 1.8e-8
_GRADIENT = 8e-10
_OWN_SAMPLE = 6.9e-8

_UNITS = (("seconds", 1), ("minutes", 60), ("hours", 3600))


@dataclass(frozen=True)
class Speed:
    """How fast a machine trains on its processor.

    Attributes
    ----------
    calls, arithmetic : float
        Time that it takes for calls and for arithmetic, divided by the time of the machine on
        which the seconds above were measured.
    """

    calls: float = 1.0
    arithmetic: float = 1.0


def seconds_of(config: RunConfig, speed: Speed) -> float:
    """Estimate the seconds of a whole training on a processor, with nothing else running.

    Parameters
    ----------
    config : RunConfig
        Early stopping is not foreseen: the estimate is of all epochs.
    speed : Speed
        Of the machine that trains.

    Returns
    -------
    float
    """
    calls, arithmetic = seconds_of_epoch(config)
    n_epochs = config.training.max_epochs
    n_weights = config.n_networks * config.n_parameters
    own_data = 0.0
    if config.dataset.resample != "none":
        of_network = _START_OF_DATA + _START_OF_SAMPLE * config.dataset.n_points
        own_data = config.n_networks * of_network
    return speed.calls * (_START + own_data + n_epochs * calls) + speed.arithmetic * (
        _START_OF_WEIGHT * n_weights + n_epochs * arithmetic
    )


def seconds_of_epoch(config: RunConfig) -> tuple[float, float]:
    """Estimate the seconds of calls and of arithmetic in an epoch, for the `Speed` 1."""
    training, sizes, n = config.training, config.sizes, config.n_networks
    n_steps = -(-sizes.train // training.batch_size)
    n_layers = len(config.model.hidden_sizes) + 1
    n_units = sum(config.model.hidden_sizes)
    n_values = n_units + config.architecture.n_inputs + config.architecture.n_outputs
    n_evaluated = sizes.train + sizes.validation + sizes.test
    weights = n * config.n_parameters
    calls = (
        _EPOCH
        + _NETWORK_OF_EPOCH * n
        + n_steps * n_layers * (_LAYER_OF_STEP + _NETWORK_OF_LAYER * n)
    )
    arithmetic = (
        _PRODUCT * weights * sizes.train
        + _UPDATE * weights * n_steps
        + _UNIT * n * n_values * (sizes.train + n_evaluated)
    )
    if config.model.dropout:
        arithmetic += _DROPOUT * n * n_units * sizes.train
    if training.record_gradients:
        arithmetic += _GRADIENT * weights * min(sizes.train, GRADIENT_SAMPLES)
    if config.dataset.resample != "none":
        arithmetic += _OWN_SAMPLE * n * sizes.train
    return calls, arithmetic


def about(seconds: float) -> str:
    """Round a duration as far as an estimate allows: "about 40 seconds", "about 3 hours"."""
    if seconds < 1.5:
        return "about a second"
    unit, length = next(
        (unit, length) for unit, length in _UNITS if seconds < 100 * length or unit == "hours"
    )
    number = float(f"{seconds / length:.2g}")
    return f"about {number:.0f} {unit}" if number >= 10 else f"about {number:.2g} {unit}"


def minutes(number: float) -> str:
    """Write minutes as a host sets them: "1 minute", "0.5 minutes"."""
    return f"{number:g} minute{'' if number == 1 else 's'}"
