from __future__ import annotations

import io
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
import requests
from requests.adapters import HTTPAdapter

from belay_pm.errors import AccessError, NotFoundError, OfflineError, SourceError
from belay_pm.sources.http import Web
from belay_pm.sources.transfers import find
from belay_pm.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from requests import PreparedRequest

    from conftest import Answer, Asked, WebServer


@pytest.fixture
def waits() -> list[float]:
    """How long was waited, in seconds."""
    return []


@pytest.fixture
def web(waits: list[float]) -> Iterator[Web]:
    """The web, whose waits take no time."""
    with Web(Store(), sleep=waits.append) as opened:
        yield opened


def test_a_content_is_got_and_kept(web: Web, server: WebServer) -> None:
    """What came is in the store, and offline that is enough."""
    server.pages["/a"] = b"hello"

    content = web.get(f"{server.url}/a")

    assert content == b"hello"
    assert Web(Store(), offline=True).get(f"{server.url}/a") == b"hello"
    assert server.paths() == ["/a"]


def test_offline_nobody_is_asked(server: WebServer) -> None:
    """What the store does not have is an error that says so, and what to do."""
    server.pages["/a"] = b"hello"

    with pytest.raises(OfflineError, match=r"/a` is not in the cache, and offline nobody is asked") as caught:
        Web(Store(), offline=True).get(f"{server.url}/a")

    assert caught.value.hint == "do it once without `--offline`"
    assert server.asked == []


@pytest.mark.parametrize(
    ("validator", "condition"), [("ETag", "if-none-match"), ("Last-Modified", "if-modified-since")]
)
def test_what_did_not_change_is_not_sent_again(
    validator: str, condition: str, web: Web, server: WebServer
) -> None:
    """The second time costs a 304, and what the store lost meanwhile is asked for without a condition."""
    value = '"1"' if validator == "ETag" else "Fri, 27 Nov 2026 09:00:00 GMT"

    def answer(asked: Asked) -> Answer:
        if asked.headers.get(condition) == value:
            return server.reply(status=304)
        return server.reply(b"hello", headers={validator: value})

    server.pages["/a"] = answer
    web.get(f"{server.url}/a")

    again = web.get(f"{server.url}/a")
    web.store.clear("")
    anew = web.get(f"{server.url}/a")

    assert again == anew == b"hello"
    assert [condition in asked.headers for asked in server.asked] == [False, True, False]


def test_what_never_changes_is_asked_for_once(web: Web, server: WebServer) -> None:
    """An address whose content is fixed is not even asked whether it changed, when that is what came."""
    server.pages["/a"] = [b"log in first", b"hello"]

    contents = [web.get(f"{server.url}/a", is_final=b"hello".__eq__) for _ in range(3)]

    assert contents == [b"log in first", b"hello", b"hello"]
    assert len(server.asked) == 2


def test_a_failing_server_is_asked_again(web: Web, server: WebServer, waits: list[float]) -> None:
    """A 500 may pass: the waits become longer each time."""
    server.pages["/a"] = [server.reply(status=500), server.reply(status=503), server.reply(b"hello")]

    assert web.get(f"{server.url}/a") == b"hello"
    assert waits == [0.5, 1.0]


def test_a_busy_server_is_left_alone_as_long_as_it_asks(
    web: Web, server: WebServer, waits: list[float]
) -> None:
    """Retry-After is obeyed, in seconds and as a date by the server's own clock."""
    server.pages["/a"] = [
        server.reply(status=429, headers={"Retry-After": "7"}),
        server.reply(status=429, headers={"Retry-After": "Fri, 27 Nov 2099 09:00:00 GMT"}),
    ]

    with pytest.raises(
        SourceError, match=r"answers 429 Too Many Requests; it asks to be left alone for \d+ s"
    ):
        web.get(f"{server.url}/a")

    assert waits == [7.0]


def test_a_server_that_keeps_failing_is_an_error(web: Web, server: WebServer, waits: list[float]) -> None:
    """After four attempts the error says how often, and what the server said."""
    server.pages["/a"] = server.reply(status=502)

    with pytest.raises(SourceError, match=r"was tried 4 times, and at last: `.*/a` answers 502 Bad Gateway$"):
        web.get(f"{server.url}/a")

    assert waits == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFoundError), (410, NotFoundError), (401, AccessError), (403, AccessError), (400, SourceError)],
)
def test_what_does_not_pass_is_not_tried_again(
    status: int, error: type[Exception], web: Web, server: WebServer
) -> None:
    """Who may not, and what is not there: asked once, and the class of the error says which."""
    server.pages["/a"] = server.reply(status=status)

    with pytest.raises(error, match=f"answers {status}"):
        web.get(f"{server.url}/a")

    assert len(server.asked) == 1


