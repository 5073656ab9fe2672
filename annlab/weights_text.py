"""Weights of a network as float32 numbers, and as a short text for links."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

# Weights and biases that a config can hold, and those that fit into a link.
MAX_WEIGHTS, MAX_WEIGHTS_IN_LINK = 10_000, 100
# Text in a link that stands for more weights than fit into it.
_TOO_MANY = "too-many"


def in_float32(weights: Sequence[float]) -> tuple[float, ...]:
    """Round weights to float32, in which networks compute and links write.

    A config from a link then equals the original.

    Raises
    ------
    ValueError
        If there are more than `MAX_WEIGHTS`, or one is not a finite float32 number.
    """
    if len(weights) > MAX_WEIGHTS:
        raise ValueError(f"at most {MAX_WEIGHTS:,} weights and biases, got {len(weights):,}")
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
        rounded = np.array(weights, np.float32) + np.float32(0)  # turns -0.0 into 0.0
    if not np.isfinite(rounded).all():
        raise ValueError("every weight must be a finite number")
    return tuple(rounded.tolist())


def write_weights(weights: Sequence[float]) -> str:
    """Write weights as the base64url text of their float32 bytes.

    More than `MAX_WEIGHTS_IN_LINK` become a mark that `read_weights` refuses.
    """
    if len(weights) > MAX_WEIGHTS_IN_LINK:
        return _TOO_MANY
    return urlsafe_b64encode(_in_bytes(weights)).decode().rstrip("=")


def read_weights(text: str) -> tuple[float, ...]:
    """Read weights that `write_weights` wrote.

    Raises
    ------
    ValueError
        If there were too many to be written, or the text is damaged.
    """
    if text == _TOO_MANY:
        raise ValueError(
            f"more than {MAX_WEIGHTS_IN_LINK} weights do not fit into a link; load the "
            "settings from a file instead"
        )
    try:
        data = b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
        return tuple(np.frombuffer(data, "<f4").tolist())
    except ValueError:
        raise ValueError("the weights in this link were altered or cut off") from None


def checksum(weights: Sequence[float]) -> str:
    """Four digits that tell the weights of one network from those of another."""
    return blake2b(_in_bytes(weights), digest_size=2).hexdigest()


def _in_bytes(weights: Sequence[float]) -> bytes:
    return np.array(weights, "<f4").tobytes()
