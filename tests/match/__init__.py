"""Stage 3: names are found however they are written, and nothing else is."""
