"""Session state: settings, pages, links, runs."""
