"""What Weibo's refusals mean: many of them are answers with status 200, in several shapes."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from monitor.errors import Failure, FetchError
from monitor.fetch.asking import Asking, read_json
from monitor.fetch.shaping import text_id
from monitor.fetch.walls import wall_of
from monitor.model.posts import Gone
from monitor.net.client import Answer

Value = Mapping[str, Any]
NO_CONTENT: Final = "no content"  # the detail of SUSPECT_EMPTY for what an account without posts says too

_SIGN_IN = re.compile(r"^passport\.|\.passport\.|/(?:sso|visitor|login|signin)(?:/|$|\.)", re.IGNORECASE)
_CODES: Final = {
    # 21301 "relogin!", and the others of its row: the token is expired, revoked, of another.
    **dict.fromkeys(("-100", "21301", "21314", "21315", "21316", "21317", "21327", "21332"), Failure.LOGIN_WALL),
    **dict.fromkeys(("10022", "10023", "10024"), Failure.RATE_LIMITED),
    "20031": Failure.CAPTCHA,
    "20003": Failure.GONE,  # no such user
}
_WORDS: Final = (
    (re.compile("验证码|安全验证"), Failure.CAPTCHA),
    (re.compile("频繁|稍后再试|歇歇"), Failure.RATE_LIMITED),
    (re.compile("登录|登陆|relogin", re.IGNORECASE), Failure.LOGIN_WALL),
    (re.compile("用户不存在|账号异常|帐号异常|已注销"), Failure.GONE),
)
_EMPTY = re.compile("还没有(?:内容|微博|发)|暂无内容")
_DELETED: Final = "20101"
_HIDDEN: Final = "20112"


def read_answer(asking: Asking, answer: Answer, *, own: bool) -> Value:
    """The value of a good answer; FetchError for every refusal. `own`: a cookie of ours went along."""
    try:
        return _read(asking, answer)
    except FetchError as error:
        if error.failure not in (Failure.LOGIN_WALL, Failure.SESSION_EXPIRED):
            raise
        failure = Failure.SESSION_EXPIRED if own else Failure.LOGIN_WALL
        raise FetchError(failure, error.detail, status=error.status) from None


def gone_of(answer: Answer) -> Gone | None:
    """Gone if an answer for a single post says that it is deleted or not for us."""
    value = _value(answer)
    code = code_of(value)
    if code == _DELETED:
        return Gone("deleted")
    message = str(value.get("msg") or value.get("message") or value.get("error") or "")
    if code == _HIDDEN or re.search("无权限|没有权限|仅.{0,8}可见", message):
        return Gone("hidden")
    if value.get("ok") != 1 and re.search("微博(?:已)?不存在|已被(?:作者)?删除", message):
        return Gone("deleted")
    return None


def code_of(value: Value) -> str:
    """The code of an error, "" without one."""
    told = (text_id(value.get(name)) for name in ("error_code", "errno", "errorCode"))
    return next((code for code in told if code and code != "0"), "")


def _read(asking: Asking, answer: Answer) -> Value:
    parts = urlsplit(answer.url)
    if _SIGN_IN.search(f"{parts.hostname}{parts.path}"):
        raise FetchError(Failure.LOGIN_WALL, "sent on to sign in", status=answer.status)
    value = _value(answer)
    if value and (failure := _failure_of(value)):
        raise FetchError(failure, "an answer that says why it is none", status=answer.status)
    asking.check(answer)
    if not value:
        read_json(answer)
        raise FetchError(Failure.NOT_A_FEED, "an answer that is no object")
    if value.get("ok", 1) != 1:
        empty = _EMPTY.search(str(value.get("msg") or value.get("message") or ""))
        raise FetchError(Failure.SUSPECT_EMPTY, NO_CONTENT if empty else "an answer that is not ok")
    return value


def _failure_of(value: Value) -> Failure | None:
    if value.get("ok") == 1:
        return None
    code = code_of(value) or text_id(value.get("ok")) or ""
    if wall := wall_of(str(value.get("url") or "")):
        return wall
    if failure := _CODES.get(code):
        return failure
    message = str(value.get("msg") or value.get("message") or value.get("error") or "")
    return next((failure for pattern, failure in _WORDS if pattern.search(message)), None)


def _value(answer: Answer) -> Value:
    try:
        value = json.loads(answer.body.decode("utf-8-sig", "replace"), parse_float=str)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
