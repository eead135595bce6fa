"""Names: one overlapping automaton over the squeezed key of a text, then every hit is verified where it stands."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation
from numpy.typing import NDArray

from monitor.match import beside
from monitor.match.family import is_small_s, sibling_end
from monitor.match.fold import MATES, Folded, key_of, plain
from monitor.match.sieve import Codes, Keys, PerCharacter, side_by_side, texts_at
from monitor.match.sounding import SYLLABLE, same_sound, sound_key
from monitor.match.spelling import LEET, PLAIN, spelling_of
from monitor.match.terms import COMPANY, Form, Role, forms_of
from monitor.model.rulebook import RuleBook

MAX_GAP = 3  # characters between two of a name's own
_TOKEN_REACH = 40  # how far a token is looked at on either side
_SENTENCE_ENDS = re.compile(r"\.\s")
_SIGNS = frozenset(":").union(*MATES.items())
SOUND_HAN = 3  # Han characters of a name that may be written by sound though it has no number
_LONG_WORD = re.compile(r"[a-z]{4}")
_LEET_DIGITS = "0134578@$"
# Such digits among the letters of a word, or before its first two.
_L = rf"[{_LEET_DIGITS}]"
_LEET_WORD = re.compile(rf"{_L}(?={_L}?[A-Za-z])(?:(?<=[A-Za-z].)|(?<=[A-Za-z]{_L}.)|(?<![\w.].)(?=.[A-Za-z]))")
_NEITHER, _DIGIT, _LETTER, _EITHER, _GONE, _END = range(6)
_SHAPES = str.maketrans(f"{_LEET_DIGITS}i", "oleastbasl")
_RUN_ON = re.compile(r"[.\-/:]")  # between digits these make another number


@dataclass(frozen=True, slots=True)
class Hit:
    """A form that stands in a folded text; `end` takes in the variant word that follows. `fails` is a code or "".

    `may_count` says that its number may count something, `sibling` that it is another model of the same generation.
    """

    form: Form
    start: int
    end: int
    spelling: str
    fails: str = ""
    may_count: bool = False
    sibling: bool = False


def _look(char: str) -> int:
    """What a character is to leet words when it is folded."""
    folded = plain(char)
    if len(folded) > 1:
        return _EITHER if folded.isascii() and folded.isalnum() else _NEITHER
    if not folded:
        return _GONE
    return _DIGIT if folded in _LEET_DIGITS else _LETTER if "a" <= folded <= "z" else _NEITHER


_KEYS = Keys(sound_key)
_SHAPES_OF = Keys(lambda char: _shape_key(key_of(char)))
_LOOKS = PerCharacter(_look, np.uint8, _END)


def _leet_texts(codes: Codes) -> list[int]:
    """The texts in which a leet word may stand: a digit before a letter, once they are folded."""
    looks = _LOOKS.of(codes)
    looks = looks[looks != _GONE]
    places = np.flatnonzero((looks[:-1] == _EITHER) | ((looks[:-1] == _DIGIT) & (looks[1:] == _LETTER)))
    return texts_at(np.flatnonzero(looks == _END), places) if places.size else []


def _hits(automaton: AhoCorasick, keys: Keys, codes: Codes) -> tuple[list[tuple[int, int, int]], NDArray[np.intp]]:
    """What stands in the keys of these texts (number, begin, end), and where each key ends."""
    key, ends = keys.of(codes)
    return automaton.find_matches_as_indexes(key, overlapping=True), ends


class Lexicon:
    """All terms of a rule book."""

    def __init__(self, book: RuleBook) -> None:
        by_sound: defaultdict[str, list[Form]] = defaultdict(list)
        by_shape: defaultdict[str, list[Form]] = defaultdict(list)
        for form in forms_of(book):
            by_sound[sound_key(form.key)].append(form)
            if form.term.role is Role.NAME and not form.numerals and _LONG_WORD.search(form.key):
                by_shape[_shape_key(form.key)].append(form)
        keys = sorted(by_sound, key=lambda key: _is_company(by_sound[key]))  # names first
        self._forms, self._shapes = [by_sound[key] for key in keys], list(by_shape.values())
        self._names = sum(not _is_company(forms) for forms in self._forms)
        self._automaton = AhoCorasick(keys, implementation=Implementation.ContiguousNFA)
        self._leet = AhoCorasick(list(by_shape), implementation=Implementation.ContiguousNFA)
        variants = {form.term.variants for forms in self._forms for form in forms}
        self._variants = {words: _variant_pattern(words) for words in variants}

    def may_hold(self, texts: Sequence[str]) -> tuple[set[int], set[int]]:
        """The numbers of the texts in which any term's letters stand: all in which scan finds something, and more.

        Those in which something may stand that tells by itself, and those with nothing but brands and product lines.
        """
        telling, company, leet = set[int](), set[int](), list[int]()
        for group, codes in side_by_side(texts):
            hits, ends = _hits(self._automaton, _KEYS, codes)
            company.update(group[no] for no in texts_at(ends, [begin for _, begin, _ in hits]))
            telling.update(group[no] for no in texts_at(ends, [begin for no, begin, _ in hits if no < self._names]))
            leet += [group[no] for no in _leet_texts(codes)]
        for group, codes in side_by_side([texts[no] for no in leet]):
            hits, ends = _hits(self._leet, _SHAPES_OF, codes)
            telling.update(leet[group[no]] for no in texts_at(ends, [begin for _, begin, _ in hits]))
        return telling, company - telling

    def scan(self, folded: Folded) -> Iterator[Hit]:
        """Every term that stands in the text, verified; the ones that fail too, with the check they failed."""
        at, key = folded.squeezed, key_of(folded.text)
        for index, begin, end in self._automaton.find_matches_as_indexes(sound_key(key), overlapping=True):
            for form in self._forms[index]:
                yield self._verify(folded, form, at[begin:end])
        if _LEET_WORD.search(folded.text):
            for index, begin, end in self._leet.find_matches_as_indexes(_shape_key(key), overlapping=True):
                for form in self._shapes[index]:
                    if key[begin:end] != form.key and not _is_sounded(key[begin:end], form):
                        yield self._verify(folded, form, at[begin:end])

    def _verify(self, folded: Folded, form: Form, at: tuple[int, ...]) -> Hit:
        text, start, listed = folded.text, at[0], at[-1] + 1
        varied = self._with_variant(folded, listed, form)
        end = _with_sibling(folded, listed, form) if varied == listed else varied
        verbatim = text[start:listed] == form.written
        sign = "" if verbatim else _sign_in(text, form, at)
        fails = (
            ("inside_character" if folded.splits(start) or folded.splits(end) else "")
            or ("" if verbatim else _writing_fails(text, form, at, sign, end))
            or _before_fails(text, start)
            or _after_fails(text, end, form, whole=end == listed)
        )
        how = PLAIN if fails else spelling_of(folded, form, at)
        may_count = form.may_count or sign == ":"
        closed = end + 1 if sign in MATES and not fails else end
        return Hit(form, start, closed, how, fails, may_count=may_count, sibling=end > varied)

    def _with_variant(self, folded: Folded, end: int, form: Form) -> int:
        text = folded.text
        if form.term.role is not Role.NOT_THIS and (found := self._variants[form.term.variants].match(text, end)):
            return found.end()
        return end + 1 if _is_plural(folded, end) else end


def _is_company(forms: Sequence[Form]) -> bool:
    return all(form.term.role in COMPANY for form in forms)


def _variant_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted({*words}, key=lambda word: (-len(word), word))
    return re.compile(rf"(?:[ \-]?(?:{'|'.join(map(re.escape, longest_first))})){{1,3}}(?:\+|(?![a-z]))")


def _is_plural(folded: Folded, end: int) -> bool:
    text = folded.text
    if text[end : end + 1] != "s" or _is_word(text[end + 1 : end + 2]):
        return False
    return "a" <= text[end - 1] <= "z" or (text[end - 1].isdigit() and is_small_s(folded, end))


def _with_sibling(folded: Folded, end: int, form: Form) -> int:
    if form.term.role in (Role.RELEASED, Role.NOT_THIS) or not folded.text[end - 1].isdigit():
        return end
    further = sibling_end(folded, end)
    return end if further > end and beside.unit_at(folded.text, end) else further


# --- the checks: each answers the code of what is wrong, or "" -----------------------------------------------------


def _writing_fails(text: str, form: Form, at: tuple[int, ...], sign: str, end: int) -> str:
    return (
        _gaps_fail(text, form, at)
        or _sign_fails(text, sign, at, end)
        or _words_fail(text, form, at)
        or _look_alikes_fail(text, form, at)
        or _sound_fails(text, form, at)
    )


def _gaps_fail(text: str, form: Form, at: tuple[int, ...]) -> str:
    for place, joint in enumerate(form.joints):
        gap = text[at[place] + 1 : at[place + 1]]
        if gap == joint == "":
            continue
        if len(gap) > max(MAX_GAP, len(joint)):
            return "gap_too_wide"
        if _SENTENCE_ENDS.search(gap):
            return "sentence_ends"
        if form.letters[place].isdigit() and form.letters[place + 1].isdigit() and gap != joint:
            if joint or _RUN_ON.search(gap):
                return "separator_differs"
            if _number_follows(text, at[-1] + 1):
                return "digits_apart"
    return ""


def _sign_in(text: str, form: Form, at: tuple[int, ...]) -> str:
    """The brackets and colons between the characters of the name that are not its own."""
    if at[-1] - at[0] == len(at) - 1:
        return ""
    gaps = (text[left + 1 : right] for left, right in pairwise(at))
    return "".join(c for gap, joint in zip(gaps, form.joints, strict=True) if gap != joint for c in gap if c in _SIGNS)


def _sign_fails(text: str, sign: str, at: tuple[int, ...], end: int) -> str:
    """One pair of brackets may hold the end of a name: 云雀（9）; one colon may lead to its number: 云雀：9."""
    if not sign or (sign in MATES and text[end : end + 1] == MATES[sign]):
        return ""
    colon = text.find(":", at[0], end)
    leads = sign == ":" and colon - 1 in at and colon + 1 in at and text[colon + 1].isdigit()
    return "" if leads and not "\u4e00" <= text[end : end + 1] <= "\u9fff" else "sign_between"


def _words_fail(text: str, form: Form, at: tuple[int, ...]) -> str:
    """An everyday word may be spaced out as a whole (b e a n), but two words are not one (be an)."""
    if not form.term.needs_context:
        return ""
    gaps = [text[left + 1 : right] for left, right in pairwise(at)]
    letters = [one.isascii() and one.isalpha() for one in form.key]
    torn = any(
        gap and not joint and left and right
        for gap, joint, (left, right) in zip(gaps, form.joints, pairwise(letters), strict=True)
    )
    return "words_apart" if torn and not all(gaps) else ""


def _number_follows(text: str, end: int) -> bool:
    rest = end + 1 if text[end : end + 1] == " " else end
    return text[rest : rest + 1].isdigit() or beside.unit_at(text, rest) or text[rest : rest + 1] == "月"


def _look_alikes_fail(text: str, form: Form, at: tuple[int, ...]) -> str:
    for number, (place, letter, wanted) in enumerate(zip(at, form.letters, form.key, strict=True)):
        if text[place] not in (letter, wanted) and (fails := _stand_in_fails(text, place, form, number)):
            return fails
    return ""


def _stand_in_fails(text: str, place: int, form: Form, number: int) -> str:
    """Why the character there cannot stand for that one of the name, by its sound, as a digit or by its shape."""
    char, letter = text[place], form.letters[number]
    if char in SYLLABLE:
        return "" if _may_sound(form, number) else "sounds_alike_only"
    if char in LEET:
        return "" if letter.isalpha() and letter in LEET[char] else "other_letters"
    if char.isascii():
        return "other_letters"
    return "" if _in_mixed_token(text, place) else "lookalike_word"


def _sound_fails(text: str, form: Form, at: tuple[int, ...]) -> str:
    """What only sounds like a name is one if its number is in digits and counts nothing: 一家三口 is no 一加3."""
    sounds = zip(at, form.letters, strict=True)
    if form.spelling != "spelling_sound" and not any(same_sound(text[place], letter) for place, letter in sounds):
        return ""
    if form.numerals:
        return "sounds_alike_only"
    counts = form.key[-1].isdigit() and beside.perhaps_counts(text, at[-1] + 1)
    return "unit_follows" if counts else ""


def _may_sound(form: Form, place: int) -> bool:
    """Whether another character of the same sound may stand at that place of the key.

    Only in names with a number or of three Han characters, and never for the number itself: 小米九 is no 小米酒.
    """
    if form.term.role not in (Role.NAME, Role.NUMBER) and form.spelling != "spelling_sound":
        return False
    han = sum(char in SYLLABLE for char in form.key)
    return place not in form.numerals and (any(map(str.isdigit, form.key)) or han >= SOUND_HAN)


def _is_sounded(key: str, form: Form) -> bool:
    """Whether a part of a text's key is what the search by sound finds anyway."""
    return sound_key(key) == sound_key(form.key)


