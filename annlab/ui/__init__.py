"""Streamlit building blocks shared by the pages."""

from annlab.ui.bench import bench
from annlab.ui.frame import frame

__all__ = ["bench", "frame"]
