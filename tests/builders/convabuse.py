"""ConvAbuse as rows of item, rater, label: an item is what was said to which agent, in whichever conversation."""

import csv
import gzip
from pathlib import Path

TEXTS = ("bot", "prev_agent", "prev_user", "agent", "user")
SCORES = ("-3", "-2", "-1", "0", "1")


def rows_of(folder: Path) -> list[tuple[str, str, str]]:
    """Return every judgement in the order of the file."""
    with gzip.open(folder / "convabuse.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [
            ("\x1f".join(row[name] for name in TEXTS), row["annotator_id"], score)
            for row in csv.DictReader(file)
            for score in SCORES
            if row[f"is_abuse.{score}"] == "1"
        ]


def binary(rows: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return the rows with the label abusive or not; unclear is not."""
    return [(item, rater, "abusive" if int(label) < 0 else "not") for item, rater, label in rows]
