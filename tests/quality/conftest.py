"""An installation whose decisions are drawn."""

from pathlib import Path

import pytest

from assize.platform.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation whose keys lie in a folder of the test."""
    return Settings(home=tmp_path)
