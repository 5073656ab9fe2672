"""Source texts of the components of the browser."""

from pathlib import Path

_FOLDER = Path(__file__).parent


def source(file: str) -> str:
    """Text of a file of this folder, such as "film.css"."""
    return _FOLDER.joinpath(file).read_text(encoding="utf-8")


def javascript(*names: str) -> str:
    """One module of several files that use each other's functions; the last is the component."""
    return "\n".join(source(f"{name}.js") for name in names)
