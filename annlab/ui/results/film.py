"""Film of the results: what the bar below the stage plays."""

import json
from collections.abc import Hashable, Sequence
from typing import Any

import streamlit as st

from annlab.figures import MODEL_COLORS, SPLITS, of_run, page_colors
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.browser import theme
from annlab.ui.components.film import film_bar
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.heads import frame_texts
from annlab.ui.results.model_plots import stage_plot
from annlab.ui.results.view import ResultsView, in_order
from annlab.ui.results.view_controls import Shown, epochs_of_film, move_film
from annlab.ui.state.page_state import PageState
from annlab.ui.text.settings_text import columns_to_draw


def draw_film(state: PageState, shown: Shown) -> None:
    """Draw the bar that plays the checkpoints of all models."""
    key = tuple(
        (
            tuple(run.fingerprint for run in view.runs),
            view.spec.label,  # of own data, each browser's own name for them
            view.places,
            view.weights_at_end,
            view.network,
            view.split,
            view.axes,
            view.dataset.n_samples,
        )
        for view in shown.views
    )
    epochs = epochs_of_film([run for view in shown.views for run in view.runs])
    score = shown.curves.score
    data = _film_text((key, score, theme()), shown.views, score)
    film_bar(data, epochs, state.key("film"), lambda epoch: move_film(state, epoch))


@st.cache_resource(max_entries=20, show_spinner=False)
def _film_text(key: Hashable, _views: Sequence[ResultsView], _score: str | None) -> str:
    """Film as JSON, kept for all sessions, because it takes longer than all charts together."""
    return json.dumps(film_data(_views, _score))


def film_data(views: Sequence[ResultsView], score: str | None = None) -> dict[str, Any]:
    """Film of all models of the views, in the format of `annlab.ui.components.film.film_bar`.

    `score` names the score whose curve is on the page; None is the headline.
    """
    models = in_order(views)
    runs = [view.runs[i] for view, i in models]
    return {
        "title": runs[0].config.dataset.spec.label,
        **page_colors(theme()),
        "epochs": epochs_of_film(runs),
        "models": [_model(view, i, view.weights_of_frames(i)) for view, i in models],
        "curves": [
            {"chart": f"curves-{metric}", "lines": _lines(runs, metric)}
            for metric in columns_to_draw([run.config for run in runs], score)
        ],
    }


def _model(view: ResultsView, i: int, weights: Sequence[Epoch]) -> dict[str, Any]:
    run, place = view.runs[i], view.places[i]
    epochs = [int(epoch) for epoch in run.checkpoints.epochs]
    return {
        "place": place,
        "color": MODEL_COLORS[place],
        "picture": f"{stage_plot(view).key}-{place}",
        "film": cached(of_run.film)(
            run,
            view.dataset,
            epochs=tuple(weights),
            network=view.network,
            split=view.split,
            axes=view.axes,
            model=place,
            theme=theme(),
        ),
        "epochs": epochs,
        "positions": {
            "epoch": epochs,
            "steps": [run.steps_per_epoch * epoch for epoch in epochs],
            "seconds": [float(f"{run.epoch_seconds[epoch]:.4g}") for epoch in epochs],
        },
        "texts": frame_texts(view, i, weights),
        # At the end, the curves have a mark for each network instead of a cursor.
        "marked_at_end": run.stops_early and view.weights_at_end == "best",
    }


def _lines(runs: Sequence[Run], metric: str) -> list[dict[str, Any]]:
    """Mean of each curve at each frame of its model, where the cursor meets it."""
    lines = []
    for model, run in enumerate(runs):
        at = run.checkpoints.epochs
        for split in SPLITS:
            if (values := run.history.get(f"{split}_{metric}")) is not None:
                mean = values[at][:, run.counted].mean(axis=1, dtype=float)
                lines.append(
                    {"model": model, "split": split, "y": [float(f"{y:.5g}") for y in mean]}
                )
    return lines
