"""The group robots of chat tools: they check time, signature, keyword, size and form, and answer as the tools say."""

import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator

from tests.deliver.receiver import Received, Reply

HOUR_S: Final = 3600


def _table(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def _list(of: Any, most: int | None = None) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": 1, **({"maxItems": most} if most else {})}


TEXT: Final = {"type": "string", "minLength": 1}
WEB: Final = {"type": "string", "pattern": r"^https?://[^\s<>\"]+$"}

# https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-structure and its components: of
# plain_text, header, div, action, note and button only what we use.
_PLAIN: Final = _table({"tag": {"const": "plain_text"}, "content": TEXT})
_BUTTON: Final = _table(
    {"tag": {"const": "button"}, "text": _PLAIN, "type": {"enum": ["default", "primary", "danger"]}, "url": WEB}
)
_TEMPLATES: Final = (
    "blue wathet turquoise green yellow orange red carmine violet purple indigo grey default".split()  # noqa: SIM905
)
FEISHU: Final = _table(
    {
        "msg_type": {"const": "interactive"},
        "card": _table(
            {
                "header": _table({"title": _PLAIN, "template": {"enum": _TEMPLATES}}),
                "elements": {
                    "type": "array",
                    "items": {
                        "oneOf": [
                            _table({"tag": {"const": "div"}, "text": _PLAIN}, extra=_BUTTON),
                            _table({"tag": {"const": "action"}, "actions": _list(_BUTTON)}),
                            _table({"tag": {"const": "note"}, "elements": _list(_PLAIN)}),
                        ]
                    },
                },
            }
        ),
    },
    timestamp={"type": "string", "pattern": r"^\d{10}$"},
    sign=TEXT,
)

# https://open.dingtalk.com/document/robots/message-types-and-data-format: markdown, and both kinds of actionCard.
DINGTALK: Final = {
    "oneOf": [
        _table({"msgtype": {"const": "markdown"}, "markdown": _table({"title": TEXT, "text": TEXT})}),
        _table(
            {
                "msgtype": {"const": "actionCard"},
                "actionCard": {
                    "oneOf": [
                        _table({"title": TEXT, "text": TEXT, "singleTitle": TEXT, "singleURL": TEXT}),
                        _table(
                            {"title": TEXT, "text": TEXT, "btns": _list(_table({"title": TEXT, "actionURL": TEXT}))},
                            btnOrientation={"enum": ["0", "1"]},
                        ),
                    ]
                },
            }
        ),
    ]
}

# https://developer.work.weixin.qq.com/document/path/99110: text; whom it mentions we never say.
WECOM: Final = _table({"msgtype": {"const": "text"}, "text": _table({"content": TEXT})})


@dataclass(frozen=True)
class Robot:
    """One robot: its address is known by `token`, and it asks for what it was set to ask for."""

    now: datetime
    secret: str = ""
    keyword: str = ""
    refuses_address: bool = False
    token: str = "hush"

    def url(self, base: str) -> str:
        """Its address, on that host."""
        raise NotImplementedError

    def __call__(self, got: Received) -> Reply:
        """What it answers."""
        raise NotImplementedError

    def _fits(self, schema: Mapping[str, Any], body: Any) -> bool:
        return bool(Draft202012Validator(schema).is_valid(body))

    def _is_near(self, sent_at_s: float) -> bool:
        return abs(self.now.timestamp() - sent_at_s) <= HOUR_S


def say(**body: Any) -> Reply:
    """An answer as all three give it: status 200, whatever happened."""
    return Reply(200, (("Content-Type", "application/json"),), json.dumps(body, ensure_ascii=False).encode())


class FeishuRobot(Robot):
    """https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot."""

    def url(self, base: str) -> str:
        return f"{base}/open-apis/bot/v2/hook/{self.token}"

    def __call__(self, got: Received) -> Reply:
        if got.path.rpartition("/")[2] != self.token:
            return say(code=19001, data={}, msg="param invalid: incoming webhook access token invalid")
        if self.refuses_address:
            return say(code=19022, msg="Ip Not Allowed")
        body = json.loads(got.body)
        if self.secret and not self._is_signed(body):
            return say(code=19021, msg="sign match fail or timestamp is not within one hour from current time")
        if len(got.body) > 20 * 1024 or not self._fits(FEISHU, body):
            return say(code=9499, msg="Bad Request", data={})
        if self.keyword and self.keyword not in got.body.decode():
            return say(code=19024, msg="Key Words Not Found")
        return say(StatusCode=0, StatusMessage="success", code=0, data={}, msg="success")

    def _is_signed(self, body: Mapping[str, Any]) -> bool:
        timestamp = str(body.get("timestamp", ""))
        # the time, a line end and the secret are the key; nothing is signed
        wanted = hmac.new(f"{timestamp}\n{self.secret}".encode(), digestmod=sha256).digest()
        return self._is_near(float(timestamp or 0)) and body.get("sign") == b64encode(wanted).decode()


class DingTalkRobot(Robot):
    """https://open.dingtalk.com/document/robots/customize-robot-security-settings."""

    def url(self, base: str) -> str:
        return f"{base}/robot/send?access_token={self.token}"

    def __call__(self, got: Received) -> Reply:
        asked = {key: values[0] for key, values in parse_qs(urlsplit(got.path).query).items()}
        if asked.get("access_token") != self.token:
            return say(errcode=300005, errmsg="token is not exist")
        if got.headers["content-type"] != "application/json; charset=utf-8":
            return say(errcode=43004, errmsg="无效的HTTP HEADER Content-Type")
        if refusal := self._insecure(asked, got.body.decode()):
            return say(errcode=310000, errmsg=f"{refusal}, more: [https://ding-doc.dingtalk.com/doc]")
        if len(got.body) > 20_000 or not self._fits(DINGTALK, json.loads(got.body)):
            return say(errcode=400105, errmsg="unsupported msgtype")
        return say(errcode=0, errmsg="ok")

    def _insecure(self, asked: Mapping[str, str], body: str) -> str:
        if self.refuses_address:
            return "ip 203.0.113.9 not in whitelist"
        if self.secret and (refusal := self._unsigned(asked)):
            return refusal
        return "keywords not in content" if self.keyword not in body else ""

    def _unsigned(self, asked: Mapping[str, str]) -> str:
        timestamp = asked.get("timestamp", "0")
        if not self._is_near(int(timestamp) / 1000):
            return "invalid timestamp"
        # the secret is the key; the time in milliseconds, a line end and the secret are signed
        wanted = hmac.new(self.secret.encode(), f"{timestamp}\n{self.secret}".encode(), sha256).digest()
        return "" if asked.get("sign") == b64encode(wanted).decode() else "sign not match"


class WeComRobot(Robot):
    """https://developer.work.weixin.qq.com/document/path/99110."""

    def url(self, base: str) -> str:
        return f"{base}/cgi-bin/webhook/send?key={self.token}"

    def __call__(self, got: Received) -> Reply:
        if parse_qs(urlsplit(got.path).query).get("key") != [self.token]:
            return say(errcode=93000, errmsg="invalid webhook url")
        body = json.loads(got.body)
        if not self._fits(WECOM, body) or len(body["text"]["content"].encode()) > 2048:
            return say(errcode=40058, errmsg="text.content exceed max length 2048")
        return say(errcode=0, errmsg="ok")


ROBOTS: Final[Mapping[str, Callable[..., Robot]]] = MappingProxyType(
    {"feishu": FeishuRobot, "dingtalk": DingTalkRobot, "wecom": WeComRobot}
)
