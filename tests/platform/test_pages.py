from datetime import UTC, datetime, timedelta

import pytest

from assize.platform.pages import _shown_at, ago, environment, shown, span


def render(text: str) -> str:
    template = '{% from "components/content.html" import content %}{{ content(text, "label") }}'
    return environment().from_string(template).render(text=text)


class TestContent:
    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "</p></details><h1>",
            "{{ 7*7 }}",
            "\"'><svg/onload=1>",
        ],
    )
    def test_is_shown_as_text_whatever_it_holds(self, text):
        page = render(text)

        assert "<script" not in page
        assert "<img" not in page
        assert "<svg" not in page
        assert "<h1" not in page
        assert "49" not in page

    def test_can_not_reorder_or_hide_what_stands_around_it(self):
        assert shown("a\u202eb\x00c\u2066") == "a⟦202E⟧b⟦0000⟧c⟦2066⟧"

    def test_keeps_lines_other_scripts_and_emoji(self):
        assert shown("eins\n\u05e9\u05dc\u05d5\u05dd \U0001f469") == "eins\n\u05e9\u05dc\u05d5\u05dd \U0001f469"


class TestTimes:
    def test_are_told_with_one_unit(self):
        now = datetime(2026, 1, 2, tzinfo=UTC)

        assert ago(now - timedelta(minutes=12, seconds=40), now) == "12 min ago"
        assert ago(now + timedelta(hours=3), now) == "in 3 h"
        assert span(200_000) == "2 d"


def media(*, mime: str = "image/png", pointer: str | None = "s3://a/b c.png", text_only: bool = False) -> str:
    template = '{% from "components/media.html" import media %}{{ media(item, viewer, text_only) }}'
    item = {"mime": mime, "pointer": pointer, "hash_kinds": ("md5",)}
    return (
        environment()
        .from_string(template)
        .render(item=item, viewer=lambda given: _shown_at(VIEWER, given), text_only=text_only)
    )


VIEWER = "https://viewer.example/show/{pointer}"


class TestMedia:
    def test_are_shown_through_the_viewer_alone_and_only_when_asked_for(self):
        page = media()

        assert 'src="https://viewer.example/show/s3%3A%2F%2Fa%2Fb%20c.png"' in page
        assert 'loading="lazy"' in page
        assert "<details" in page
        assert "open" not in page.split("<summary")[0]

    def test_of_film_are_muted_and_not_loaded_before(self):
        page = media(mime="video/mp4")

        assert "muted" in page
        assert 'preload="none"' in page

    @pytest.mark.parametrize("given", [{"text_only": True}, {"pointer": None}, {"mime": "application/pdf"}])
    def test_stay_a_pointer_where_they_are_not_to_be_shown(self, given):
        page = media(**given)

        assert "<img" not in page
        assert "viewer.example" not in page

    def test_can_not_break_out_of_the_address(self):
        assert '"' not in _shown_at(VIEWER, '"><script>').removeprefix("https://viewer.example/show/")
