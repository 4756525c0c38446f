"""What may not be said about health food, and where the law says so. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ban:
    """A kind of statement; `pattern` finds it in a text."""

    code: str
    pattern: re.Pattern[str]
    law_zh: str
    law_en: str
    zh: str
    en: str


def _ban(code: str, pattern: str, law_zh: str, law_en: str, zh: str, en: str) -> Ban:
    return Ban(code, re.compile(pattern, re.IGNORECASE), law_zh, law_en, zh, en)


_AD_18 = ("《广告法》第十八条", "Advertising Law of China, article 18")
_AD_17 = ("《广告法》第十七条", "Advertising Law of China, article 17")
_AD_9 = ("《广告法》第九条", "Advertising Law of China, article 9")
_FOOD_73 = ("《食品安全法》第七十三条", "Food Safety Law of China, article 73")

BANS: tuple[Ban, ...] = (
    _ban(
        "cures",
        r"治愈|根治|治疗|疗效|药到病除|\bcures?\b|\bheals?\b|\btreats?\b",
        *_FOOD_73,
        "不得涉及疾病预防、治疗功能",
        "No claim to prevent or treat disease",
    ),
    _ban(
        "guarantees",
        r"保证有效|包好|百分之百有效|100%\s*有效|无效退款|\bguaranteed? to work\b|\b100 ?% effective\b",
        *_AD_18,
        "不得含有表示功效、安全性的断言或者保证",
        "No assertion or guarantee of effect or safety",
    ),
    _ban(
        "no_side_effects",
        r"无(任何)?(毒)?副作用|绝对安全|\bno side effects\b|\babsolutely safe\b",
        *_AD_18,
        "不得含有表示安全性的断言或者保证",
        "No assertion of safety",
    ),
    _ban(
        "necessary",
        r"健康必需|不吃(就)?会|必须服用|\bnecessary for (your )?health\b",
        *_AD_18,
        "不得声称或者暗示广告商品为保障健康所必需",
        "No claim or hint that the product is necessary for health",
    ),
    _ban(
        "against_drugs",
        r"代替药(物|品)|停(掉|用)?药|比药(物)?(好|强)|优于药|"
        r"\binstead of (your )?(medicine|drugs)\b|\bbetter than (medicine|drugs)\b",
        *_AD_18,
        "不得与药品、其他保健食品进行比较",
        "No comparison with drugs or other health food",
    ),
    _ban(
        "spokesman",
        r"专家推荐|医生推荐|患者(证明|推荐)|\brecommended by doctors\b",
        *_AD_18,
        "不得利用广告代言人作推荐、证明",
        "No recommendation or testimony by spokespersons",
    ),
    _ban(
        "medical_terms",
        r"处方|临床(验证|证明)|\bclinically proven\b",
        *_AD_17,
        "不得使用医疗用语或者易使推销的商品与药品混淆的用语",
        "No medical terms that let it be taken for a drug",
    ),
    _ban(
        "superlative",
        r"国家级|最高级|最佳|第一品牌|\bthe best in the (country|world)\b",
        *_AD_9,
        "不得使用“国家级”“最高级”“最佳”等用语",
        "No superlatives such as 'national-level' or 'the best'",
    ),
)

# Sentences the law asks for contain the very words it forbids elsewhere.
_ASKED_FOR = re.compile(
    r"(本品|保健食品|它)?(不能|不可以|并不能)(代替|替代)药(物|品)|不(能|具有|用于|涉及)[^。;,]{0,8}(治疗|预防)|不是药|"
    r"(does|do|is|are) not (meant to |intended to )?(cure|treat|replace|prevent)[^.;]{0,40}|"
    r"no substitute for (medicine|drugs)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Finding:
    ban: Ban
    words: str


def findings(text: str) -> list[Finding]:
    """Forbidden statements in `text`, each with the words that make it one."""
    checked = _ASKED_FOR.sub("", text)
    return [Finding(ban, found.group(0)) for ban in BANS if (found := ban.pattern.search(checked)) is not None]
