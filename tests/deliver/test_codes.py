"""What the answers of chat tools mean: every code that they are known to give, and all that they are not."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from monitor.deliver import FORMATS, dingtalk, feishu, wecom
from monitor.deliver.codes import UNKNOWN
from monitor.deliver.judge import Judgement, Meaning
from monitor.words import LANGUAGES

# The rows that a person would write by the tools' pages: format, answer, what it means.
ROWS: list[tuple[str, Mapping[str, Any], str, str]] = [
    ("feishu", {"code": 0, "msg": "success", "data": {}}, "delivered", "delivered"),
    ("feishu", {"StatusCode": 0, "StatusMessage": "success"}, "delivered", "delivered"),
    ("feishu", {"code": 9499, "msg": "Bad Request"}, "refused", "refused"),
    ("feishu", {"code": 9499, "msg": "too many request"}, "back_off", "throttled"),
    ("feishu", {"code": 9499, "msg": "frequency limited"}, "back_off", "throttled"),
    ("feishu", {"code": 11232, "msg": "frequency limited psm[x]appID[1500]"}, "back_off", "throttled"),
    ("feishu", {"code": 11246, "msg": "ErrCode: 11310; ErrMsg: unsupported type of block"}, "refused", "refused"),
    ("feishu", {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}, "park", "gone"),
    ("feishu", {"code": 19002, "msg": "params error, msg_type need"}, "refused", "refused"),
    ("feishu", {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}, "back_off", "signature"),
    ("feishu", {"code": 19022, "msg": "Ip Not Allowed"}, "back_off", "address"),
    ("feishu", {"code": 19024, "msg": "Key Words Not Found"}, "refused", "keyword"),
    ("dingtalk", {"errcode": -1, "errmsg": "系统繁忙"}, "back_off", "server"),
    ("dingtalk", {"errcode": 0, "errmsg": "ok"}, "delivered", "delivered"),
    ("dingtalk", {"errcode": 40035, "errmsg": "缺少参数 access_token"}, "refused", "refused"),
    ("dingtalk", {"errcode": 43004, "errmsg": "无效的HTTP HEADER Content-Type"}, "refused", "refused"),
    ("dingtalk", {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}, "back_off", "throttled"),
    ("dingtalk", {"errcode": 300001, "errmsg": "token is not exist"}, "park", "gone"),
    ("dingtalk", {"errcode": 300001, "errmsg": "send too fast"}, "back_off", "throttled"),
    ("dingtalk", {"errcode": 300005, "errmsg": "token is not exist"}, "park", "gone"),
    ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content, more: [...]"}, "refused", "keyword"),
    ("dingtalk", {"errcode": 310000, "errmsg": "错误描述:关键词不匹配"}, "refused", "keyword"),
    ("dingtalk", {"errcode": 310000, "errmsg": "invalid timestamp"}, "back_off", "signature"),
    ("dingtalk", {"errcode": 310000, "errmsg": "sign not match, more: [...]"}, "back_off", "signature"),
    ("dingtalk", {"errcode": 310000, "errmsg": "错误描述:签名不匹配"}, "back_off", "signature"),
    ("dingtalk", {"errcode": 310000, "errmsg": "ip 203.0.113.9 not in whitelist"}, "back_off", "address"),
    ("dingtalk", {"errcode": 310000, "errmsg": "错误描述:ip 203.0.113.9 不在白名单"}, "back_off", "address"),
    ("dingtalk", {"errcode": 310000, "errmsg": "something new"}, "back_off", "denied"),
    ("dingtalk", {"errcode": 400013, "errmsg": "群已被解散"}, "park", "gone"),
    ("dingtalk", {"errcode": 400101, "errmsg": "access_token不存在"}, "park", "gone"),
    ("dingtalk", {"errcode": 400102, "errmsg": "机器人已停用"}, "back_off", "stopped"),
    ("dingtalk", {"errcode": 400105, "errmsg": "不支持的消息类型"}, "refused", "refused"),
    ("dingtalk", {"errcode": 400106, "errmsg": "机器人不存在"}, "park", "gone"),
    ("dingtalk", {"errcode": 410100, "errmsg": "发送速度太快而限流"}, "back_off", "throttled"),
    ("dingtalk", {"errcode": 430101, "errmsg": "含有不安全的外链"}, "refused", "content"),
    ("dingtalk", {"errcode": 430102, "errmsg": "含有不合适的文本"}, "refused", "content"),
    ("dingtalk", {"errcode": 430103, "errmsg": "含有不合适的图片"}, "refused", "content"),
    ("dingtalk", {"errcode": 430104, "errmsg": "含有不合适的内容"}, "refused", "content"),
    ("wecom", {"errcode": -1, "errmsg": "system busy"}, "back_off", "server"),
    ("wecom", {"errcode": 0, "errmsg": "ok"}, "delivered", "delivered"),
    ("wecom", {"errcode": 40008, "errmsg": "invalid message type"}, "refused", "refused"),
    ("wecom", {"errcode": 40033, "errmsg": "invalid charset"}, "refused", "refused"),
    ("wecom", {"errcode": 40035, "errmsg": "invalid parameter"}, "refused", "refused"),
    ("wecom", {"errcode": 40058, "errmsg": "text.content exceed max length 2048"}, "refused", "refused"),
    ("wecom", {"errcode": 44004, "errmsg": "empty content"}, "refused", "refused"),
    ("wecom", {"errcode": 45002, "errmsg": "content size out of limit"}, "refused", "refused"),
    ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "back_off", "throttled"),
    ("wecom", {"errcode": 45033, "errmsg": "api concurrent out of limit"}, "back_off", "throttled"),
    ("wecom", {"errcode": 47001, "errmsg": "data format error"}, "refused", "refused"),
    ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "park", "gone"),
    ("wecom", {"errcode": 93004, "errmsg": "robot is stopped"}, "back_off", "stopped"),
    ("wecom", {"errcode": 93008, "errmsg": "not in group"}, "park", "gone"),
]
TABLES = {"feishu": feishu.CODES, "dingtalk": dingtalk.CODES, "wecom": wecom.CODES}
KEYS = {"feishu": "code", "dingtalk": "errcode", "wecom": "errcode"}


def judged(name: str, status: int, answer: object) -> Judgement:
    return FORMATS[name].judge(status, json.dumps(answer).encode())


@pytest.mark.parametrize(
    ("name", "answer", "meaning", "code"), ROWS, ids=[f"{r[0]} {list(r[1].values())}" for r in ROWS]
)
def test_every_answer_means_what_the_tools_page_says(
    name: str, answer: Mapping[str, Any], meaning: str, code: str
) -> None:
    found = judged(name, 200, answer)
    assert (found.meaning, found.code) == (meaning, code)


@pytest.mark.parametrize("name", TABLES)
def test_every_code_of_a_table_has_its_row_here(name: str) -> None:
    here = {answer[KEYS[name]] for of, answer, *_ in ROWS if of == name and KEYS[name] in answer}
    assert here == set(TABLES[name])


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"0",
        b"null",
        b"ok",
        b"<html>",
        b'{"CODE":0}',
        b'{"code":"0","errcode":"0"}',
        b'{"code":null,"errcode":null}',
        b'{"code":true,"errcode":false}',
        b'{"code":0.0,"errcode":0.0}',
        b'{"code":77777,"errcode":77777}',
        b'{"code":77777,"StatusCode":0,"errcode":77777}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_a_success_that_does_not_say_so_is_none(name: str, body: bytes) -> None:
    assert FORMATS[name].judge(200, body) == UNKNOWN


@pytest.mark.parametrize("name", TABLES)
def test_the_code_counts_under_any_status_but_a_success_only_under_its_own(name: str) -> None:
    denied = {"feishu": 19022, "dingtalk": 400102, "wecom": 93004}[name]
    for status in (200, 400, 403, 500):
        assert judged(name, status, {KEYS[name]: denied}) == TABLES[name][denied]
    assert judged(name, 500, {KEYS[name]: 0}) == Judgement(Meaning.BACK_OFF, "server")
    assert judged(name, 400, {KEYS[name]: 77777}) == Judgement(Meaning.REFUSED, "refused")


@pytest.mark.parametrize("name", TABLES)
def test_every_outcome_has_its_words(name: str) -> None:
    said = {row.code for row in TABLES[name].values()} | {code for of, _, _, code in ROWS if of == name}
    for language in LANGUAGES.values():
        assert [code for code in said if f"outcome_{code}" not in language] == []


def test_a_robot_that_is_told_too_fast_is_left_alone_for_a_minute() -> None:
    for name, code in (("dingtalk", 130101), ("dingtalk", 410100), ("wecom", 45009)):
        assert judged(name, 200, {KEYS[name]: code}).wait_s == 60.0
    assert judged("feishu", 200, {"code": 11232}).wait_s is None  # five a second: over at once
