"""How an attempt at a receiver ended, in Chinese; outcomes_en.py has the same codes (tested)."""

from typing import Final

OUTCOMES: Final = {
    "outcome_delivered": "已送达",
    "outcome_redirect": "要求跳转到别的地址，我们从不跟随",
    "outcome_denied": "拒绝了我们：地址、密钥或密码不对（401、403 或 404；邮件服务器为 530 至 538）",
    "outcome_refused": "拒绝了这条消息：格式或大小不对（400、413、415 或 422；邮件服务器为 550 至 554）",
    "outcome_gone": "不再接收消息：地址或机器人已不存在（410）",
    "outcome_throttled": "要求我们等待",
    "outcome_server": "自身出错（5xx）",
    "outcome_http": "返回了表示拒绝的状态",
    "outcome_timeout": "没有在限定时间内完整回应",
    "outcome_too_large": "回应超过我们接受的大小",
    "outcome_refused_address": "不是公网地址",
    "outcome_truncated": "回应中途断开",
    "outcome_network": "连不上：域名、证书或线路有问题",
    "outcome_proxy": "连不上：代理不在或不让我们通过",
    "outcome_partly": "部分收件地址已收下，其余被拒；只对被拒的地址重试",
    "outcome_insecure": "不支持加密（STARTTLS），因此什么都没有发送",
    "outcome_smtp": "邮件服务器返回了表示拒绝的代码",
    "outcome_not_told": "Apprise 没有发送成功，也没有说明原因",
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
