"""Secrets sealed in the database, under keys outside it."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from assize.platform import sealing
from assize.platform.errors import KeyFromTheEnvironment, SealBroken, SealedElsewhere, UnusableKey
from assize.platform.sealing import Sealer
from assize.platform.settings import BadSetting, Settings, read_settings

SECRET = "whsec_quillfeather"
OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


class TestASeal:
    def test_opens_for_whose_it_is(self):
        sealer = Sealer(keys=(OLD,))

        sealed = sealer.seal(SECRET, about="one")

        assert sealer.open(sealed, about="one") == SECRET
        assert SECRET not in sealed
        assert sealed != sealer.seal(SECRET, about="one"), "equal secrets must not look equal"

    def test_does_not_open_for_another(self):
        sealer = Sealer(keys=(OLD,))

        with pytest.raises(SealBroken):
            sealer.open(sealer.seal(SECRET, about="one"), about="other")

    def test_does_not_open_once_it_was_changed(self):
        sealer = Sealer(keys=(OLD,))
        mark, _, spelled = sealer.seal(SECRET, about="one").rpartition(":")
        raw = bytearray(base64.b64decode(spelled))
        raw[-1] ^= 1

        for changed in (base64.b64encode(raw).decode(), "AAAA", "no base64!", ""):
            with pytest.raises(SealBroken):
                sealer.open(f"{mark}:{changed}", about="one")

    def test_says_which_key_is_missing(self):
        sealed = Sealer(keys=(OLD,)).seal(SECRET, about="one")

        with pytest.raises(SealedElsewhere, match=Sealer(keys=(OLD,)).key_id):
            Sealer(keys=(NEW,)).open(sealed, about="one")

    def test_of_an_older_key_opens_while_that_is_kept(self):
        sealed = Sealer(keys=(OLD,)).seal(SECRET, about="one")

        assert Sealer(keys=(NEW, OLD)).open(sealed, about="one") == SECRET

    def test_tells_no_key_where_it_is_printed(self):
        assert "ooo" not in repr(Sealer(keys=(OLD,)))
        assert "ooo" not in repr(Settings(home=Path(), sealing_keys=(OLD,)))


class TestTheKeyFile:
    def test_is_made_once_and_for_its_owner_alone(self, settings: Settings):
        made, again = sealing.sealer(settings), sealing.sealer(settings)

        assert made == again
        assert (settings.keys / "sealing.key").stat().st_mode & 0o777 == 0o600
        assert [one.name for one in settings.keys.iterdir()] == ["sealing.key"]

    def test_that_others_may_read_is_not_used(self, settings: Settings):
        sealing.sealer(settings)
        (settings.keys / "sealing.key").chmod(0o640)

        with pytest.raises(UnusableKey, match="others may read it"):
            sealing.sealer(settings)

    @pytest.mark.parametrize("text", ["", "no base64!", "c2hvcnQ="])
    def test_that_holds_no_key_is_not_used(self, settings: Settings, text: str):
        sealing.sealer(settings)
        (settings.keys / "sealing.key").write_text(text)

        with pytest.raises(UnusableKey):
            sealing.sealer(settings)

    def test_takes_a_new_key_in_front_and_lets_old_ones_go(self, settings: Settings):
        first = sealing.sealer(settings)
        second = sealing.add_key(settings)
        third = sealing.add_key(settings)

        sealing.keep_keys(settings, ids={second.key_id})

        assert sealing.sealer(settings).key_ids == (third.key_id, second.key_id)
        assert first.key_id not in sealing.sealer(settings).key_ids


class TestTheEnvironment:
    def test_gives_keys_in_place_of_the_file(self, tmp_path: Path):
        spelled = ",".join(base64.b64encode(key).decode() for key in (NEW, OLD))

        settings = read_settings({"ASSIZE_HOME": str(tmp_path), "ASSIZE_SEALING_KEY": spelled})

        assert sealing.sealer(settings) == Sealer(keys=(NEW, OLD))
        assert not settings.keys.exists()
        with pytest.raises(KeyFromTheEnvironment):
            sealing.add_key(settings)

    @pytest.mark.parametrize("spelled", ["short", "c2hvcnQ=", "!"])
    def test_is_refused_where_it_gives_none(self, spelled: str):
        with pytest.raises(BadSetting, match="ASSIZE_SEALING_KEY"):
            read_settings({"ASSIZE_SEALING_KEY": spelled})

    def test_keys_stay_when_others_are_let_go(self, settings: Settings):
        given = replace(settings, sealing_keys=(NEW, OLD))

        sealing.keep_keys(given, ids=set())

        assert sealing.sealer(given).keys == (NEW, OLD)
