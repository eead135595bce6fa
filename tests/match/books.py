"""Rule books of the fictional company 云雀 (Yunque), and short ways to ask them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.match import CandidateStory, Matcher
from monitor.model.findings import Finding
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import Kind, Product, Rule, RuleBook, RuleStatus, Series, Severity, Window

ZONE = ZoneInfo("Asia/Shanghai")
NOBODY: frozenset[str] = frozenset()

NINE = Product(
    key="yunque-9",
    ref="P-4F7C",
    label="翠鸟",
    brand=("云雀", "Yunque"),
    names=("云雀9", "Yunque 9"),
    aliases=("9代云雀",),
    weak_aliases=("9 Pro",),
    codenames=("青瓷", "celadon", "YQ2901", "飞天计划"),
    variants=("星光版",),
    not_this=("云雀9号楼", "云雀9 Air"),
    timezone=ZONE,
    windows={Kind.PRODUCT: Window()},
)


def product(key: str, *names: str, **changes: object) -> Product:
    """Another product of the company with these names and nothing else."""
    bare = replace(NINE, key=key, names=names, aliases=(), weak_aliases=(), codenames=(), variants=(), not_this=())
    return replace(bare, **changes)  # type: ignore[arg-type]


THIRTEEN = product("yunque-13", "云雀13", "Yunque 13", not_this=("云雀13 Ultra",))
ULTRA = product("yunque-13-ultra", "云雀13 Ultra")
TAG = product("sky-tag", "SkyTag", "云雀挂件")
OS = product("lark-os", "LarkOS 14.5")
K60 = product("yunque-k60", "云雀K60")
SERIES = Series("yunque-k", "S-70A1", "苍鹭", ("云雀",), "K{n}", released_up_to=80, listed_up_to=120)
PRODUCTS = (NINE, THIRTEEN, ULTRA, TAG, OS, K60)

RULE = Rule(
    id="names",
    kinds=frozenset({Kind.PRODUCT, Kind.CLIENT}),
    severity=Severity.HIGH,
    status=RuleStatus.STABLE,
    subjects=frozenset(),
    own_words_only=False,
    listed_only=False,
    match=(),
    ignore=(),
    place="rules.toml:1",
)


def make_book(
    products: Iterable[Product] = PRODUCTS, rules: tuple[Rule, ...] = (RULE,), series: tuple[Series, ...] = (SERIES,)
) -> RuleBook:
    """A rule book of these."""
    by_key: Mapping[str, Product] = {p.key: p for p in products}
    return RuleBook(hash="", body="", products=by_key, series=series, events={}, rules=rules)


MATCHER = Matcher(make_book())


def findings(
    text: str,
    *,
    matcher: Matcher = MATCHER,
    origin: Origin = Origin.TEXT,
    by_author: bool = True,
    knows: frozenset[str] = NOBODY,
    at: datetime | None = None,
) -> tuple[Finding, ...]:
    """What is found in a post of one part."""
    return matcher.evaluate([Part(origin, text, by_author)], knows=knows, at=at).findings


def names_in(text: str, *, matcher: Matcher = MATCHER, knows: frozenset[str] = NOBODY) -> list[tuple[str, str]]:
    """The places and subjects of what is found, as pairs (text, product key)."""
    return [(text[f.start : f.end], f.subject) for f in findings(text, matcher=matcher, knows=knows)]


def stories(text: str, *, matcher: Matcher = MATCHER, knows: frozenset[str] = NOBODY) -> tuple[CandidateStory, ...]:
    """All candidates of a text with their fates."""
    return matcher.explain([Part(Origin.TEXT, text)], knows=knows, at=None).parts[0].candidates


def fates(text: str, *, matcher: Matcher = MATCHER) -> set[tuple[str, str]]:
    """The candidates of a text as pairs (subject, fate)."""
    return {(story.candidate.subject, story.fate.code) for story in stories(text, matcher=matcher)}
