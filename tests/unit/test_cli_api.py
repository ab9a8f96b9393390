"""What is asked of the API is asked once, and what it answers is said as a sentence."""

import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from belltower_cli.api import Api, Failure, Refused, Unreachable

Answer = httpx.Response | Exception


class Server:
    """Answers what it is told to, one after another; the last again and again."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.bodies: list[bytes] = []
        self.pauses: list[float] = []
        self.api = Api("http://belltower.example", "key", transport=httpx.MockTransport(self), sleep=self.pauses.append)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.bodies.append(request.read())
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def keys(self) -> list[str]:
        return [request.headers["Idempotency-Key"] for request in self.requests]


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": "It is not so."} | more)


DONE = httpx.Response(201, json={"id": "new"})
LOST = httpx.ReadError("reset by peer")


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(lambda: LOST, id="the answer was lost"),
        pytest.param(lambda: httpx.ConnectError("refused"), id="nobody answered"),
        pytest.param(lambda: httpx.ReadTimeout("late"), id="the answer was late"),
        pytest.param(lambda: problem(503, "unavailable"), id="the database was out of reach"),
        pytest.param(lambda: httpx.Response(502), id="the gateway found no API"),
    ],
)
def test_a_post_is_sent_again_with_the_same_key(trouble: Callable[[], Answer]) -> None:
    server = Server(trouble(), trouble(), DONE)
    assert server.api.post("/api/campaigns", json={"name": "a"}) == {"id": "new"}
    assert len(server.keys) == 3
    assert len(set(server.keys)) == 1
    assert server.bodies == [b'{"name":"a"}'] * 3
    assert server.pauses == [0.5, 2.0]


def test_every_post_has_a_key_of_its_own() -> None:
    server = Server(DONE)
    server.api.post("/api/campaigns", json={})
    server.api.post("/api/campaigns", json={})
    assert len(set(server.keys)) == 2


def test_a_post_is_given_up_after_three_tries() -> None:
    server = Server(LOST)
    with pytest.raises(Unreachable, match=r"The connection to http://belltower\.example was lost"):
        server.api.post("/api/campaigns", json={})
    assert len(server.requests) == 3


def test_a_post_that_is_under_way_is_waited_for() -> None:
    in_flight = [problem(409, "request_in_flight") for _ in range(20)]
    server = Server(LOST, *in_flight, DONE)
    assert server.api.post("/api/campaigns", json={}) == {"id": "new"}
    assert server.pauses == [0.5, *[1.0] * 20]
    assert len(set(server.keys)) == 1


def test_a_refusal_is_not_sent_again() -> None:
    server = Server(problem(409, "illegal_transition"))
    with pytest.raises(Refused, match=r"^It is not so\.$"):
        server.api.post("/api/campaigns", json={})
    assert len(server.requests) == 1


def test_a_file_is_sent_again_from_its_beginning() -> None:
    server = Server(LOST, DONE)
    file = io.BytesIO(b"+12025550143\n" * 1000)
    server.api.post("/api/campaigns/upload", data={"name": "a"}, files={"file": ("people.csv", file)})
    assert [body.count(b"+12025550143") for body in server.bodies] == [1000, 1000]


def test_a_file_is_never_read_as_a_whole() -> None:
    class Watched(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(size)
            self.largest = max(self.largest, len(piece))
            return piece

    file = Watched(bytes(2**20))
    Server(DONE).api.post("/api/campaigns/upload", files={"file": ("people.csv", file)})
    assert 0 < file.largest <= 2**16


def test_every_field_that_is_wrong_has_its_sentence() -> None:
    errors = [{"pointer": "/name", "code": "missing", "detail": f"{name} is required."} for name in ("name", "file")]
    with pytest.raises(Refused) as refused:
        Server(problem(400, "missing", errors=errors)).api.get("/api/campaigns")
    assert str(refused.value) == "name is required.\nfile is required."
    assert refused.value.code == "missing"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(httpx.ConnectError("[Errno 111] Connection refused"), "Nothing answers at", id="nobody"),
        pytest.param(httpx.ReadTimeout("late"), "does not answer in time", id="late"),
        pytest.param(httpx.Response(200, text="<html>"), "is not Belltower's API", id="another site"),
        pytest.param(httpx.Response(200, json=[]), "is not Belltower's API", id="another API"),
        pytest.param(httpx.Response(502, text="Bad gateway"), r"\(HTTP 502\)", id="a gateway alone"),
        pytest.param(httpx.Response(404, json=["no"]), r"\(HTTP 404\)", id="a problem that is none"),
        pytest.param(problem(401, "unauthorised"), "BELLTOWER_API_KEY", id="a wrong key"),
    ],
)
def test_what_goes_wrong_is_a_sentence(answer: Answer, said: str) -> None:
    with pytest.raises(Failure, match=said):
        Server(answer).api.get("/api/wallet")


def page(first: int, last: int, cursor: str | None) -> httpx.Response:
    items = [{"id": index} for index in range(first, last)]
    return httpx.Response(200, json={"items": items, "next_cursor": cursor, "total": 1000})


@pytest.mark.parametrize(("limit", "limits"), [(600, ["500", "100"]), (None, ["500", "500"])], ids=["600", "all"])
def test_a_collection_is_read_page_by_page(limit: int | None, limits: list[str]) -> None:
    server = Server(page(0, 500, "next"), page(500, 600, None))
    items = list(server.api.items("/api/campaigns", limit=limit, search="a&b", status=None))
    assert [item["id"] for item in items] == list(range(600))
    asked = [request.url.params for request in server.requests]
    assert [params["limit"] for params in asked] == limits
    assert [params.get("cursor") for params in asked] == [None, "next"]
    assert all(params["search"] == "a&b" and "status" not in params for params in asked)


def test_no_more_pages_are_read_than_are_wanted() -> None:
    server = Server(page(0, 20, "next"))
    assert len(list(server.api.items("/api/campaigns", limit=20))) == 20
    assert len(server.requests) == 1