def test_a_silent_server_is_given_up(server: WebServer) -> None:
    """A server that says nothing is left after the timeout, and the error says how long it was silent."""
    told = Event()

    def answer(_: Asked) -> Answer:
        told.wait(20)
        return server.reply(b"late")

    server.pages["/a"] = answer
    try:
        with Web(Store(), timeout_s=0.05, attempts=1) as web, pytest.raises(SourceError) as caught:
            web.get(f"{server.url}/a")
    finally:
        told.set()

    assert (
        str(caught.value) == f"Getting `{server.url}/a` was tried once, and at last: it was silent for 0.05 s"
    )


def test_a_broken_download_is_taken_up_where_it_broke(web: Web, server: WebServer) -> None:
    """A server that says what its file is sends the rest only."""

    def answer(asked: Asked) -> Answer:
        if "range" not in asked.headers:
            return server.reply(b"he", headers={"ETag": '"1"'}, length=5)
        return server.reply(b"llo", 206, {"ETag": '"1"', "Content-Range": "bytes 2-4/5"})

    server.pages["/a"] = answer

    content = web.get(f"{server.url}/a")

    assert content == b"hello"
    assert [asked.headers.get("range") for asked in server.asked] == [None, "bytes=2-"]
    assert server.asked[1].headers["if-range"] == '"1"'


def broken(server: WebServer, **headers: str) -> Callable[[Asked], Answer]:
    """A page of which only the first two bytes come, until somebody asks for the rest."""

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("range") != "bytes=2-" or asked.headers["if-range"] not in headers.values():
            return server.reply(b"he", headers=headers, length=5)
        return server.reply(b"llo", 206, {**headers, "Content-Range": "bytes 2-4/5"})

    return answer


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_the_next_run_goes_on_where_one_broke_off(validator: str, server: WebServer) -> None:
    """What came before everything failed is kept, asked for no more, and gone when the file is whole."""
    server.pages["/a"] = broken(server, **{validator: "1"})

    with Web(Store(), attempts=1) as first, pytest.raises(SourceError, match="behind 2 of 5 bytes") as caught:
        first.get(f"{server.url}/a")
    with Web(Store(), attempts=1) as second:
        content = second.get(f"{server.url}/a")

    assert content == b"hello"
    assert (
        caught.value.hint
        == "do it again when the server can be reached: what has come until then is not got twice"
    )
    assert [asked.headers.get("range") for asked in server.asked] == [None, "bytes=2-"]
    assert not list(Store().location.rglob("parts/*"))


def test_ctrl_c_keeps_what_came(server: WebServer) -> None:
    """A download that somebody interrupts goes on the next time."""
    server.pages["/a"] = broken(server, ETag='"1"')

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with Web(Store(), sleep=interrupt) as first, pytest.raises(KeyboardInterrupt):
        first.get(f"{server.url}/a")
    with Web(Store()) as second:
        assert second.get(f"{server.url}/a") == b"hello"

    assert len(server.asked) == 2


@pytest.mark.parametrize("written", [b"", b"HE", b"hello, world"])
def test_a_damaged_part_is_not_used(written: bytes, server: WebServer) -> None:
    """A part that is not what was written is thrown away, and everything is got anew."""
    server.pages["/a"] = broken(server, ETag='"1"')
    with Web(Store(), attempts=1) as first, pytest.raises(SourceError):
        first.get(f"{server.url}/a")
    (part,) = Store().location.rglob("parts/*")
    part.write_bytes(written)

    server.pages["/a"] = b"world"
    with Web(Store()) as second:
        assert second.get(f"{server.url}/a") == b"world"

    assert "range" not in server.asked[1].headers


def test_a_part_of_a_file_that_changed_is_not_used(server: WebServer) -> None:
    """When the file is another one by the next run, nothing of the old one is in it."""
    server.pages["/a"] = broken(server, ETag='"1"')
    with Web(Store(), attempts=1) as first, pytest.raises(SourceError):
        first.get(f"{server.url}/a")

    server.pages["/a"] = server.reply(b"world", headers={"ETag": '"2"'})
    with Web(Store()) as second:
        assert second.get(f"{server.url}/a") == b"world"


