"""What was seen, and why."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.model.posts import Args
from monitor.model.rulebook import Kind, Severity


class Disposition(StrEnum):
    """What becomes of a finding; every one keeps its row."""

    ALERT = "alert"
    CONTEXT = "context"  # true, but not enough to tell anybody
    PUBLIC = "public"  # outside its window, or announced
    SUPPRESSED = "suppressed"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code and its arguments; words/ makes the sentence."""

    code: str
    args: Args = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret seen at a place in one part of a post."""

    rule_id: str
    kind: Kind
    subject: str
    part_no: int
    start: int
    end: int
    value: str
    severity: Severity
    reason: Reason
    disposition: Disposition
    lifts_at: datetime | None = None
    suppression_id: int | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that matching says of one revision; `skipped` names rules that did not run (then it is partial)."""

    findings: tuple[Finding, ...]
    skipped: tuple[str, ...] = ()
