"""What may not be said about health food is found, with its law; what the law asks to be said is not."""

from __future__ import annotations

from typing import Any

import pytest

from callcenter.kit.errors import BadInput
from campaigns.scripts.defaults import default_scripts
from campaigns.scripts.rules import findings
from campaigns.scripts.schemas import ScriptContent
from campaigns.scripts.service import check_statements


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("吃了能治疗高血压", "cures"),
        ("It cures insomnia.", "cures"),
        ("保证有效,无效退款", "guarantees"),
        ("纯天然,无任何副作用", "no_side_effects"),
        ("这是健康必需的", "necessary"),
        ("可以停药,吃这个就行", "against_drugs"),
        ("北京的专家推荐", "spokesman"),
        ("经过临床验证", "medical_terms"),
        ("国家级产品", "superlative"),
        ("本品不能代替药物,但可以治愈失眠", "cures"),
    ],
)
def test_found(said: str, code: str) -> None:
    assert code in [found.ban.code for found in findings(said)]


@pytest.mark.parametrize(
    "said",
    [
        "本品不能代替药物。",
        "它是保健食品,不能代替药物,药要按医嘱继续吃。",
        "保健食品不具有疾病预防、治疗功能。",
        "It is no substitute for medicine.",
        "It does not cure any disease.",
        "批准的功能是增强免疫力。",
    ],
)
def test_not_found(said: str) -> None:
    assert findings(said) == []


@pytest.mark.parametrize("body", default_scripts(), ids=lambda body: body.content.language)
def test_the_default_scripts_say_nothing_forbidden_and_cover_the_three_stages(body: Any) -> None:
    check_statements(body.content)
    assert [stage.stage for stage in body.content.stages] == ["felt_need", "rational_need", "trust"]
    assert len(body.content.objections) >= 7
    assert all(one.law for one in body.content.forbidden)


def _changed(**given: Any) -> dict[str, Any]:
    return default_scripts()[0].content.model_dump() | given


def test_a_forbidden_statement_is_refused_with_its_law() -> None:
    content = ScriptContent.model_validate(_changed(closing="祝您早日根治!"))
    with pytest.raises(BadInput) as refused:
        check_statements(content)
    assert "根治" in refused.value.sentence("zh")
    assert "article 73" in refused.value.sentence("en")


def test_stages_out_of_order_and_branches_into_nowhere_are_refused() -> None:
    whole = _changed()
    with pytest.raises(BadInput):
        ScriptContent.model_validate(_changed(stages=list(reversed(whole["stages"]))))
    whole["stages"][0]["steps"][0]["branches"][0]["go_to"] = "nowhere"
    with pytest.raises(BadInput) as refused:
        ScriptContent.model_validate(whole)
    assert "nowhere" in refused.value.sentence("en")
