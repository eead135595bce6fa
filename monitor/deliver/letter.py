"""A card as the HTML of a mail: tables and inline styles, all of it escaped, nothing fetched from anywhere. Pure."""

from collections.abc import Iterator
from html import escape
from typing import Final

from monitor.deliver.card import Card, Link, Tone

# Background and writing of the title; each pair has a contrast of at least 4.5 (WCAG 2.2, 1.4.3).
COLOURS: Final = {
    Tone.CRITICAL: ("#b3261e", "#ffffff"),
    Tone.HIGH: ("#b45309", "#ffffff"),
    Tone.MEDIUM: ("#f6d365", "#3b2f00"),
    Tone.LOW: ("#e5e7eb", "#1f2937"),
    Tone.CALM: ("#dbeafe", "#1e3a8a"),
    Tone.BLIND: ("#1f2937", "#ffffff"),
}
FONTS: Final = "-apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
_LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}


def page(card: Card) -> str:
    """The whole document."""
    back, front = COLOURS[card.tone]
    title = escape(card.title)
    head = f"padding:14px 20px;background:{back};color:{front};font-size:18px;font-weight:600;line-height:1.4"
    rows = "\n".join(f'<tr><td style="padding:14px 20px 0 20px">{row}</td></tr>' for row in _rows(card))
    return f"""<!DOCTYPE html>
<html lang="{_LANGUAGES[card.language]}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="margin:0;padding:16px;background:#f3f4f6;color:#1f2937;font-family:{FONTS};font-size:15px;line-height:1.6">
<table role="presentation" align="center" width="100%" cellpadding="0" cellspacing="0" \
style="max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #e5e7eb">
<tr><td style="{head}">{title}</td></tr>
{rows}
<tr><td style="padding:0 0 18px 0"></td></tr>
</table>
</body>
</html>
"""


def _rows(card: Card) -> Iterator[str]:
    for lines in card.paragraphs():
        yield "<br>".join(map(escape, lines))
    if card.links:
        yield " ".join(_button(no, link) for no, link in enumerate(card.links))
    if card.foot:
        foot = "<br>".join(map(escape, card.foot))
        yield f'<div style="border-top:1px solid #e5e7eb;padding-top:10px;color:#6b7280;font-size:13px">{foot}</div>'


def _button(no: int, link: Link) -> str:
    colours = "background:#ffffff;color:#1d4ed8" if no else "background:#1d4ed8;color:#ffffff"
    style = f"display:inline-block;margin:0 8px 8px 0;padding:8px 16px;border:1px solid #1d4ed8;{colours};"
    return f'<a href="{escape(link.url)}" style="{style}text-decoration:none;font-weight:600">{escape(link.label)}</a>'
