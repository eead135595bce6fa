"""What the process answers over HTTP: its health, its numbers, and posts that are sent to it."""
