"""Candidates compete for their place: the heaviest of those that overlap wins. One chooser for every kind."""

from collections.abc import Sequence

from monitor.match.candidates import Candidate
from monitor.model.findings import Reason

CHOSEN = Reason("chosen")


def choose(candidates: Sequence[Candidate]) -> tuple[Reason, ...]:
    """What becomes of each candidate of one text, in their order: chosen, lost to which, or the check it failed."""
    fates = {no: c.fails for no, c in enumerate(candidates) if c.fails}
    vetoes = _vetoes(candidates)
    for no, candidate in enumerate(candidates):
        if no not in fates and (veto := _vetoed_by(candidate, candidates, vetoes)) is not None:
            fates[no] = Reason("not_this", {"winner": str(veto)})
    fates.update(_compete(candidates, [no for no in range(len(candidates)) if no not in fates]))
    return tuple(fates[no] for no in range(len(candidates)))


def _vetoes(candidates: Sequence[Candidate]) -> dict[int, list[int]]:
    covering: dict[int, list[int]] = {}
    for no, candidate in enumerate(candidates):
        if candidate.vetoes and not candidate.fails:
            for at in range(candidate.start, candidate.end):
                covering.setdefault(at, []).append(no)
    return covering


def _vetoed_by(candidate: Candidate, candidates: Sequence[Candidate], covering: dict[int, list[int]]) -> int | None:
    if candidate.vetoes:
        return None
    for no in covering.get(candidate.start, ()):
        veto = candidates[no]
        if veto.subject == candidate.subject or veto.weight > candidate.weight:
            return no
    return None


def _compete(candidates: Sequence[Candidate], standing: list[int]) -> dict[int, Reason]:
    """Heaviest first; a "not this" phrase takes its place from nobody, it has said its word already."""
    owner: dict[int, int] = {}
    fates: dict[int, Reason] = {}
    for no in sorted(standing, key=lambda no: (-candidates[no].weight, candidates[no].start, no)):
        place = range(candidates[no].start, candidates[no].end)
        winner = next((owner[at] for at in place if at in owner), None)
        if winner is not None:
            fates[no] = Reason("lost_to", {"winner": str(winner)})
            continue
        fates[no] = CHOSEN
        if not candidates[no].vetoes:
            owner.update(dict.fromkeys(place, no))
    return fates
