"""What a campaign's form allows is what its parts know."""

from __future__ import annotations

from contextlib import nullcontext
from typing import get_args

import pytest
from pydantic import ValidationError

from callcenter.pacing import MODES
from callcenter.telephony.port import MachineDetection
from campaigns.plans.models import PacingMode
from campaigns.plans.schemas import CampaignChange, CampaignNew


def test_every_allowed_machine_detection_is_one_that_carriers_know() -> None:
    allowed = get_args(CampaignNew.model_fields["machine_detection"].annotation)
    assert set(allowed) == {kind.value for kind in MachineDetection}


def test_every_pacing_mode_of_the_form_is_one_the_pacer_knows() -> None:
    assert {mode.value for mode in PacingMode} == set(MODES)


@pytest.mark.parametrize(
    ("given", "allowed"),
    [("", True), ("17:30", True), ("00:00", True), ("24:00", False), ("7:30", False), ("x", False)],
)
def test_the_end_of_the_shift_is_a_time_of_day_or_nothing(given: str, allowed: bool) -> None:
    with nullcontext() if allowed else pytest.raises(ValidationError):
        CampaignChange(version=1, shift_ends=given)
