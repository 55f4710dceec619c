"""What is named before a text is read, and when the text is shut."""

from dataclasses import replace

import pytest

from assize.intake.models import Handling
from assize.policy.models import ExposureClass, Severity
from assize.review.logic import veil
from assize.workforce.models import Exposure
from builders.policy import a_clause


class TestVeil:
    @pytest.mark.parametrize(
        ("exposure", "shut"),
        [
            (ExposureClass.NONE, False),
            (ExposureClass.LOW, False),
            (ExposureClass.MODERATE, False),
            (ExposureClass.HIGH, True),
            (ExposureClass.SEVERE, True),
        ],
    )
    def test_shuts_what_describes_harm_to_a_person(self, exposure: ExposureClass, shut: bool):
        clause = a_clause("IIA-1", exposure_class=exposure)

        told = veil([clause], severity=Severity.SEV3, wanted=True)

        assert told.shut is shut

    def test_leaves_hard_text_open_for_who_wants_it_so(self):
        told = veil([a_clause("CSE-2", exposure_class=ExposureClass.SEVERE)], severity=Severity.SEV0, wanted=False)

        assert not told.shut
        assert told.exposure is Exposure.SEVERE

    def test_names_the_likely_clause_whose_content_is_hardest(self):
        likely = [
            a_clause("FRD-1", exposure_class=ExposureClass.LOW),
            a_clause("SUI-1", exposure_class=ExposureClass.HIGH),
            a_clause("TVE-1", exposure_class=ExposureClass.HIGH),
        ]

        told = veil(likely, severity=Severity.SEV1, wanted=True)

        assert (told.clause_id, told.exposure, told.severity) == ("SUI-1", Exposure.HIGH, Severity.SEV1)

    def test_names_nothing_where_no_clause_is_likely(self):
        told = veil([], severity=Severity.SEV4, wanted=True)

        assert (told.clause_id, told.exposure, told.shut) == (None, Exposure.NONE, False)


class TestOver:
    @pytest.mark.parametrize("handling", [one for one in Handling if one is not Handling.ORDINARY])
    def test_shuts_what_is_handled_with_care_whatever_the_clause(self, handling: Handling):
        told = veil([], severity=Severity.SEV4, wanted=False)

        assert told.over(handling)

    def test_leaves_ordinary_text_as_the_case_has_it(self):
        told = veil([], severity=Severity.SEV4, wanted=True)

        assert not told.over(Handling.ORDINARY)
        assert replace(told, shut=True).over(Handling.ORDINARY)
