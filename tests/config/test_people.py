"""What is told of people: how they are spoken of, and whom to call."""

from pathlib import Path

import pytest

from monitor.errors import ConfigError
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
