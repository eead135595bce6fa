"""Why, and why not: everything that was seen and decided on the way, as data with codes. Rendered elsewhere."""

from dataclasses import dataclass

from monitor.match.candidates import Candidate
from monitor.match.judge import Verdict
from monitor.model.findings import Reason
from monitor.model.posts import Origin


@dataclass(frozen=True, slots=True)
class CandidateStory:
    """One candidate and its fate; the verdict is there if it was chosen."""

    candidate: Candidate
    fate: Reason
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class PartStory:
    """One part as matching reads it, and all that it holds; `winner` in a fate counts in `candidates`."""

    no: int
    origin: Origin
    folded: str
    candidates: tuple[CandidateStory, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The story of one evaluation, part by part; `skipped` names rules that ran out of time."""

    parts: tuple[PartStory, ...]
    skipped: tuple[str, ...] = ()
