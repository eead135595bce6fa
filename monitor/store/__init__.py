"""Keep what we read: the only SQL of the program.

engine      opening the database, transactions; server what is PostgreSQL's own
schema      the tables, of the types in types.py; migrations/ makes them
claims      fenced leases
accounts    who is read and when; posts saves what a read brought (T1), gaps what it may have missed
revisions   texts to judge and what was found in them (T2); rescans those that new rules have not seen
queueing    who is to be told of what; receivers by whom, outbox how the attempts went (T3)
sessions    cookies and tokens that people renew, encrypted
incidents   our own trouble; blindness that of accounts, one or many
messages    what a delivery says, from rows only; summaries the figures of a period
reviews     alerts as people see them, and what people make of them
audit       who did and saw what; chain how it is sealed, and what was done to it since
backup      whole copies, on PostgreSQL by dump; invariants what holds in a sound database
"""

from monitor.store.engine import Store, database_exists, hold_alone, upgrade

__all__ = ["Store", "database_exists", "hold_alone", "upgrade"]
