"""A step of an optimizer as a chain of named stages, and what the optimizer remembers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from numpy.typing import NDArray

Array = NDArray[Any]


class Stage(NamedTuple):
    """One stage of a step.

    Attributes
    ----------
    name : str
        What the stage computes, for display.
    symbol, formula : str
        Symbol that the stage sets, and how, with the numbers of this step. An arrow instead of
        an equals sign replaces the value before.
    values : ndarray, shape of the parameter
    """

    name: str
    symbol: str
    formula: str
    values: Array


@dataclass(frozen=True)
class Memory:
    """What an optimizer remembers of the steps before.

    Attributes
    ----------
    n_steps : int
        Number of steps taken.
    kept : mapping of str to ndarray
        Arrays of the parameter's shape by the name of their stage, and Nadam's "momentum product",
        of shape (); empty before the first step.
    """

    n_steps: int = 0
    kept: Mapping[str, Array] = field(default_factory=dict)


EMPTY_MEMORY = Memory()


@dataclass(frozen=True)
class Chain:
    """A step between two stages.

    Attributes
    ----------
    training : TrainingConfig
    strength : float
        Strength of L2 for this parameter.
    n_steps : int
        Number of steps, with this one.
    known : mapping of str to ndarray
        Current value of each symbol.
    kept : mapping of str to ndarray
        Memory, as far as it is updated.
    stages : tuple of Stage
        Stages so far.
    """

    training: Any
    strength: float
    n_steps: int
    known: Mapping[str, Array]
    kept: Mapping[str, Array]
    stages: tuple[Stage, ...] = ()

    def add(self, name: str, symbol: str, formula: str, values: Array) -> "Chain":
        """Append a stage that sets a symbol."""
        return replace(
            self,
            known={**self.known, symbol: values},
            stages=(*self.stages, Stage(name, symbol, formula, values)),
        )


Stages = tuple[Callable[[Chain], Chain], ...]