def test_nothing_is_kept_of_what_nobody_knows_again(server: WebServer) -> None:
    """A part without a validator is of no use, and not kept."""
    server.pages["/a"] = server.reply(b"he", length=5)

    with Web(Store(), attempts=1) as web, pytest.raises(SourceError):
        web.get(f"{server.url}/a")

    assert Store().elements() == ()


def test_a_file_that_changed_meanwhile_is_got_anew(web: Web, server: WebServer) -> None:
    """When the rest is of another file, the server sends all of that, and nothing of the old one is in it."""
    server.pages["/a"] = [
        server.reply(b"he", headers={"ETag": '"1"'}, length=5),
        server.reply(b"world", headers={"ETag": '"2"'}),
    ]

    assert web.get(f"{server.url}/a") == b"world"


@pytest.mark.parametrize("part", ["bytes 0-1/5", "", "nonsense"])
def test_a_part_that_nobody_asked_for_is_not_used(part: str, web: Web, server: WebServer) -> None:
    """A wrong part is thrown away with what came before it."""
    server.pages["/a"] = [
        server.reply(b"he", headers={"ETag": '"1"'}, length=5),
        server.reply(b"xx", 206, {"ETag": '"1"', "Content-Range": part}),
        server.reply(b"hello"),
    ]

    assert web.get(f"{server.url}/a") == b"hello"
    assert "range" not in server.asked[2].headers


def test_a_truncated_file_is_an_error_in_the_end(web: Web, server: WebServer) -> None:
    """A file that is always shorter than the server says is never taken for a whole one."""
    server.pages["/a"] = server.reply(b"he", length=5)

    with pytest.raises(SourceError, match="was tried 4 times"):
        web.get(f"{server.url}/a")

    assert web.store.elements() == ()


@pytest.mark.parametrize("length", [None, 10**12])
def test_what_is_too_large_is_refused(length: int | None, web: Web, server: WebServer) -> None:
    """More than the caller allows is not read, whether the server announces it or not."""
    server.pages["/a"] = server.reply(b"x" * 101, length=length)

    with pytest.raises(SourceError, match="bytes or more, and 100 is the most"):
        web.get(f"{server.url}/a", most_bytes=100)

    assert len(server.asked) == 1


class _Adapter(HTTPAdapter):
    """Answers each request with a redirect."""

    def send(self, request: PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]  # all else is of the wire
        """Return the redirect."""
        response = requests.Response()
        response.status_code = 302
        response.headers["Location"] = "http://files.example/a"
        response.request, response.url, response.raw = request, request.url or "", io.BytesIO()
        return response


def test_a_redirect_to_where_others_read_along_is_refused() -> None:
    """From an encrypted address none leads to one that is not."""
    with requests.Session() as session:
        session.mount("https://", _Adapter())
        with pytest.raises(SourceError, match=r"to `http://files\.example/a`, which is not encrypted"):
            find(session, "https://files.example/a", timeout_s=1)


def test_redirects_are_followed_and_not_for_ever(web: Web, server: WebServer) -> None:
    """A few are ordinary, a circle ends with an error."""
    server.pages["/a"] = server.reply(status=302, headers={"Location": "/b"})
    server.pages["/b"] = b"hello"
    server.pages["/c"] = server.reply(status=301, headers={"Location": "/c"})

    assert web.get(f"{server.url}/a") == b"hello"
    with pytest.raises(SourceError, match="redirects more than 10 times"):
        web.get(f"{server.url}/c")


@pytest.mark.parametrize(
    "link", ["file:///etc/passwd", "ftp://host/x", "http://[bad", "//", "http://host:x/"]
)
def test_a_redirect_to_no_address_of_the_web_is_refused(link: str, web: Web, server: WebServer) -> None:
    """A server cannot make us read a file of this computer."""
    server.pages["/a"] = server.reply(status=302, headers={"Location": link})

    with pytest.raises(SourceError):
        web.get(f"{server.url}/a")


