"""Small curve of the learning rate over the epochs, as SVG."""

from annlab.figures.base.subsample import evenly_spaced
from annlab.figures.base.theme import THEMES, ThemeName

# Width and height of the drawing; the page stretches it to the width of its container.
WIDTH, HEIGHT = 200, 36
MAX_EPOCHS = 400
# Between the curve and the edges, so that the line is whole.
_MARGIN = 2


def rate_curve(rates: list[float], *, theme: ThemeName = "light") -> str:
    """Draw the learning rate of every epoch, from 0 at the bottom to the largest at the top.

    Parameters
    ----------
    rates : list of float
        Positive learning rate of each epoch.

    Returns
    -------
    str
        SVG. Each epoch is a step, because the rate changes between epochs only.
    """
    kept = evenly_spaced(len(rates), MAX_EPOCHS).tolist()
    height = HEIGHT - 2 * _MARGIN
    path = f"M 0 {HEIGHT - _MARGIN - height * rates[0] / max(rates):.2f}"
    for k, epoch in enumerate(kept):
        y = HEIGHT - _MARGIN - height * rates[epoch] / max(rates)
        path += f" V {y:.2f} H {WIDTH * (k + 1) / len(kept):.2f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none"><path d="{path}" fill="none" stroke="{THEMES[theme].ink}" '
        'stroke-width="1.5" vector-effect="non-scaling-stroke"/></svg>'
    )
