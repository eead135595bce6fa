"""Numbers that count or rank something: sales, people, percents, scores."""

from typing import Final

from monitor.match.quantities.harmless_parts import CURRENCY, ENGLISH, GAP, HAN, NEAR, NUMBER, WORD, harmless

ROWS: Final = (
    harmless(
        "sold",
        r"(?:销量|出货量?|产量|下线|订单量?|大定|预约量|预约人数|累计|日活|月活|用户数?|粉丝数?|总数|数量|人数"
        r"|播放量?|阅读量?)"
        rf"{GAP}{NUMBER}(?![ ]?{CURRENCY})(?:[ ]?[台部辆件套人单个块颗支双副架])?"
        rf"|(?:卖出了?|卖了|售出|交付了?|突破|超过?|破|收到|首销|预订了?|预约){NEAR}{NUMBER}[ ]?(?:多)?"
        r"(?:[台部辆件套单颗支双副架]|人(?!民币)|个(?!人)|用户|订单|(?<=[万亿w])(?=[,.。!?;:~ ]|$))"
        rf"|卖{NEAR}{NUMBER}[ ]?多?(?:[台部辆件套单颗支双副架](?!一)|个(?![人月]))",
        "卖了10万台",
        "销量50万",
        "订单超过 9000",
        "突破100万,",
    ),
    harmless(
        "counted",
        rf"{NUMBER}[ ]?(?:台(?!币)|部(?![分门])|辆|件|款|家(?![用庭里])|名(?![字称])|位(?![置于])|人(?!民币)"
        r"|次(?![日性])|场|条"
        r"|篇|页|集|届|层|楼|票|颗|枚|艘|架|头|匹|只(?![要需能卖有是])|张|项|种(?!草)|期(?!待)|粉丝"
        r"|粉(?![色白蓝紫红])|用户"
        r"|网友|同学|伙伴|观众|条?评论|点赞|赞|播放|转发|阅读|城(?!市?首)|国(?!补|行|家?补)|门店(?!价)|步|折(?!叠)"
        r"|岁|斤|杯|碗"
        r"|瓶|箱|盒|包(?![邮含括装])|份|座|棵|吨|亩|平方|平米|毫升|升(?!级)|克拉|磅|个(?:国家|城市|人|月|小时|省"
        r"|亿|名额|赞))",
        "3000人",
        "200多款",
        "10万赞",
        "18岁",
        "6折",
        "100家门店",
    ),
    harmless(
        "counted_en",
        rf"(?:over |more than |about |nearly )?{ENGLISH}\+?[ \-](?:(?!(?:this|next|last|in|for|a|an|the|and|or|per|to"
        r"|at|on|from"
        r"|with|of|by|every|each|is|was|if|as|when|dollars?|bucks|yuan|euros?|usd)[ ])[a-z]+ )?"
        r"(?:units?|people|users?|customers?|followers?|likes?|views?|downloads?|orders?|employees|stores?"
        r"|countries|cities"
        r"|reviews?|votes?|comments?|subscribers?|devices|phones|cars|vehicles|deliveries|members|fans|students"
        r"|engineers"
        r"|patents|steps|pages|points?|goals?|laps|calories|degrees|retweets|shares|tickets|jobs|homes)(?![a-z])"
        rf"|{ENGLISH}\+?[ \-](?:times|years? old|years?|hours?|minutes?|mins?|seconds?|(?:months?|weeks?)"
        r"(?! (?:from|ago|now|hence|later|to|go|left|away|until|till|before|after)))(?![a-z])(?! (?:ago|from now"
        r"|to go|later"
        r"|hence|left|away|back|until|till))",
        "1.2 million units",
        "10k orders",
        "12k followers",
        "30 years old",
        "1m active users",
    ),
    harmless(
        "percent",
        rf"{NUMBER}[ ]?(?:%|percent|per cent|个百分点|个点)|百分之{HAN}{{1,8}}|(?<!{HAN})[1-9一二三四五六七八九]成"
        r"(?![为就立功都长员本分品熟果型交不])",
        "3.5%",
        "百分之二十",
        "8成",
    ),
    harmless(
        "times",
        rf"{NUMBER}[ ]?倍(?![感受])(?!.{{0,4}}变焦)|(?<![\w.])\d{{1,3}}x (?:faster|better|more|as|the)(?![a-z])",
        "3倍",
        "2x faster",
    ),
    harmless(
        "score",
        rf"(?:跑分|安兔兔|geekbench|得分|考了|评分|豆瓣|比分|dxomark|总分){GAP}{NUMBER}分?"
        rf"|{NUMBER}分(?![期钟享析辨屏销别之布为支类])"
        r"|(?<![\d:.])\d{1,3}[:\-]\d{1,3}[ ]?(?:领先|获胜|战胜|击败|大胜|落后|平局|逆转|win|won|victory|loss|lead)",
        "跑分120万",
        "85分",
        "3:2获胜",
    ),
    harmless(
        "rank",
        rf"第{NUMBER}[ ]?(?:名|位|代(?!骁龙)|次|季|届|家|年|天|台|批|个|版|章|集|期|轮|款|大|辆|场|条|页|方)"
        rf"|{WORD}top ?\d{{1,3}}(?![\d.])|#\d{{1,4}}(?![\d.])|{WORD}no\. ?\d{{1,4}}(?![\d.])",
        "第3名",
        "top 10",
        "no. 1",
        "第300万台",
    ),
)
