"""Streamlit building blocks shared by the pages."""

from annlab.ui.bench import bench
from annlab.ui.explorer import explorer
from annlab.ui.frame import frame
from annlab.ui.home import way_to_pages

__all__ = ["bench", "explorer", "frame", "way_to_pages"]
