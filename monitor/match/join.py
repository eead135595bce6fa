"""Of what is a number said? Names speak for themselves; prices, dates and specs need something they are said of.

In this order: a name in the same sentence, one in the sentence before, the post that is answered, an author who knows
a product, the product's line or its brand beside a listed value, a launch event of the brand beside a date.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from monitor.match import cues
from monitor.match.candidates import Candidate
from monitor.match.facts import Match, days_of, match_fact
from monitor.match.terms import Role
from monitor.match.view import Joined, Post, Seen, View
from monitor.model.findings import Reason
from monitor.model.posts import Origin
from monitor.model.rulebook import Kind, RuleBook

HARDLY_MORE: Final = 6  # characters beside a value that nearly is its sentence
SIGNS_AROUND: Final = 12  # blanks and signs beside a value that is a sentence of its own
NAMES_TO_ASK: Final = 4  # of a sentence, whether a value is the listed one of theirs
A_MONTH: Final = timedelta(days=31)
EVENT_REACH: Final = timedelta(days=45)  # between the day that is said and the listed one


def join_value(post: Post, view: View, seen: Seen) -> Joined | Reason:
    """What a price, date or spec is said of, or why it is said of nothing."""
    if seen.candidate.kind is Kind.DATE and _is_past(seen.candidate.value, post.today):
        return Reason("date_is_past")
    for attempt in (_by_name, _by_parent, _by_author, _by_line, _by_event):
        answer = attempt(post, view, seen)
        if answer is not None:
            return answer
    if not post.knows or view.part.origin in (Origin.PARENT, Origin.QUOTED):
        return Reason("no_subject")
    return Reason("of_others") if _of_others(view, seen) else Reason("no_cue")


def _is_past(value: str, today: date) -> bool:
    return days_of(value)[1] < today.isoformat()


# --- a name beside it ---------------------------------------------------------------------------------------------


def _by_name(post: Post, view: View, seen: Seen) -> Joined | Reason | None:
    here = view.names_by_sentence.get(seen.sentence, ())
    before = view.names_by_sentence.get(seen.sentence - 1, ())
    name = _meant(post, view, here, seen)
    how = "join_sentence"
    if name is None and before and _may_follow(view, seen):
        name, how = before[-1], "join_sentence_before"
    behind = view.names_by_sentence.get(seen.sentence + 1, ())
    if name is None and behind and _is_alone(view, seen):
        name, how = behind[0], "join_sentence_behind"
    if name is None:
        return None
    if name.candidate.role in (Role.NOT_THIS, Role.RELEASED):
        return Reason("said_of_other")
    joined = _joined(post, seen, name.candidate.subject, how)
    if seen.candidate.role is Role.FACT and joined.match.code == "match_none":
        return Reason("value_is_no_secret")  # words that are listed for another product
    if _is_sure(view, seen, name, joined):
        return joined
    return Reason("needs_launch_word" if seen.candidate.kind is Kind.DATE else "bare_number")


def _meant(post: Post, view: View, names: Sequence[Seen], seen: Seen) -> Seen | None:
    """The name that a value is said of: the one it stands behind, one whose listed value it is, or the nearest.

    The nearest is the last one before the value, else the first behind it.
    """
    if seen.begin in view.behind or not names:
        return view.behind.get(seen.begin)
    at = bisect_right(names, seen.begin, key=lambda name: name.begin)
    nearest = names[at - 1] if at else names[0]
    if _is_exact(post, nearest, seen):
        return nearest
    return next((name for name in names[max(0, at - NAMES_TO_ASK) : at + 1] if _is_exact(post, name, seen)), nearest)


def _is_exact(post: Post, name: Seen, seen: Seen) -> bool:
    return _joined(post, seen, name.candidate.subject, "").match.code == "match_exact"


def _may_follow(view: View, seen: Seen) -> bool:
    """Whether a sentence goes on about the product of the one before: it has a value of its kind and no other thing."""
    others = seen.sentence in view.company_by_sentence
    if _is_alone(view, seen):
        return True
    said = seen.candidate.kind is Kind.SPEC or _has_cue(view, seen)
    return not others and not seen.candidate.bare and said


def _is_alone(view: View, seen: Seen) -> bool:
    """Whether the value is all that its sentence says: "2999! That is it, the Yunque 9"."""
    begin, end = view.around.sentence(seen.sentence)
    if (end - begin) - (seen.end - seen.begin) > SIGNS_AROUND:
        return False
    around = view.folded.text[begin : seen.begin] + view.folded.text[seen.end : end]
    return not any(char.isalnum() for char in around)


def _is_blurted_out(post: Post, view: View, seen: Seen) -> bool:
    """Whether a post that answers nobody begins with the value and says hardly more: "7500毫安时，稳了"."""
    begin, end = view.around.sentence(seen.sentence)
    if (end - begin) - (seen.end - seen.begin) > HARDLY_MORE or any(v.part.origin is Origin.PARENT for v in post.views):
        return False
    return not any(char.isalnum() for char in view.folded.text[begin : seen.begin])


def _is_sure(view: View, seen: Seen, name: Seen, joined: Joined) -> bool:
    if joined.match.code == "match_exact" or view.behind.get(seen.begin) is name or _is_alone(view, seen):
        return True
    if seen.candidate.kind is Kind.DATE:
        return _has_cue(view, seen)
    return not seen.candidate.bare


def _has_cue(view: View, seen: Seen) -> bool:
    kind, number = seen.candidate.kind, seen.sentence
    if kind is Kind.SPEC:
        return view.around.has_cue(cues.LAUNCH, number) or view.around.has_cue(cues.OURS, number)
    if kind is Kind.DATE:
        return view.around.has_cue(cues.LAUNCH, number)
    return view.around.has_cue(cues.PRICE, number) or view.around.has_cue(cues.LAUNCH, number)


def _has_cue_near(view: View, seen: Seen) -> bool:
    """The same in the sentence before or behind."""
    return any(
        _has_cue(view, replace(seen, sentence=seen.sentence + step)) for step in (-1, 1) if seen.sentence + step >= 0
    )


def _joined(post: Post, seen: Seen, subject: str, how: str, *, weak: bool = False) -> Joined:
    product, candidate = post.product(subject), seen.candidate
    if product is None:
        match = Match("match_none", candidate.value)
    else:
        match = match_fact(product, candidate.kind, candidate.value, candidate.row)
    return Joined(candidate, subject, how, match, weak)


# --- the post that is answered --------------------------------------------------------------------------------------


def _by_parent(post: Post, view: View, seen: Seen) -> Joined | None:
    """A value in a reply or a comment is said of the one product that the other post names."""
    if view.part.origin in (Origin.PARENT, Origin.QUOTED):
        return None
    for other in post.views:
        if other.part.origin not in (Origin.PARENT, Origin.QUOTED, Origin.TITLE):
            continue
        name = next((name for name in reversed(other.names) if not name.candidate.harmless), None)
        if name is not None:
            joined = _joined(post, seen, name.candidate.subject, "join_reply")
            fits = joined.match.code == "match_exact" or (
                not seen.candidate.bare and (joined.match.code == "match_band" or _has_cue(view, seen))
            )
            if _asked(other, seen) or fits:
                return joined
    return None


def _asked(parent: View, seen: Seen) -> bool:
    question = {Kind.PRICE: cues.ASKS_PRICE, Kind.DATE: cues.ASKS_DATE}.get(seen.candidate.kind)
    return bool(question and question.search(parent.folded.text))


def confirmed(post: Post, view: View) -> Iterator[Joined]:
    """What a reply confirms by saying yes: the secret thing that was asked about, told at the place of the yes."""
    yes = cues.says_yes(view.folded.text)
    if yes is None or view.part.origin in (Origin.PARENT, Origin.QUOTED):
        return
    start, end = view.folded.span(*yes)
    for parent in post.views:
        if parent.part.origin is not Origin.PARENT:
            continue
        for subject, candidate, match in _asked_about(post, parent):
            said = Candidate(
                kind=candidate.kind,
                subject=subject,
                start=start,
                end=end,
                weight=0,
                reason=Reason(f"confirmed_{candidate.kind}"),
                value=match.value,
            )
            yield Joined(said, subject, "join_yes", match)


def _asked_about(post: Post, parent: View) -> Iterator[tuple[str, Candidate, Match]]:
    """The values that a question names, with the product they are said of; else the product that it names."""
    values = False
    for seen in parent.seen:
        if not seen.is_value:
            continue
        joined = _by_name(post, parent, seen) or _known_fact(post, seen)
        if isinstance(joined, Joined):
            values = True
            yield joined.subject, joined.candidate, joined.match
    names = [name for name in parent.names if not name.candidate.harmless]
    if not values and names:
        yield names[-1].candidate.subject, names[-1].candidate, Match("match_none", "")


# --- somebody who knows ---------------------------------------------------------------------------------------------


def _by_author(post: Post, view: View, seen: Seen) -> Joined | None:
    """The author works on a secret product, and the sentence is about a launch or a price."""
    if view.part.origin in (Origin.PARENT, Origin.QUOTED) or not post.knows or _of_others(view, seen):
        return None
    listed = _known_fact(post, seen)
    exact = listed is not None and listed.match.code == "match_exact"
    if _has_cue(view, seen) or (exact and (_has_cue_near(view, seen) or _is_blurted_out(post, view, seen))):
        return listed or _by_knowledge(post, seen)
    return None


def _by_knowledge(post: Post, seen: Seen) -> Joined | None:
    """A value that is not listed, of the product that comes first of those that the author works on."""
    soonest = post.soonest_known(seen.candidate.kind)
    if seen.candidate.bare or seen.candidate.kind is Kind.SPEC or soonest is None or _is_today(post, seen):
        return None
    return _joined(post, seen, soonest, "join_author", weak=True)


def _of_others(view: View, seen: Seen) -> bool:
    """Whether the sentence is about somebody else, another model, or what is no device."""
    return seen.sentence in view.of_others or view.around.has_cue(cues.OTHER, seen.sentence)


def _is_today(post: Post, seen: Seen) -> bool:
    """Today is when people speak, not when something of theirs comes."""
    return seen.candidate.kind is Kind.DATE and seen.candidate.value == post.today.isoformat()


def _known_fact(post: Post, seen: Seen) -> Joined | None:
    """The listed value of a product that the author knows."""
    for key in sorted(post.knows):
        joined = _joined(post, seen, key, "join_author")
        exact = joined.match.code == "match_exact"
        if exact or (joined.match.code == "match_band" and not seen.candidate.bare and not _is_today(post, seen)):
            return joined
    return None


# --- the line, the brand, the event ---------------------------------------------------------------------------------


def _by_line(post: Post, view: View, seen: Seen) -> Joined | None:
    """A listed value of the coming generation, said of the line: "the Yunque Fold gets a 219 g body"."""
    if not view.around.has_cue(cues.LAUNCH, seen.sentence) and not view.around.has_cue(cues.PRICE, seen.sentence):
        return None
    for other in () if seen.sentence in view.of_others else view.company_by_sentence.get(seen.sentence, ()):
        for subject in _of_company(post, other, seen):
            joined = _joined(post, seen, subject, f"join_{other.candidate.role}", weak=True)
            if joined.match.code == "match_exact" and post.is_near(subject, seen.candidate.kind):
                return joined
    return None


def _of_company(post: Post, company: Seen, seen: Seen) -> Sequence[str]:
    """The products that a value beside a line or a brand may be said of; of a brand, only a price tells enough."""
    if company.candidate.role is Role.LINE:
        return post.lines.get(company.candidate.value, ())
    return _of_brand(post.book, company.candidate.value) if seen.candidate.kind is Kind.PRICE else ()


def _of_brand(book: RuleBook, brand: str) -> list[str]:
    return [key for key, product in book.products.items() if brand in product.brand]


def _by_event(post: Post, view: View, seen: Seen) -> Joined | None:
    """The brand, a launch event and a coming day: said of the product whose listed day is nearest."""
    if seen.candidate.kind is not Kind.DATE or not view.around.has_cue(cues.EVENT, seen.sentence):
        return None
    first, last = map(_day, days_of(seen.candidate.value))
    if last - first > A_MONTH or _is_today(post, seen):  # an autumn event tells no day, and today's is on
        return None
    company = view.company_by_sentence.get(seen.sentence, ())
    brands = [other.candidate.value for other in company if other.candidate.role is Role.BRAND]
    subjects = {key for brand in brands for key in _of_brand(post.book, brand)}
    distances = {key: away for key in subjects if (away := _days_away(post, key, seen)) is not None}
    near = [key for key, away in distances.items() if away <= EVENT_REACH]
    if not near:
        return None
    return _joined(post, seen, min(near, key=lambda key: (distances[key], key)), "join_event")


def _days_away(post: Post, subject: str, seen: Seen) -> timedelta | None:
    product = post.product(subject)
    if product is None or not post.holds(subject, Kind.DATE):
        return None
    said = days_of(seen.candidate.value)
    return min((_apart(said, days_of(f.value)) for f in product.facts if f.kind is Kind.DATE), default=None)


def _apart(one: tuple[str, str], other: tuple[str, str]) -> timedelta:
    first, second = sorted((one, other))
    return max(timedelta(0), _day(second[0]) - _day(first[1]))


def _day(text: str) -> date:
    year, month, day = map(int, text.split("-"))
    try:
        return date(year, month, day)
    except ValueError:  # a month's 31st that is not there
        return date(year, month, 28)


def by_kind(findings: Sequence[Joined]) -> Mapping[str, set[Kind]]:
    """The kinds of values that are said of each subject."""
    said: dict[str, set[Kind]] = {}
    for joined in findings:
        said.setdefault(joined.subject, set()).add(joined.candidate.kind)
    return said
