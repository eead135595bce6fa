"""Signatures by the Standard Webhooks specification: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`."""

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

TOLERANCE_S: Final = 300  # how far a receiver's clock and ours may differ


def sign(secrets: Sequence[bytes], message_id: str, body: bytes, at: datetime) -> str:
    """One signature a secret, the newest first, divided by blanks: while a secret is replaced, both are good."""
    return " ".join(_signature(secret, message_id, str(int(at.timestamp())), body) for secret in secrets)


def verify(secrets: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
    """Why a received message is not to be believed; None if it is genuine. `headers` have lower-case names."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (message_id and re.fullmatch(r"[0-9]{1,12}", timestamp)):
        return "the headers webhook-id and webhook-timestamp are missing or malformed"
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_S:
        return "the timestamp is too far from our clock"
    wanted = [_signature(secret, message_id, timestamp, body).encode() for secret in secrets]
    given = headers.get("webhook-signature", "").encode().split()
    if any(hmac.compare_digest(ours, theirs) for ours in wanted for theirs in given):
        return None
    return "no signature matches"


def _signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    digest = hmac.digest(secret, b".".join((message_id.encode(), timestamp.encode(), body)), "sha256")
    return f"v1,{b64encode(digest).decode()}"
