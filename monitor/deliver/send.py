"""One attempt: the only code that sends to a receiver."""

from dataclasses import replace
from datetime import datetime

from monitor.deliver import FORMATS
from monitor.deliver.apprise import hand_over
from monitor.deliver.judge import CARD_GONE, Meaning, Outcome, wish_s
from monitor.deliver.mail import judge_reply
from monitor.deliver.slack_app import whispered
from monitor.errors import TransportError
from monitor.model.messages import Handed, Letter, Posted, Receiver, Request, Sealed
from monitor.net.client import DELIVERY_LIMITS, Client, Limits


def send(
    client: Client,
    receiver: Receiver,
    message_id: str,
    request: Request,
    now: datetime,
    *,
    limits: Limits = DELIVERY_LIMITS,
) -> Outcome:
    """Send a frozen request once and say how it ended; trouble on the way is an outcome, not an exception.

    An answer that does not end in time or size counts as none, whatever its status: the message goes out again under
    the same id, which the receiver ignores.
    """
    sealed = FORMATS[receiver.format].seal(receiver, message_id, request, now)
    try:
        if isinstance(sealed, Letter):
            return _mail(client, receiver, sealed, request, limits)
        if isinstance(sealed, Handed):
            judged = FORMATS[receiver.format].judge(int(hand_over(sealed)), b"")
            return Outcome(judged.meaning, judged.code)
        if isinstance(sealed, Posted):
            return _tell_app(client, receiver, sealed, request, now, limits)
        return _post(client, receiver, sealed, now, limits)
    except TransportError as error:
        return Outcome(Meaning.BACK_OFF, error.failure, error.status)


def whisper(client: Client, receiver: Receiver, user: str, text: str, now: datetime) -> Outcome:
    """Tell one member of a channel alone; raises TransportError. It is told once, or never."""
    return _post(client, receiver, whispered(receiver, user, text), now, DELIVERY_LIMITS)


def _post(client: Client, receiver: Receiver, sealed: Sealed, now: datetime, limits: Limits) -> Outcome:
    answer = client.post(
        sealed.url,
        body=sealed.body,
        headers=sealed.headers,
        limits=limits,
        allow_private=receiver.allow_private_network,
        route=receiver.route,
    )
    judged = FORMATS[receiver.format].judge(answer.status, answer.body)
    wish = wish_s(answer.status, answer.headers, now)
    wait_s = judged.wait_s if wish is None else wish
    return Outcome(judged.meaning, judged.code, answer.status, wait_s, card=judged.card)


def _tell_app(
    client: Client, receiver: Receiver, posted: Posted, request: Request, now: datetime, limits: Limits
) -> Outcome:
    """The card, then its line; both again at the next attempt if either fails, for a change that is made twice is one.

    A card that somebody has deleted is made anew.
    """
    outcome = Outcome(Meaning.DELIVERED, "delivered", card=request.card)
    for call in filter(None, (posted.card, posted.line)):
        outcome = _post(client, receiver, call, now, limits)
        if outcome.code == CARD_GONE and posted.anew is not None:
            return _post(client, receiver, posted.anew, now, limits)
        if outcome.meaning is not Meaning.DELIVERED:
            return outcome
    # What a line is called is nobody's business; a card that was left as it is stays what it is.
    return replace(outcome, card="" if posted.card is None else request.card or outcome.card)


def _mail(client: Client, receiver: Receiver, letter: Letter, request: Request, limits: Limits) -> Outcome:
    """Those who have it are told of, so that only the others are tried again."""
    if not letter.to:  # who had not taken it is no longer configured
        return Outcome(Meaning.DELIVERED, "delivered")
    reply = client.mail(letter, limits=limits, allow_private=receiver.allow_private_network, route=receiver.route)
    judged = judge_reply(reply)
    refused = {address for address, _ in reply.refused}
    took = [address for address in letter.to if address not in refused] if judged.code == "partly" else []
    code = min((code for _, code in reply.refused), default=reply.code)
    return Outcome(judged.meaning, judged.code, code if code > 0 else None, told=(*request.told, *took))
