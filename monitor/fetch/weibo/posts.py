"""What Weibo's answers say: a status, or a comment, of either of its two sites becomes a FetchedPost. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from monitor.fetch.dates import read_time
from monitor.fetch.entries import EntryError
from monitor.fetch.plaintext import PlainText, from_html
from monitor.fetch.shaping import Draft, dicts, inner, order, text_id
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, MediaKind, Origin, Part, PostKind

Status = Mapping[str, Any]
_NOTHING: Final[Mapping[str, str]] = {}

# The tail of a text that lists cut: 全文 on m.weibo.cn, 展开 on weibo.com.
_TAIL = re.compile(
    r"(?:\.{3}|…)?\s{0,9}<(?P<tag>a|span)\b[^<>]{0,999}>\s{0,9}(?:全文|展开)\s{0,9}</(?P=tag)>[\s\u200b]{0,99}$",
    re.IGNORECASE,
)
_CHAIN = re.compile(r"(?<!:)//\s*@")  # from here on a repost repeats what others said
_NO_WORDS = frozenset({"", "转发微博", "轉發微博", "转发", "repost", "forward weibo"})
_ANSWERS = re.compile(r"回复\s?@(?P<name>[^:：\s]{1,40})\s?[:：]\s{0,9}")
_ENDS = " \t\r\n\u200b\ufeff"  # which Weibo itself puts behind a text
_OWN_TITLE = re.compile(r"的微博(?:视频|直播)$")  # Weibo names a video by its author
_SAME_CHARS: Final = 40
_LONGEST_ID: Final = 20
_STEM_CHARS: Final = 100  # lists show at least so many of a long text
_VIDEOS: Final = frozenset({"video", "live", "11"})
_CARD_TEXTS: Final = (("title",), ("page_title",), ("page_desc",), ("content2",), ("media_info", "video_title"))


def id_of(status: Status) -> str:
    """The mid, a number as text; "" if there is none."""
    told = text_id(status.get("mid")) or text_id(status.get("idstr")) or text_id(status.get("id")) or ""
    return told if told.isascii() and told.isdigit() and len(told) <= _LONGEST_ID else ""


def is_pinned(status: Status) -> bool:
    """Whether it stands on top whatever its age."""
    marks = (str(status.get("mblogtype")), str(status.get("isTop")))
    return marks[0] == "2" or marks[1] == "1" or str(status.get("profile_type_id")).startswith("proweibotop")


def is_of(status: Status, uid: str) -> bool:
    """Whether this account wrote it, for everybody: lists show what it likes too, and friends what friends may see."""
    author = text_id(inner(status, "user", "id")) or text_id(inner(status, "user", "idstr"))
    return (author or uid) == uid and str(inner(status, "visible", "type") or 0) == "0"


def edited_at(status: Status, account: Account, now: datetime) -> str:
    """The instant of its latest edit, in a form that sorts; "" if it was never edited."""
    at = read_time(_text(status.get("edit_at")), account.timezone, now).at
    return at.isoformat() if at else ""


def long_ids(status: Status) -> Iterator[str]:
    """The ids whose whole texts must be asked for: its own, that of what it reposts."""
    for each in (status, status.get("retweeted_status")):
        if isinstance(each, dict) and _is_long(each) and each.get("user", True) and id_of(each):
            yield id_of(each)


def post_of(
    status: Status, account: Account, now: datetime, evidence: int, whole: Mapping[str, str] = _NOTHING
) -> FetchedPost:
    """The post that a status is; `whole` are the texts, in HTML, of those that lists cut, by id."""
    mid = id_of(status)
    if not mid:
        raise EntryError("a post without an id")
    draft = Draft(account, mid, _address(status, account, mid))
    plain = _plain(status, whole.get(mid, ""))
    words, chain = _apart(plain.text)
    draft.say(Origin.TEXT, words)
    for alt in plain.alts:
        draft.say(Origin.ALT, alt)
    draft.say(Origin.QUOTED, chain, by_author=False)
    fingerprint = [Part(Origin.TEXT, _stem(status, plain.text))]
    original = status.get("retweeted_status")
    if isinstance(original, dict):
        quoted = _plain(original, whole.get(id_of(original), "")).text
        draft.root_id = id_of(original) or None
        draft.say(Origin.QUOTED, quoted, by_author=False)
        _say_card(draft, original, Origin.QUOTED)
        fingerprint.append(Part(Origin.QUOTED, _stem(original, quoted), by_author=False))
    if words.casefold() in _NO_WORDS and (chain or isinstance(original, dict) or words):
        draft.kind = PostKind.REPOST
    _say_card(draft, status, Origin.CARD)
    for option in dicts(inner(status, "page_info", "card_info", "vote_object", "vote_list")):
        draft.say(Origin.POLL, option.get("content"))
    client = from_html(_text(status.get("source"))).text
    draft.say(Origin.CLIENT, client)
    fingerprint.append(Part(Origin.CLIENT, client))
    _show(draft, status)
    if (edits := text_id(status.get("edit_count")) or "0") != "0":
        draft.native_rev = edits
        fingerprint.append(Part(Origin.TEXT, f"edit {edits}"))  # behind the cut, and of pictures, nothing else tells
    return draft.finish(
        _text(status.get("created_at")),
        now,
        edited=_text(status.get("edit_at")) or None,
        fingerprint=fingerprint,
        evidence=evidence,
        completes=any(whole.get(each) for each in long_ids(status)),
    )


def shown_whole(status: Status) -> dict[str, str]:
    """The whole texts in an answer for a single post, by id."""
    told: dict[str, str] = {}
    for each in (status, status.get("retweeted_status")):
        if isinstance(each, dict) and _is_long(each):
            text = _text(inner(each, "longText", "content") or each.get("longTextContent") or each.get("text"))
            told |= {} if _TAIL.search(text) else {id_of(each): text}
    return told


def replies_of(value: object, uid: str) -> Iterator[tuple[Status, Status | None]]:
    """The author's own comments in an answer of hotflow, each with the comment that it answers, if any."""
    for thread in dicts(value):
        inside = dicts(thread.get("comments"))
        if _wrote(thread, uid):
            yield thread, _answered(thread, None, [])
        for comment in inside:
            if _wrote(comment, uid):
                yield comment, _answered(comment, thread, inside)


