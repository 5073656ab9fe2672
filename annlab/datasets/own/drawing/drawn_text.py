"""Short text of drawn points, for links."""

from base64 import b64decode, urlsafe_b64encode
from hashlib import blake2b

from annlab.datasets.own.drawing.drawn import (
    MAX_POINTS,
    MODES,
    REACH,
    DrawnPoint,
    DrawnPoints,
    Mode,
)

# The text of so many points has at most 1,356 characters, wherever they lie.
MAX_POINTS_IN_LINK = 500
# No text of MAX_POINTS points is longer.
MAX_TEXT = 5_000

_N_PLACES = 2 * REACH + 1
_COUNT_BITS = MAX_POINTS.bit_length()
_PLACE_BITS = _N_PLACES.bit_length()
_CHECK_BYTES = 2


def fits_in_link(drawn: DrawnPoints) -> bool:
    """Whether a link can hold the points."""
    return len(drawn.points) <= MAX_POINTS_IN_LINK


def is_drawn_text(text: str) -> bool:
    """Whether a text begins like one of drawn points, and not like packed facts."""
    return text[:1] in {mode.mark for mode in MODES.values()}


def write_drawn(drawn: DrawnPoints) -> str:
    """Write points as a short text of letters, digits, "-" and "_".

    The points are sorted, so distances between neighbors are written instead of positions, as
    Rice codes [1]_.

    References
    ----------
    .. [1] R. F. Rice, "Some practical universal noiseless coding techniques", JPL Publication
       79-22, 1979.
    """
    n, mode = len(drawn.points), MODES[drawn.mode]
    low = _low_bits(n)
    written = [f"{n:0{_COUNT_BITS}b}"]
    before = -REACH
    for x, y, label in drawn.points:
        step, before = x - before, x
        written.append("1" * (step >> low) + "0")
        written += [
            _fixed(step & ((1 << low) - 1), low),
            _fixed(y + REACH, _PLACE_BITS),
            _fixed(label, mode.label_bits),
        ]
    bits = "".join(written)
    n_bytes = -(-len(bits) // 8)
    content = int(bits.ljust(8 * n_bytes, "0"), 2).to_bytes(n_bytes)
    return mode.mark + urlsafe_b64encode(content + _check(mode, content)).decode().rstrip("=")


def read_drawn(text: str) -> DrawnPoints:
    """Read points that `write_drawn` wrote.

    Raises
    ------
    ValueError
        If the text is damaged; the message is a sentence for the user.
    """
    try:
        drawn = _decoded(text)
    except ValueError:
        drawn = None
    # Each drawing has one text only, so that equal data have equal links.
    if drawn is None or write_drawn(drawn) != text:
        raise ValueError("The drawn points in this link were altered or cut off.")
    return drawn


def _decoded(text: str) -> DrawnPoints:
    """Points of a text; a ValueError without a message if it is damaged."""
    name = {mode.mark: name for name, mode in MODES.items()}.get(text[:1])
    if name is None or len(text) > MAX_TEXT:
        raise ValueError
    mode = MODES[name]
    raw = b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars="-_", validate=True)
    content = raw[:-_CHECK_BYTES]
    if not content or content + _check(mode, content) != raw:
        raise ValueError
    bits = f"{int.from_bytes(content):0{8 * len(content)}b}"
    n = _number(bits, 0, _COUNT_BITS)
    low = _low_bits(n)
    points = []
    at, x = _COUNT_BITS, -REACH
    for _ in range(n):
        end = bits.index("0", at)
        x += ((end - at) << low) + _number(bits, end + 1, low)
        at = end + 1 + low
        y = _number(bits, at, _PLACE_BITS) - REACH
        at += _PLACE_BITS
        points.append(DrawnPoint(x, y, _number(bits, at, mode.label_bits)))
        at += mode.label_bits
    return DrawnPoints(name, tuple(points))


def _low_bits(n: int) -> int:
    """Bits of a distance that are written in full: few if n points lie close together."""
    return max(_N_PLACES // max(n, 1), 1).bit_length() - 1


def _fixed(number: int, n_bits: int) -> str:
    return f"{number:0{n_bits}b}" if n_bits else ""


def _number(bits: str, at: int, n_bits: int) -> int:
    return int(bits[at : at + n_bits] or "0", 2)


def _check(mode: Mode, content: bytes) -> bytes:
    return blake2b(mode.mark.encode() + content, digest_size=_CHECK_BYTES).digest()
