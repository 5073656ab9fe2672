"""Numbers of linear pieces that a network can have, and is expected to have."""

from collections.abc import Sequence

from annlab.analysis.linear_parts import linear_parts


def largest_count(hidden_sizes: Sequence[int], activation: str = "relu") -> int | None:
    """Largest possible number of pieces in the plane.

    Parameters
    ----------
    hidden_sizes : sequence of int
        Units of each hidden layer.
    activation : str
        A piecewise-linear one, as for `annlab.analysis.pieces.linear_pieces`.

    Returns
    -------
    int or None
        ``1 + n + n (n - 1) / 2`` for one hidden layer of n units with one breakpoint each, which
        are n lines in general position. None for several layers, without a simple exact bound.

    References
    ----------
    Zaslavsky (1975), Facing up to arrangements; for networks Pascanu, Montúfar & Bengio (2014),
    On the number of response regions of deep feedforward networks with piecewise linear
    activations.
    """
    if len(hidden_sizes) > 1:
        return None
    n = sum(n_units * len(linear_parts(activation)[0]) for n_units in hidden_sizes)
    return 1 + n + n * (n - 1) // 2


def typical_count(hidden_sizes: Sequence[int]) -> int:
    """Rough number of pieces in the plane to expect: the square of the number of hidden units.

    At initialization the average is at most of this order, whatever the depth, and training
    changes it little.

    References
    ----------
    Hanin & Rolnick (2019), Deep ReLU networks have surprisingly few activation patterns.
    """
    return max(1, sum(hidden_sizes) ** 2)