def reply_of(
    comment: Status, answered: Status | None, url: str | None, account: Account, now: datetime, evidence: int
) -> FetchedPost:
    """The post that a comment of the author is, with the words of the fan that it answers."""
    comment_id = text_id(comment.get("idstr")) or text_id(comment.get("id"))
    if comment_id is None:
        raise EntryError("a comment without an id")
    draft = Draft(account, f"c{comment_id}", url, PostKind.REPLY)
    words, chain = _apart(_ANSWERS.sub("", _plain(comment, "").text, count=1))
    draft.say(Origin.TEXT, words)
    draft.say(Origin.QUOTED, chain, by_author=False)
    if answered is not None:
        draft.say(Origin.PARENT, _ANSWERS.sub("", _plain(answered, "").text, count=1), by_author=False)
    draft.show(MediaKind.PICTURE, inner(comment, "pic", "large", "url") or inner(comment, "pic", "url"))
    return draft.finish(_text(comment.get("created_at")), now, evidence=evidence)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_long(status: Status) -> bool:
    return bool(status.get("isLongText")) or bool(_TAIL.search(_text(status.get("text"))))


def _plain(status: Status, whole: str) -> PlainText:
    source = _text(status.get("text"))
    if whole:  # that of weibo.com has lines and no markup
        source = whole if "<br" in whole else whole.replace("\n", "<br />")
    cut = _TAIL.sub("", source)
    plain = from_html(cut) if cut else PlainText(_text(status.get("text_raw")) or _text(status.get("raw_text")))
    text = plain.text.strip(_ENDS)
    return PlainText(f"{text.rstrip('.… ')}…" if cut != source else text, plain.alts)


