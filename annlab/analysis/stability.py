"""Largest learning rate at which gradient descent still converges near a minimum."""

from annlab.nn.optimizers import OPTIMIZERS


def largest_stable_rate(optimizer: str, momentum: float, curvature: float) -> float | None:
    """Learning rate above which steps on the full batch grow instead of shrinking.

    It holds near a minimum, where the loss is almost quadratic. On each axis of a quadratic, a
    step is a linear map, which shrinks while all its eigenvalues are below 1 in size.

    Parameters
    ----------
    optimizer : str
        A name in `OPTIMIZERS`.
    momentum : float
        Share of the velocity that a step keeps; plain SGD ignores it.
    curvature : float
        Largest eigenvalue of the Hessian at the minimum.

    Returns
    -------
    float or None
        None for optimizers that divide by the size of past gradients: their step depends on the
        path, so there is no such number.

    Raises
    ------
    ValueError
        If the curvature is not positive.

    References
    ----------
    Goh (2017), Why momentum really works; the formula of Nesterov momentum is that of PyTorch's
    form of it.

    Examples
    --------
    >>> largest_stable_rate("sgd", 0.0, 4.0), largest_stable_rate("momentum", 0.9, 4.0)
    (0.5, 0.95)
    """
    if curvature <= 0:
        raise ValueError(f"curvature: must be positive; got {curvature}")
    if optimizer == "sgd":
        return 2 / curvature
    # Whether an optimizer scales its steps follows from its settings.
    if "momentum" not in OPTIMIZERS[optimizer].settings:
        return None
    limit = 2 * (1 + momentum) / curvature
    return limit / (1 + 2 * momentum) if optimizer == "nesterov" else limit
