"""Our own trouble in words: all of it for those who run us, for others what it means and why."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from monitor.errors import Failure
from monitor.model.messages import IncidentEvent, IncidentNotice, Receiver
from monitor.words import platform_name, say
from monitor.words.phrases import duration, moment


def incident_lines(incident: IncidentNotice, receiver: Receiver) -> Iterator[str]:
    """The lines of one event of an incident; RenderError if a word for it is missing."""
    yield _head(incident, receiver)
    if incident.event in (IncidentEvent.TAKEN, IncidentEvent.CLOSED):
        return
    language, detail = receiver.language, incident.detail
    if receiver.ops and (place := detail.get("place", "")):
        yield say(language, "incident_place", place=place, problem=detail.get("problem", ""))
    yield say(language, "incident_cause", cause=_cause(incident, language))
    if watch := detail.get("watch", ""):
        yield say(language, "incident_watch", watch=watch)
    if receiver.ops:
        yield _remedy(incident, language)
        if incident.event is IncidentEvent.REMINDED and "next" in detail:
            following = _moment(datetime.fromisoformat(detail["next"]), incident, receiver)
            yield say(language, "incident_reminder", no=detail["no"], next=following)
        yield say(language, "incident_take", number=str(incident.number))


def _head(incident: IncidentNotice, receiver: Receiver) -> str:
    language = receiver.language
    lasted = incident.event_at - incident.opened_at
    return say(
        language,
        f"incident_{incident.event}",
        what=say(language, f"incident_{incident.kind}", **_args(incident, language)),
        time=_moment(incident.opened_at, incident, receiver),
        lasted=duration(language, max(lasted, timedelta())),
        by=incident.detail.get("by", ""),
    )


def _moment(at: datetime, incident: IncidentNotice, receiver: Receiver) -> str:
    return moment(receiver.language, at, receiver.timezone, near=incident.event_at)


def _cause(incident: IncidentNotice, language: str) -> str:
    cause = incident.detail.get("cause", "")
    if cause in tuple(Failure):
        return say(language, f"failure_{cause}_cause")
    return say(language, f"incident_{incident.kind}_cause", **_args(incident, language))


def _remedy(incident: IncidentNotice, language: str) -> str:
    remedy = say(language, f"incident_{incident.kind}_remedy")
    cause = incident.detail.get("cause", "")
    if cause not in tuple(Failure):
        return say(language, "incident_remedy", remedy=remedy)
    return say(language, "incident_remedies", remedy=say(language, f"failure_{cause}_remedy"), meanwhile=remedy)


def _args(incident: IncidentNotice, language: str) -> Mapping[str, str]:
    """What the sentences of a kind may name."""
    args = {"subject": incident.subject, **incident.detail}
    if "outcome" in args:
        args["outcome"] = say(language, f"outcome_{args['outcome']}")
    if "platform" in args:
        args["platform"] = platform_name(language, args["platform"])
    return args