def _shape_key(key: str) -> str:
    """A key with letters for the digits that look like them; i and l are one, as 1 may be either."""
    return key.translate(_SHAPES)


def _in_mixed_token(text: str, place: int) -> bool:
    begin = place
    while begin > max(0, place - _TOKEN_REACH) and text[begin - 1].isalnum():
        begin -= 1
    end = place
    while end < min(len(text), place + _TOKEN_REACH) and text[end].isalnum():
        end += 1
    return any(char.isascii() for char in text[begin:end])


def _before_fails(text: str, start: int) -> str:
    before, first = text[start - 1 : start] if start else "", text[start]
    if _is_word(first) and _is_word(before):
        return "word_before"
    if first.isdigit() and before == "." and text[start - 2 : start - 1].isdigit():
        return "number_goes_on"
    if beside.numeral_goes_on(text, start) and beside.numeral_goes_on(before, 0):
        return "word_before"
    return ""


def _after_fails(text: str, end: int, form: Form, *, whole: bool) -> str:
    last, after = text[end - 1], text[end : end + 1]
    if not after or beside.begins_at(text, end):
        return ""
    if whole and len(form.key) - 1 in form.numerals:
        if not form.key[-1].isascii():
            return _after_numeral_fails(text, end)
        if beside.english_unit_at(text, end):
            return "unit_follows"
    if last.isdigit():
        return _after_digit_fails(text, end)
    if after.isdigit():
        return "" if beside.counts_at(text, end) else "word_after"
    return "word_after" if _is_word(last) and _is_word(after) else ""


def _after_digit_fails(text: str, end: int) -> str:
    if beside.unit_at(text, end) or beside.spaced_unit_at(text, end) or beside.date_goes_on(text, end):
        return "unit_follows"
    if beside.number_goes_on(text, end):
        after_point = end + 1 if text[end] == "." else end
        return "" if after_point > end and beside.begins_at(text, after_point) else "number_goes_on"
    return "word_after" if _is_word(text[end]) else ""


def _after_numeral_fails(text: str, end: int) -> str:
    if beside.numbered_at(text, end):
        return ""
    if beside.unit_at(text, end):
        return "unit_follows"
    if beside.numeral_goes_on(text, end):
        return "number_goes_on"
    return "unit_follows" if beside.numeral_is_word(text, end - 1) else ""


def _is_word(char: str) -> bool:
    """A letter or digit of a script that puts blanks between words."""
    return char.isalnum() and not "\u2e80" <= char <= "\uffdc" and char < "\U00020000"