def test_a_token_goes_to_its_host_alone(web: Web, server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host gets its token; one that it redirects to does not, and neither message nor cache has it."""
    port = server.url.rpartition(":")[2]
    monkeypatch.setenv(f"BELAY_TOKEN_127_0_0_1_{port}", "s3cret")
    server.pages["/a"] = server.reply(status=302, headers={"Location": f"http://localhost:{port}/b"})
    server.pages["/b"] = b"hello"

    content = web.get(f"{server.url}/a")
    with pytest.raises(NotFoundError) as caught:
        web.get(f"{server.url}/missing")

    assert content == b"hello"
    assert [asked.headers.get("authorization") for asked in server.asked] == [
        "Bearer s3cret",
        None,
        "Bearer s3cret",
    ]
    assert f"`BELAY_TOKEN_127_0_0_1_{port}` was sent" in str(caught.value.hint)
    assert "s3cret" not in f"{caught.value} {caught.value.hint}"
    files = [path for path in web.store.location.rglob("*") if path.is_file()]
    assert files
    assert not any(b"s3cret" in path.read_bytes() for path in files)


@pytest.mark.parametrize(
    ("kept", "header"),
    [
        ("s3cret", "Bearer s3cret"),
        ("me:s3cret", "Basic bWU6czNjcmV0"),
        ("me:a b:c", "Basic bWU6YSBiOmM="),
        ("Bearer s3cret", "Bearer s3cret"),
        ("bearer  s3:cret", "Bearer s3:cret"),
    ],
)
def test_a_variable_has_a_token_or_a_login(
    kept: str, header: str, web: Web, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token is sent as a bearer's, `USER:PASSWORD` as the pair, and what is a header's value as it is."""
    monkeypatch.setenv(f"BELAY_TOKEN_127_0_0_1_{server.url.rpartition(':')[2]}", kept)

    def page(asked: Asked) -> Answer:
        return server.reply(b"hello" if asked.headers.get("authorization") == header else b"", 200)

    server.pages["/a"] = page

    assert web.get(f"{server.url}/a") == b"hello"


def test_netrc_is_asked_for_the_host_alone(web: Web, server: WebServer, folder: Path) -> None:
    """What `~/.netrc` has for a host is sent to it, and not to where it redirects."""
    netrc = folder.parent / "home" / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret\n")
    netrc.chmod(0o600)
    port = server.url.rpartition(":")[2]
    server.pages["/a"] = server.reply(status=302, headers={"Location": f"http://localhost:{port}/b"})
    server.pages["/b"] = b"hello"

    assert web.get(f"{server.url}/a") == b"hello"
    assert [asked.headers.get("authorization") for asked in server.asked] == ["Basic bWU6czNjcmV0", None]


def test_secrets_of_an_address_are_not_in_messages(web: Web, server: WebServer) -> None:
    """User, password and what a query may keep secret are not shown, whatever goes wrong."""
    host = server.url.removeprefix("http://")
    dead = "http://me:s3cret@127.0.0.1:1/a?token=s3cret&ref=main"

    with pytest.raises(SourceError) as missing:
        web.get(f"http://me:s3cret@{host}/a?token=s3cret&ref=main")
    with pytest.raises(SourceError) as refused:
        web.get(dead)

    assert str(missing.value).startswith(f"`http://{host}/a?token=…&ref=main` answers 404")
    assert str(refused.value) == (
        "Getting `http://127.0.0.1:1/a?token=…&ref=main` was tried 4 times, and at last: Connection refused"
    )


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "host/x", "", "http://", "http://[", "http://h:99999/"]
)
def test_what_is_no_address_of_the_web_is_refused(url: str, web: Web) -> None:
    """An address that cannot be asked is an error of ours."""
    with pytest.raises(SourceError):
        web.get(url)


def test_progress_is_told(server: WebServer) -> None:
    """Whoever wants to know hears what comes, how much of it, and of how much."""
    server.pages["/a"] = b"hello"
    heard: list[tuple[str, int, int | None]] = []

    with Web(Store(), progress=lambda *told: heard.append(told)) as web:
        web.get(f"{server.url}/a")

    assert heard == [(f"{server.url}/a", 0, 5), (f"{server.url}/a", 5, 5)]


def test_threads_share_it(web: Web, server: WebServer) -> None:
    """Threads get at once, each over a connection of its own."""
    for number in range(8):
        server.pages[f"/{number}"] = str(number).encode()
    got: dict[int, bytes] = {}

    def get(number: int) -> None:
        got[number] = web.get(f"{server.url}/{number}")

    threads = [Thread(target=get, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == {number: str(number).encode() for number in range(8)}


def test_where_an_address_leads_is_remembered(web: Web, server: WebServer) -> None:
    """The end of the redirects is told, and offline where it was before, without what a query keeps secret."""
    server.pages["/latest"] = server.reply(status=302, headers={"Location": "/tag/2026?key=s3cret"})
    server.pages["/tag/2026?key=s3cret"] = b"page"

    found = web.where(f"{server.url}/latest")

    assert found == f"{server.url}/tag/2026"
    assert Web(Store(), offline=True).where(f"{server.url}/latest") == found
