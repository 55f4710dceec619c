import pytest

from assize.platform.sql import parse


class TestParse:
    def test_gives_statements_by_name(self):
        assert parse("-- one\n-- The first.\nselect 1\n\n-- two\n-- The second,\n-- in two lines.\nselect 2;\n") == {
            "one": "select 1",
            "two": "select 2;",
        }

    def test_wants_a_description(self):
        with pytest.raises(ValueError, match="without a description: one"):
            parse("-- one\nselect 1")

    def test_wants_names_once(self):
        with pytest.raises(ValueError, match="two statements are named one"):
            parse("-- one\n-- a.\nselect 1\n-- one\n-- b.\nselect 2")
