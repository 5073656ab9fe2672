"""Data of one's own: files, arrays and drawn points, and their preparation inside the split."""
