"""Submits work on own data together with the tables and files that it needs."""

from collections.abc import Callable, Collection
from typing import Any

from annlab.datasets.own.own_data import OwnData
from annlab.jobs.cluster import Cluster
from annlab.jobs.handed_over import HandedOver, drop, hand_over

LoadData = Callable[[str], bytes | None]


def submit_with_data(
    cluster: Cluster,
    load: LoadData,
    own: Collection[OwnData],
    name: str,
    *arguments: Any,
    file: bytes | None = None,
    **options: Any,
) -> Any:
    """Submit a function of `annlab.jobs.worker`; its worker gets the tables first.

    Parameters
    ----------
    cluster : Cluster
    load : callable
        Returns the bytes of a table by `OwnData.content`, or None.
    own : collection of OwnData
        Own data that the function needs; may be empty.
    name : str
        Name of the function.
    *arguments
        Its arguments.
    file : bytes, optional
        Its last argument.
    **options
        As for `Cluster.submit`.

    Returns
    -------
    distributed.Future

    Raises
    ------
    annlab.store.database.StoreError
        If a table cannot be read; the message is a sentence for the user.
    OSError
        If large data cannot be written, such as on a full disk; no file stays.
    """
    tables = {one.content: load(one.content) for one in own if not one.points}
    if not tables and file is None:
        return cluster.submit(name, *arguments, **options)
    folder = cluster.folder
    sent: list[bytes | HandedOver] = []

    def send(data: bytes) -> bytes | HandedOver:
        sent.append(hand_over(data, folder))
        return sent[-1]

    try:
        handed = {content: None if data is None else send(data) for content, data in tables.items()}
        last = () if file is None else (send(file),)
        future = cluster.submit("run_with_data", handed, name, *arguments, *last, **options)
    except BaseException:
        _drop(sent)
        raise
    future.add_done_callback(lambda _: _drop(sent))
    return future


def _drop(sent: Collection[bytes | HandedOver]) -> None:
    for data in sent:
        drop(data)
