"""Who is on duty when, as commands show it: by a file, by an address, by shifts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.home import Home
from tests.fetch.feed_server import Reply
from tests.test_ics import calendar

TEAM = """
[[team]]
key = "zhou"
name = "周敏"

[[team]]
key = "chen"
name = "陈立"

[duty]
timezone = "Asia/Shanghai"
"""
SHIFT = """
[[duty.shifts]]
people = ["chen"]
"""


def today(who: str) -> str:
    begins = datetime.now(UTC) - timedelta(hours=1)
    return calendar(f"SUMMARY:{who}\nDTSTART:{begins:%Y%m%dT%H%M%SZ}\nDURATION:PT25H")


def test_a_file_is_read_by_check_and_shown_with_the_shifts(tmp_path: Path) -> None:
    with Home(tmp_path) as home:
        home.write(
            "config.toml", Path(home.config).read_text(encoding="utf-8") + TEAM + 'calendar_file = "duty.ics"\n' + SHIFT
        )
        assert "the calendar cannot be read: file" in home.run("check").err
        home.write("duty.ics", today("On call: 周敏"))
        assert home.run("check").code == 0
        rows = home.run("receivers", "duty", "--days", "2", "--json").rows
        assert [row["people"] for row in rows] == [["周敏"], ["陈立"]]
        assert rows[0]["from"].endswith("+08:00")
        home.write("duty.ics", today("Kingfisher lands"))
        shown = home.run("receivers", "duty", "--days", "1")
        assert "陈立" in shown.out
        assert "who is not in [[team]]" in shown.err
        assert "Kingfisher" not in shown.err


def test_an_address_is_asked_by_doctor_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Home(tmp_path) as home:
        monkeypatch.setenv("DUTY", home.site.url("/k-secret.ics"))
        home.site.routes["/k-secret.ics"] = Reply(200, today("周敏").encode())
        more = 'calendar_url_env = "DUTY"\nallow_private_network = true\n'
        home.write("config.toml", Path(home.config).read_text(encoding="utf-8") + TEAM + more)
        assert home.run("check").code == 0
        assert [it.path for it in home.site.asked] == []
        (row,) = [row for row in home.run("doctor", "--json").rows if row["what"] == "calendar"]
        assert (row["ok"], row["found"]) == (True, "1 entries within a month")
        home.site.routes["/k-secret.ics"] = Reply(404)
        told = home.run("doctor", "--json")
        assert [row["found"] for row in told.rows if row["what"] == "calendar"] == [
            "the calendar cannot be read: http_404"
        ]
        assert "k-secret" not in told.out + told.err
