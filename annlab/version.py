"""Version of annlab, which pages show and runs record."""

__version__ = "0.1.0"
