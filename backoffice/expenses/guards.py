"""Triggers of expenses (migration 0004)."""

from __future__ import annotations

_ADDS_UP = """
CREATE FUNCTION office_claim_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lines bigint;
BEGIN
    SELECT coalesce(sum(amount_fen), 0) INTO lines FROM expense_claim_lines WHERE claim_id = NEW.id;
    IF lines <> NEW.amount_fen THEN
        RAISE EXCEPTION 'lines (%) are not the claim (%)', lines, NEW.amount_fen
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_adds_up';
    END IF;
    RETURN NULL;
END $$
"""
_ADDS_UP_TRIGGER = """
CREATE CONSTRAINT TRIGGER claim_adds_up AFTER INSERT OR UPDATE ON expense_claims DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION office_claim_adds_up()
"""
_WITHIN_REQUEST = """
CREATE FUNCTION office_claim_within_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked bigint; claimed bigint;
BEGIN
    PERFORM 1 FROM expense_requests WHERE id = NEW.request_id FOR UPDATE;
    SELECT coalesce(sum(amount_fen), 0) INTO asked FROM expense_requests
        WHERE (id = NEW.request_id OR supplement_of = NEW.request_id) AND state IN ('approved', 'used', 'closed');
    SELECT coalesce(sum(amount_fen), 0) INTO claimed FROM expense_claims
        WHERE request_id = NEW.request_id AND state NOT IN ('draft', 'rejected', 'cancelled');
    IF claimed > asked THEN
        RAISE EXCEPTION 'claimed % of % asked for', claimed, asked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_within_request';
    END IF;
    RETURN NULL;
END $$
"""
_WITHIN_REQUEST_TRIGGER = """
CREATE TRIGGER claim_within_request AFTER INSERT OR UPDATE ON expense_claims
    FOR EACH ROW WHEN (NEW.request_id IS NOT NULL AND NEW.state NOT IN ('draft', 'rejected', 'cancelled'))
    EXECUTE FUNCTION office_claim_within_request()
"""
_SETTLED = """
CREATE FUNCTION office_settled_within_advance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE advance record; settled bigint;
BEGIN
    SELECT state, amount_fen INTO advance FROM cash_advances WHERE id = NEW.advance_id FOR UPDATE;
    SELECT coalesce(sum(amount_fen), 0) INTO settled FROM cash_advance_settlements WHERE advance_id = NEW.advance_id;
    IF advance.state <> 'paid' OR settled > advance.amount_fen THEN
        RAISE EXCEPTION 'more settled than was advanced' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'settled_within_advance';
    END IF;
    RETURN NULL;
END $$
"""
_SETTLED_TRIGGER = """
CREATE TRIGGER settled_within_advance AFTER INSERT ON cash_advance_settlements
    FOR EACH ROW EXECUTE FUNCTION office_settled_within_advance()
"""
_ONLY_WHEN_OPEN = """
CREATE FUNCTION office_settled_only_in_full() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE settled bigint;
BEGIN
    SELECT coalesce(sum(amount_fen), 0) INTO settled FROM cash_advance_settlements WHERE advance_id = NEW.id;
    IF settled <> NEW.amount_fen THEN
        RAISE EXCEPTION 'settled % of %', settled, NEW.amount_fen USING ERRCODE = 'check_violation',
            CONSTRAINT = 'settled_only_in_full';
    END IF;
    RETURN NULL;
END $$
"""
_ONLY_WHEN_OPEN_TRIGGER = """
CREATE TRIGGER settled_only_in_full AFTER UPDATE OF state ON cash_advances
    FOR EACH ROW WHEN (NEW.state = 'settled') EXECUTE FUNCTION office_settled_only_in_full()
"""
_LINES_STAY = """
CREATE FUNCTION office_claim_lines_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_state text;
BEGIN
    SELECT state INTO its_state FROM expense_claims WHERE id = coalesce(OLD.claim_id, NEW.claim_id);
    IF its_state NOT IN ('draft', 'rejected', 'cancelled') THEN
        RAISE EXCEPTION 'a submitted claim keeps its invoices' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'claim_lines_stay';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$
"""
_LINES_STAY_TRIGGER = """
CREATE TRIGGER claim_lines_stay BEFORE UPDATE OR DELETE ON expense_claim_lines
    FOR EACH ROW EXECUTE FUNCTION office_claim_lines_stay()
"""
_NEVER = """
CREATE TRIGGER settlements_never_change BEFORE UPDATE OR DELETE ON cash_advance_settlements
    FOR EACH ROW EXECUTE FUNCTION office_never_changes()
"""

STATEMENTS: tuple[str, ...] = (
    _ADDS_UP,
    _ADDS_UP_TRIGGER,
    _WITHIN_REQUEST,
    _WITHIN_REQUEST_TRIGGER,
    _SETTLED,
    _SETTLED_TRIGGER,
    _ONLY_WHEN_OPEN,
    _ONLY_WHEN_OPEN_TRIGGER,
    _LINES_STAY,
    _LINES_STAY_TRIGGER,
    _NEVER,
)
REMOVE: tuple[str, ...] = (
    "DROP FUNCTION office_claim_lines_stay() CASCADE",
    "DROP FUNCTION office_settled_only_in_full() CASCADE",
    "DROP FUNCTION office_settled_within_advance() CASCADE",
    "DROP FUNCTION office_claim_within_request() CASCADE",
    "DROP FUNCTION office_claim_adds_up() CASCADE",
)
