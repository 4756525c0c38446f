"""Triggers of budgets (migration 0004): what must never be, whoever writes.

Errors look like violated constraints (SQLSTATE 23514).
"""

from __future__ import annotations

_USED = """
CREATE FUNCTION office_budget_used(pot uuid, up_to integer) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT (coalesce((SELECT sum(amount_fen) FROM budget_actuals WHERE pot_id = pot AND month <= up_to), 0)
        + coalesce((SELECT sum(greatest(r.amount_fen - coalesce(
            (SELECT sum(a.amount_fen) FROM budget_actuals a WHERE a.reservation_id = r.id), 0), 0))
          FROM budget_reservations r WHERE r.pot_id = pot AND r.released_on IS NULL AND r.month <= up_to), 0))::bigint
$$
"""

_ALLOWED = """
CREATE FUNCTION office_budget_allowed(budget uuid, up_to integer) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT (coalesce((SELECT sum(amount_fen) FROM budget_months WHERE budget_id = budget AND month <= up_to), 0)
        + coalesce((SELECT sum(amount_fen) FROM budget_entries WHERE budget_id = budget AND month <= up_to), 0))::bigint
$$
"""

_LEAF = """
CREATE FUNCTION office_budget_on_a_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM expense_accounts WHERE code = NEW.account_code AND (is_group OR balance_sheet)) THEN
        RAISE EXCEPTION 'no budget on a group account or a balance-sheet account' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'budget_on_a_leaf';
    END IF;
    RETURN NEW;
END $$
"""

_LEAF_TRIGGER = """
CREATE TRIGGER budget_on_a_leaf BEFORE INSERT OR UPDATE ON budget_pots
    FOR EACH ROW EXECUTE FUNCTION office_budget_on_a_leaf()
"""

_ADDS_UP = """
CREATE FUNCTION office_budget_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE months bigint; n integer;
BEGIN
    SELECT coalesce(sum(amount_fen), 0), count(*) INTO months, n FROM budget_months WHERE budget_id = NEW.id;
    IF n <> 12 OR months <> NEW.annual_fen THEN
        RAISE EXCEPTION '% months of % are not the year of %', n, months, NEW.annual_fen
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_adds_up';
    END IF;
    RETURN NULL;
END $$
"""

_ADDS_UP_TRIGGER = """
CREATE CONSTRAINT TRIGGER budget_adds_up AFTER INSERT OR UPDATE ON budgets DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION office_budget_adds_up()
"""

_ISSUED_STAYS = """
CREATE FUNCTION office_budget_months_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_state text;
BEGIN
    SELECT state INTO its_state FROM budgets WHERE id = coalesce(OLD.budget_id, NEW.budget_id);
    IF its_state IN ('issued', 'closed', 'revised') THEN
        RAISE EXCEPTION 'an issued budget changes by a revision or an applied change only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_budget_stays';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$
"""

_ISSUED_STAYS_TRIGGER = """
CREATE TRIGGER issued_budget_stays BEFORE INSERT OR UPDATE OR DELETE ON budget_months
    FOR EACH ROW EXECUTE FUNCTION office_budget_months_stay()
"""

_COVERS = """
CREATE FUNCTION office_budget_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.annual_fen < office_budget_used(NEW.pot_id, 12) THEN
        RAISE EXCEPTION 'a revised budget below what is used' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'budget_covers_what_is_used';
    END IF;
    RETURN NULL;
END $$
"""

_COVERS_TRIGGER = """
CREATE TRIGGER budget_covers_what_is_used AFTER UPDATE OF state ON budgets
    FOR EACH ROW WHEN (NEW.state = 'issued' AND OLD.state <> 'issued' AND NEW.revision_of IS NOT NULL)
    EXECUTE FUNCTION office_budget_covers()
"""

