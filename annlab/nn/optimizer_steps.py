"""Optimizer steps in NumPy, as chains of named stages from the gradient to the step.

A stage reads what the stages before it computed, by symbol, and sets one symbol: w is the
parameter before the step; g the gradient (with L1, then clipped, then with L2, as far as a
training has them); v the velocity, a sum of gradients that fades; m the running mean of gradients;
s the sum or the running mean of squared gradients; d the direction against which the parameter
moves. A hat marks a running mean that is corrected for its start at zero.

The chains share their parts. SGD is momentum without memory. RMSProp is Adam without a mean of
gradients and without corrections. AdamW is Adam that adds L2 after the scaling. Nadam is Adam
that looks ahead, as Nesterov momentum does. Constants and order of operations are PyTorch's.
"""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from annlab.nn.clipping import CLIP_EPSILON, with_l1
from annlab.nn.step_chain import EMPTY_MEMORY, Array, Chain, Memory, Stage, Stages

# Callers need these with `optimizer_step`.
__all__ = ["EMPTY_MEMORY", "Memory", "OptimizerStep", "Stage", "Stages", "optimizer_step"]

# PyTorch's defaults. AdaGrad has an epsilon of its own.
BETA1, BETA2 = 0.9, 0.999
EPSILON, ADAGRAD_EPSILON = 1e-8, 1e-10
# Nadam raises its momentum from half of BETA1 to BETA1, over thousands of steps.
NADAM_BASE, NADAM_DECAY = 0.96, 0.004


class OptimizerStep(NamedTuple):
    """One step of an optimizer.

    Attributes
    ----------
    parameter : ndarray
        Parameter after the step: the parameter before it plus the values of the last stage.
    memory : Memory
        Memory for the next step.
    stages : tuple of Stage
        The gradient first, the step last. L1 and L2 of strength 0 have no stage, nor has clipping
        of a gradient that is short enough.
    """

    parameter: Array
    memory: Memory
    stages: tuple[Stage, ...]


def optimizer_step(
    stages: Stages,
    training: Any,
    parameter: Array,
    gradient: Array,
    memory: Memory = EMPTY_MEMORY,
    *,
    decays: bool = True,
    gradient_norm: float | None = None,
) -> OptimizerStep:
    """Take one step of an optimizer for one array of parameters.

    Parameters
    ----------
    stages : tuple of callable
        Stages between gradient and step, from `annlab.nn.optimizers.Optimizer.stages`.
    training : TrainingConfig
        Learning rate, L1, L2, clipping and the settings of the optimizer. Where a schedule changes
        the rate, `learning_rate` must be that of the epoch.
    parameter, gradient : ndarray of float, same shape
    memory : Memory
        Memory of the last step; empty before the first.
    decays : bool
        Whether L1 and L2 apply: to weights, but not to biases.
    gradient_norm : float, optional
        Norm of the network's whole gradient, from `annlab.nn.clipping.network_gradient_norm`.

    Returns
    -------
    OptimizerStep

    Raises
    ------
    ValueError
        If gradients are clipped, and no norm is given.
    """
    chain = Chain(
        training=training,
        strength=training.weight_decay if decays else 0.0,
        n_steps=memory.n_steps + 1,
        known={"w": parameter},
        kept=memory.kept,
    ).add("gradient", "g", "g = ∂loss/∂w", gradient)
    if decays and training.l1:
        values, formula = with_l1(training, parameter, gradient), _times(training.l1, "sign(w)")
        chain = chain.add("L1", "g", f"g ← g + {formula}", values)
    if training.clip_norm:
        chain = _clip(chain, gradient_norm)
    for stage in stages:
        chain = stage(chain)
    last, learning_rate = chain.stages[-1], training.learning_rate
    step = -learning_rate * last.values
    chain = chain.add("step", "Δw", f"Δw = −{learning_rate:g}·{last.symbol}", step)
    return OptimizerStep(parameter + step, Memory(chain.n_steps, chain.kept), chain.stages)


def _clip(chain: Chain, norm: float | None) -> Chain:
    """Shorten the gradient by the factor that gives the network's whole gradient the norm."""
    if norm is None:
        raise ValueError("gradient_norm: clipping needs the norm of the network's whole gradient")
    most = chain.training.clip_norm
    factor = most / (norm + CLIP_EPSILON)
    if factor >= 1:
        return chain
    formula = f"g ← {_times(most, 'g')} / {norm:g}"
    return chain.add("clipping", "g", formula, chain.known["g"] * factor)


def _weight_decay(chain: Chain, symbol: str) -> Chain:
    """Add L2 to the gradient (g), or to the direction (d), which keeps L2 out of the scaling."""
    if not chain.strength:
        return chain
    values = chain.known[symbol] + chain.strength * chain.known["w"]
    formula = f"{symbol} ← {symbol} + {_times(chain.strength, 'w')}"
    return chain.add("weight decay", symbol, formula, values)


def _velocity(chain: Chain) -> Chain:
    """Keep a share of the last velocity, and add the gradient."""
    return _remember(chain, "velocity", "v", chain.training.momentum, 1.0)


