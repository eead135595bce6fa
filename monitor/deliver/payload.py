"""Bodies of JSON, as chat tools are sent them. Pure."""

import json
from collections.abc import Mapping
from typing import TypeAlias

from monitor.model.messages import Receiver, Request, Sealed

Json: TypeAlias = dict[str, object]


def compact(document: Mapping[str, object]) -> bytes:
    """The document in as few bytes as it has: tools bound its size."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def as_it_is(receiver: Receiver, request: Request) -> Sealed:
    """The same bytes at every attempt: the address is all that proves us."""
    return Sealed(receiver.url, request.body, {"content-type": request.content_type})
