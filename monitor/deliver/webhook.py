"""The webhook: signed JSON by the Standard Webhooks specification. The payload is docs/reference/webhook.md.

A body is made once and is the same bytes at every attempt, so it tells only what stood at the event.
"""

import json
import re
from datetime import UTC, datetime
from typing import ClassVar, Final, Literal

from monitor.config.receiver_tables import SignedTable
from monitor.deliver.figures import figures_of
from monitor.deliver.judge import Judgement, judge_status
from monitor.deliver.payload import Json
from monitor.deliver.signing import sign
from monitor.deliver.text import number_of, readable
from monitor.errors import RenderError
from monitor.model.findings import Finding
from monitor.model.messages import (
    Digest,
    Disclosure,
    EventMoved,
    IncidentNotice,
    Message,
    Notice,
    Receiver,
    Request,
    Sealed,
    Spread,
)
from monitor.model.posts import Evidence
from monitor.model.rulebook import NEVER
from monitor.model.summaries import Summary
from monitor.words import say_reason

LONGEST_IN_DIGEST: Final = 500  # characters of a part; the whole text is one click away, and receivers have limits
_UNSENDABLE: Final = re.compile("[\ud800-\udfff]")  # no UTF-8 for half a surrogate pair


class WebhookTable(SignedTable):
    """[[receivers]] with format = "webhook"."""

    format: Literal["webhook"]
    address_is_secret: ClassVar[bool] = False  # who posts there without our signature is not believed


class Webhook:
    """The format of receivers that take any JSON."""

    table = WebhookTable
    cap = None

    def render(self, message: Message, receiver: Receiver) -> Request:
        """The payload, disclosed as far as `receiver.show` allows; RenderError if it cannot be put into words."""
        try:
            document = _document(message, receiver)
        except (OverflowError, ValueError) as error:  # an instant beyond the calendar of the receiver's zone
            raise RenderError(f"{message.topic}: {type(error).__name__}") from error
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_instant)
        return Request(_UNSENDABLE.sub("\ufffd", text).encode(), "application/json")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Sealed:
        """Id, time of this attempt, and a signature for each secret, beside bytes that never change."""
        headers = {
            "content-type": request.content_type,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": sign(receiver.secrets, message_id, request.body, now),
        }
        return Sealed(receiver.url, request.body, headers)

    def judge(self, status: int, body: bytes) -> Judgement:  # noqa: ARG002 - the status says all
        """What an answer means, by its status alone."""
        return judge_status(status)


def _document(message: Message, receiver: Receiver) -> Json:
    if isinstance(message, Notice):
        kind, at, data = f"alert.{message.event}", message.event_at, _alert(message, receiver)
    elif isinstance(message, Digest):
        kind, at, data = "digest", message.at, _digest(message, receiver)
    elif isinstance(message, IncidentNotice):
        kind, at, data = f"incident.{message.event}", message.event_at, _incident(message)
    elif isinstance(message, Summary):
        kind, at, data = "summary", message.at, figures_of(message, receiver.show)
    elif isinstance(message, EventMoved):
        kind, at, data = "event.moved", message.at, _moved(message, receiver.show)
    else:
        kind, at, data = "test", message.at, {}
    return {"type": kind, "timestamp": _instant(at), "data": {**data, "text": readable(message, receiver)}}


def _alert(notice: Notice, receiver: Receiver, longest: int | None = None) -> Json:
    data: Json = {
        "alert_id": notice.alert_number,
        "number": number_of(notice),
        "seq": notice.seq,
        "post_revision": notice.post_revision,
        "disclosure": receiver.show,
        "severity": notice.severity,
        "state": notice.state,
        "found": notice.found,
        "product": {"ref": notice.product_ref, "label": notice.product_label},
        "person": {"name": notice.person_name, "title": notice.person_title},
        "platform": notice.platform,
        "reduced": notice.reduced,
        "published_at": _instant(notice.published_at),
        "first_seen_at": _instant(notice.first_seen_at),
        "leaked_at": _instant(notice.leaked_at),
        "spread": _spread(notice.spread),
        "gone_at": _instant(notice.gone_at),
        "link": notice.view_url,  # to our page about the alert; never to the post, which `minimal` does not tell
        "take_link": notice.take_url,
    }
    if receiver.show is not Disclosure.MINIMAL:
        data |= _post(notice, longest) | {"media": [_picture(each, receiver) for each in notice.pictures]}
    if receiver.show is Disclosure.FULL:
        data |= _marks(notice, receiver.language)
    return data


def _spread(spread: Spread) -> Json:
    return {"posts": spread.posts, "people": spread.people, "platforms": list(spread.platforms)}


def _post(notice: Notice, longest: int | None) -> Json:
    parts = [{"origin": p.origin, "by_author": p.by_author, "text": p.text[:longest]} for p in notice.parts]
    return {"kinds": list(notice.kinds), "post": {"kind": notice.post_kind, "url": notice.post_url, "parts": parts}}


def _picture(picture: Evidence, receiver: Receiver) -> Json:
    told: Json = {
        "kind": picture.kind,
        "state": picture.state,
        "sha256": picture.sha256,
        "fetched_at": _instant(picture.fetched_at),
    }
    # An address may carry a token, and leads to what the others are not shown.
    return {**told, "url": picture.url} if receiver.show is Disclosure.FULL else told


def _marks(notice: Notice, language: str) -> Json:
    return {"findings": [_finding(f, language) for f in notice.findings], "lifts_at": _lift(notice.lifts_at)}


def _finding(finding: Finding, language: str) -> Json:
    reason = finding.reason
    return {
        "part": finding.part_no,
        "start": finding.start,
        "end": finding.end,
        "kind": finding.kind,
        "value": finding.value,
        "severity": finding.severity,
        "reason": {"code": reason.code, "args": dict(reason.args), "sentence": say_reason(language, reason)},
        "lifts_at": _lift(finding.lifts_at),
    }


def _digest(digest: Digest, receiver: Receiver) -> Json:
    alerts = [
        {"type": f"alert.{n.event}", "timestamp": _instant(n.event_at), "data": _alert(n, receiver, LONGEST_IN_DIGEST)}
        for n in digest.notices
    ]
    return {"why": digest.why, "count": len(alerts), "disclosure": receiver.show, "alerts": alerts}


def _incident(incident: IncidentNotice) -> Json:
    return {
        "number": incident.number,
        "kind": incident.kind,
        "subject": incident.subject,
        "seq": incident.seq,
        "opened_at": _instant(incident.opened_at),
        "closed_at": _instant(incident.closed_at),
        "detail": dict(incident.detail),
    }


def _moved(moved: EventMoved, show: Disclosure) -> Json:
    data: Json = {"disclosure": show, "label": moved.label, "closed": moved.closed, "opened": moved.opened}
    hours = {"was_at": _instant(moved.was_at), "starts_at": _instant(moved.starts_at)}
    return data | hours if show is Disclosure.FULL else data


def _lift(at: datetime | None) -> str | None:
    return None if at is None or at >= NEVER else _instant(at)


def _instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