def _mean(chain: Chain) -> Chain:
    """Mix the gradient into Adam's running mean of gradients."""
    return _remember(chain, "mean of gradients", "m", BETA1, 1 - BETA1)


def _sum_of_squares(chain: Chain) -> Chain:
    """Add the squared gradient to AdaGrad's sum, which never fades."""
    start = chain.training.initial_accumulator
    return _remember(chain, "sum of squares", "s", 1.0, 1.0, power=2, start=start)


def _mean_of_squares(chain: Chain) -> Chain:
    """Mix the squared gradient into RMSProp's running mean of squares."""
    rho = chain.training.rho
    return _remember(chain, "mean of squares", "s", rho, 1 - rho, power=2)


def _adam_mean_of_squares(chain: Chain) -> Chain:
    """Mix the squared gradient into Adam's running mean of squares."""
    return _remember(chain, "mean of squares", "s", BETA2, 1 - BETA2, power=2)


def _look_ahead(chain: Chain) -> Chain:
    """Nesterov's direction: the gradient, and the velocity that the next step will keep."""
    return _weighted(chain, 1.0, "v", chain.training.momentum)


def _nadam_look_ahead(chain: Chain) -> Chain:
    """Nadam's direction: gradient and running mean, both corrected for the start at zero."""
    now, following = (
        BETA1 * (1 - 0.5 * NADAM_BASE ** (t * NADAM_DECAY))
        for t in (chain.n_steps, chain.n_steps + 1)
    )
    product = now * float(chain.kept.get("momentum product", 1.0))
    chain = replace(chain, kept={**chain.kept, "momentum product": np.asarray(product)})
    of_mean = following / (1 - product * following)
    return _weighted(chain, (1 - now) / (1 - product), "m", of_mean)


def _correct(chain: Chain, symbol: str, corrected: str, keep: float) -> Chain:
    """Correct a running mean for its start at zero, which makes it too small at first."""
    values = chain.known[symbol] / (1 - keep**chain.n_steps)
    formula = f"{corrected} = {symbol} / (1 − {keep:g}^{chain.n_steps})"
    return chain.add("bias correction", corrected, formula, values)


def _scale(chain: Chain, symbol: str, squares: str, epsilon: float = EPSILON) -> Chain:
    """Divide by the root of the squares: parameters with large gradients take smaller steps."""
    values = chain.known[symbol] / (np.sqrt(chain.known[squares]) + epsilon)
    return chain.add("scaling", "d", f"d = {symbol} / (√{squares} + ε)", values)


def _remember(
    chain: Chain,
    name: str,
    symbol: str,
    keep: float,
    add: float,
    power: int = 1,
    start: float = 0.0,
) -> Chain:
    """Update a memory: the share `keep` of its last value, and `add` of the gradient."""
    gradient = chain.known["g"]
    last = chain.kept.get(name, np.full_like(gradient, start))
    values = keep * last + add * gradient**power
    news = "g" if power == 1 else "g²"
    formula = f"{symbol} ← {_times(keep, symbol)} + {_times(add, news)}"
    chain = replace(chain, kept={**chain.kept, name: values})
    return chain.add(name, symbol, formula, values)


def _weighted(chain: Chain, of_gradient: float, symbol: str, of_symbol: float) -> Chain:
    values = of_gradient * chain.known["g"] + of_symbol * chain.known[symbol]
    formula = f"d = {_times(of_gradient, 'g')} + {_times(of_symbol, symbol)}"
    return chain.add("look-ahead", "d", formula, values)


def _times(factor: float, symbol: str) -> str:
    return symbol if factor == 1 else f"{factor:g}·{symbol}"


# Chains, for the registry of optimizers. They differ in which parts they have.
_L2 = partial(_weight_decay, symbol="g")
_ADAM_SQUARES = (
    _adam_mean_of_squares,
    partial(_correct, symbol="s", corrected="ŝ", keep=BETA2),
)
_ADAM = (
    _mean,
    partial(_correct, symbol="m", corrected="m̂", keep=BETA1),
    *_ADAM_SQUARES,
    partial(_scale, symbol="m̂", squares="ŝ"),
)
SGD: Stages = (_L2,)
MOMENTUM: Stages = (*SGD, _velocity)
NESTEROV: Stages = (*MOMENTUM, _look_ahead)
ADAGRAD: Stages = (
    _L2,
    _sum_of_squares,
    partial(_scale, symbol="g", squares="s", epsilon=ADAGRAD_EPSILON),
)
RMSPROP: Stages = (_L2, _mean_of_squares, partial(_scale, symbol="g", squares="s"))
ADAM: Stages = (_L2, *_ADAM)
ADAMW: Stages = (*_ADAM, partial(_weight_decay, symbol="d"))
NADAM: Stages = (
    _L2,
    _mean,
    _nadam_look_ahead,
    *_ADAM_SQUARES,
    partial(_scale, symbol="d", squares="ŝ"),
)
