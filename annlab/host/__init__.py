"""What concerns the machine that annlab runs on, and who looks after it."""
