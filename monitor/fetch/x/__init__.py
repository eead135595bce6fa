"""X by its paid API.

source  what one read asks for, and what comes of it
tweets  what a post of X says
"""
