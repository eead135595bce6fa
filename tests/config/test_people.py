"""What is told of people: how they are spoken of, and whom to call; and how soon they are to be told."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.model.objective import Objective
from monitor.model.people import name_of_contact
from tests.config.sample import VALID, load


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        ("李助理 138 0000 0000", "李助理"),
        ("李助理13800000000", "李助理"),
        ("李助理：138 0000 0000", "李助理"),
        ("李助理（138 0000 0000）", "李助理"),
        ("李助理 １３８００００", "李助理"),
        ("李助理 手机138", "李助理"),
        ("李助理 微信 lizhuli", "李助理"),
        ("李助理", "李助理"),
        ("Assistant Li +86 138 0000 0000", "Assistant Li"),
        ("Assistant Li, +86 138", "Assistant Li"),
        ("Assistant Li - (0)138", "Assistant Li"),
        ("Assistant Li tel 138", "Assistant Li"),
        ("Assistant Li li@yunque.example", "Assistant Li"),
        ("Ms Telford 138", "Ms Telford"),
        ("138 0000 0000 李助理", ""),
        ("li@yunque.example", ""),
        ("+86 138", ""),
    ],
)
def test_only_the_name_of_a_contact_leaves_this_machine(contact: str, name: str) -> None:
    assert name_of_contact(contact) == name


def test_a_person_has_contacts_and_a_form_of_address(tmp_path: Path) -> None:
    more = 'title = "CEO"\ncalled = "林总"\ncontacts = ["李助理 138 0000 0000", "周敏"]'
    (person,) = load(VALID.replace('title = "CEO"', more), tmp_path).people
    assert (person.called, person.contacts) == ("林总", ("李助理 138 0000 0000", "周敏"))
    assert "138" not in repr(person)


def test_a_contact_without_a_name_is_refused_and_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(VALID.replace('title = "CEO"', 'title = "CEO"\ncontacts = ["138 0000 0000"]'), tmp_path)
    assert "must begin with a name" in str(caught.value)
    assert "138" not in str(caught.value)


# --- what is promised to them who are told ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "objective"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("[objective]\n", Objective(timedelta(seconds=120), 0.95, 30), id="as it is meant"),
        pytest.param(
            '[objective]\nwithin = "10m"\nshare = 0.9\ndays = 7\n',
            Objective(timedelta(minutes=10), 0.9, 7),
            id="as said",
        ),
    ],
)
def test_a_promise_is_made_only_where_it_stands(table: str, objective: Objective | None, tmp_path: Path) -> None:
    assert load(VALID.replace("[web]", f"{table}[web]"), tmp_path).objective == objective


@pytest.mark.parametrize("key", ['within = "5s"', "share = 1.0", "share = 0", "days = 91", "within = 120"])
def test_a_promise_that_cannot_be_meant_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=key.partition(" ")[0]):
        load(VALID.replace("[web]", f"[objective]\n{key}\n[web]"), tmp_path)


def test_accounts_that_are_read_too_seldom_for_the_promise_are_a_warning(tmp_path: Path) -> None:
    (warning,) = load(VALID.replace("[web]", "[objective]\n[web]"), tmp_path).warnings
    assert "1 account is read less often than every 120 s; lower their poll_every, or raise within" in warning
