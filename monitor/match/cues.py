"""Words that say what a number is about: a launch, a price, an event, a question, a yes. All of folded texts."""

import re
from typing import Final

# Of dates: something becomes public, is sold or is shown then. 见 alone is "see you", not 看见 (see) or 意见 (opinion).
LAUNCH: Final = re.compile(
    r"""(?x)
      发布 | 不见不散 | 发售 | 首发 | 首销 | 预热 | 官宣 | 定档 | 开售 | 预售 | 开卖 | 开抢 | 上市 | 上架 | 上新 | 亮相
    | 登场 | 面世 | 问世 | 到货 | 交付 | 推出 | 新品 | 新机 | 揭晓 | 公布 | 要来 | 就来 | 会来 | 到来 | 来了(?=\W|$)
    | 解禁 | 开订 | 下定 | 量产
    | (?<![看听意遇再相碰会罕常可习少偏定主高成]) 见 (?!过|面|到|证|识|解|谅|效|闻|笑|外|习|得|鬼|不|了)
    | (?<![a-z]) (?: launch(?:es|ed|ing)? | unveil(?:s|ed|ing)? | announc(?:es?|ed|ing|ement) | ships? | shipping
      | shipments? | releas(?:es?|ed|ing) | arriv(?:es?|ed|ing) | drop(?:s|ped|ping)? | debut(?:s|ed|ing)?
      | pre-?orders? | on[ ]sale | goes[ ]live | available | availability | (?:is|are|comes?|coming)[ ]out | coming
      | lands | hits[ ](?:shelves|stores) | see[ ]you | save[ ]the[ ]date
      | mark[ ]your[ ]calendars? | event | keynote | reveal(?:s|ed|ing)?
      | gets | embargo | (?<!ing[ ])out(?=[ ](?:this|next|in|on|by|soon|now|today|tomorrow)(?![a-z]))
      | (?:the|our)[ ]next[ ](?:one|phone|watch|tablet|laptop|car|generation)
      | new[ ](?:phone|watch|tablet|laptop|car|buds|earbuds|model|flagship|device|camera|console)
      ) (?![a-z])"""
)
PRICE: Final = re.compile(
    r"""(?x)
      售价 | 起售 | 定价 | 卖 | 价格 | 价位 | 起步价 | 到手价 | 首发价 | 预售价 | 零售价 | 开价 | 字头
    | 价 | \d起(?![来床飞点])
    | (?<![a-z]) (?: starts?[ ]at | starting | pric(?:e[sd]?|ing) | costs? | sells?[ ]for | goes[ ]for | retails?
      | msrp | rrp | how[ ]much
      ) (?![a-z])"""
)
EVENT: Final = re.compile(
    r"""(?x)
      发布会 | 新品会 | 品鉴会
    | (?<![a-z]) (?: event | keynote | unveiling | press[ ]conference ) (?![a-z])"""
)

