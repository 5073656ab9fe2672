"""Images in rows: samples, weights as pictures, and how probable each class is for one."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.class_bars import PROBABILITY_AXIS, add_class_bars, label_class_bars
from annlab.figures.base.layout import new_figure
from annlab.figures.base.notes import add_notes
from annlab.figures.base.theme import MISTAKE_COLOR, THEMES, ThemeName, diverging

Array = NDArray[Any]

# A byte for each pixel: 0 is the space between the images, 1 to 255 are values.
_SPACE, _SMALLEST, _LARGEST = 0, 1, 255
# In pixels of the screen: the narrowest chart, a line of a title and one of its letters, and
# how large an image becomes where there is room.
_NARROWEST, _LINE, _LETTER = 326, 12.5, 5.1
_LARGEST_TILE, _WIDEST = 110, 440


def in_unit_range(images: Array) -> Array:
    """Scale the pixels of images to [0, 1], where the largest is 1; negative ones become 0.

    Parameters
    ----------
    images : ndarray
        Pixels as they were measured.

    Returns
    -------
    ndarray, same shape
    """
    return np.clip(images / (float(images.max()) or 1.0), 0, 1)


def image_grid(
    images: Array,
    titles: Sequence[str],
    *,
    n_columns: int = 8,
    marks: NDArray[np.bool_] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw images in rows, each with a title above it.

    Parameters
    ----------
    images : ndarray, shape (n_images, h, w)
        Gray values from 0, black, to 1, white.
    titles : sequence of str, length n_images
        Long ones go on several lines.
    n_columns : int
        Images in a row.
    marks : ndarray of bool, shape (n_images,), or None
        Images to be framed, with their titles, in the color of mistakes.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    codes = _codes(np.clip(images, 0, 1))
    marked = np.zeros(len(images), bool) if marks is None else marks
    return _tiled(codes, titles, n_columns, marked, ((0, "#000000"), (1, "#ffffff")), theme).build()


def weight_images(
    weights: Array,
    shape: tuple[int, int],
    *,
    names: Sequence[str] = (),
    max_units: int = 32,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the weights of each unit of a first layer as a picture.

    Parameters
    ----------
    weights : ndarray, shape (n_pixels, n_units)
        All pictures share one color scale, symmetric around 0.
    shape : (h, w)
        Of the images, with h · w = n_pixels.
    names : sequence of str
        Of the units; numbered from 1 without.
    max_units : int
        The first ones are drawn; a note says of how many.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    n_units = weights.shape[1]
    shown = weights[:, :max_units].T.reshape(-1, *shape)
    largest = float(np.abs(shown).max(initial=0)) or 1.0
    codes = _codes((1 + shown / largest) / 2)
    titles = list(names or [str(i + 1) for i in range(n_units)])[:max_units]
    unmarked = np.zeros(len(shown), bool)
    figure = _tiled(codes, titles, 8, unmarked, diverging(theme), theme)
    figure.update_traces(
        showscale=True,
        colorbar={
            "orientation": "h",
            "thickness": 10,
            "len": 0.6,
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 1,
            "yanchor": "top",
            "ypad": 4,
            "tickfont": {"size": 11},
            "title": {"text": "weight", "side": "top", "font": {"size": 11}},
            "tickvals": [_SMALLEST, (_SMALLEST + _LARGEST) / 2, _LARGEST],
            "ticktext": [f"−{largest:.2g}", "0", f"{largest:.2g}"],
        },
    )
    above = 52
    figure.update_layout(height=figure.layout["height"] + above, margin={"t": above})
    if len(shown) < n_units:
        add_notes(figure, [f"first {len(shown)}", f"of {n_units} units"], 1, 1, theme, outside=8)
    return figure.build()


def _tiled(
    codes: NDArray[np.uint8],
    titles: Sequence[str],
    n_columns: int,
    marked: NDArray[np.bool_],
    colors: tuple[tuple[float, str], ...],
    theme: ThemeName,
) -> FigureBuilder:
    """One heat map of all images, with a pixel between two columns and titles between rows."""
    n, h, w = codes.shape
    n_columns = max(1, min(n_columns, n))
    n_rows = -(-n // n_columns)
    tile = min(_LARGEST_TILE, _WIDEST / n_columns)
    narrow = min(64, _NARROWEST / n_columns)
    lines = [_broken(title, int(narrow / _LETTER)) for title in titles]
    # Rows of pixels that a title takes where the images are smallest.
    above = 1 + int(np.ceil(max(map(len, lines), default=0) * _LINE * w / narrow))
    z = np.full((n_rows * (above + h), n_columns * (w + 1) - 1), _SPACE, np.uint8)
    figure = new_figure(round(16 + tile / w * len(z)), theme)
    for i, (image, words, mark) in enumerate(zip(codes, lines, marked.tolist(), strict=True)):
        top = i // n_columns * (above + h) + above
        left = i % n_columns * (w + 1)
        z[top : top + h, left : left + w] = image
        figure.add_annotation(
            x=left + (w - 1) / 2,
            y=top - 0.5,
            text="<br>".join(words),
            yanchor="bottom",
            showarrow=False,
            borderpad=0,
            font={"size": 10, "color": MISTAKE_COLOR if mark else THEMES[theme].ink},
        )
        if mark:
            figure.add_shape(
                type="rect",
                x0=left - 0.5,
                x1=left + w - 0.5,
                y0=top - 0.5,
                y1=top + h - 0.5,
                line={"color": MISTAKE_COLOR, "width": 2},
            )
    first = _SMALLEST / _LARGEST
    scale = [(first + share * (1 - first), color) for share, color in colors]
    figure.add_heatmap(
        z=z,
        zmin=_SPACE,
        zmax=_LARGEST,
        colorscale=[(0, "rgba(0, 0, 0, 0)"), *scale],
        showscale=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(
        visible=False,
        range=[-1, z.shape[1]],
        constrain="domain",
        constraintoward="left",
    )
    figure.update_yaxes(
        visible=False,
        range=[z.shape[0], -1],
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
    )
    figure.update_layout(margin={"l": 4, "r": 4, "t": 4, "b": 4})
    return figure


def _codes(shares: Array) -> NDArray[np.uint8]:
    """Bytes for values in [0, 1]."""
    return np.rint(_SMALLEST + (_LARGEST - _SMALLEST) * shares).astype(np.uint8)


def _broken(title: str, n_letters: int) -> list[str]:
    """A title in lines of some letters: after spaces, hyphens and slashes, else anywhere."""
    pieces = re.findall(r"[^\s/-]+[/-]?\s*|\S\s*", title)
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1] + piece.rstrip()) <= n_letters:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.rstrip() for line in lines]


def probability_bars(
    probability: Array,
    class_names: Sequence[str],
    true: int | None,
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the probability of every class for one sample.

    Parameters
    ----------
    probability : ndarray, shape (n_classes,)
        In [0, 1].
    class_names : sequence of str, length n_classes
    true : int or None
        The true class, whose bar says so; None where it is not known.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(260, theme)
    texts = [
        f"{p:.1%}" + (" <b>true</b>" if k == true else "")
        for k, p in enumerate(probability.tolist())
    ]
    add_class_bars(figure, probability, class_names, texts, hover="%{y}: %{x:.2%}")
    label_class_bars(figure, theme)
    figure.update_xaxes(range=[0, 1.5], **PROBABILITY_AXIS)
    return figure.build()
