"""From results to Plotly figures: no training, no Streamlit."""

from annlab.figures.confusion import confusion_matrix
from annlab.figures.curves import Curves, learning_curves
from annlab.figures.network import network_graph
from annlab.figures.points import points
from annlab.figures.surface import MAX_POINTS, SurfacePoints, decision_surface
from annlab.figures.theme import MODEL_COLOURS, MODEL_NAMES, MODEL_WORDS, ThemeName

__all__ = [
    "MAX_POINTS",
    "MODEL_COLOURS",
    "MODEL_NAMES",
    "MODEL_WORDS",
    "Curves",
    "SurfacePoints",
    "ThemeName",
    "confusion_matrix",
    "decision_surface",
    "learning_curves",
    "network_graph",
    "points",
]
