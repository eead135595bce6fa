"""What robots of chat tools answer, and what they cannot do, in Chinese."""

from typing import Final

ROBOTS: Final = {
    "outcome_signature": "不认我们的签名：密钥不对，或本机时钟偏差超过一小时",
    "outcome_address": "不接受我们的出口地址：请加入它的 IP 白名单",
    "outcome_stopped": "已被停用：请在群里重新启用机器人",
    "outcome_keyword": "拒绝了这条消息：里面没有机器人要求的关键词",
    "outcome_content": "拒绝了这条消息：平台认为内容不合适",
    "robot_cannot": "群机器人（{keys}）只能单向发消息：按钮只打开网页，不能直接应答；"
    "不能加急提醒；后续进展是新消息，以编号开头。",
}