def _apart(text: str) -> tuple[str, str]:
    """One's own words, and the chain of others' that a repost repeats."""
    found = _CHAIN.search(text)
    return (text[: found.start()].strip(_ENDS), text[found.start() :].strip(_ENDS)) if found else (text, "")


def _stem(status: Status, text: str) -> str:
    """The text as every list shows it, however much of it we have and whichever site told it."""
    squeezed = "".join(text.split())
    return squeezed[:_STEM_CHARS] if _is_long(status) else squeezed


def _address(status: Status, account: Account, mid: str) -> str:
    short = text_id(status.get("bid")) or text_id(status.get("mblogid"))
    if short and short.isascii() and short.isalnum():
        return f"https://weibo.com/{account.native_id}/{short}"
    return f"https://m.weibo.cn/detail/{mid}"


def _say_card(draft: Draft, status: Status, origin: Origin) -> None:
    """The words of a card, unless the post says them itself."""
    told = ["".join(part.text.split()) for part in draft.parts]
    for names in _CARD_TEXTS:
        text = from_html(_text(inner(status, "page_info", *names))).text
        squeezed = "".join(text.split())
        # The description of a video is the post once more, cut, with its links written otherwise.
        begins = squeezed[:_SAME_CHARS] if names == ("content2",) else squeezed
        if squeezed and not _OWN_TITLE.search(text) and not any(begins in each for each in told):
            draft.say(origin, text, by_author=origin is not Origin.QUOTED)
            told.append(squeezed)


def _show(draft: Draft, status: Status) -> None:
    pictures = status.get("pics")
    for picture in dicts(list(pictures.values()) if isinstance(pictures, dict) else pictures):
        draft.show(MediaKind.PICTURE, inner(picture, "large", "url") or picture.get("url"))
    infos = status.get("pic_infos")
    for picture in dicts(_in_order(infos, status.get("pic_ids")) if isinstance(infos, dict) else None):
        _show_info(draft, picture)
    for item in dicts(inner(status, "mix_media_info", "items")):
        data = item.get("data")
        if isinstance(data, dict):
            (_show_info if item.get("type") == "pic" else _show_cover)(draft, data)
    card = status.get("page_info")
    if isinstance(card, dict) and {str(card.get("type")), str(card.get("object_type"))} & _VIDEOS:
        _show_cover(draft, card)


def _in_order(infos: Mapping[str, Any], ids: object) -> list[Any]:
    first = [each for each in ids if isinstance(each, str)] if isinstance(ids, list) else []
    return [infos[each] for each in dict.fromkeys([*first, *infos]) if each in infos]


def _show_info(draft: Draft, picture: Status) -> None:
    sizes = (inner(picture, size, "url") for size in ("largest", "large", "original", "bmiddle"))
    draft.show(MediaKind.PICTURE, next(filter(None, sizes), None))


def _show_cover(draft: Draft, card: Status) -> None:
    draft.show(MediaKind.COVER, inner(card, "page_pic", "url") or card.get("page_pic"))


def _wrote(comment: Status, uid: str) -> bool:
    return text_id(inner(comment, "user", "id")) == uid


def _answered(comment: Status, thread: Status | None, inside: list[Status]) -> Status | None:
    """What a comment answers: what it names itself, or the last of the one whom it names, or the top of its thread."""
    told = comment.get("reply_comment")
    if isinstance(told, dict):
        same = (each for each in inside if text_id(each.get("id")) == text_id(told.get("id")))
        return told if told.get("text") else next(same, told)
    if found := _ANSWERS.match(_plain(comment, "").text):
        theirs = [each for each in inside if inner(each, "user", "screen_name") == found["name"]]
        before = [each for each in theirs if _number(each) < _number(comment)]
        return max(before, key=_number, default=thread)
    return thread


def _number(comment: Status) -> tuple[int, str]:
    return order(text_id(comment.get("id")) or "")
