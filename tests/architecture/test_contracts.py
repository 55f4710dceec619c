"""The import contracts hold, and none of them has an exception."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]


class TestContracts:
    def test_hold(self):
        done = subprocess.run(
            [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert done.returncode == 0, done.stdout

    def test_have_no_exceptions(self):
        assert not [one["name"] for one in SETTINGS["importlinter"]["contracts"] if one.get("ignore_imports")]


class TestLock:
    def test_names_no_address(self):
        text = (ROOT / "requirements.lock").read_text(encoding="utf-8")

        assert "://" not in text

    def test_has_a_hash_for_every_package(self):
        text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
        packages = [line for line in text.splitlines() if "==" in line and not line.startswith(" ")]

        assert packages
        assert all(line.endswith("\\") for line in packages)
