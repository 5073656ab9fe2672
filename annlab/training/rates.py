"""Training at learning rates that rise from step to step, or differ from network to network."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.datasets import load_for_training
from annlab.runs.history import measured_every
from annlab.training.networks import Networks
from annlab.training.stack_module import StackModule

Report = Callable[[float], object]
ShouldStop = Callable[[], bool]
Array = NDArray[np.float64]


def sweep(
    config: RunConfig,
    rates: Array,
    *,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> Array:
    """Loss on the training split while the learning rate changes from step to step.

    Parameters
    ----------
    config : RunConfig
        Its learning rate, schedule and early stopping are ignored; all networks learn from the
        same samples.
    rates : ndarray, shape (n_steps,)
    report : callable, optional
        Called with the share of the steps that is done.
    should_stop : callable, optional
        Asked after each step; True ends the sweep.

    Returns
    -------
    ndarray, shape (n_steps_done + 1, n_seeds)
        Loss before the first step and after each; NaN from the step on after which a network's
        loss is not finite. Measured on the samples that `measured_every` leaves.
    """
    module = _module(config, Networks.of([config]))
    module.configure_optimizers()
    base = config.training.learning_rate
    losses = [_loss(module)]
    batches = _batches(module)
    for i, rate in enumerate(rates, start=1):
        bounds = next(batches)
        module.update.set_factor(float(rate) / base)
        module.training_step(bounds, 0)
        losses.append(_loss(module))
        if _is_over(i / len(rates), report, should_stop):
            break
    return _without_the_rest(np.array(losses))


def train_at_rates(
    config: RunConfig,
    rates: Array,
    n_steps: int,
    *,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> Array:
    """Loss on the training split after some steps at each of some learning rates.

    Network k has the same initial weights and the same batches at every rate.

    Parameters
    ----------
    config : RunConfig
        As in `sweep`.
    rates : ndarray, shape (n_rates,)
    n_steps : int
    report, should_stop : callable, optional
        As in `sweep`.

    Returns
    -------
    ndarray, shape (2, n_rates, n_seeds)
        Loss before the first and after the last step; NaN where it is not finite, and where the
        training was stopped.
    """
    n_seeds = config.training.n_seeds
    one = Networks.of([config])
    networks = Networks(
        seeds=one.seeds * len(rates),
        values={
            **{name: np.tile(values, len(rates)) for name, values in one.values.items()},
            "learning_rate": np.repeat(rates, n_seeds),
        },
    )
    module = _module(config, networks)
    module.configure_optimizers()
    before, batches = _loss(module), _batches(module)
    after = np.full_like(before, np.nan)
    for i in range(1, n_steps + 1):
        module.training_step(next(batches), 0)
        if _is_over(i / n_steps, report, should_stop):
            break
    else:
        after = _loss(module)
    return np.stack([before, after]).reshape(2, len(rates), n_seeds)


def _module(config: RunConfig, networks: Networks) -> StackModule:
    training = config.training.model_copy(
        update={
            "n_seeds": len(networks),
            "schedule": "constant",
            "early_stopping_patience": 0,
            "record_gradients": False,
        }
    )
    dataset = config.dataset.model_copy(update={"resample": "none"})
    whole = config.model_copy(update={"dataset": dataset, "training": training})
    return StackModule(whole, load_for_training(whole), networks)


def _batches(module: StackModule) -> Iterator[tuple[int, int]]:
    """Endless batches (first row, end row), epoch after epoch."""
    module.on_train_start()
    n_train = module.config.n_train
    size = module.config.training.batch_size
    while True:
        module.on_train_epoch_start()
        for first in range(0, n_train, size):
            yield first, min(first + size, n_train)


def _loss(module: StackModule) -> Array:
    loss = module.training_loss(measured_every(module.config.n_train)).double().numpy()
    return np.where(np.isfinite(loss), loss, np.nan)


def _is_over(share: float, report: Report | None, should_stop: ShouldStop | None) -> bool:
    if report:
        report(share)
    return bool(should_stop and should_stop())


def _without_the_rest(losses: Array) -> Array:
    """Losses with NaN from the first one on that is not finite."""
    gone: NDArray[np.bool_] = np.logical_or.accumulate(np.isnan(losses), axis=0)
    losses[gone] = np.nan
    return losses
