"""How a name is disguised, as a code of the catalogue."""

import unicodedata

from monitor.match.fold import IS_TRADITIONAL, LOOK_ALIKES, Folded, plain
from monitor.match.sounding import same_sound
from monitor.match.terms import Form

PLAIN = "spelling_plain"
LEET = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s"}


def spelling_of(folded: Folded, form: Form, at: tuple[int, ...]) -> str:
    """The one disguise of a name whose characters stand at those places of the folded text; `mixed` for several."""
    whole = folded.original[folded.origins[at[0]] : folded.origins[at[-1]] + 1]
    if whole.casefold() == form.written and not form.numerals:
        return form.spelling or PLAIN
    letters = [folded.original[folded.origins[place]] for place in at]
    others = [
        (place, letter)
        for place, letter, wanted in zip(at, form.letters, form.key, strict=True)
        if folded.text[place] not in (letter, wanted)
    ]
    seen = {
        "spelling_styled": any(map(_is_styled, letters)) or "\u20e3" in whole,
        "spelling_spaced": _is_spaced(folded.text, form, at),
        "spelling_hidden": any(unicodedata.category(char) == "Cf" for char in whole),
        "spelling_traditional": not form.traditional and not IS_TRADITIONAL.isdisjoint(letters),
        "spelling_numerals": bool(form.numerals),
        "spelling_lookalikes": any(is_look_alike(folded.text[place], letter) for place, letter in others),
        "spelling_leet": any(folded.text[place] in LEET for place, _ in others),
        "spelling_sound": any(same_sound(folded.text[place], letter) for place, letter in others),
        form.spelling or "spelling_plain": bool(form.spelling),
    }
    codes = [code for code, there in seen.items() if there]
    if len(codes) > 1:
        return "spelling_mixed"
    return codes[0] if codes else PLAIN


def is_look_alike(char: str, letter: str) -> bool:
    """Whether a character of another script stands for the letter."""
    return char.translate(LOOK_ALIKES) == letter.translate(LOOK_ALIKES) and char != letter


def _is_styled(char: str) -> bool:
    return plain(char) != char.casefold() and char not in IS_TRADITIONAL


def _is_spaced(text: str, form: Form, at: tuple[int, ...]) -> bool:
    for place, joint in enumerate(form.joints):
        left, right = at[place], at[place + 1]
        gap = text[left + 1 : right]
        usual = gap == " " and _script(text[left]) != _script(text[right])  # 云雀 9 is how careful people write
        if gap and not joint and not usual:
            return True
    return False


def _script(char: str) -> str:
    return "digit" if char.isdigit() else "latin" if char.isascii() else "han"
