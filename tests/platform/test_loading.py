"""Loading for good: no garbage is looked for meanwhile, and it is afterwards."""

import gc

import pytest

from assize.app.loading import loading_for_good


@pytest.fixture(autouse=True)
def thawed():
    yield
    gc.unfreeze()


class TestLoadingForGood:
    def test_looks_for_garbage_only_afterwards_and_leaves_what_was_loaded(self):
        with loading_for_good():
            assert not gc.isenabled()

        assert gc.isenabled()
        assert gc.get_freeze_count() > 0

    def test_looks_again_where_loading_failed(self):
        with pytest.raises(LookupError), loading_for_good():
            raise LookupError

        assert gc.isenabled()
