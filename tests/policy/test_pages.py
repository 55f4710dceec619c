"""The pages of the policy, over HTTP."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from assize.platform.db import Database
from assize.workforce.models import Role
from builders.living import Living, living
from conftest import clone, drop

HOSTILE = '<script>document.title="owned"</script> \u202e </textarea><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def here(cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with (
        Database(clone(cluster, "policy_pages")) as database,
        living(database, tmp_path_factory.mktemp("home")) as alive,
    ):
        yield alive
    drop(cluster, "policy_pages")


@pytest.fixture(scope="module")
def author(here: Living) -> Iterator[httpx2.Client]:
    with here.client(here.person("ada", Role.POLICY_OWNER)[1]) as client:
        yield client


@pytest.fixture(scope="module")
def second(here: Living) -> Iterator[httpx2.Client]:
    with here.client(here.person("ben", Role.POLICY_OWNER)[1]) as client:
        yield client


def begun(client: httpx2.Client, title: str = "A wider clause") -> str:
    """Start a draft and return its address."""
    answer = client.post("/policy/drafts", data={"title": title})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def text_of(page: str) -> str:
    found = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1].replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")


class TestReading:
    def test_finds_clauses_by_their_words(self, author):
        page = author.get("/policy", params={"q": "borrowed trust"}).text

        assert "FRD-2" in page
        assert "FRD-1</a>" not in page

    def test_says_so_where_no_clause_has_the_words(self, author):
        page = author.get("/policy", params={"q": "no-such-word-anywhere"}).text

        assert "No clause has these words." in page

    def test_lists_versions_with_their_hash_and_reason(self, author):
        page = author.get("/policy/versions").text

        assert "in force" in page
        assert "tests" in page
        assert re.search(r'title="[0-9a-f]{64}"', page)

    @pytest.mark.parametrize("path", ["/policy/versions/pol_0", "/policy/drafts/drf_0", "/policy/proposals/prp_0"])
    def test_of_what_is_not_there_says_so(self, author, path):
        assert author.get(path).status_code == 404


class TestWriting:
    def test_shows_what_is_wrong_at_its_line_before_it_is_kept(self, author):
        address = begun(author)
        file = next(iter(re.findall(r"file=(clauses/[^\"]*FRD-1\.toml)", author.get(address).text)))
        text = text_of(author.get(f"{address}/edit", params={"file": file}).text)
        broken = text.replace("severity_floor = 3", "severity_floor = 9")

        page = author.post(
            f"{address}/check", data={"file": file, "text": broken, "based_on": "0", "part": "list"}
        ).text

        line = broken.splitlines().index("severity_floor = 9") + 1
        assert f'data-line="{line}"' in page
        assert "severity_floor = 9" not in author.get(f"{address}/edit", params={"file": file}).text

    def test_shows_both_where_two_wrote_in_one_file(self, author, second):
        address = begun(author)
        form = {"file": "text/FRD-1.md", "based_on": "0"}
        second.post(f"{address}/edit", data={**form, "text": "## FRD-1 Running a scam at scale\n\ntheirs alone"})

        answer = author.post(f"{address}/edit", data={**form, "text": "## FRD-1 Running a scam at scale\n\nmine alone"})

        assert answer.status_code == 409
        assert "Ben wrote in this file while you did" in answer.text
        assert "<del>theirs </del>" in answer.text
        assert "mine alone" in text_of(answer.text)
        again = {**form, "text": "both", "based_on": "1"}
        assert author.post(f"{address}/edit", data=again).status_code == 200

    def test_shows_hostile_words_as_text(self, author):
        address = begun(author, f"For {HOSTILE}")
        form = {"file": "text/FRD-1.md", "based_on": "0", "text": f"## FRD-1 Running a scam at scale\n\n{HOSTILE}"}

        pages = [
            author.post(f"{address}/edit", data=form).text,
            author.get(address).text,
            author.get("/policy/drafts").text,
        ]

        assert all("<script>document" not in page and "<img src=x" not in page for page in pages)
        assert "⟦202E⟧" in pages[1]

    def test_keeps_a_reordering_character_in_the_text_it_is_written_in(self, author):
        address = begun(author)
        form = {"file": "text/FRD-1.md", "based_on": "0", "text": f"## FRD-1 Running a scam at scale\n\n{HOSTILE}"}
        author.post(f"{address}/edit", data=form)

        assert "\u202e" in author.get(f"{address}/edit", params={"file": "text/FRD-1.md"}).text

    def test_of_a_draft_that_does_not_hold_offers_no_proposal(self, author):
        address = begun(author)
        author.post(f"{address}/edit", data={"file": "pack.toml", "based_on": "0", "text": "name = "})

        page = author.get(address).text

        assert "It can be proposed once nothing is left to mend." in page
        assert "It can&#39;t be compared yet." in page or "It can't be compared yet." in page
        assert author.post(f"{address}/propose", data={"reason": "all the same"}).status_code == 422


class TestPublishing:
    def test_takes_two_people(self, author, second):
        address = begun(author)
        text = text_of(author.get(f"{address}/edit", params={"file": "text/FRD-1.md"}).text)
        kept = {"file": "text/FRD-1.md", "based_on": "0", "text": text + "\nOf many people."}
        author.post(f"{address}/edit", data=kept)

        proposed = author.post(f"{address}/propose", data={"reason": "wider"}).headers["location"]
        own = author.post(f"{proposed}/publish", data={"reason": "mine"})
        page = second.get(proposed).text
        made = second.post(f"{proposed}/publish", data={"reason": "right"}).headers["location"]

        assert own.status_code == 403
        assert "<ins>Of many people.</ins>" in page
        assert "In force." in author.get(made).text
        versions = author.get("/policy/versions").text
        assert "Ada" in versions
        compared = re.search(r'href="(/policy/versions/\w+/compare/\w+)"', versions)
        assert compared
        assert "56 clauses say the same in both" in author.get(compared[1]).text


class TestHome:
    def test_has_every_file_that_the_pages_load(self):
        static = Path(__file__).parents[2] / "src" / "assize" / "policy" / "static"

        assert {one.name for one in static.iterdir()} == {"policy.css", "editor.js"}
