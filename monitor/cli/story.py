"""The story of an evaluation for people: what it comes to, then each thing that was seen and what became of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text

from monitor.cli import show
from monitor.match import CandidateStory, Explanation, PartStory
from monitor.match.judge import Verdict
from monitor.match.terms import COMPANY
from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.posts import Part
from monitor.model.rulebook import NEVER
from monitor.words import LANGUAGES, say, say_reason

STYLES = {Disposition.ALERT: "bold red", Disposition.CONTEXT: "yellow"}
ABOUT_RULES = (Disposition.ALERT, Disposition.TEST)
OTHER_RULES = ("rule_other_kind", "rule_other_subject")  # most rules are about something else


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells in one language."""

    language: str

    def story(self, explanation: Explanation, parts: Sequence[Part]) -> Iterator[Text]:
        """The whole of it, line by line."""
        yield self._outcome(explanation)
        for part in explanation.parts:
            yield Text()
            yield from self._part(part, parts[part.no].text)
        for rule_id in explanation.skipped:
            yield Text(self._say("explain_skipped", rule=rule_id), "yellow")

    def _outcome(self, explanation: Explanation) -> Text:
        found = [finding for part in explanation.parts for finding in _findings(part)]
        telling = [finding for finding in found if finding.disposition is Disposition.ALERT]
        if not telling:
            return Text(self._say("explain_quiet"), "bold green")
        worst = max(telling, key=lambda finding: finding.severity.rank).severity
        kinds = dict.fromkeys(self._say(f"kind_{finding.kind}") for finding in telling)
        said = self._say("list_comma").join(kinds)
        return Text(self._say("explain_alert", severity=self._say(f"severity_{worst}"), kinds=said), "bold red")

    def _part(self, part: PartStory, text: str) -> Iterator[Text]:
        yield Text(self._say("part_head", origin=self._say(f"origin_{part.origin}")), "bold") + Text(
            show.printable(text)
        )
        if part.folded != text.lower():
            yield Text(self._say("explain_folded", text=show.printable(part.folded)), "dim")
        numbered = _in_order(part.candidates)
        if not numbered:
            yield Text("  " + self._say("explain_nothing"), "dim")
        renumbered = {str(old): str(new) for new, (old, _) in enumerate(numbered, start=1)}
        for number, (_, story) in enumerate(numbered, start=1):
            yield from self._candidate(number, story, text, renumbered)

    def _candidate(self, number: int, story: CandidateStory, text: str, renumbered: dict[str, str]) -> Iterator[Text]:
        seen, verdict = story.candidate, story.verdict
        finding = verdict.finding if verdict else None
        said = show.printable(text[seen.start : seen.end])
        value = finding.value if finding else seen.value
        head = f"  {number}. “{said}” · {self._what(story)}"
        head += f" = {show.printable(value)}" if value and seen.row else ""
        head += " · "
        if verdict is None:
            yield Text(head, "dim") + Text(self._fate(story.fate, renumbered), "dim")
            yield from self._instead(story.fate)
        elif finding is None:
            why_not = verdict.why_not or story.fate
            yield Text(head) + Text(say_reason(self.language, why_not), "dim")
            yield from self._instead(why_not)
        else:
            yield Text(head.removesuffix(" · "))
            yield from self._verdict(verdict, finding)

    def _what(self, story: CandidateStory) -> str:
        seen = story.candidate
        if seen.harmless and seen.row:
            return self._say("explain_number")
        return self._say(f"kind_{seen.kind}")

    def _fate(self, fate: Reason, renumbered: dict[str, str]) -> str:
        winner = fate.args.get("winner")
        if winner is not None:
            fate = Reason(fate.code, {"winner": renumbered.get(winner, "?")})
        return say_reason(self.language, fate)

    def _instead(self, reason: Reason) -> Iterator[Text]:
        """What would have had to be different."""
        code = f"instead_{reason.code}"
        if code in LANGUAGES[self.language]:
            yield Text("     → " + self._say(code), "dim")

    def _verdict(self, verdict: Verdict, finding: Finding) -> Iterator[Text]:
        alerts = finding.disposition is Disposition.ALERT
        said = self._say(
            "head_item" if alerts else "head_item_quiet",
            disposition=self._say(f"disposition_{finding.disposition}"),
            severity=self._say(f"severity_{finding.severity}"),
        )
        style = STYLES.get(finding.disposition, "dim")
        yield Text("     " + said, style) + Text(self._reason(finding.reason))
        for code in verdict.moved if alerts else ():
            yield Text("     " + self._say(code), "dim")
        yield from self._instead(finding.reason)
        if verdict.window is not None and finding.disposition is not Disposition.PUBLIC:
            never = verdict.window.lifts_at == NEVER
            at = "" if never else show.short_time(verdict.window.lifts_at)
            lift = verdict.window.lift_is if never else f"{at} ({verdict.window.lift_is})"
            yield Text("     " + self._say("explain_lift", lift=lift), "dim")
        for rule_id, why in verdict.rules if finding.disposition in ABOUT_RULES else ():
            if why.code not in OTHER_RULES:
                yield Text("     " + self._say("explain_rule", rule=rule_id, why=say_reason(self.language, why)), "dim")
        if finding.rule_id == "" and finding.disposition is Disposition.CONTEXT:
            yield Text("     → " + self._say("instead_no_rule"), "dim")

    def _reason(self, reason: Reason) -> str:
        since = reason.args.get("since")
        shown = {"since": show.short_time(datetime.fromisoformat(since))} if since else {}
        return say_reason(self.language, Reason(reason.code, {**reason.args, **shown}))

    def _say(self, code: str, **args: str) -> str:
        return say(self.language, code, **args)


def _findings(part: PartStory) -> Iterator[Finding]:
    for story in part.candidates:
        if story.verdict is not None and story.verdict.finding is not None:
            yield story.verdict.finding


def _in_order(candidates: Sequence[CandidateStory]) -> list[tuple[int, CandidateStory]]:
    """As a reader meets them, the winner of a place first; each with its number in the evaluation.

    Brands and product lines are left out: they are no secrets, only company for what is.
    """
    told = [(number, story) for number, story in enumerate(candidates) if story.candidate.role not in COMPANY]
    return sorted(told, key=lambda item: (item[1].candidate.start, item[1].verdict is None, item[0]))
