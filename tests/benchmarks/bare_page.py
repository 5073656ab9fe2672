"""A bare Streamlit page with as many Plotly charts as the logistic page, out of constants.

It is what the app's times are compared with: what Streamlit, Plotly and the browser need in
any case. So it imports nothing of annlab, and builds its figures once only.
"""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

# As on the logistic page with E4: points, grid positions per side, epochs.
N_POINTS, N_GRID, N_EPOCHS = 1000, 100, 101
CONFIG = {"displaylogo": False, "displayModeBar": False}


def _points(shift: float) -> list[go.Scatter]:
    t = np.linspace(0, np.pi, N_POINTS // 2, dtype=np.float32)
    return [
        go.Scatter(x=np.cos(t) + shift, y=np.sin(t), mode="markers"),
        go.Scatter(x=1 - np.cos(t) + shift, y=0.5 - np.sin(t), mode="markers"),
    ]


def _surface(shift: float) -> go.Figure:
    grid = np.linspace(-1.5, 2.5, N_GRID)
    share = (1 + np.sin(grid[:, None] + 2 * grid + shift)) / 2
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
            *_points(shift),
            go.Scatter(x=[shift], y=[0], mode="markers"),
        ],
        {"height": 380},
    )


def _confusion(shift: float) -> go.Figure:
    counts = np.array([[90, 10], [10 + shift, 90 - shift]])
    names = ("first", "second")
    return go.Figure(
        [go.Heatmap(x=names, y=names, z=counts, texttemplate="%{z}", showscale=False)],
        {"height": 240},
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


def _preview() -> go.Figure:
    return go.Figure(_points(0.0), {"height": 150, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}})


@st.cache_resource
def _figures(variant: int) -> dict[str, go.Figure]:
    shift = 0.1 * variant
    return {
        "preview": _preview(),
        **{f"surface-{k}": _surface(shift + k) for k in (0, 1)},
        **{f"confusion-{k}": _confusion(shift + k) for k in (0, 1)},
        **{f"curves-{k}": _curves(shift + k) for k in (0, 1)},
    }


def _show(name: str) -> None:
    st.plotly_chart(figures[name], key=name, config=CONFIG)


st.set_page_config(page_title="bare page", layout="wide")
st.title("A bare page")
st.button("The same again", key="again")
if st.button("Other charts", key="other"):
    st.session_state["variant"] = 1 - st.session_state.get("variant", 0)
figures = _figures(st.session_state.get("variant", 0))
with st.sidebar:
    _show("preview")
for k, column in enumerate(st.columns(2)):
    with column:
        _show(f"surface-{k}")
        _show(f"confusion-{k}")
for k, column in enumerate(st.columns(2)):
    with column:
        _show(f"curves-{k}")
