"""What a person reads in the recorded feeds: ids and instants, read by eye from the files. No texts."""

from monitor.errors import Failure

TEXT_HASH = "sha256:"  # the entry has neither id nor link

_TWITTER = "https://twitter.com/ArknightsStaff/status/"
_TWITTER_BEFORE = [
    (_TWITTER + "1659046193090134016", "2023-05-18T04:00:10Z"),
    (_TWITTER + "1658774457123733505", "2023-05-17T10:00:23Z"),
    (_TWITTER + "1658729101069541377", "2023-05-17T07:00:10Z"),
    (_TWITTER + "1658683798253608960", "2023-05-17T04:00:09Z"),
    (_TWITTER + "1658366698179956736", "2023-05-16T07:00:06Z"),
    (_TWITTER + "1658336510670954497", "2023-05-16T05:00:09Z"),
    (_TWITTER + "1658306831960412166", "2023-05-16T03:02:13Z"),
]
_GHOST = [("6b0309e585107a031426aed0", "2026-11-22T15:27:33Z"), ("6b03098605dc6a018e9b1690", "2026-11-22T15:25:58Z")]
_WEIBO = "https://weibo.com/6279793937/"
_RELEASE = "tag:github.com,2008:Repository/410126695/"
_PLAYLIST = "http://gdata.youtube.com/feeds/api/playlists/PLD50E7DEEB70F4CE0/"

# file -> its entries in order: native id, and the instant or the note that stands in its place
ENTRIES: dict[str, list[tuple[str, str]]] = {
    "rss/rsshub_twitter_before.xml": _TWITTER_BEFORE,
    "rss/rsshub_twitter_after.xml": [(_TWITTER + "1659091539023282178", "2023-05-18T07:00:21Z"), *_TWITTER_BEFORE],
    "rss/rsshub_weibo_user_tz_utc.xml": [
        (_WEIBO + "KkBtUx2dv", "2021-06-17T00:00:11Z"),
        (_WEIBO + "Kkzwhj69V", "2021-06-16T19:00:31Z"),
        (_WEIBO + "KktFEsjrO", "2021-06-16T04:07:07Z"),
        (_WEIBO + "Kk8Ont6Jh", "2021-06-13T23:00:57Z"),
        (_WEIBO + "KjOcXC8QD", "2021-06-11T18:33:49Z"),
    ],
    "rss/ghost_post_before_edit.xml": _GHOST,
    "rss/ghost_post_after_edit.xml": _GHOST,
    "rss/atom_before.xml": [("/2016/02/03/subscribe-to-email-newsletters-in-feedbin", "2016-02-03T21:37:25Z")],
    "rss/atom_after_update.xml": [("/2024/04/25/custom-newsletter-addresses", "2024-04-25T14:25:00Z")],
    "rss/github_atom.xml": [
        (_RELEASE + "v3.0.9", "2023-06-28T16:46:57Z"),
        (_RELEASE + "v3.0.8", "2023-06-25T14:19:30Z"),
        (_RELEASE + "v3.0.7", "2023-06-25T00:38:52Z"),
        (_RELEASE + "v3.0.6", "2023-06-06T15:05:38Z"),
        (_RELEASE + "v3.0.5", "2023-06-03T11:53:30Z"),
    ],
    "mastodon/account_feed.rss": [
        ("https://front-end.social/@chriscoyier/109514150488399327", "2022-12-14T21:28:41Z"),
        ("https://front-end.social/@chriscoyier/109480363768443971", "2022-12-08T22:16:17Z"),
    ],
    "reddit/subreddit.rss.atom": [("t3_1pz1lp2", "2025-12-29T23:22:35Z")],
    "youtube/gdata_legacy.xml": [
        (_PLAYLIST + "PLJKY3jcJBwAirQeZjp907Md1oNURqyxGK", "2012-05-12T12:22:22Z"),
        (_PLAYLIST + "PLJKY3jcJBwAgU28JMj24hRvbmlk6bSRiT", "2012-05-12T12:22:22Z"),
    ],
    "youtube/push_notification_doc_sample.xml": [("yt:video:VIDEO_ID", "2015-03-06T21:40:57Z")],
    "jsonfeed/real_1_0.json": [
        ("http://therecord.co/2014/05/29/brent_simmons", "2014-05-29T12:00:00Z"),
        ("http://therecord.co/2014/05/09/chris_parrish", "2014-05-09T12:30:00Z"),
    ],
    "jsonfeed/feedparser_example.json": [("2", "no_time"), ("1", "no_time")],
    "feeds_malformed/bozo_bogus_encoding.xml": [],
    "feeds_malformed/undeclared_namespace.xml": [],
    "feeds_malformed/http_application_atom_xml_gb2312_encoding.xml": [],
    "feeds_malformed/double-encoded-html.xml": [(TEXT_HASH, "no_time")],
    "feeds_malformed/gb2312.xml": [(TEXT_HASH, "no_time")],
    "feeds_malformed/invalid-prolog.xml": [(TEXT_HASH, "no_time")],
    "feeds_malformed/rss_item_link_corrupted_ampersands.xml": [("http://link/get?a=1&b=2", "no_time")],
}

# Not well-formed: something may have been lost on the way, so the next read asks for all of it again.
MALFORMED = frozenset({"mastodon/account_feed.rss", "feeds_malformed/rss_item_link_corrupted_ampersands.xml"})

REFUSED: dict[str, Failure] = {
    "feeds_malformed/aaa_illformed.xml": Failure.TRUNCATED,
    "feeds_malformed/iso88591_utf8_mismatch.xml": Failure.NOT_A_FEED,
    "telegram/s_preview_text.html": Failure.NOT_A_FEED,
    "weibo/ajax_relogin_error.json": Failure.NOT_A_FEED,
}
