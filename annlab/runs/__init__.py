"""What a training leaves: a run, its history, its size, its file."""
