"""Weibo by its two sites.

source   what one read asks for, and what comes of it
sites    where each site is asked for what, and how its lists are read
pages    the pages behind the newest one
posts    what a status says
walls    what refusals mean
visitor  the cookie of a visitor without an account
"""
