"""Servers that others made, read by the real stages. Each is tested where it is installed; see CONTRIBUTING.md.

nginx, and a server that speaks Mastodon's API, are started by the suite, in CI too. Heavier ones are commands:
`python -m tests.real.bluesky` and so on; each says how its server is installed.
"""
