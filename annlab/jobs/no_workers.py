"""Why there are no training workers, as a sentence for the user."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

log = logging.getLogger(__name__)

# What must be the same in a server, the scheduler and the workers, by Dask's name.
_NEEDED_ALIKE = {"python": "Python", "dask": "Dask", "distributed": "Distributed"}


def why_no_workers(
    error: Exception, scheduler: str, seconds: float, versions: Callable[[], Mapping[str, Any]]
) -> str:
    """Say why the server has no workers, and that it keeps trying.

    Parameters
    ----------
    error : Exception
        What has happened.
    scheduler : str
        Address of an external scheduler; empty for workers of this server.
    seconds : float
        How long a worker had time to answer.
    versions : callable
        Returns the result of `distributed.Client.get_versions`; may raise any error.
    """
    where = f"the Dask scheduler at {scheduler}" if scheduler else "this server"
    at_the_start = f"{where[0].upper()}{where[1:]}"
    if isinstance(error, TimeoutError):
        what = f"No training worker of {where} has answered within {seconds / 60:.0f} minutes"
    elif isinstance(error, OSError) and scheduler:
        what = f"{at_the_start} does not answer"
    elif scheduler and any(_lacks_annlab(cause) for cause in _causes(error)):
        what = f"{at_the_start} or one of its workers lacks annlab: install it there as here"
    elif scheduler and (difference := _difference(versions, where)):
        what = difference
    else:
        what = f"The training workers of {where} could not be started: {error}"
    return f"{what}. The server keeps trying."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _lacks_annlab(error: BaseException) -> bool:
    return isinstance(error, ImportError) and (error.name or "").partition(".")[0] == "annlab"


def _difference(versions: Callable[[], Mapping[str, Any]], where: str) -> str:
    """What the scheduler, or a worker, has in another version than this server; else empty."""
    try:
        found = versions()
        workers = [(f"a worker of {where}", worker) for worker in found["workers"].values()]
        for who, there in ((where, found["scheduler"]), *workers):
            for name, label in _NEEDED_ALIKE.items():
                here = _short(name, found["client"]["packages"][name])
                other = _short(name, there["packages"][name])
                if here != other:
                    return (
                        f"{who[0].upper()}{who[1:]} has {label} {other}, and this server has "
                        f"{label} {here}: install the same version"
                    )
    except Exception:  # where versions differ, anything may be different
        log.debug("The versions of the cluster are unknown", exc_info=True)
    return ""


def _short(name: str, version: str) -> str:
    """Return the version as far as it must be the same: of Python, the first two numbers."""
    return ".".join(version.split(".")[:2]) if name == "python" else version
