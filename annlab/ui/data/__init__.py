"""Page of one's own data."""
