"""Points drawn by hand: as text in links, as a file, and as a table."""
