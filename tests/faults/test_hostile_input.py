"""Malformed, oversized, mis-encoded and hostile input on every endpoint: a clear error, nothing lost, nothing as HTML."""

import gzip
import json
from collections.abc import Iterator

import httpx2
import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase

from assize_sim.stream import Plan, stream
from builders.running import Running, running

pytestmark = pytest.mark.faults

SCRIPT = "<script>alert('assize')</script>"
NASTY = (
    pytest.param(b"", id="nothing"),
    pytest.param(b"{", id="half-an-object"),
    pytest.param(b"\xff\xfe\x00{", id="another-encoding"),
    pytest.param(b'{"events": "\xc3\x28"}', id="broken-utf-8"),
    pytest.param(b"[" * 100_000, id="a-deep-nest"),
    pytest.param(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, id="a-deep-nest-of-objects"),
    pytest.param(b"null", id="null"),
    pytest.param(b"[1, 2, 3]", id="numbers"),
    pytest.param(b'"text"', id="a-text"),
    pytest.param(b"1e999999", id="a-number-without-end"),
    pytest.param(b'{"a": NaN}', id="not-a-number"),
    pytest.param(json.dumps({SCRIPT: SCRIPT}).encode(), id="a-script"),
    pytest.param(b'{"events": [{"external_id": "\\u0000", "occurred_at": 5, "subject": {}}]}', id="a-nul"),
    pytest.param(b'{"events": [{"external_id": "\\ud800"}]}', id="half-a-character"),
    pytest.param(json.dumps({"events": [{"external_id": "' or 1=1; --"}]}).encode(), id="sql"),
    pytest.param(json.dumps({"events": [{"external_id": "../../etc/passwd"}]}).encode(), id="a-path"),
    pytest.param(b"a=b&c=" + SCRIPT.encode(), id="a-form"),
)


