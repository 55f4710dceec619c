"""Text in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.platform.plain import places, plain, words


def wide(text: str) -> str:
    """The same letters in full width."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


class TestPlain:
    @pytest.mark.parametrize(
        ("text", "same"),
        [
            (wide("FULL") + " width", "full width"),
            ("zero\u200bwidth", "zerowidth"),
            ("soft\u00adhyphen", "softhyphen"),
            ("STRASSE Straße", "strasse strasse"),
            ("ﬁne", "fine"),
        ],
    )
    def test_spells_alike_what_reads_alike(self, text: str, same: str):
        assert plain(text) == same

    @given(st.text())
    def test_finds_words_in_any_script(self, text: str):
        assert all(word and not word.isspace() for word in words(plain(text)))

    def test_parts_words_alike_in_ascii_and_beyond(self):
        assert words("don't stop_now, 3x!") == words("don't stop_now, 3x! é")[:-1]


class TestPlaces:
    def test_leads_back_to_the_original(self):
        hidden = wide("WO") + "\u200b" + wide("RD")
        text = f"A {hidden} here"

        spelled, origins = places(text)
        start = spelled.index("word")

        assert text[origins[start] : origins[start + 4]] == hidden

    @given(st.text())
    def test_has_a_place_for_each_sign(self, text: str):
        spelled, origins = places(text)

        assert len(origins) == len(spelled) + 1
        assert origins == sorted(origins)
