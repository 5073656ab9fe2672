"""Page on searches: settings, linked views, replays, test split, downloads."""
