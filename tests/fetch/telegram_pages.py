"""The preview of a channel of Telegram, as its page is written."""

from tests.fetch.feed_server import Reply


def said(html: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{html}</div>'


def message(no: int, body: str, *, styles: str = "js-widget_message", meta: str = "") -> str:
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message '
        f'text_not_supported_wrap {styles}" data-post="Lumo_News/{no}" data-view="eyJjIjo"><div '
        f'class="tgme_widget_message_bubble"><div class="tgme_widget_message_author"><a class='
        f'"tgme_widget_message_owner_name" href="https://t.me/Lumo_News"><span>Lumo News</span></a></div>{body}'
        f'<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">1.2K</span><span '
        f'class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" href="https://t.me/Lumo_News/{no}">'
        f'<time datetime="2026-11-23T15:00:00+08:00" class="time">07:00</time></a></span></div></div></div></div>'
    )


def preview(*messages: str) -> Reply:
    top = '<div class="tgme_channel_info"><div class="tgme_channel_info_header_title">Lumo News</div></div>'
    history = f'<section class="tgme_channel_history js-message_history">{"".join(messages)}</section>'
    html = f"<!DOCTYPE html><html><body><main>{top}{history}</main><footer>about it</footer></body></html>"
    return Reply(200, html.encode(), {"Content-Type": "text/html; charset=utf-8"})
