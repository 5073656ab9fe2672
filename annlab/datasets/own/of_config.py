"""Finds the data of one's own that a config needs."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from annlab.datasets.own.own_data import OwnData


def own_data_in(config: BaseModel) -> tuple[OwnData, ...]:
    """Data of one's own anywhere in a config, such as the request of a computation.

    Parameters
    ----------
    config : BaseModel
        Of any type.

    Returns
    -------
    tuple of OwnData
        Each content once.
    """
    return tuple({own.content: own for own in _search(config)}.values())


def own_contents(config: BaseModel) -> frozenset[str]:
    """Contents of the data of one's own in a config, by `OwnData.content`."""
    return frozenset(own.content for own in own_data_in(config))


def _search(value: Any) -> Iterator[OwnData]:
    # By name, because Streamlit's hot reload makes new classes.
    if type(value).__qualname__ == OwnData.__qualname__:
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _search(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _search(item)
    elif isinstance(value, dict):
        yield from _search(tuple(value.values()))
