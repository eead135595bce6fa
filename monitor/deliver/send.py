"""One attempt: the only code that posts to a receiver."""

from datetime import datetime

from monitor.deliver import FORMATS
from monitor.deliver.judge import Meaning, Outcome, wish_s
from monitor.errors import TransportError
from monitor.model.messages import Receiver, Request
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
    """Post a frozen request once and say how it ended; trouble on the way is an outcome, not an exception.

    An answer that does not end in time or size counts as none, whatever its status: the message goes out again under
    the same id, which the receiver ignores.
    """
    style = FORMATS[receiver.format]
    sealed = style.seal(receiver, message_id, request, now)
    try:
        answer = client.post(
            sealed.url,
            body=sealed.body,
            headers=sealed.headers,
            limits=limits,
            allow_private=receiver.allow_private_network,
            route=receiver.route,
        )
    except TransportError as error:
        return Outcome(Meaning.BACK_OFF, error.failure, error.status)
    judged = style.judge(answer.status, answer.body)
    wish = wish_s(answer.status, answer.headers, now)
    return Outcome(judged.meaning, judged.code, answer.status, judged.wait_s if wish is None else wish)
