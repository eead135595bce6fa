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
    "act_verdict": "Judge",
    "act_call": "Who to call",
    "app_seen": "Noted that somebody here has seen it. We do not know who you are, so you cannot take or judge it: have"
    " {user} put under ids of your entry in [[team]].",
    "app_judged": "Noted: {verdict}.",
    "app_no_contact": "Nobody is named who can get it removed: contacts of [[people]].",
    "contact": "Contact: {contact}",
    "removal_ask": "Please remove {called}'s {platform} {what} of {time} as soon as you can:",
    "removal_end": "No answer needed, we see it by ourselves. {by}, comms on duty",
    "removal_post": "post",
    "removal_reply": "reply",
    "removal_repost": "repost",
    "removal_profile": "profile text",
}
