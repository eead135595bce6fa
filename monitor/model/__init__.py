"""The nouns of the program: frozen values, built whole or not at all.

posts     what is read: parts, posts, pages
people    who is read
rulebook  what is secret, from when until when, and the rules that select and grade
findings  what was seen, and why
messages  what people are told

Instants are aware UTC and end in `_at` or `_until`; money is Decimal with an ISO 4217 code; spans are half-open
code-point offsets of the original text.
"""
