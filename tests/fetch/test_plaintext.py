"""HTML to text."""

import pytest

from monitor.clock import SystemClock
from monitor.fetch.plaintext import MAX_HTML_CHARS, PlainText, from_html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("云雀 X9\n4299", "云雀 X9\n4299"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("a < b, 3 > 2, <3", "a < b, 3 > 2, <3"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        ("<p>line\n  of   <b>source</b></p>", "line of source"),
        ("<div>a<div>b</div>c</div>d", "a\nb\nc\nd"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<table><tr><td>云雀</td><td>4299</td></tr></table>", "云雀 4299"),
        ("云<b>雀</b><span>X</span>9", "云雀X9"),
        ("<p>X9<script>var a='X10'</script><style>p{}</style></p>", "X9"),
        ("<p>12&#x6708;30&#26085; &yen;4299</p>", "12月30日 ¥4299"),
        ("&lt;p&gt;twice&lt;br&gt;&amp;amp;&lt;/p&gt;", "twice\n&"),
        ("<p>&lt;p&gt;inside&lt;/p&gt;</p>", "inside"),
        ("&amp;#x4E91;<i></i>", "&#x4E91;"),
        ("<p>零\u200b宽</p>", "零\u200b宽"),
        ("<p>全　角</p>", "全　角"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("<!-- gone --><p>kept</p>", "kept"),
        ("<a href='x'>link</a>text", "linktext"),
        ("<p>half \ud83d</p>", "half ?"),
        ("", ""),
        ("<p></p>", ""),
        ("<frameset><frame></frameset>", ""),
    ],
)
def test_markup_goes_and_words_stay(source: str, text: str) -> None:
    assert from_html(source) == PlainText(text)


@pytest.mark.parametrize(
    ("source", "text", "alts"),
    [
        ("好<img alt=[doge] src=x>吧<p></p>", "好[doge]吧", ()),
        ("好<span class='url-icon'><img alt='鼓掌 表情'></span>吧", "好鼓掌 表情吧", ()),
        ("<p>hi <img class='emoji' alt='😀'></p>", "hi 😀", ()),
        ("<p>hi <img class='custom-emoji' alt=':yunque:'></p>", "hi :yunque:", ()),
        ("<p>看<img alt='X9 的背面'>这里</p>", "看这里", ("X9 的背面",)),
        ("<img alt='a b'><img alt='a b'><img alt='c d'><img alt=''><img>", "", ("a b", "c d")),
        ("&lt;img alt='X9 的背面'&gt;&lt;br&gt;", "", ("X9 的背面",)),
    ],
)
def test_emoji_stay_in_the_text_and_other_pictures_speak_beside_it(
    source: str, text: str, alts: tuple[str, ...]
) -> None:
    assert from_html(source) == PlainText(text, alts)


@pytest.mark.parametrize(
    "long",
    [
        pytest.param("<p>" + "字" * 3 * MAX_HTML_CHARS + "</p>", id="one paragraph"),
        pytest.param("<p>" + "字<b>字</b>字" * MAX_HTML_CHARS + "</p>", id="many tags"),
    ],
)
def test_a_long_article_is_read_to_its_end(long: str) -> None:
    assert from_html(long + "<p>云<i>雀</i>9</p>").text == "字" * 3 * MAX_HTML_CHARS + "\n\n云雀9"


def test_a_long_script_takes_no_text_with_it() -> None:
    assert from_html("<p>云雀9</p><script>" + "x " * MAX_HTML_CHARS).text.startswith("云雀9")


@pytest.mark.parametrize(
    "source",
    ["<div>" * 50_000, "<p>" + "&#32;" * 20_000, "<" * 70_000, "<a " * 30_000, "&lt;b&gt;" * 9_000, "</p>" * 20_000],
)
def test_hostile_html_costs_little(source: str) -> None:
    clock = SystemClock()
    began_s = clock.elapsed_s()
    from_html(source)
    assert clock.elapsed_s() - began_s < 3
