"""The alert path for a week: people, receivers of every format, outages and deaths, held against a plain model."""
