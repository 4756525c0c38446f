"""One phone number out of what people type."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_sync.phones import PHONE_SENTENCES, Phone, PhoneProblem, mask_phone, read_phone

GOOD = [
    ("13912345670", "+8613912345670"),
    ("139-1234-5670", "+8613912345670"),
    (" 139 1234 5670 ", "+8613912345670"),
    ("１３９１２３４５６７０", "+8613912345670"),  # full width
    ("（０５３１）８８８１２３４５", "+8653188812345"),
    ("139－1234－5670", "+8613912345670"),  # full-width dashes
    ("139—1234—5670", "+8613912345670"),
    ("\u202d13912345670\u202c", "+8613912345670"),  # marks of direction, out of an address book
    ("'13912345670", "+8613912345670"),  # a spreadsheet's way to say text
    ('="13912345670"', "+8613912345670"),
    ("13912345670.0", "+8613912345670"),  # a float
    ("1.3912345670E+10", "+8613912345670"),  # every digit is still there
    ("13,912,345,670", "+8613912345670"),
    ("+86 139 1234 5670", "+8613912345670"),
    ("0086 13912345670", "+8613912345670"),
    ("086-13912345670", "+8613912345670"),
    ("8613912345670", "+8613912345670"),
    ("(86)13912345670", "+8613912345670"),
    ("013912345670", "+8613912345670"),  # as once dialled from another town
    ("17951 139 1234 5670", "+8613912345670"),  # behind a cheap-rate prefix
    ("电话:13912345670", "+8613912345670"),
    ("手机 13912345670", "+8613912345670"),
    ("Tel. 13912345670", "+8613912345670"),
    ("13912345670(本人)", "+8613912345670"),
    ("13912345670 张先生", "+8613912345670"),
    ("053188812345", "+8653188812345"),
    ("0531-88812345", "+8653188812345"),
    ("(010) 6552 9988", "+861065529988"),
    ("+860531-88812345", "+8653188812345"),
    ("(852) 2345 6789", "+85223456789"),  # Hong Kong, which phonenumbers alone takes for the mainland
    ("852 2345 6789", "+85223456789"),
    ("00852-6123 4567", "+85261234567"),
    ("+1 212 555 0123", "+12125550123"),
]


@pytest.mark.parametrize(("typed", "e164"), GOOD)
def test_a_number_is_read_however_it_is_typed(typed: str, e164: str) -> None:
    found = read_phone(typed)
    assert isinstance(found, Phone), found
    assert found.e164 == e164


BAD = [
    ("", PhoneProblem.MISSING),
    ("  ", PhoneProblem.MISSING),
    ("无", PhoneProblem.MISSING),
    ("-", PhoneProblem.MISSING),
    ("N/A", PhoneProblem.MISSING),
    ("见备注", PhoneProblem.NOT_A_NUMBER),
    ("l3912345670", PhoneProblem.NOT_A_NUMBER),  # an l for a 1
    ("139O2345670", PhoneProblem.NOT_A_NUMBER),  # an O for a 0
    ("+", PhoneProblem.NOT_A_NUMBER),
    ("139+12345670", PhoneProblem.NOT_A_NUMBER),
    ("139****5670", PhoneProblem.MASKED),
    ("139xxxx5670", PhoneProblem.MASKED),
    ("1.38E+10", PhoneProblem.SCIENTIFIC),
    ("1.391234567E+10", PhoneProblem.SCIENTIFIC),  # one digit short: nobody knows whether it was a zero
    ("1.39123E10", PhoneProblem.SCIENTIFIC),
    ("1391234567", PhoneProblem.TOO_SHORT),
    ("1", PhoneProblem.TOO_SHORT),
    ("00", PhoneProblem.TOO_SHORT),
    ("139123456700", PhoneProblem.TOO_LONG),
    ("13912345670139123456711391234567", PhoneProblem.TOO_LONG),
    ("88812345", PhoneProblem.NO_AREA_CODE),
    ("8881234", PhoneProblem.NO_AREA_CODE),
    ("14012345670", PhoneProblem.UNASSIGNED),
    ("+999 123456", PhoneProblem.UNASSIGNED),
    ("400-123-4560", PhoneProblem.SERVICE_NUMBER),
    ("800 820 8820", PhoneProblem.SERVICE_NUMBER),
    ("95588", PhoneProblem.SERVICE_NUMBER),
    ("110", PhoneProblem.SERVICE_NUMBER),
    ("+1 800 555 0199", PhoneProblem.SERVICE_NUMBER),
    ("13800138000", PhoneProblem.TEST_NUMBER),
    ("13800000000", PhoneProblem.TEST_NUMBER),
    ("11111111111", PhoneProblem.TEST_NUMBER),
    ("12345678901", PhoneProblem.TEST_NUMBER),
    ("+8613800138000", PhoneProblem.TEST_NUMBER),
    ("010-12345678", PhoneProblem.TEST_NUMBER),
]


@pytest.mark.parametrize(("typed", "problem"), BAD)
def test_what_cannot_be_called_says_why(typed: str, problem: PhoneProblem) -> None:
    assert read_phone(typed) is problem


@pytest.mark.parametrize(
    "typed",
    [
        "0531-88812345转801",
        "0531-88812345-801",
        "0531-88812345 转 801",
        "(0531)88812345转801",
        "0531-88812345(分机801)",
        "0531-88812345 ext. 801",
        "0531-88812345x801",
        "0531-88812345#801",
    ],
)
def test_an_extension_is_kept_apart(typed: str) -> None:
    found = read_phone(typed)
    assert isinstance(found, Phone), found
    assert (found.e164, found.extension) == ("+8653188812345", "801")


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("13912345670/13812345671", ("13812345671",)),
        ("13912345670、0531-88812345", ("0531-88812345",)),
        ("13912345670；13812345671", ("13812345671",)),
        ("13912345670 13812345671", ("13812345671",)),
        ("13912345670\n13812345671", ("13812345671",)),
        ("13912345670或13812345671", ("13812345671",)),
        ("13912345670,13812345671，13712345672", ("13812345671", "13712345672")),
        ("139123456/13912345670", ("139123456",)),  # the first that can be called
        ("13912345670/71", ()),
    ],
)
def test_of_several_numbers_the_first_callable_one_is_used_and_the_rest_kept(
    typed: str, others: tuple[str, ...]
) -> None:
    found = read_phone(typed)
    assert isinstance(found, Phone), found
    assert (found.e164, found.others) == ("+8613912345670", others)


def test_an_area_code_of_its_own_column_completes_a_local_number() -> None:
    for area in ("0531", "531", " 0531 "):
        found = read_phone("88812345", area_code=area)
        assert isinstance(found, Phone), found
        assert found.e164 == "+8653188812345"
    mobile = read_phone("13912345670", area_code="0531")
    assert isinstance(mobile, Phone)
    assert mobile.e164 == "+8613912345670"


@pytest.mark.parametrize(
    ("typed", "zone", "known"),
    [
        ("13912345670", "Asia/Shanghai", True),
        ("0531-88812345", "Asia/Shanghai", True),
        ("(852) 2345 6789", "Asia/Hong_Kong", True),
        ("+1 212 555 0123", "America/New_York", True),
        ("+44 7911 123456", "Europe/Guernsey", True),  # several zones with one time between them
        ("+7 912 345 67 89", None, False),  # a Russian mobile may be in any of eleven
        ("+61 412 345 678", None, False),
    ],
)
def test_the_zone_is_known_only_when_the_number_leaves_no_doubt(typed: str, zone: str | None, known: bool) -> None:
    found = read_phone(typed)
    assert isinstance(found, Phone), found
    assert found.timezone_known is known
    if zone:
        assert found.timezone == zone


@given(st.integers(min_value=13_000_000_000, max_value=19_999_999_999))
@settings(max_examples=500)
def test_the_fast_way_for_mobiles_agrees_with_the_numbering_plan(number: int) -> None:
    found = read_phone(str(number))
    if found is PhoneProblem.TEST_NUMBER:
        return
    try:
        valid = phonenumbers.is_valid_number(phonenumbers.parse("+86" + str(number)))
    except phonenumbers.NumberParseException:
        valid = False
    assert isinstance(found, Phone) is valid


@given(st.text(max_size=40) | st.text(alphabet="0123456789+-() ./、转xeE*", max_size=30))
@settings(max_examples=800)
def test_any_text_is_a_number_or_a_reason_and_a_number_stays_itself(text: str) -> None:
    found = read_phone(text)
    if isinstance(found, PhoneProblem):
        return
    assert phonenumbers.is_valid_number(phonenumbers.parse(found.e164))
    again = read_phone(found.e164)
    assert isinstance(again, Phone)
    assert again.e164 == found.e164


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+8613912345678", "139****5678"),
        ("+8653188812345", "0531-****2345"),
        ("+861065529988", "010-****9988"),
        ("+85223456789", "+852 ****6789"),
        ("+12125550123", "+1 ****0123"),
        ("rubbish", "****sh"),
    ],
)
def test_a_masked_number_tells_four_digits_at_most(e164: str, shown: str) -> None:
    assert mask_phone(e164) == shown


def test_every_problem_has_both_sentences() -> None:
    assert set(PHONE_SENTENCES) == set(PhoneProblem)
    assert all(zh and en for zh, en in PHONE_SENTENCES.values())
