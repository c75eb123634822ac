"""Who may speak to the page: names, origins, tokens. Pure parts."""

from __future__ import annotations

import pytest

from bot.web.security import csrf_token, known_host, new_cookie, same_origin, session_name


@pytest.mark.parametrize(
    ("host", "bound", "known"),
    [
        ("localhost:8080", "127.0.0.1", True),
        ("127.0.0.1:8080", "127.0.0.1", True),
        ("[::1]:8080", "127.0.0.1", True),
        ("LOCALHOST", "127.0.0.1", True),
        ("shop.example", "127.0.0.1", True),
        ("Shop.Example:8080", "127.0.0.1", True),
        ("evil.example", "127.0.0.1", False),
        ("localhost.evil.example", "127.0.0.1", False),
        ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("192.168.1.5:8080", "127.0.0.1", False),
        ("192.168.1.5:8080", "0.0.0.0", True),
        ("192.168.1.5:8080", "192.168.1.5", True),
        ("evil.example", "0.0.0.0", False),
        ("", "127.0.0.1", False),
        ("[::1", "127.0.0.1", False),
    ],
)
def test_hosts(host: str, bound: str, known: bool) -> None:
    assert known_host(host, bound, ("shop.example",)) is known


@pytest.mark.parametrize(
    ("origin", "same"),
    [
        ("http://localhost:8080", True),
        ("https://LOCALHOST:8080", True),
        ("http://localhost:9090", False),
        ("http://localhost", False),
        ("http://evil.example", False),
        ("null", False),
        ("file://localhost:8080", False),
    ],
)
def test_origins(origin: str, same: bool) -> None:
    assert same_origin(origin, "localhost:8080") is same


def test_what_is_public_tells_nothing_of_the_cookie_and_differs() -> None:
    cookie = new_cookie()
    assert len({cookie, session_name(cookie), csrf_token(cookie), csrf_token(new_cookie())}) == 4
    assert csrf_token(cookie) == csrf_token(cookie)
    assert session_name(cookie) not in csrf_token(cookie)
