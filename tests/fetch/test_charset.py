"""Bytes to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.charset import decode

TEXT = "云雀 X9 起售价 4299 元，明晚八点发布"


@pytest.mark.parametrize("label", ["utf-8", "gb2312", "GBK", "big5", "iso-8859-1", "us-ascii", "no-such-thing", ""])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_survives_every_wrong_label_but_that_of_another_chinese_encoding(codec: str, label: str) -> None:
    if (codec, label) == ("gb18030", "big5"):
        assert decode(TEXT.encode("big5", "ignore"), "text/xml; charset=big5") == TEXT.encode("big5", "ignore").decode(
            "big5"
        )
    else:
        assert decode(TEXT.encode(codec), f"text/xml; charset={label}") == TEXT


@pytest.mark.parametrize(
    ("body", "label", "text"),
    [
        ("Anaïs Jörgen".encode("latin-1"), "utf-8", "Anaïs Jörgen"),
        ("Anaïs Jörgen".encode("latin-1"), "", "Anaïs Jörgen"),
        ("“quoted” – €5".encode("windows-1252"), "", "“quoted” – €5"),
        ("Привет".encode("windows-1251"), "windows-1251", "Привет"),
        ("<a>云</a>".encode("utf-16-le"), "", "<a>云</a>"),
        ("<a>云</a>".encode("utf-16-be"), "", "<a>云</a>"),
        (TEXT.encode()[:-1], "utf-8", TEXT[:-1]),
        (TEXT.encode()[:-1], "gb2312", TEXT[:-1]),
        (TEXT.encode()[:-2], "big5", TEXT[:-1]),
        (b"a\x00b", "", "a\x00b"),
        (b"", "", ""),
    ],
)
def test_other_encodings_are_found(body: bytes, label: str, text: str) -> None:
    assert decode(body, label and f"text/xml; charset={label}") == text


def test_the_declaration_of_the_document_counts_too() -> None:
    body = "<?xml version='1.0' encoding=\"windows-1251\"?><a>Привет</a>".encode("windows-1251")
    assert decode(body, "application/xml").endswith("<a>Привет</a>")


@given(st.binary(max_size=200), st.sampled_from(["", "gbk", "big5", "utf-7", "idna", "hex", "zlib", "undefined"]))
def test_no_bytes_and_no_label_are_too_much(body: bytes, label: str) -> None:
    assert isinstance(decode(body, f"text/xml; charset={label}"), str)
