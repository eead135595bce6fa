"""How an attempt ended, and what some receivers cannot do, in English; outcomes_zh.py has the same (tested)."""

from typing import Final

OUTCOMES: Final = {
    "outcome_delivered": "delivered",
    "outcome_redirect": "answered with another address, which is never followed",
    "outcome_denied": "refused us: address, key or password (401, 403 or 404; a mail server: 530 to 538)",
    "outcome_refused": "refused this message: its form or size (400, 413, 415 or 422; a mail server: 550 to 554)",
    "outcome_gone": "wants no more messages: the address or the robot is gone (410)",
    "outcome_throttled": "asked us to wait",
    "outcome_server": "has a fault of its own (5xx)",
    "outcome_http": "answered with a status that means no",
    "outcome_timeout": "gave no whole answer in time",
    "outcome_too_large": "answered more than we take",
    "outcome_refused_address": "is not a public address",
    "outcome_truncated": "broke off its answer",
    "outcome_network": "could not be reached: name, certificate or line",
    "outcome_proxy": "could not be reached: the proxy is away or does not let us through",
    "outcome_partly": "took it for some addresses and refused others, which alone are tried again",
    "outcome_insecure": "offers no encryption (STARTTLS), so nothing was sent",
    "outcome_smtp": "answered as a mail server that means no",
    "outcome_not_told": "could not be told by Apprise, which does not say why",
    "outcome_signature": "does not believe our signature: another secret, or our clock is an hour wrong",
    "outcome_address": "takes nothing from our address: add it to its list of IP addresses",
    "outcome_stopped": "is switched off: switch the robot on again in its group",
    "outcome_keyword": "refused this message: the keyword that the robot asks for is not in it",
    "outcome_content": "refused this message: the tool finds its content improper",
    "outcome_card_gone": "has no such card any more: it is made anew",
    "app_can": "An app ({keys}) has one card for each alert: it is changed in place, and every step is a line"
    " in its thread. With a second token its buttons answer, and say who pressed them. It cannot push urgently.",
    "robot_cannot": "A robot in a group ({keys}) only sends: its buttons open pages and answer nothing by themselves,"
    " it cannot push urgently, and what follows comes as new messages that begin with the number.",
}
