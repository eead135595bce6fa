"""Bilibili, the dynamics of a user.

source    what one read asks for, and what comes of it
dynamics  what a dynamic says
wbi       the signature of a request
"""
