import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from assize.policy import service
from assize.policy.errors import PackBroken, PackNotFound

STARTER = Path(str(files("assize").joinpath("packs", "starter")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the starter pack to spoil."""
    copied = tmp_path / "mine"
    shutil.copytree(STARTER, copied)
    return copied


def change(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    return [str(one) for one in service.check_files(folder)[1]]


def line_of(folder: Path, file: str, text: str) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


class TestLoad:
    def test_reads_a_folder_as_it_reads_the_pack_inside(self, folder):
        assert service.load(folder) == service.load("starter")

    @pytest.mark.parametrize("name", ["nonsense", "../starter", "/no/such/folder", ""])
    def test_says_when_there_is_no_such_pack(self, name):
        with pytest.raises(PackNotFound):
            service.load(name)

    def test_refuses_a_broken_pack_with_every_place(self, folder):
        change(folder, "gates.toml", "severity = 0", "severity = 9")
        change(folder, "actions.toml", 'impact = "low"', 'impact = "some"')

        with pytest.raises(PackBroken) as caught:
            service.load(folder)

        assert len(caught.value.facts["places"]) == 2

    def test_needs_no_particular_order_of_files(self, folder):
        (folder / "clauses" / "FRD.toml").rename(folder / "clauses" / "a-first.toml")

        assert {one.id for one in service.load(folder).clauses} == {one.id for one in service.load("starter").clauses}


class TestProblems:
    def test_name_file_line_and_key(self, folder):
        change(folder, "clauses/FRD.toml", "severity_floor = 3", "severity_floor = 7")
        line = line_of(folder, "clauses/FRD.toml", "severity_floor = 7")

        (told,) = problems(folder)

        assert told.startswith(f"clauses/FRD.toml:{line}: clause[0].severity_floor: ")

    def test_are_all_told_and_not_only_the_first(self, folder):
        change(folder, "clauses/FRD.toml", "severity_floor = 3", 'severity_floor = "grave"')
        change(folder, "clauses/CSE.toml", "support_first = true", "suport_first = true")
        change(folder, "gates.toml", "gravity = 3 }", "gravitas = 3 }")
        change(folder, "routing.toml", "acknowledge_min = 5,", "")

        told = "\n".join(problems(folder))

        assert len(problems(folder)) == 4
        for file in ("clauses/FRD.toml", "clauses/CSE.toml", "gates.toml", "routing.toml"):
            assert file in told

    def test_point_at_the_line_of_the_right_table(self, folder):
        path = folder / "gates.toml"
        text = path.read_text(encoding="utf-8")
        last = text.rindex("severity = 3")
        path.write_text(text[:last] + "severity = 33" + text[last + 12 :], encoding="utf-8")

        (told,) = problems(folder)

        assert f"gates.toml:{line_of(folder, 'gates.toml', 'severity = 33')}: " in told

    @pytest.mark.parametrize(
        ("file", "before", "after", "says"),
        [
            pytest.param("gates.toml", "severity = 0", "severity = = 0", "no TOML", id="no TOML"),
            pytest.param("pack.toml", 'name = "starter"', "", "name: is missing", id="a key is missing"),
            pytest.param("pack.toml", 'name = "starter"', 'nam = "starter"', "nam: unknown here", id="a key is unknown"),
            pytest.param("clauses/FRD.toml", '"research"', '"reserach"', "no [exception.reserach]", id="an exception"),
            pytest.param("clauses/FRD.toml", '"scale"', '"scala"', "no [question.scala]", id="a question"),
            pytest.param("clauses/FRD.toml", ":broad", ":wide", "relation", id="a relation"),
            pytest.param("clauses/FRD.toml", "eu-dsa-sor:", "eu-dsa:", "is no mapping", id="a scheme"),
            pytest.param("clauses/FRD.toml", '"account ban-account"', '"account"', "is no disposition", id="no action"),
            pytest.param("clauses/FRD.toml", 'id = "FRD-1"', 'id = "FRD-9"', "no text: a section", id="no text"),
            pytest.param("text/FRD.md", "## FRD-1 ", "## FRD-9 ", "there is no clause FRD-9", id="no clause"),
            pytest.param("text/FRD.md", "## FRD-1 Running", "## FRD-1 Walking", "another title", id="titles differ"),
            pytest.param("support.toml", 'locale = "US"', "", "locale: is missing", id="a locale is missing"),
            pytest.param("rules/frd.toml", "score = 0.6", 'score = "high"', "score", id="a score in words"),
            pytest.param("terms/frd.toml", "[terms]", "[term]", "unknown here", id="a table is unknown"),
        ],
    )  # fmt: skip
    def test_of_files_are_told_with_their_place(self, folder, file, before, after, says):
        change(folder, file, before, after)

        told = problems(folder)

        assert any(one.startswith(file) and says in one for one in told), told

    @pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"a" * 1_000_001], ids=["no UTF-8", "too large"])
    def test_of_unreadable_files_are_told(self, folder, raw):
        (folder / "gates.toml").write_bytes(raw)

        assert any(one.startswith("gates.toml") for one in problems(folder))

    def test_of_missing_files_are_told(self, folder):
        (folder / "routing.toml").unlink()

        assert "routing.toml: this file is missing" in problems(folder)

    def test_of_unknown_files_are_told(self, folder):
        (folder / "clause").mkdir()

        assert any(one.startswith("clause: no part of a pack") for one in problems(folder))


class TestChecks:
    @pytest.mark.parametrize(
        ("file", "before", "after", "says"),
        [
            pytest.param("pack.toml", '"CSE-6", ', "", "CSE-6 is missing in the precedence", id="precedence has a gap"),
            pytest.param("pack.toml", '"CSE-6", ', '"CSE-6", "CSE-6", ', "stands 2 times", id="precedence names twice"),
            pytest.param("pack.toml", '"CSE-6", ', '"CSE-6", "XYZ-1", ', "no clause of this pack", id="precedence unknown"),
            pytest.param("gates.toml", 'id = "serious"', 'id = "within-days"', "2 gates are called", id="gates twice"),
            pytest.param("gates.toml", '"SUI-5"]', '"SUI-55"]', "SUI-55 is no clause", id="gate of unknown clause"),
            pytest.param("gates.toml", "when = { gravity = 4 }", "when = {}", "always open", id="gate without condition"),
            pytest.param("gates.toml", "severities = [0, 1]\nbelow = 6", "severities = [1]\nbelow = 6", "SEV0 under CSE-1 can be routine", id="SEV0 without lane"),
            pytest.param("gates.toml", 'mode = "priority"\nseverities = [1, 2]', 'mode = "priority"\nseverities = [2]', "can be routine", id="SEV1 routine"),
            pytest.param("routing.toml", 'queue = "child-safety"\nclauses', 'queue = "kids"\nclauses', "there is no queue kids", id="route to nowhere"),
            pytest.param("routing.toml", '[[route]]\nqueue = "general"', '[[route]]\nlanguages = ["en"]\nqueue = "general"', "must take everything", id="no last route"),
            pytest.param("routing.toml", "decide_min = 30 }", "decide_min = 300 }", "later target", id="targets in the wrong order"),
            pytest.param("actions.toml", 'impact = "high"\nreversible = false', 'impact = "low"\nreversible = false', "second person", id="irreversible and low"),
            pytest.param("actions.toml", "support = true", "support = true\nimpakt = 1", "impakt", id="unknown key"),
            pytest.param("actions.toml", "points = 3.0", "points = 30.0", "must rise", id="ladder falls"),
            pytest.param("clauses/SUI.toml", '"end_user support-resources"', '"account warn"', "help comes first", id="enforced where support leads"),
            pytest.param("clauses/FRD.toml", '"account ban-account"', '"content ban-account"', "can't bear on content", id="wrong target level"),
            pytest.param("clauses/FRD.toml", '"account ban-account"', '"account exile"', "is no action", id="unknown action"),
            pytest.param("clauses/CSE.toml", '["child-in-present-danger"]', '["no-such-gate"]', "gates that don't exist", id="exception closed by nothing"),
            pytest.param("rules/frd.toml", 'clause = "FRD-1"', 'clause = "FRD-9"', "FRD-9 is no clause", id="rule of unknown clause"),
            pytest.param("rules/frd.toml", "score = 0.6", "score = 6.0", "up to 1", id="score above 1"),
            pytest.param("rules/frd.toml", "'frd-1.mild' in terms", "'frd-1.mid' in terms", "no list frd-1.mid", id="unknown list"),
            pytest.param("terms/frd.toml", "sim-frd-1-strong", "x", "three characters", id="a term too short"),
            pytest.param("terms/frd.toml", "(?:", "(?<:", "doesn't compile", id="a bad pattern"),
            pytest.param("support.toml", 'locale = "default"', 'locale = "xx"', "default", id="no help for all"),
            pytest.param("examples/cse.toml", "severity = 0", "severity = 3", "severity is SEV0", id="example severity"),
            pytest.param("examples/cse.toml", 'mode = "page"', 'mode = "routine"', "the mode is page", id="example mode"),
            pytest.param("examples/cse.toml", 'queue = "child-safety"', 'queue = "general"', "it goes to child-safety", id="example queue"),
            pytest.param("examples/cse.toml", 'primary = "CSE-6"\ndispositions = ["support"]', 'primary = "CSE-6"\ndispositions = ["enforce"]', "what follows is support", id="example dispositions"),
        ],
    )  # fmt: skip
    def test_find_what_does_not_fit(self, folder, file, before, after, says):
        change(folder, file, before, after)

        told = problems(folder)

        assert any(says in one for one in told), told

    def test_name_the_place_of_the_thing(self, folder):
        change(folder, "rules/frd.toml", "score = 0.6", "score = 6.0")

        (told,) = problems(folder)

        line = line_of(folder, "rules/frd.toml", "[[rule]]")
        assert told.startswith(f"rules/frd.toml:{line}: rule:frd-1-mentioned: ")

    def test_of_other_slices_take_part(self):
        pack = service.load("starter")

        told = service.check(pack, [lambda one: [one.problem("rule:cse-known-hash", "does not compile")]])

        assert [str(one) for one in told if "compile" in one.message] == [
            f"{pack.places['rule:cse-known-hash']}: does not compile"
        ]
