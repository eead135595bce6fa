"""The requests of one read: few, with the account's credentials and route, every answer kept as evidence."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from monitor.errors import Failure, FetchError
from monitor.fetch.answers import check_status
from monitor.fetch.walls import wall_of
from monitor.model.people import Account
from monitor.model.posts import Payload
from monitor.net.client import Answer, Client
from monitor.net.guard import safe_url

MOST_REQUESTS: Final = 20  # of one read
# Of the evidence's headers: they may hold secrets, as in addresses of the feed itself.
NOT_KEPT: Final = frozenset({"set-cookie", "set-cookie2", "location", "content-location", "link", "refresh"})
_NO_HEADERS: Final[Mapping[str, str]] = {}


class Asking:
    """Asks for one account, for the length of one read; not to be shared between threads."""

    def __init__(self, client: Client, account: Account, now: datetime, *, most: int = MOST_REQUESTS) -> None:
        self.now = now
        self.account = account
        self.payloads: list[Payload] = []
        self._client = client
        self._left = most

    @property
    def spent(self) -> bool:
        """Whether no further request may be made in this read."""
        return self._left <= 0

    def get(
        self,
        url: str,
        headers: Mapping[str, str] = _NO_HEADERS,
        *,
        with_credentials: bool = True,
        secrets: Mapping[str, str] = _NO_HEADERS,
    ) -> Answer:
        """One answer, whatever its status; `secrets` are headers for the first origin only, beside the credentials.

        Raises TransportError; FetchError if too much was asked already.
        """
        self._spend()
        account = self.account
        return self._client.get(
            url,
            headers=headers,
            secret_headers={**secrets, **(account.secret_headers if with_credentials else _NO_HEADERS)},
            allow_private=account.allow_private_network,
            route=account.route,
        )

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str] = _NO_HEADERS) -> Answer:
        """The answer to a form, sent without credentials; raises as `get` does."""
        self._spend()
        return self._client.post(
            url,
            body=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
            allow_private=self.account.allow_private_network,
            route=self.account.route,
        )

    def _spend(self) -> None:
        if self.spent:
            raise FetchError(Failure.HTTP, "one read would take too many requests")
        self._left -= 1

    def get_json(self, url: str, headers: Mapping[str, str] = _NO_HEADERS) -> tuple[Any, Answer]:
        """A good answer as JSON, kept as evidence; numbers with a point stay text, for ids must not lose digits.

        Raises FetchError for every status but 200; LOGIN_WALL, CAPTCHA or NOT_A_FEED for what is no JSON.
        """
        answer = self.get(url, {"Accept": "application/json", **headers})
        self.check(answer)
        return read_json(answer), self.keep(answer)

    def check(self, answer: Answer) -> None:
        """Raise the FetchError that the status stands for; 200 and 304 pass."""
        check_status(answer, self.now, with_key=bool(self.account.secret_headers))

    def keep(self, answer: Answer) -> Answer:
        """Keep it as evidence; posts that stand in it name its number, `len(payloads) - 1`."""
        self.payloads.append(payload_of(answer, self.account, self.now))
        return answer


def read_json(answer: Answer) -> Any:  # noqa: ANN401 - whatever strangers answer
    """The value of a JSON body; FetchError LOGIN_WALL, CAPTCHA or NOT_A_FEED for any other."""
    text = answer.body.decode("utf-8-sig", "replace")
    try:
        return json.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        failure = wall_of(text) or Failure.NOT_A_FEED
        raise FetchError(failure, "an answer that is no JSON, perhaps a page for people") from None


def payload_of(answer: Answer, account: Account, now: datetime) -> Payload:
    """An answer as evidence."""
    headers = {name: value for name, value in answer.headers.items() if name not in NOT_KEPT}
    digest = hashlib.sha256(answer.body).hexdigest()
    return Payload(digest, told_url(answer.url, account), answer.status, headers, answer.body, now)


def told_url(url: str, account: Account) -> str:
    """An address without what may be secret in it."""
    return safe_url(url, path_is_secret=account.url_is_secret)
