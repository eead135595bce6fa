"""Stage 6: what a person makes of an alert, and what follows. Pure."""

from dataclasses import dataclass

from monitor.model.messages import AlertState, Verdict

NO_LEAK = frozenset({Verdict.FALSE_POSITIVE, Verdict.AUTHORISED, Verdict.PUBLIC})


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a verdict does to its alert and to those who were told of it."""

    state: AlertState
    is_final: bool  # the verdict stands with the alert
    withdraws: bool  # everybody who was told hears that it is no leak
    announces: bool  # its facts are public from the post's instant on


def consequence_of(verdict: Verdict, state: AlertState) -> Consequence:
    """What follows from a verdict on an alert in that state: `unsure` is noted and changes nothing."""
    final = verdict is not Verdict.UNSURE
    return Consequence(
        state=AlertState.REVIEWED if final else state,
        is_final=final,
        withdraws=verdict in NO_LEAK,
        announces=verdict is Verdict.PUBLIC,
    )
