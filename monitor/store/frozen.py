"""Values as the JSON of rows, and back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.posts import Media, MediaKind, Origin, Part
from monitor.model.rulebook import Kind, Severity

_LONGEST_URL: Final = 8000


def parts_to_json(parts: Iterable[Part]) -> list[dict[str, object]]:
    """The parts of one text."""
    return [{"origin": str(p.origin), "text": p.text, "by_author": p.by_author} for p in parts]


def parts_from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts as they were."""
    return tuple(Part(Origin(r["origin"]), r["text"], by_author=r["by_author"]) for r in rows)


def media_to_json(shown: Iterable[Media]) -> list[list[str]]:
    """The pictures of one text; addresses that no server would take are left out."""
    return [[str(each.kind), each.url] for each in shown if len(each.url) <= _LONGEST_URL]


def media_from_json(rows: Sequence[Sequence[str]] | None) -> tuple[Media, ...]:
    """The pictures as they were."""
    return tuple(Media(MediaKind(kind), url) for kind, url in rows or ())


def reason_to_json(reason: Reason) -> dict[str, object]:
    """A reason with its arguments."""
    return {"code": reason.code, "args": dict(reason.args)}


def reason_from_json(row: Mapping[str, Any]) -> Reason:
    """The reason as it was."""
    return Reason(row["code"], row["args"])


def finding_to_row(finding: Finding) -> dict[str, object]:
    """The columns of the findings table."""
    return {
        "rule_id": finding.rule_id,
        "kind": finding.kind,
        "subject": finding.subject,
        "part_no": finding.part_no,
        "start": finding.start,
        "end": finding.end,
        "value": finding.value,
        "severity": finding.severity,
        "reason_code": finding.reason.code,
        "reason_args": dict(finding.reason.args),
        "disposition": finding.disposition,
        "lifts_at": finding.lifts_at,
        "suppression_id": finding.suppression_id,
    }


def finding_from_row(row: Mapping[str, Any]) -> Finding:
    """A finding of those columns."""
    return Finding(
        rule_id=row["rule_id"],
        kind=Kind(row["kind"]),
        subject=row["subject"],
        part_no=row["part_no"],
        start=row["start"],
        end=row["end"],
        value=row["value"],
        severity=Severity(row["severity"]),
        reason=Reason(row["reason_code"], row["reason_args"]),
        disposition=Disposition(row["disposition"]),
        lifts_at=row["lifts_at"],
        suppression_id=row["suppression_id"],
    )


def findings_to_json(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Findings as an event keeps them for ever."""
    rows = map(finding_to_row, findings)
    return [row | {"lifts_at": at.isoformat() if isinstance(at := row["lifts_at"], datetime) else None} for row in rows]


def findings_from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Those findings again."""
    return tuple(
        finding_from_row({**row, "lifts_at": datetime.fromisoformat(row["lifts_at"]) if row["lifts_at"] else None})
        for row in rows
    )
