"""The bench: settings on the left, models side by side."""
