import json

from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.card import Card, Link, Tone, plain
from monitor.deliver.fitting import fitted
from monitor.deliver.wecom import TEXT_BYTES, WeCom
from monitor.model.messages import Disclosure
from tests.deliver.golden import alert, told

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=400)


def at_most(limit: int, card: Card) -> Card:
    return fitted(card, lambda each: len(plain(each).encode()) <= limit)


def card(**changes: object) -> Card:
    given = {
        "title": "🔴 title",
        "lines": ("who", "", "云雀9真好看🐦" * 40),
        "links": (Link("take", "https://x.example/take"),),
        "foot": ("A-2417",),
    }
    return Card("en", Tone.HIGH, **{**given, **changes})  # type: ignore[arg-type]


def test_a_card_that_fits_is_left_alone() -> None:
    assert at_most(5000, card()) == card()


def test_its_lines_give_way_behind_a_whole_character_and_nothing_else_does() -> None:
    for limit in range(80, 400):
        cut = at_most(limit, card())
        assert len(plain(cut).encode()) <= limit
        assert (cut.title, cut.links, cut.foot) == ("🔴 title", card().links, ("A-2417",))
        assert not cut.lines or cut.lines[-1].endswith("…")
        assert ("who", "", "云雀9真好看🐦" * 40)[: len(cut.lines) - 1] == cut.lines[:-1]
        assert limit - len(plain(cut).encode()) < 12 or len(cut.lines) < 3  # no more was cut than needed


def test_without_room_for_a_line_there_is_none() -> None:
    assert at_most(50, card()).lines == ()


def test_a_title_too_long_by_itself_keeps_its_ends() -> None:
    title = "🔴 紧急 · " + "翠" * 900 + " · A-2417"
    cut = at_most(600, card(title=title))
    assert cut.title.startswith("🔴 紧急 · 翠")
    assert cut.title.endswith(" · A-2417")
    assert cut.links == card().links


def test_an_address_is_never_cut() -> None:
    links = (Link("take", "https://x.example/take"), Link("post", "https://x.example/" + "y" * 3000))
    assert at_most(600, card(links=links)).links == links[:1]


@given(WORDS, WORDS, st.integers(0, 4000), st.sampled_from(Disclosure))
def test_whatever_stands_in_an_alert_wecom_takes_it(label: str, words: str, long: int, show: Disclosure) -> None:
    made = alert("zh", "short", product_label=label, person_name=words, post_url="https://x.example/" + "y" * long)
    request = WeCom().render(made, told("wecom", "zh", show))
    content = json.loads(request.body)["text"]["content"]
    assert len(content.encode()) <= TEXT_BYTES
    assert "A-2417" in content
    assert "https://console.yunque.example/a/2417/take?key=k7" in content