@pytest.fixture(scope="module")
def installation() -> Iterator[Running]:
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def http(installation: Running) -> Iterator[httpx2.Client]:
    headers = {"authorization": f"Bearer {installation.event_key}"}
    with httpx2.Client(base_url=installation.base_url, headers=headers, timeout=120, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def writes(http: httpx2.Client) -> list[tuple[str, str]]:
    """Method and path of everything that takes a body; ids are made up."""
    paths = http.get("/v1/openapi.json").json()["paths"]
    found = [
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if method in {"post", "put", "patch", "delete"}
    ]
    return [*found, ("POST", "/v1/events")]


def check_clear(answer: httpx2.Response, *, sent: bytes = b"") -> None:
    """An error is problem+json that says what is wrong, and never gives back what was sent."""
    kind = answer.headers.get("content-type", "")
    assert answer.status_code < 500 or answer.status_code == 503, (answer.request.url, answer.status_code, sent[:80])
    if answer.request.url.path.startswith("/v1/"):
        assert not kind.startswith("text/html"), answer.request.url
    if answer.status_code >= 400:
        assert SCRIPT not in answer.text
        if answer.request.url.path.startswith("/v1/"):
            assert kind.startswith("application/problem+json"), (answer.request.url, kind)
            assert answer.json()["code"]


def concrete(path: str) -> str:
    """A path with an id that fits its pattern and names nothing."""
    while "{" in path:
        before, _, rest = path.partition("{")
        name, _, after = rest.partition("}")
        kinds = {"event_id": "evt", "subject_id": "sub", "case_id": "case", "task_id": "task", "decision_id": "dec"}
        path = f"{before}{kinds.get(name, name.removesuffix('_id')[:3])}_01J0000000000000000000000{after.ljust(0)}"
    return path


class TestEveryEndpoint:
    @pytest.mark.parametrize("body", NASTY)
    def test_answers_a_broken_body_with_a_clear_error(self, http, writes, body):
        for method, path in writes:
            answer = http.request(
                method,
                concrete(path),
                content=body,
                headers={"content-type": "application/json"},
                follow_redirects=False,
            )

            check_clear(answer, sent=body)

    @pytest.mark.parametrize(
        "kind",
        ["text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"],
    )
    def test_answers_another_media_type_with_a_clear_error(self, http, writes, kind):
        for method, path in writes:
            answer = http.request(method, concrete(path), content=SCRIPT.encode(), headers={"content-type": kind})

            check_clear(answer)

    def test_refuses_a_body_past_the_limit(self, http, writes):
        huge = b'{"a": "' + b"x" * (17 * 1024 * 1024) + b'"}'

        for method, path in (("POST", "/v1/events"), ("POST", "/v1/reports"), writes[0]):
            answer = http.request(method, concrete(path), content=huge, headers={"content-type": "application/json"})
            check_clear(answer)
            assert answer.status_code in {413, 422}

    def test_refuses_what_unpacks_past_the_limit(self, http):
        bomb = gzip.compress(b"[" + b" " * (200 * 1024 * 1024) + b"]")

        answer = http.post("/v1/events", content=bomb, headers={"content-encoding": "gzip"})

        check_clear(answer)
        assert answer.status_code == 413

    @pytest.mark.parametrize(
        "header", ["", "Bearer", "Bearer x", "Bearer " + "é" * 10, "Basic eDp5", "Bearer " + "a" * 9000]
    )
    def test_asks_for_a_key_where_there_is_no_good_one(self, installation, writes, header):
        headers = {b"authorization": header.encode("latin-1")}
        with httpx2.Client(base_url=installation.base_url, timeout=120, trust_env=False) as client:
            for method, path in writes:
                answer = client.request(method, concrete(path), content=b"{}", headers=headers)

                check_clear(answer)
                assert answer.status_code in {400, 401, 403, 404, 422, 431}

    @pytest.mark.parametrize(
        "path",
        [
            "/v1/events/" + SCRIPT,
            "/v1/cases/%00",
            "/v1/cases/" + "x" * 5000,
            "/v1/events?cursor=" + SCRIPT,
            "/v1/events?cursor=AAAA&limit=-1",
            "/v1/events?limit=99999999999999999999",
            "/v1/%2e%2e/%2e%2e/etc/passwd",
            "/static/../../settings.py",
            "/static/%2e%2e/%2e%2e/settings.py",
        ],
    )
    def test_answers_a_hostile_address_with_a_clear_error(self, http, path):
        answer = http.get(path, follow_redirects=False)

        check_clear(answer)
        assert answer.status_code >= 400

    def test_withstands_what_its_own_description_allows(self, installation, http):
        headers = {"authorization": f"Bearer {installation.event_key}"}
        schema = schemathesis.openapi.from_dict(http.get("/v1/openapi.json").json())
        schema.config.update(base_url=installation.base_url)
        operations = [one.ok() for one in schema.get_all_operations()]
        assert operations
        for operation in operations:
            _tried(operation, http, headers)


class TestAfterAllThis:
    def test_the_product_takes_events_and_has_all_it_took(self, installation, http):
        items = [one for one, _ in zip(stream(Plan(seed="hostile", begin=_begin())), range(60), strict=False)]
        bodies = [dict(one.body) for one in items if not one.report]

        first = http.post("/v1/events", json={"events": bodies}).json()
        again = http.post("/v1/events", json={"events": bodies}).json()

        assert first["accepted"] == len(bodies)
        assert again["ids"] == first["ids"]
        assert installation.product.ready()


def _tried(operation: object, http: httpx2.Client, headers: dict[str, str]) -> None:
    @hypothesis.settings(
        max_examples=4,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())  # type: ignore[attr-defined]
    def tried(case: object) -> None:
        given = case.as_transport_kwargs(base_url=str(http.base_url).rstrip("/"), headers=headers)  # type: ignore[attr-defined]
        answer = http.request(
            given["method"],
            given["url"],
            params=given.get("params"),
            json=given.get("json"),
            content=given.get("data") if isinstance(given.get("data"), bytes | str) else None,
            headers={**(given.get("headers") or {}), **headers},
        )
        check_clear(answer)

    tried()


def _begin() -> object:
    from assize.kernel import clock  # noqa: PLC0415 - the one place here that needs it

    return clock.now()
