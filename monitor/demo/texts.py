"""What the demo says, in Chinese and in English side by side."""

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("leak-monitor · 演示", "leak-monitor · a demonstration"),
    "alone": (
        "一切都在这台机器上：虚构的公司、它的动态、它的聊天工具。\n不联系任何别处。",
        "Everything is on this machine: a pretend company, its feeds and its chat.\nNothing else is contacted.",
    ),
    "company": (
        "云雀（虚构）：{people} 位高管，{accounts} 个账号，{products} 款产品 {days} 天后发布。",
        "Yunque (fictional): {people} executives, {accounts} accounts, {products} products to launch in {days} days.",
    ),
    "edited": ("（编辑后）", "(edited) "),
    "nothing": ("· 不提醒：{why}", "· nothing: {why}"),
    "no_name": ("没有保密名称", "no secret name in it"),
    "seen": ("“{name}”：{reason}", "“{name}”: {reason}"),
    "and": ("；", "; "),
    "why": ("{reason}；{lift}", "{reason}; {lift}"),
    "lifts_in": ("还有 {left}解禁", "lifts in {left}"),
    "lifts_never": ("未定解禁时间", "no lift set"),
    "delivered": ("{seconds} 秒后发现，已送达，签名已核对", "seen after {seconds} s, delivered, signature checked"),
    "undelivered": (
        "{seconds} 秒后发现，等待聊天工具应答",
        "seen after {seconds} s, waits for the chat to answer",
    ),
    "blind": (
        "看不见 {account}：{cause}。这不是“没有新帖”。已告知管理员。",
        'cannot read {account}: {cause}. This is not "no new posts". The administrator was told.',
    ),
    "sees_again": ("{account} 又能读了。", "{account} can be read again."),
    "chat_down": ("聊天工具关闭了。", "the chat is switched off."),
    "chat_waiting": ("{count} 条消息等待送达，一条不丢。", "{count} waiting, none lost."),
    "chat_back": ("聊天工具又开了。", "the chat is back."),
    "chat_caught_up": ("等待的消息已送达，只送了一次。", "what waited was delivered, once."),
    "sum_leaks": (
        "埋下 {planted} 处泄密：提醒 {alerted} 处，各送达一次 {delivered} 处",
        "planted {planted} leaks: {alerted} alerted, {delivered} delivered once",
    ),
    "sum_harmless": ("{planted} 条无害：误报 {alerted} 条", "{planted} harmless: {alerted}"),
    "sum_blind": ("看不见 {count} 次，均已告知", "{count} blind spot announced"),
    "sum_slowest": ("最慢 {seconds} 秒", "slowest {seconds} s"),
    "failed": ("未通过：{item}", "failed: {item}"),
    "fail_missed": ("“{name}”没有提醒", "{name}: no alert"),
    "fail_repeated": ("“{name}”提醒了 {count} 次", "{name}: {count} alerts"),
    "fail_undelivered": ("“{name}”没有送达", "{name}: not delivered"),
    "fail_redelivered": ("“{name}”送达了 {count} 次", "{name}: delivered {count} times"),
    "fail_false": ("“{name}”无害，却提醒了", "{name}: harmless, but it alerted"),
    "fail_unjudged": ("“{name}”没有判断完", "{name}: not judged in time"),
    "fail_blind": ("“{name}”读不到，却没有告知", "{name}: unreadable, but nobody was told"),
    "fail_unexpected": ("聊天工具收到 {count} 条不明消息", "the chat took {count} messages that nobody planted"),
    "next_try": ("监测一个真实的订阅源：  ./run try https://…/feed", "watch one real feed:  ./run try https://…/feed"),
    "next_list": (
        "用您自己的名单：        leak-monitor watchlist import FILE --to DIR",
        "use your own list:    leak-monitor watchlist import FILE --to DIR",
    ),
    "next_init": ("安装配置：              leak-monitor init", "set it up:            leak-monitor init"),
    "try_title": (
        "监测 {url}，{seconds} 秒。\n不发送任何消息，也不保存。",
        "Watching {url} for {seconds} s.\nNothing is sent, nothing is kept.",
    ),
    "try_rules": ("规则：{dir}", "Rules: {dir}"),
    "try_sample": (
        "规则：虚构的样例（云雀）；用 --rules DIR 换成您自己的。",
        "Rules: the made-up sample (Yunque); put your own with --rules DIR.",
    ),
    "try_read": ("读到 {count} 条帖子。", "Read {count} posts."),
    "try_span": ("时间从 {oldest} 到 {newest}（UTC）。", "Their times reach from {oldest} to {newest} (UTC)."),
    "try_undated": (
        "{count} 条没有时间，按读到的时间计算。",
        "{count} carry no time; they count from when they were read.",
    ),
    "try_blind": (
        "这个订阅源看不到：更早的帖子、别人的评论、图片和视频里的文字、两次读取之间删除的帖子。",
        (
            "What a feed cannot show: older posts, replies, words in pictures and videos, "
            "and posts that were deleted between two reads."
        ),
    ),
    "try_author": (
        "按作者了解名单上每款产品来判断。",
        "Judged as if the author worked on every product of the list.",
    ),
    "try_unjudged": ("没能判断完；不能当作无害", "could not be judged; do not take it for harmless"),
    "try_more": ("还有 {count} 条更早的：不提醒。", "{count} older ones: nothing."),
    "try_waits": ("{seconds} 秒后再读；按 Ctrl-C 提前结束。", "Next read in {seconds} s; Ctrl-C ends it."),
    "try_now": ("会立即发送", "would be sent at once"),
    "try_late": (
        "早于监测开始：并入一次汇总，不惊动任何人",
        "older than our watching: told in one digest, wakes nobody",
    ),
    "try_hourly": ("会并入每小时汇总", "would go into the hourly digest"),
    "try_weekly": ("会并入每周汇总", "would go into the weekly digest"),
    "try_sum": (
        "{seconds} 秒，读到 {count} 条帖子，其中 {alerts} 条会提醒。",
        "{seconds} s: {count} posts read, {alerts} would alert.",
    ),
    "undated": ("无时间", "undated"),
    "stays": ("还在监测；按 Ctrl-C 结束。", "Still watching; Ctrl-C ends."),
    "stopped": ("已停止。没有留下任何东西。", "Stopped. Nothing was left behind."),
    "removed": ("没有留下任何东西。", "Nothing was left behind."),
    "left": ("已停止，但这个文件夹没能删除：{folder}", "Stopped, but this folder could not be removed: {folder}"),
}


def say(language: str, code: str, **values: object) -> str:
    """One sentence in `zh` or, for any other language, in English."""
    chinese, english = TEXTS[code]
    return (chinese if language == "zh" else english).format(**values)