# Of things to come that nobody names. 新品 and 新机 are shop talk as often as not: something must say "not out yet".
HINT: Final = re.compile(
    r"""(?x)
      (?: 即将 | 马上 | 快要? | 还没 | 尚未 | 没 | 未 ) 要? (?: 发布 | 官宣 | 上市 | 开卖 ) 的?
        (?: 新机 | 新品 | 新?手机 | 产品 | 东西 | 家伙 | 机器 | 车 )
    | (?: 下一[代款] | 新一[代款] | 下代 ) (?: 旗舰 | 产品 | 手机 | 机型 | 新机 | 作品 | 车 )?
    | 大招 | 大家伙 | (?: 工程 | 原型 | 测试 | 样 ) 机
    | (?: 提前 | 先 ) (?: 体验 | 用上 | 上手 | 试用 ) 了? [^,。!?\n]{0,4} (?: 新机 | 真机 | 手机 | 旗舰 )
    | (?<![a-z]) (?:
        (?: our | the | my ) [ ] (?: next | upcoming | coming | unreleased | unannounced ) [ ]
        (?: phone | device | watch | flagship | tablet | car | thing | product | one | generation )
      | next-?[ ]?gen(?:eration)? | something [ ] (?: big | huge | special | new | exciting ) | stay[ ]tuned
      | one[ ]more[ ]thing | prototype | pre-?production | test[ ]unit
      ) (?![a-z])"""
)
# Of what others do, and of things that come out and are no devices: a day or a price in their sentence is theirs.
OTHER: Final = re.compile(
    r"""(?x)
      友商 | 竞品 | 对手 | 同行 | 隔壁 | 别家 | 别人家 | 人家的? | 恭喜 | 祝贺 | 祝 | 生日 | 聚餐 | 聚会 | 团建 | 开会
    | 讲座 | 母校 | 校庆 | 演讲 | 论坛 | 沙龙 | 婚礼
    | 请假 | 出差
    | 新书 | [读看买送]书 | 本书
    | 专辑 | 单曲 | 电影 | 影片 | 演唱会 | 音乐[会节] | 展览 | [画美]展 | 博物馆 | 美术馆 | 餐厅
    | 咖啡馆 | 课程 | 播客 | 航班 | 高铁 | 地铁 | 门票 | 比赛 | 球赛 | 马拉松 | 车位 | 车库 | 房子
    | 二手 | 奶茶 | 咖啡 | 早餐 | 午饭 | 外卖
    | (?<![a-z]) (?: rivals? | competitors? | competitor.s | congrat(?:s|ulations) | good[ ]luck | respect | kudos
      | birthday | wedding | albums? | books? | novel | films? | movies? | museum | exhibition | concert | restaurant
      | cafe | podcast | season | episode | tickets? | flight | match | marathon | conference[ ]call | meeting
      | (?: launch(?:es|ed)? | unveil(?:s|ed) | releas(?:es|ed) | announc(?:es|ed) | ships | weighs | has ) [ ]
        (?: its | their | his | her )
      ) (?![a-z])"""
)
# Who speaks of what is their own.
OURS: Final = re.compile(
    r"我们|咱们?|自家|这次|这一次|终于|(?<![a-z])(?:our|ours|we|we.ve|we.re|us|this time|finally)(?![a-z])"
)
# A model that nobody listed (Morningstar 14, 晨星X7), and an event with a name before it (晨星发布会).
MODEL: Final = re.compile(
    r"""(?x)
      (?<![a-z]) [a-z]{3,16} [ ]? [a-z]{0,2} \d{1,3} [a-z]{0,2} (?![a-z\d%]|[.,:/]\d|[ ]?[月日号年天元块万亿点时分])
    | [\u4e00-\u9fff]{2} [ ]? [a-z]{1,3} \d{1,3} [a-z]{0,2} (?![a-z\d%]|[.,:/]\d)"""
)
NAMED_EVENT: Final = re.compile(
    r"""(?x)
      (?! 新品 | 产品 | 我们 | 咱们 | 全球 | 线上 | 旗舰 | 技术 | 手机 | 汽车 | 系统 | 召开 | 举行 | 举办
        | 参加 | 今晚 )
      [\u4e00-\u9fff] (?![的开办场次季届个后午天日号周月年来去看是在有将会等到见屏板表机视本车片品])
      [\u4e00-\u9fff] (?=发布会)"""
)
# Without a name, a number is said of something only where one of these stands.
ANY: Final = (LAUNCH, PRICE, EVENT, OURS)
ASKS_PRICE: Final = re.compile(r"多少钱|什么价|价格|几块|怎么卖|卖多少|定价|售价|how much|price|cost")
ASKS_DATE: Final = re.compile(r"什么时候|啥时候|几时|何时|哪天|几号|多久|when|what day|which day|date")

# After a name or a face: "@某某 是的", "😂 有的".
_CALLED: Final = r"^\W{0,6}(?:[^\w\s]|[\u4e00-\u9fff]{1,3}[,\s]{1,2})?"
_YES: Final = re.compile(
    rf"""(?x) {_CALLED}
      (?: 是的 | 是滴 | 对的?(?!不) | 没错 | 嗯+ | 有的 | 有(?=[,!。~\s]|$) | 真的(?![没不假吗]) | 真有 | 当然
        | 必须的? | 会的 | 会有
        | 确实 | 猜对了 | 你猜对 | 被你猜 | 说对了 | 可以的 | 安排了? | 支持的? | 肯定
        | (?: yes | yep | yeah | yup | correct | right | true | confirmed? | exactly | indeed | absolutely
          | it[ ](?:does|is|will|has) | you[ ]guessed | good[ ]guess | spot[ ]on | sure[ ]does | we[ ]do ) (?![a-z])
      )"""
)
_YES_LATER: Final = re.compile(r"真的有|真有|确实有|会有的|(?<!没)有的[,!。~]?$|猜对了")
_ASKS_BACK: Final = re.compile(r"[?]|吗|呢|你猜|guess what|no comment|无可奉告|不能说|can.?t say")


def says_yes(text: str) -> tuple[int, int] | None:
    """Where a folded reply says yes, or None if it does not, or asks back."""
    if _ASKS_BACK.search(text):
        return None
    found = _YES.search(text) or _YES_LATER.search(text)
    return (found.start() + len(found.group()) - len(found.group().lstrip()), found.end()) if found else None
