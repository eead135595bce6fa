"""Money that is no price of a product: turnover, shares, wages, rents, discounts, and prices of before."""

from typing import Final

from monitor.match.quantities.harmless_parts import (
    DOLLARS,
    ENGLISH,
    FREE_GAP,
    GAP,
    LINK,
    MANY_DOLLARS,
    MONEY,
    NEAR,
    WORD,
    harmless,
)

ROWS: Final = (
    harmless(
        "turnover",
        r"(?:营收|营业收入|收入|净利润?|毛利润?|利润|销售额|成交额|交易额|流水|市值|估值|融资|投资|募资|预算|亏损"
        r"|盈利|gmv|资产"
        r"|奖金|罚款|罚金|罚(?=\d)|赔偿|赔付|捐款|捐赠|捐(?=\d)|票房|研发投入|投入|注资|出资|年费"
        rf"|关税){FREE_GAP}{MONEY}",
        "营收705亿元",
        "净利润同比增长到 12 亿元",
        "罚款一百万",
        "融资3亿美元",
        "捐款5000万元",
        "票房破 30 亿",
    ),
    harmless(
        "turnover_en",
        rf"{WORD}(?:revenues?|profits?|income|earnings|loss(?:es)?|valuation|market cap|funding|donat(?:es?|ed|ing"
        r"|ions?)"
        rf"|fine[sd]?|settlement|bonus|grant|prize|budget){LINK}(?:{DOLLARS}|{MANY_DOLLARS})"
        rf"|{WORD}(?:sales|worth|rais(?:es|ed|ing)|invest(?:s|ed|ing|ment)?|spen[dt]|spending|deal|paid){LINK}"
        rf"(?:a )?(?:{MANY_DOLLARS})",
        "revenue of $5 billion",
        "raised $40m",
        "a fine of $500 million",
        "sales of $1.2bn",
    ),
    harmless(
        "money_en_behind",
        rf"(?:{DOLLARS}) (?:in |of )?(?:[a-z]+ )?(?:revenues?|profits?|sales|funding|fines?|valuation|market cap"
        r"|salary"
        r"|a year|per year|donation)(?![a-z])"
        rf"|(?:{MANY_DOLLARS}) (?:in |of )?(?:[a-z]+ )?(?:investments?|bonus|settlement|deal|budget|grant|prize"
        r"|cash|fund"
        r"|round|series|contract|bill|debt|loan)(?![a-z])",
        "$5 billion in revenue",
        "a $400 million deal",
        "$90k a year",
    ),
    harmless(
        "shares",
        r"(?:股价|每股|股票|目标价|收盘价?|开盘价?|跌到|大盘|指数|沪指|恒指|比特币|金价|油价|汇率|市盈率)"
        rf"{FREE_GAP}{MONEY}|{MONEY}[/每一]股",
        "股价3999",
        "收盘报 21.3 港元",
        "每股21元",
    ),
    harmless(
        "shares_en",
        rf"{WORD}(?<!in )(?<!of )(?:shares?|stocks?|bitcoin|btc|price target|nasdaq|dow|s&p)"
        rf"(?: (?:price|prices|trading|trades?|up|down|fell|rose|closed|opened)){{0,2}}{LINK}(?:{DOLLARS}|{ENGLISH})"
        rf"|(?:{DOLLARS})[ ](?:a|per)[ ]share",
        "shares at $499",
        "stock price is 499",
        "$12 a share",
    ),
    harmless(
        "wages",
        r"(?:月租|租金|房租|房价|月薪|年薪|工资|薪水|薪资|底薪|时薪|日薪|月供|房贷|学费|话费|车费|油费|电费|水费"
        r"|运费|邮费|门票"
        r"|票价|饭钱|份子钱|红包|压岁钱|押金|保证金|违约金|奖学金|人均|月费|会员费|均价|首付|退款|欠款|存款|花呗"
        rf"|医药费){FREE_GAP}"
        rf"{MONEY}(?:[ ]?(?:起|左右|/月|一个?月|每月|每平米?))?",
        "月租3999元",
        "人均 299 元",
        "年薪20万",
        "红包 200 块",
    ),
    harmless(
        "wages_en",
        rf"{WORD}(?:salary|salaries|wages?|rent|tuition|tickets?|mortgage|fees?|deposit|subscription|tips?|lunch"
        r"|dinner)"
        rf"{LINK}(?:{DOLLARS}|{ENGLISH}(?= a (?:year|month)))",
        "salary of $90k",
        "my rent is 3,999 dollars",
    ),
    harmless(
        "per_time",
        rf"每个?[月年天晚次人]{NEAR}{MONEY}|{MONEY}[ ]?(?:/|每|一)[ ]?个?(?:月|年(?!质保|保)|天|小时|人|次(?!性)"
        r"|位(?!数)|平米?|平方|晚|斤|公斤|克|张票|条|度电)",
        "399元/月",
        "一百块一个月",
    ),
    harmless(
        "per_time_en",
        rf"(?:{DOLLARS})[ ]?(?:/|per |a |an |each )[ ]?(?:month|mo|year|yr|week|day|hour|hr|user|seat|person|night"
        r"|mile"
        r"|gallon|head|kg|gram|ounce)(?![a-z])",
        "$9.99/month",
        "$5 per user",
    ),
    harmless(
        "discount",
        r"(?:优惠券?|立减|直降|减免|节省|便宜|返现|返利|补贴|抵扣|差价|定金|订金|膨胀|代金券|优惠了)"
        rf"{GAP}{MONEY}|(?<![第全各本外])(?:省|减|返|涨|涨价|降价|贵|券)了?{NEAR}{MONEY}"
        rf"|满[ ]?{MONEY}[ ]?(?:立?减|返|送|赠)(?:[ ]?{MONEY})?",
        "优惠600元",
        "立减300",
        "满300减50",
        "定金 100 元",
        "涨价100美元",
        "贵了500",
    ),
    harmless(
        "discount_behind",
        rf"{MONEY}[ ]?的?(?:优惠|代金|折扣|满减|无门槛)?(?:券|红包|补贴|定金|订金|话费|礼包|差价|优惠(?!价))",
        "200元优惠券",
        "500元补贴",
    ),
    harmless(
        "discount_en",
        rf"{WORD}(?:saves?|saving|discount of|coupon for|cash ?back of|refund of|rebate of)"
        rf"(?: (?:up to|over|an extra|you|about)){{0,2}} (?:{DOLLARS}|{ENGLISH})"
        rf"|(?:{DOLLARS})[ ](?:off|discount|coupon|cash ?back|credit|gift card|refund|rebate|less|cheaper"
        r"|price cut)(?![a-z])",
        "$149 off",
        "save $100",
    ),
    harmless(
        "price_drop",
        r"(?:降到了?|降至|跌至|跌破|降价到|降价至|原价|清仓价?|二手价?|回收价?|曾经卖|当年卖|以前卖"
        rf"|去年卖){GAP}{MONEY}",
        "降到3299元",
        "原价4999",
    ),
    harmless(
        "price_drop_en",
        rf"{WORD}(?:dropped to|drops to|cut to|down to|marked down to|originally|formerly|used to cost|down from|was)"
        rf"[ ](?:just |only )?(?:{DOLLARS})(?:(?<!was)|(?=.{{0,8}}now))",
        "dropped to $399",
        "down from $599",
    ),
)
