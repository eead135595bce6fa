"""A long life on a clock that is moved by hand: what grows, grows for ever, and would be seen here."""
