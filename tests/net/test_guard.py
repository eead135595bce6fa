"""Which addresses and URLs may be reached."""

import pytest

from monitor.errors import Failure, TransportError
from monitor.net.guard import check_address, check_url, safe_url

REFUSED = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 168.63.129.16
    169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1
    198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::7f00:1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:168.63.129.16
    ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::8.8.8.8 64:ff9b:1::1 64:ff9b:1:ffff::10.0.0.1 100::1 2001::1
    2001:0:5ef5:79fb::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1 4000::1
    fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 febf::1 fec0::1 feff::1 ff02::1 ff0e::1
    localhost 127.1 example.com
"""

PUBLIC = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 168.63.129.15
    168.63.129.17 169.253.255.255 169.255.0.1 172.15.255.255 172.32.0.1 191.255.255.255 192.0.1.1 192.167.255.255
    192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.255 2001:200::1 2400:3200::1 2606:4700:4700::1111 2a00:1450::1
    ::ffff:8.8.8.8
"""


@pytest.mark.parametrize("address", REFUSED.split())
def test_addresses_that_are_not_of_the_public_internet_are_refused(address: str) -> None:
    assert check_address(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_pass(address: str) -> None:
    assert check_address(address) is None


@pytest.mark.parametrize(
    "url",
    [
        r"http://127.0.0.1\@example.com/",
        r"http://example.com\@127.0.0.1/",
        "http://example.com /",
        "http://example.com/\r\nX: y",
        "http://example.com/\t",
        " http://example.com/",
        "http://exa\x00mple.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
        "javascript:alert(1)",
        "//example.com/",
        "http://",
        "http:///path",
        "http://:80/",
        "http://example.com:99999/",
        "http://example.com:port/",
        "http://[::1/",
        "http://user:password@example.com/",
        "http://example.com@127.0.0.1/",
        "",
    ],
)
def test_urls_that_parsers_read_differently_or_that_are_not_ours_to_ask_are_refused(url: str) -> None:
    with pytest.raises(TransportError) as caught:
        check_url(url)
    assert caught.value.failure is Failure.REFUSED_ADDRESS
    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://feeds.example/a/b.xml?token=secret#x", "https://feeds.example/a/b.xml"),
        ("https://user:secret@feeds.example:8443/a", "https://feeds.example:8443/a"),
        ("https://a@secret@feeds.example/", "https://feeds.example/"),
        ("http://[2606:4700::1]:80/a?secret", "http://[2606:4700::1]:80/a"),
        ("secret", ""),
        ("http://[secret/", ""),
    ],
)
def test_a_told_url_has_no_query_fragment_or_credentials(url: str, told: str) -> None:
    assert safe_url(url) == told
    assert safe_url(url, path_is_secret=True) == ("/".join(told.split("/")[:3]) + "/…" if told else "")
