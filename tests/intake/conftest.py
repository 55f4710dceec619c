"""Whoever acts in tests of intake."""

from dataclasses import replace

import pytest

from assize.kernel.actor import Scope
from assize.workforce.models import SYSTEM, Principal, PrincipalKind, Right, ViewProfile


@pytest.fixture
def somebody():
    """Make somebody with these rights, compartments and view."""

    def make(*rights: Right, scope: Scope | None = None, view: ViewProfile | None = None) -> Principal:
        return replace(
            SYSTEM,
            id="rev_somebody",
            kind=PrincipalKind.PERSON,
            rights=frozenset(rights),
            scope=scope or Scope(),
            view=view or ViewProfile(),
        )

    return make