_NOT_OVERSPENT = """
CREATE FUNCTION office_budget_not_overspent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE b record; upto integer; on_year text; on_month text;
BEGIN
    PERFORM 1 FROM budget_pots WHERE id = NEW.pot_id FOR UPDATE;
    IF NEW.excepted_by IS NOT NULL OR NEW.amount_fen < 0 THEN RETURN NULL; END IF;
    SELECT * INTO b FROM budgets WHERE pot_id = NEW.pot_id AND state = 'issued';
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF TG_ARGV[0] = 'request' THEN on_year := b.year_on_request; on_month := b.month_on_request;
    ELSE on_year := b.year_on_actual; on_month := b.month_on_actual; END IF;
    IF on_year = 'stop' AND office_budget_used(NEW.pot_id, 12) > office_budget_allowed(b.id, 12) THEN
        RAISE EXCEPTION 'the year''s budget is exceeded' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'budget_never_overspent';
    END IF;
    IF on_month = 'stop' THEN
        FOR upto IN NEW.month..12 LOOP
            IF office_budget_used(NEW.pot_id, upto) > office_budget_allowed(b.id, upto) THEN
                RAISE EXCEPTION 'the accumulated budget is exceeded' USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'budget_never_overspent';
            END IF;
        END LOOP;
    END IF;
    RETURN NULL;
END $$
"""

_NOT_OVERSPENT_TRIGGERS = (
    """
CREATE TRIGGER budget_never_overspent AFTER INSERT ON budget_reservations
    FOR EACH ROW EXECUTE FUNCTION office_budget_not_overspent('request')
""",
    """
CREATE TRIGGER budget_never_overspent AFTER INSERT ON budget_actuals
    FOR EACH ROW WHEN (NEW.reservation_id IS NULL) EXECUTE FUNCTION office_budget_not_overspent('actual')
""",
)

_WITHIN = """
CREATE FUNCTION office_budget_within_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record; spent bigint;
BEGIN
    SELECT * INTO r FROM budget_reservations WHERE id = NEW.reservation_id FOR UPDATE;
    SELECT coalesce(sum(amount_fen), 0) INTO spent FROM budget_actuals WHERE reservation_id = NEW.reservation_id;
    IF r.pot_id <> NEW.pot_id OR r.released_on IS NOT NULL OR spent > r.amount_fen THEN
        RAISE EXCEPTION 'more spent than was reserved' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'spent_within_reservation';
    END IF;
    RETURN NULL;
END $$
"""

_WITHIN_TRIGGER = """
CREATE TRIGGER spent_within_reservation AFTER INSERT ON budget_actuals
    FOR EACH ROW WHEN (NEW.reservation_id IS NOT NULL) EXECUTE FUNCTION office_budget_within_reservation()
"""

_RESERVED_STAYS = """
CREATE TRIGGER reservation_stays BEFORE UPDATE ON budget_reservations
    FOR EACH ROW WHEN ((OLD.pot_id, OLD.month, OLD.amount_fen, OLD.document_id, OLD.excepted_by)
        IS DISTINCT FROM (NEW.pot_id, NEW.month, NEW.amount_fen, NEW.document_id, NEW.excepted_by)
        OR OLD.released_on IS NOT NULL)
    EXECUTE FUNCTION office_never_changes()
"""

_NEVER = tuple(
    f"""
CREATE TRIGGER {table}_never_change BEFORE {what} ON {table}
    FOR EACH ROW EXECUTE FUNCTION office_never_changes()
"""
    for table, what in (
        ("budget_actuals", "UPDATE OR DELETE"),
        ("budget_entries", "UPDATE OR DELETE"),
        ("budget_reservations", "DELETE"),
    )
)

STATEMENTS: tuple[str, ...] = (
    _USED,
    _ALLOWED,
    _LEAF,
    _LEAF_TRIGGER,
    _ADDS_UP,
    _ADDS_UP_TRIGGER,
    _ISSUED_STAYS,
    _ISSUED_STAYS_TRIGGER,
    _COVERS,
    _COVERS_TRIGGER,
    _NOT_OVERSPENT,
    *_NOT_OVERSPENT_TRIGGERS,
    _WITHIN,
    _WITHIN_TRIGGER,
    _RESERVED_STAYS,
    *_NEVER,
)
REMOVE: tuple[str, ...] = (
    "DROP FUNCTION office_budget_within_reservation() CASCADE",
    "DROP FUNCTION office_budget_not_overspent() CASCADE",
    "DROP FUNCTION office_budget_covers() CASCADE",
    "DROP FUNCTION office_budget_months_stay() CASCADE",
    "DROP FUNCTION office_budget_adds_up() CASCADE",
    "DROP FUNCTION office_budget_on_a_leaf() CASCADE",
    "DROP FUNCTION office_budget_allowed(uuid, integer) CASCADE",
    "DROP FUNCTION office_budget_used(uuid, integer) CASCADE",
)
