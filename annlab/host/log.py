"""Log lines of annlab: time, level and what happened, on the standard error."""

import logging
from functools import cache

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
        handler.setFormatter(logging.Formatter(_FORMAT))
        logger.addHandler(handler)
    return logger
