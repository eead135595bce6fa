"""What robots of chat tools answer, and what they cannot do, in Chinese."""

from typing import Final

ROBOTS: Final = {
    "outcome_signature": "不认我们的签名：密钥不对，或本机时钟偏差超过一小时",
    "outcome_address": "不接受我们的出口地址：请加入它的 IP 白名单",
    "outcome_stopped": "已被停用：请在群里重新启用机器人",
    "outcome_keyword": "拒绝了这条消息：里面没有机器人要求的关键词",
    "outcome_content": "拒绝了这条消息：平台认为内容不合适",
    "outcome_card_gone": "原来的卡片已不在：重新发出",
    "app_can": "应用（{keys}）每条提醒只有一张卡片：原地更新，每一步同时写进它的消息列。"
    "配上第二个令牌后，按钮可以直接应答，并知道是谁按的。不能加急提醒。",
    "robot_cannot": "群机器人（{keys}）只能单向发消息：按钮只打开网页，不能直接应答；"
    "不能加急提醒；后续进展是新消息，以编号开头。",
}
