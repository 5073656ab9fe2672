"""Log lines of annlab: time, level and what happened, on the standard error."""

import logging
import traceback
from functools import cache
from types import TracebackType

LOGGER = "annlab"
_FORMAT = "%(asctime)s %(levelname)s %(message)s"


@cache
def set_up_log() -> logging.Logger:
    """Let annlab write its log lines; return its logger.

    Lines of other loggers stay as they are. Where the root logger has handlers already, they get
    the lines instead.
    """
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.INFO)
    if not logger.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(_Formatter(_FORMAT))
        logger.addHandler(handler)
    return logger


class _Formatter(logging.Formatter):
    """Formats errors without their own texts, which may quote what a person typed or loaded."""

    def formatException(  # noqa: N802 - the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        kind, error, trace = ei
        number = f" {error.errno}" if isinstance(error, OSError) and error.errno else ""
        name = kind.__name__ if kind else "no error"
        return "".join([*traceback.format_tb(trace), f"{name}{number}"])
