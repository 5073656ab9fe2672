"""What a browser tab remembers: settings, pages, runs."""
