"""What a campaign's form allows is what its parts know."""

from __future__ import annotations

from typing import get_args

from callcenter.pacing import MODES
from callcenter.telephony.port import MachineDetection
from campaigns.plans.models import PacingMode
from campaigns.plans.schemas import CampaignNew


def test_every_allowed_machine_detection_is_one_that_carriers_know() -> None:
    allowed = get_args(CampaignNew.model_fields["machine_detection"].annotation)
    assert set(allowed) == {kind.value for kind in MachineDetection}


def test_every_pacing_mode_of_the_form_is_one_the_pacer_knows() -> None:
    assert {mode.value for mode in PacingMode} == set(MODES)
