"""Bare Streamlit page with constant Plotly charts, the baseline for the times of the app.

The page uses Streamlit and Plotly in the standard way, imports nothing from annlab, and builds its
figures only once.

The query sets the number of charts of each kind: ``?surface=2&curves=1``; the default is that of
the logistic page. ``watch=2&looks=5`` first shows the charts of a training, updated by a fragment
every 2 seconds, five times.
"""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
import streamlit as st

# Sizes of the app's default experiments: points, grid positions per side, epochs.
N_POINTS, N_GRID, N_EPOCHS = 600, 100, 101
# The app draws fewer points during training.
N_LIVE_POINTS, N_LIVE_GRID = 400, 60
CONFIG = {"displaylogo": False, "displayModeBar": False}


def _points(shift: float, n: int = N_POINTS) -> list[go.Scatter]:
    t = np.linspace(0, np.pi, n // 2, dtype=np.float32)
    return [
        go.Scatter(x=np.cos(t) + shift, y=np.sin(t), mode="markers"),
        go.Scatter(x=1 - np.cos(t) + shift, y=0.5 - np.sin(t), mode="markers"),
    ]


def _share(shift: float, n: int = N_GRID) -> tuple[np.ndarray, np.ndarray]:
    grid = np.linspace(-1.5, 2.5, n)
    return grid, (1 + np.sin(grid[:, None] + 2 * grid + shift)) / 2


def _surface(shift: float, n_grid: int = N_GRID, n_points: int = N_POINTS) -> go.Figure:
    grid, share = _share(shift, n_grid)
    return go.Figure(
        [
            go.Heatmap(x=grid, y=grid, z=np.uint8(100 * share), zsmooth="best"),
            go.Contour(
                x=grid,
                y=grid,
                z=np.uint16(10_000 * share),
                contours={"coloring": "none", "start": 5000, "end": 5000, "size": 1},
                showscale=False,
            ),
            *_points(shift, n_points),
            go.Scatter(x=[shift], y=[0], mode="markers"),
        ],
        {"height": 380},
    )


def _regions(shift: float) -> go.Figure:
    """Regions of three classes: shades, hover texts, boundaries, samples."""
    grid, share = _share(shift)
    few = grid[::2]
    said = np.array([f"class {k % 3}" for k in range(len(few) ** 2)]).reshape(len(few), -1)
    there = np.linspace(-1.5, 2.5, 800, dtype=np.float32)
    return go.Figure(
        [
            go.Heatmap(x=grid, y=grid, z=np.uint16(300 * share), zsmooth="best", showscale=False),
            go.Heatmap(x=few, y=few, z=np.zeros_like(said, np.uint8), text=said, opacity=0),
            go.Scatter(x=there, y=np.sin(there + shift), mode="lines"),
            *_points(shift),
            _points(shift + 0.5)[0],
            go.Scatter(x=there[:300], y=there[:300] + shift, mode="markers"),
        ],
        {"height": 380},
    )


def _curves(shift: float) -> go.Figure:
    epochs = np.arange(N_EPOCHS, dtype=np.int32)
    mean = np.exp(-epochs / 30).astype(np.float32) + shift
    there_and_back = np.concatenate([epochs, epochs[::-1]])
    band = np.concatenate([mean + 0.1, mean[::-1] - 0.1])
    traces = []
    for k in (0, 1):
        traces.append(go.Scatter(x=there_and_back, y=band + k, fill="toself", mode="lines"))
        traces.append(go.Scatter(x=epochs, y=mean + k, mode="lines", name=f"{k}"))
    return go.Figure(traces, {"height": 300})


def _fit(shift: float) -> go.Figure:
    """Fitted curve with one feature: band, two lines, samples."""
    x = np.linspace(-3, 3, 300, dtype=np.float32)
    y = np.sin(x + shift)
    band = np.concatenate([y + 0.1, (y - 0.1)[::-1]])
    return go.Figure(
        [
            go.Scatter(x=np.concatenate([x, x[::-1]]), y=band, fill="toself", mode="lines"),
            go.Scatter(x=x[::3], y=y[::3] + 0.05, mode="markers"),
            go.Scatter(x=x[1::3], y=y[1::3] - 0.05, mode="markers"),
            go.Scatter(x=x, y=y, mode="lines"),
            go.Scatter(x=x, y=np.cos(x), mode="lines"),
        ],
        {"height": 380},
    )


def _functions(shift: float) -> go.Figure:
    x = np.linspace(-6, 6, 241, dtype=np.float32)
    lines = [go.Scatter(x=x, y=np.tanh(x + k + shift), mode="lines") for k in range(3)]
    return go.Figure(
        [*lines, go.Scatter(x=[0, 0, 0], y=[0, 1, 2], mode="markers")], {"height": 360}
    )


KINDS: dict[str, Callable[[float], go.Figure]] = {
    "functions": _functions,
    "surface": _surface,
    "regions": _regions,
    "fit": _fit,
    "curves": _curves,
}
LOGISTIC = {"surface": 2, "curves": 2}


@st.cache_resource
def _figure(kind: str, k: int, variant: int) -> go.Figure:
    return KINDS[kind](k + 0.1 * variant)


@st.cache_resource
def _live(k: int, look: int) -> go.Figure:
    return _surface(k + 0.1 * look, N_LIVE_GRID, N_LIVE_POINTS)


def _show(kind: str, variant: int, row: int = 3) -> None:
    """Draw charts of one kind, `row` per row."""
    n = counts[kind]
    for first in range(0, n, row):
        for k, column in enumerate(st.columns(min(row, n - first)), first):
            with column:
                st.plotly_chart(_figure(kind, k, variant), key=f"{kind}-{k}", config=CONFIG)


def _watch(looks: int) -> None:
    done = st.session_state.get("looks", 0)
    if done == looks:
        st.rerun()
    st.session_state["looks"] = done + 1
    for k, column in enumerate(st.columns(2)):
        with column:
            st.progress(done / looks, text=f"look {done}")
            st.plotly_chart(_live(k, done), key=f"live-{k}", config=CONFIG)
    for k, column in enumerate(st.columns(2)):
        with column:
            st.plotly_chart(_figure("curves", k, done % 2), key=f"live-curves-{k}", config=CONFIG)


st.set_page_config(page_title="bare page", layout="wide")
query = st.query_params
asked = {kind: int(query[kind]) for kind in KINDS if kind in query}
counts = {**dict.fromkeys(KINDS, 0), **(asked or LOGISTIC)}
st.title("A bare page")
st.button("The same again", key="again")
if st.button("Other charts", key="other"):
    st.session_state["variant"] = 1 - st.session_state.get("variant", 0)
variant = st.session_state.get("variant", 0)
if st.session_state.get("looks", 0) < int(query.get("looks", 0)):
    st.fragment(_watch, run_every=float(query["watch"]))(int(query["looks"]))
else:
    for kind in KINDS:
        _show(kind, variant)
