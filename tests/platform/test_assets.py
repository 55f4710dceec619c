"""Static files: one address for each state of them, kept by a browser for good."""

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assize.platform import assets

_IMPORT = re.compile(r"""^import [^;]*?["'](?P<what>[^"']+)["'];""", re.MULTILINE)


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = Starlette()
    app.mount("/static", assets.static_files())
    return TestClient(app)


class TestAsset:
    @pytest.mark.parametrize("name", ["tokens.css", "console/live.js"])
    def test_is_kept_for_good_under_its_version(self, client: TestClient, name: str) -> None:
        answer = client.get(assets.asset(name))

        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"

    def test_is_asked_for_again_without_a_version(self, client: TestClient) -> None:
        first = client.get("/static/tokens.css")

        again = client.get("/static/tokens.css", headers={"if-none-match": first.headers["etag"]})

        assert first.headers["cache-control"] == again.headers["cache-control"] == "no-cache"
        assert again.status_code == 304

    def test_is_refused_where_there_is_none(self):
        with pytest.raises(KeyError):
            assets.asset("nothing.css")

    def test_loads_others_by_addresses_that_carry_the_version(self, client: TestClient) -> None:
        modules = [name for name in assets.names() if name.endswith(".js")]

        loaded = [(name, found["what"]) for name in modules for found in _IMPORT.finditer(_text(client, name))]

        assert loaded
        for name, what in loaded:
            assert what.startswith("./"), f"{name} loads {what}"
            assert (name.rpartition("/")[0] + what[1:]).lstrip("/") in assets.names()


def _text(client: TestClient, name: str) -> str:
    return client.get(assets.asset(name)).text
