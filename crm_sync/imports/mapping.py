"""Which column goes into which field: guessed from headings and content, or given by a person. PURE."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crm_sync.imports.errors import DuplicatedMapping, NoPhoneColumn, UnknownField, UnknownHeading
from crm_sync.imports.headings import FURTHER, LABELS, MANY, PHONES, Field, meaning
from crm_sync.imports.reading import Row, shown, text_of
from crm_sync.phones import Phone, read_phone

_MOSTLY = 0.6
_HARDLY = 0.2
_SECOND, _UNNAMED = 8, 9
"""Ranks of a heading that says "second phone", and of a column that is one by its content only."""
_FEW = 3
"""Fewer filled cells than this prove nothing about a column."""

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔"
    "谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严武"
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CHINESE_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")


@dataclass(frozen=True)
class ColumnMap:
    """The field of each column, in the order of the file's headings."""

    headings: tuple[str, ...]
    fields: tuple[Field, ...]

    def as_dict(self) -> dict[str, str]:
        """Heading → field, as a screen shows it and a run remembers it."""
        return {heading: str(field) for heading, field in zip(self.headings, self.fields, strict=True)}

    @property
    def has_phone(self) -> bool:
        return Field.PHONE in self.fields


def guess(headings: Sequence[str], sample: Sequence[Row], region: str = "CN") -> ColumnMap:
    """The likeliest field of each column; a column nobody knows is kept as an attribute.

    A heading decides first; where it says nothing, the content may (phones, emails, genders, Chinese names).
    Two headings for one field: the surer one gets it, the other is kept as an attribute; of two phone columns
    the second becomes the second phone. A heading that says phone over a column without any number loses to
    a column full of numbers.
    """
    columns = _columns(len(headings), sample)
    found = [meaning(heading) for heading in headings]
    fields = [Field.ATTRIBUTE] * len(headings)
    best: dict[Field, tuple[int, int]] = {}
    for index, known in enumerate(found):
        if known is None:
            continue
        field, rank = known
        if field in MANY:
            fields[index] = field
        elif field is not Field.PHONE and (field not in best or rank < best[field][0]):
            best[field] = (rank, index)
    _guess_phones(found, columns, best, region)
    _guess_by_content(found, columns, best)
    for field, (_, index) in best.items():
        fields[index] = field
    return ColumnMap(tuple(headings), tuple(fields))


def resolve(
    headings: Sequence[str],
    sample: Sequence[Row],
    *,
    given: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    region: str = "CN",
) -> ColumnMap:
    """The mapping to import with: what a person gave, else what was used for this source, else the guess.

    `given` must be right (its errors are raised); `remembered` is used where it still fits.
    Raises UnknownHeading, UnknownField, DuplicatedMapping, NoPhoneColumn.
    """
    base = guess(headings, sample, region)
    chosen: dict[str, Field] = {}
    for heading, target in (remembered or {}).items():
        if heading in headings and target in Field.__members__.values():
            chosen[heading] = Field(target)
    for heading, target in (given or {}).items():
        if heading not in headings:
            raise UnknownHeading(field="mapping", heading=heading, headings=shown(headings))
        if target not in Field.__members__.values():
            raise UnknownField(field="mapping", heading=heading, target=target, known=", ".join(Field))
        chosen[heading] = Field(target)
    if given:
        _no_field_twice({heading: Field(target) for heading, target in given.items()})
        # What a person said outweighs what is remembered for another column.
        claimed = {Field(target) for target in given.values()} - MANY
        chosen = {h: f for h, f in chosen.items() if h in given or f not in claimed}
    taken = {field for field in chosen.values() if field not in MANY}
    fields = [
        chosen.get(heading, Field.ATTRIBUTE if guessed in taken else guessed)
        for heading, guessed in zip(base.headings, base.fields, strict=True)
    ]
    result = ColumnMap(base.headings, tuple(fields))
    _no_field_twice(dict(zip(result.headings, result.fields, strict=True)))
    if not result.has_phone:
        raise NoPhoneColumn(field="mapping", headings=shown(headings))
    return result


def _no_field_twice(fields: Mapping[str, Field]) -> None:
    by_field: dict[Field, list[str]] = {}
    for heading, field in fields.items():
        by_field.setdefault(field, []).append(heading)
    for field, headings in by_field.items():
        if field not in MANY and len(headings) > 1:
            zh, en = LABELS[field]
            raise DuplicatedMapping(field="mapping", headings=shown(headings), label_zh=zh, label_en=en)


def _columns(count: int, sample: Sequence[Row]) -> list[list[str]]:
    """The filled cells of each column, as text."""
    columns: list[list[str]] = [[] for _ in range(count)]
    for row in sample:
        for index, cell in enumerate(row.cells[:count]):
            text = text_of(cell)
            if text:
                columns[index].append(text)
    return columns


def _share(texts: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, texts)) / len(texts) if len(texts) >= _FEW else 0.0


def _guess_phones(
    found: Sequence[tuple[Field, int] | None],
    columns: Sequence[Sequence[str]],
    best: dict[Field, tuple[int, int]],
    region: str,
) -> None:
    """The phone column and the further ones, by heading and by content together."""

    def is_phone(text: str) -> bool:
        return isinstance(read_phone(text, region), Phone)

    candidates: list[tuple[bool, int, int]] = []  # (heading contradicted by content, rank, column)
    for index, known in enumerate(found):
        if known is not None and known[0] in PHONES:
            contradicted = len(columns[index]) >= _FEW and _share(columns[index], is_phone) < _HARDLY
            candidates.append((contradicted, _SECOND if known[0] is Field.PHONE2 else known[1], index))
        elif known is None and _share(columns[index], is_phone) >= _MOSTLY:
            candidates.append((False, _UNNAMED, index))
    candidates.sort()
    for field in FURTHER:
        best.pop(field, None)
    if not candidates:
        return
    best[Field.PHONE] = (0, candidates[0][2])
    rest = []
    for candidate in candidates[1:]:
        known = found[candidate[2]]
        if candidate[0]:
            continue
        if known is not None and known[0] in (Field.HOME_PHONE, Field.WORK_PHONE) and known[0] not in best:
            best[known[0]] = (0, candidate[2])
        else:
            rest.append(candidate)
    if rest:
        # A column that calls itself the second one goes before another that merely holds phones.
        best[Field.PHONE2] = (0, min(rest, key=lambda candidate: (candidate[1] != _SECOND, candidate))[2])


def _guess_by_content(
    found: Sequence[tuple[Field, int] | None], columns: Sequence[Sequence[str]], best: dict[Field, tuple[int, int]]
) -> None:
    tests: tuple[tuple[Field, Callable[[str], bool]], ...] = (
        (Field.EMAIL, lambda text: _EMAIL.fullmatch(text) is not None),
        (Field.GENDER, lambda text: text in ("男", "女", "先生", "女士")),
        (Field.NAME, lambda text: _CHINESE_NAME.fullmatch(text) is not None and text[0] in _SURNAMES),
    )
    used = {index for _, index in best.values()}
    for field, test in tests:
        if field in best or (field is Field.NAME and Field.FAMILY_NAME in best):
            continue
        for index, known in enumerate(found):
            if known is None and index not in used and _share(columns[index], test) >= _MOSTLY:
                best[field] = (9, index)
                used.add(index)
                break
