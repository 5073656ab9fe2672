"""Streamlit building blocks shared by the pages."""

from annlab.ui.bench import bench
from annlab.ui.compare import comparison
from annlab.ui.explorer import explorer
from annlab.ui.frame import frame
from annlab.ui.home import way_to_pages
from annlab.ui.state import settings_of

__all__ = ["bench", "comparison", "explorer", "frame", "settings_of", "way_to_pages"]
