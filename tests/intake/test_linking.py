"""What of an event links accounts: identifiers that somebody named, by hash, and nothing else."""

import pytest

from assize.intake.logic import linking_values

DEVICE = ("device",)


class TestLinkingValues:
    def test_do_not_depend_on_spelling(self):
        assert linking_values({"device": " ABC "}, DEVICE) == linking_values({"device": "abc"}, DEVICE)

    def test_tell_names_apart(self):
        assert linking_values({"device": "abc"}, DEVICE)[0][1] != linking_values({"payment": "abc"}, ("payment",))[0][1]

    def test_never_hold_the_value(self):
        assert "abc-device" not in repr(linking_values({"device": "abc-device"}, DEVICE))

    @pytest.mark.parametrize("value", [True, False, None, "", "  ", "x" * 513, 1.5, {"a": 1}])
    def test_leave_out_what_is_no_identifier(self, value: object):
        assert linking_values({"device": value}, DEVICE) == ()

    def test_leave_out_attributes_that_nobody_named(self):
        assert linking_values({"colour": "blue"}, DEVICE) == ()

    def test_are_ten_of_one_event_at_most(self):
        assert len(linking_values({"device": [f"d-{n}" for n in range(50)]}, DEVICE)) == 10
