"""The English sentences about what is done about an alert; answers_zh.py has the same codes (tested)."""

from typing import Final

ANSWERS: Final = {
    "response": "Response:",
    "step_taken": "taken",
    "step_contact_reached": "contact reached",
    "step_removal_asked": "removal asked for",
    "step_gone": "post gone",
    "step_decision": "decided that it may stay",
    "step_statement": "statement made",
    "step_closed": "closed",
    "step_stood": "up for {stood}",
    "contact": "Contact: {contact}",
    "removal_ask": "Please remove {called}'s {platform} {what} of {time} as soon as you can:",
    "removal_end": "No answer needed, we see it by ourselves. {by}, comms on duty",
    "removal_post": "post",
    "removal_reply": "reply",
    "removal_repost": "repost",
    "removal_profile": "profile text",
}
