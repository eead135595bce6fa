"""Pages that stand where posts should be: asked to sign in, or to prove that we are no robot."""

import re

from monitor.errors import Failure

_CAPTCHA = re.compile(r"captcha|geetest|turnstile|验证码|安全验证|人机验证|verify (?:that )?you are", re.IGNORECASE)
_LOGIN = re.compile(
    r"type\s*=\s*[\"']?password|<title>[^<]{0,80}(?:登录|登入|sign.?in|log.?in|verif)"
    r"|passport\.weibo|sina visitor system",
    re.IGNORECASE,
)
_HEAD_CHARS = 65536


def wall_of(html: str) -> Failure | None:
    """LOGIN_WALL or CAPTCHA if this page is one; None if it is neither."""
    head = html[:_HEAD_CHARS]
    if _CAPTCHA.search(head):
        return Failure.CAPTCHA
    return Failure.LOGIN_WALL if _LOGIN.search(head) else None
