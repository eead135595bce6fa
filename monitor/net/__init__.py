"""Polite, bounded, guarded HTTP, and mail: the only way out of the process.

guard   which URLs and addresses may be reached
line    one exchange's socket: the guard where it connects, a deadline and a cap where it reads
adapter requests' adapter over such sockets, directly or by an HTTP proxy
smtp    one letter to a mail server, over the same sockets
client  requests, redirects, bodies, and every failure as a TransportError
"""
