"""Agreement and scorecards from the command line: files that fit, and what is said of those that don't."""

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from assize.kernel.errors import AssizeError
from assize.quality.commands import quality
from builders.published import ANAESTHESIA, KRIPPENDORFF

COLUMNS = ["--item", "item", "--rater", "rater", "--label", "label"]


def run(*arguments: object) -> str:
    done = CliRunner().invoke(quality, [str(one) for one in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def refused(*arguments: object) -> str:
    with pytest.raises(AssizeError) as caught:
        CliRunner().invoke(quality, [str(one) for one in arguments], catch_exceptions=False)
    return caught.value.message


def a_csv(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = ("item", "rater", "label")) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def jsonl(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class TestAgreement:
    def test_prints_one_object_with_every_figure(self, tmp_path):
        file = a_csv(tmp_path / "units.csv", KRIPPENDORFF)

        found = json.loads(run("agreement", file, *COLUMNS, "--json"))

        assert (found["items"], found["raters"], found["ratings"]) == (12, 4, 41)
        assert round(found["krippendorff_alpha"]["value"], 3) == 0.743
        assert round(found["gwet_ac1"]["value"], 3) == 0.775
        assert round(found["fleiss_kappa"]["value"], 3) == 0.761
        for name in ("raw_agreement", "fleiss_kappa", "krippendorff_alpha", "gwet_ac1"):
            assert set(found[name]) == {"value", "low", "high", "n"}
            assert found[name]["low"] <= found[name]["value"] <= found[name]["high"]
        assert found["cohen_kappa"] == {
            "value": None, "low": None, "high": None, "n": 0,
            "reason": "it compares two reviewers, and there are 4",
        }  # fmt: skip

    @pytest.mark.parametrize(("level", "printed"), [("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)])
    def test_takes_the_level_of_measurement(self, tmp_path, level, printed):
        file = a_csv(tmp_path / "units.csv", KRIPPENDORFF)

        found = json.loads(run("agreement", file, *COLUMNS, "--level", level, "--json"))

        assert round(found["krippendorff_alpha"]["value"], 3) == printed
        assert found["gwet_ac2"]["value"] > found["gwet_ac1"]["value"]

    def test_tells_the_model_of_dawid_and_skene(self, tmp_path):
        file = a_csv(tmp_path / "patients.csv", ANAESTHESIA)

        found = json.loads(run("agreement", file, *COLUMNS, "--json"))

        model = found["dawid_skene"]
        assert {label: round(share, 2) for label, share in model["class_priors"].items()} == {
            "1": 0.4, "2": 0.42, "3": 0.11, "4": 0.07,
        }  # fmt: skip
        assert set(model["raters"]) == {"1", "2", "3", "4", "5"}
        assert model["raters"]["1"]["n"] == 135
        assert round(model["raters"]["1"]["confusion"]["2"]["1"], 2) == 0.07
        assert (found["ratings"], found["repeats"]) == (315, 90)

    def test_writes_the_consensus(self, tmp_path):
        file = a_csv(tmp_path / "patients.csv", ANAESTHESIA)

        run("agreement", file, *COLUMNS, "--labels-out", tmp_path / "labels.csv")
        run("agreement", file, *COLUMNS, "--labels-out", tmp_path / "labels.jsonl.gz")

        with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with gzip.open(tmp_path / "labels.jsonl.gz", "rt", encoding="utf-8") as packed:
            other = [json.loads(line) for line in packed]
        assert len(rows) == 45
        assert rows[0] == {"item": "patient 1", "label": "1", "probability": "1.0"}
        assert [(row["item"], row["label"]) for row in rows] == [(row["item"], row["label"]) for row in other]

    def test_reads_json_lines_csv_and_either_compressed_alike(self, tmp_path):
        rows = [{"item": item, "rater": rater, "label": int(label)} for item, rater, label in KRIPPENDORFF]
        files = [a_csv(tmp_path / "units.csv", KRIPPENDORFF), jsonl(tmp_path / "units.jsonl", rows)]
        for file in list(files):
            packed = tmp_path / f"{file.name}.gz"
            packed.write_bytes(gzip.compress(file.read_bytes()))
            nameless = tmp_path / f"{file.suffix[1:]}-without-a-name"
            nameless.write_bytes(file.read_bytes())
            files += [packed, nameless]

        answers = {run("agreement", file, *COLUMNS, "--level", "interval", "--json") for file in files}

        assert len(answers) == 1

    def test_counts_the_first_label_and_says_how_many_repeat(self, tmp_path):
        file = a_csv(tmp_path / "a.csv", [*KRIPPENDORFF, ("unit 1", "A", "4")])

        found = json.loads(run("agreement", file, *COLUMNS, "--json"))
        told = run("agreement", file, *COLUMNS)

        assert found["repeats"] == 1
        assert round(found["krippendorff_alpha"]["value"], 3) == 0.743
        assert "1 of them repeat" in told

    def test_takes_names_for_ranks_in_the_order_given(self, tmp_path):
        names = {"1": "low", "2": "middling", "3": "high", "4": "grave", "5": "gravest"}
        rows = [(item, rater, names[label]) for item, rater, label in KRIPPENDORFF]
        file = a_csv(tmp_path / "named.csv", rows)

        found = json.loads(
            run(
                "agreement",
                file,
                *COLUMNS,
                "--level",
                "ordinal",
                "--order",
                "low,middling,high,grave,gravest",
                "--json",
            )
        )

        assert round(found["krippendorff_alpha"]["value"], 3) == 0.815

    def test_speaks_to_people_without_json(self, tmp_path):
        told = run("agreement", a_csv(tmp_path / "units.csv", KRIPPENDORFF), *COLUMNS)

        assert "12 items, 4 reviewers, 41 labels (nominal)." in told
        assert "Krippendorff's alpha  0.743 (" in told
        assert "it compares two reviewers" in told


class TestScorecard:
    def test_scores_against_gold_with_ranks_and_consensus(self, tmp_path):
        rows = [
            (f"{at}", rater, "x" if at % 10 >= wrong else "y", "x" if at < 300 else "")
            for at in range(400)
            for rater, wrong in (("good", 0), ("fair", 1), ("poor", 5))
        ]
        file = a_csv(tmp_path / "gold.csv", rows, ("item", "rater", "label", "gold"))

        found = json.loads(run("scorecard", file, *COLUMNS, "--gold", "gold", "--json"))

        cards = {card["rater"]: card for card in found["raters"]}
        assert [cards[name]["accuracy"] for name in ("good", "fair", "poor")] == [1.0, 0.9, 0.5]
        assert all(card["n"] == 300 and card["low"] <= card["accuracy"] <= card["high"] for card in cards.values())
        assert [(cards[name]["rank_low"], cards[name]["rank_high"]) for name in ("good", "fair", "poor")] == [
            (1, 1), (2, 2), (3, 3),
        ]  # fmt: skip
        assert (found["majority_vote"]["accuracy"], found["majority_vote"]["n"]) == (0.9, 300)
        assert found["dawid_skene"]["n"] == 300

    def test_keeps_whoever_has_no_gold_with_any_rank(self, tmp_path):
        rows = [("a", "A", "x", "x"), ("b", "B", "x", ""), ("b", "A", "y", "")]
        file = a_csv(tmp_path / "gold.csv", rows, ("item", "rater", "label", "gold"))

        found = json.loads(run("scorecard", file, *COLUMNS, "--gold", "gold", "--json"))

        assert found["raters"][1] == {
            "rater": "B", "n": 0, "accuracy": None, "low": None, "high": None,
            "reason": "none of their items has gold", "rank_low": 1, "rank_high": 2,
        }  # fmt: skip
        assert "rank 1 to 2" in run("scorecard", file, *COLUMNS, "--gold", "gold")

    def test_counts_gold_that_nobody_gave_as_missed(self, tmp_path):
        file = a_csv(tmp_path / "gold.csv", [("a", "A", "x", "z")], ("item", "rater", "label", "gold"))

        found = json.loads(run("scorecard", file, *COLUMNS, "--gold", "gold", "--json"))

        assert found["raters"][0]["accuracy"] == 0
        assert found["majority_vote"]["accuracy"] == 0


class TestFilesThatDoNotFit:
    def test_are_told_the_columns_there_are(self, tmp_path):
        file = a_csv(tmp_path / "odd.csv", [("a", "A", "x")], ("task", "rater", "label"))

        assert "no column 'item'; its columns are task, rater, label" in refused("agreement", file, *COLUMNS)

    def test_are_told_the_keys_there_are(self, tmp_path):
        file = jsonl(tmp_path / "odd.jsonl", [{"task": "a", "rater": "A", "label": "x"}])

        assert "no column 'item'; its columns are task, rater, label" in refused("agreement", file, *COLUMNS)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "it is empty"),
            ("item,rater,label\n", "it has no rows"),
            ("item,rater,label\na,A,x\nb,B,\n", "line 3: 'label' is empty"),
            ("item,rater,label\na,,x\n", "line 2: 'rater' is empty"),
            ("item,rater,label\na,A,x\nb\n", "line 3 has 1 cells"),
        ],
        ids=["empty", "header alone", "empty label", "empty rater", "short row"],
    )
    def test_are_told_where(self, tmp_path, text, words):
        file = tmp_path / "odd.csv"
        file.write_text(text, encoding="utf-8")

        assert words in refused("agreement", file, *COLUMNS)

    @pytest.mark.parametrize(
        ("line", "words"),
        [("{", "line 2 is no JSON"), ("[1]", "line 2 is no JSON object"), ('{"item": "b"}', "line 2: it has no column"),
         ('{"item": "b", "rater": "A", "label": ["x"]}', "line 2: 'label' is neither text nor a number")],
        ids=["broken", "list", "key missing", "list as label"],
    )  # fmt: skip
    def test_of_json_lines_are_told_where(self, tmp_path, line, words):
        file = tmp_path / "odd.jsonl"
        file.write_text('{"item": "a", "rater": "A", "label": "x"}\n' + line, encoding="utf-8")

        assert words in refused("agreement", file, *COLUMNS)

    @pytest.mark.parametrize(
        ("level", "label", "words"),
        [("interval", "high", "line 3: 'label' is no number"), ("ratio", "-1", "line 3: 'label' is below 0"),
         ("interval", "nan", "line 3: 'label' is no number")],
    )  # fmt: skip
    def test_of_labels_that_the_level_can_t_compare_are_told_where(self, tmp_path, level, label, words):
        file = a_csv(tmp_path / "odd.csv", [("a", "A", "1"), ("a", "B", label)])

        assert words in refused("agreement", file, *COLUMNS, "--level", level)

    def test_with_two_golds_for_an_item_are_told_where(self, tmp_path):
        rows = [("a", "A", "x", "x"), ("a", "B", "x", "y")]
        file = a_csv(tmp_path / "odd.csv", rows, ("item", "rater", "label", "gold"))

        assert "line 3: its item has another value of 'gold'" in refused("scorecard", file, *COLUMNS, "--gold", "gold")

    def test_with_labels_outside_the_order_are_told_where(self, tmp_path):
        file = a_csv(tmp_path / "odd.csv", [("a", "A", "x"), ("a", "B", "y")])

        assert "line 3: 'label' holds a label" in refused("agreement", file, *COLUMNS, "--order", "x,z")

    def test_that_are_no_text_or_broken_are_told_so(self, tmp_path):
        binary, packed = tmp_path / "odd.csv", tmp_path / "odd.csv.gz"
        binary.write_bytes(b"item,rater,label\n\xff\xfe,a,b\n")
        packed.write_bytes(gzip.compress(b"item,rater,label\na,A,x\n" * 100)[:-12])

        assert "no UTF-8" in refused("agreement", binary, *COLUMNS)
        assert "compression is broken" in refused("agreement", packed, *COLUMNS)

    def test_never_have_what_they_say_in_the_message(self, tmp_path):
        file = a_csv(tmp_path / "odd.csv", [("a", "A", "1"), ("a", "B", "something somebody wrote")])

        assert "somebody" not in refused("agreement", file, *COLUMNS, "--level", "interval")


class TestProcess:
    def test_needs_neither_server_nor_database(self, tmp_path):
        file = a_csv(tmp_path / "units.csv", KRIPPENDORFF)
        code = (
            "import sys; from assize.quality.commands import quality\n"
            f"quality(['agreement', {str(file)!r}, *{COLUMNS!r}, '--json'], standalone_mode=False)\n"
            "loaded = {'psycopg', 'fastapi', 'jinja2', 'procrastinate', 'pydantic'} & set(sys.modules)\n"
            "assert not loaded, loaded"
        )

        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["items"] == 12

    def test_is_found_by_the_program_and_ends_with_a_sentence(self, tmp_path):
        file = a_csv(tmp_path / "odd.csv", [("a", "A", "x")], ("task", "rater", "label"))

        done = subprocess.run(
            [sys.executable, "-m", "assize", "quality", "agreement", str(file), *COLUMNS],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert done.returncode == 2
        assert done.stderr.startswith("assize: odd.csv doesn't fit: it has no column 'item'")
        assert "Traceback" not in done.stderr
