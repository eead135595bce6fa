"""What robots of chat tools answer, and what they cannot do, in English."""

from typing import Final

ROBOTS: Final = {
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
