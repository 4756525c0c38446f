"""PostgreSQL triggers of rewards (migration 0005 installs them): what was calculated, bought or paid stays."""

from __future__ import annotations

from backoffice.rewards.seed import seed_cities

_STAYS = """
CREATE FUNCTION rewards_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed or removed', TG_TABLE_NAME USING ERRCODE = 'check_violation',
        CONSTRAINT = TG_NAME;
END $$
"""
_TRIGGERS = (
    "CREATE TRIGGER reward_line_stays BEFORE UPDATE OR DELETE ON reward_lines"
    " FOR EACH ROW EXECUTE FUNCTION rewards_never_change()",
    "CREATE TRIGGER reward_purchase_stays BEFORE UPDATE OR DELETE ON reward_purchases"
    " FOR EACH ROW EXECUTE FUNCTION rewards_never_change()",
    "CREATE TRIGGER reward_payment_stays BEFORE UPDATE OR DELETE ON reward_payments"
    " FOR EACH ROW EXECUTE FUNCTION rewards_never_change()",
    "CREATE TRIGGER reward_provision_stays BEFORE UPDATE ON reward_provisions"
    " FOR EACH ROW EXECUTE FUNCTION rewards_never_change()",
    "CREATE TRIGGER reward_paid_stays BEFORE UPDATE OR DELETE ON reward_payouts"
    " FOR EACH ROW WHEN (OLD.state = 'paid') EXECUTE FUNCTION rewards_never_change()",
    "CREATE TRIGGER visit_record_stays BEFORE UPDATE OR DELETE ON distributor_visits"
    " FOR EACH ROW EXECUTE FUNCTION rewards_never_change()",
)
_TABLE = """
CREATE FUNCTION rewards_table_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM reward_schemes WHERE id = coalesce(NEW.scheme_id, OLD.scheme_id)) <> 'draft' THEN
        RAISE EXCEPTION 'the tables of a scheme that was submitted stay' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'submitted_tables_stay';
    END IF;
    RETURN NULL;
END $$
"""
_TABLE_TRIGGER = (
    "CREATE TRIGGER submitted_tables_stay AFTER INSERT OR UPDATE OR DELETE ON reward_rows"
    " FOR EACH ROW EXECUTE FUNCTION rewards_table_guard()"
)


def _cities() -> str:
    values = ", ".join(f"('{city}', {number})" for city, number in seed_cities().items())
    return f"INSERT INTO reward_cities (city, class) VALUES {values}"


STATEMENTS: tuple[str, ...] = (_STAYS, *_TRIGGERS, _TABLE, _TABLE_TRIGGER, _cities())
REMOVE: tuple[str, ...] = (
    "DROP FUNCTION rewards_never_change() CASCADE",
    "DROP FUNCTION rewards_table_guard() CASCADE",
)
