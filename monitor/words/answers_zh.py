"""The Chinese sentences about what is done about an alert; answers_en.py has the same codes (tested)."""

from typing import Final

ANSWERS: Final = {
    "response": "处置：",
    "step_taken": "接手",
    "step_contact_reached": "联系到人",
    "step_removal_asked": "请求删除",
    "step_gone": "原帖不可见",
    "step_decision": "决定保留",
    "step_statement": "发表声明",
    "step_closed": "关闭",
    "step_stood": "存在 {stood}",
    "act_verdict": "判定",
    "act_call": "联系谁",
    "app_seen": "已记录这里有人看过。我们不知道您是谁，所以不能由您接手或判定："
    "请管理员把 {user} 写进 [[team]] 中您那一条的 ids。",
    "app_judged": "已记录：{verdict}。",
    "app_no_contact": "没有写明谁能请其删除：请填写 [[people]] 的 contacts。",
    "contact": "联系人：{contact}",
    "removal_ask": "请尽快删除{called} {time} 在{platform}的这{what}：",
    "removal_end": "删除后无需回复，系统会自动确认。公关值班 {by}",
    "removal_post": "条帖子",
    "removal_reply": "条回复",
    "removal_repost": "条转发",
    "removal_profile": "处个人资料",
}
