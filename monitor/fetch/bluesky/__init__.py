"""Bluesky, its feed and its repository.

source   what one read asks for, and what comes of it
records  what a record says
"""
