"""PostgreSQL triggers of the back office: the last line behind the services (migration 0002 installs them).

A trigger raises with SQLSTATE 23514 (check_violation), so that it looks like any other constraint.
"""

from __future__ import annotations

_REFUSE_CHANGE = """
CREATE FUNCTION office_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed or removed', TG_TABLE_NAME USING ERRCODE = 'check_violation',
        CONSTRAINT = TG_NAME;
END $$
"""

_TIMELINE = """
CREATE TRIGGER timeline_never_changes BEFORE UPDATE OR DELETE ON office_timeline
    FOR EACH ROW EXECUTE FUNCTION office_never_changes()
"""

_ALLOCATION = """
CREATE FUNCTION office_allocation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    claim record; source record; used bigint; back bigint := 0;
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.reversed_on IS NOT NULL
        OR (OLD.customer_id, OLD.receipt_id, OLD.credit_note_id, OLD.write_off_id, OLD.invoice_id, OLD.amount_fen,
            OLD.allocated_on)
           IS DISTINCT FROM
           (NEW.customer_id, NEW.receipt_id, NEW.credit_note_id, NEW.write_off_id, NEW.invoice_id, NEW.amount_fen,
            NEW.allocated_on)) THEN
        RAISE EXCEPTION 'an allocation is reversed, never changed' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'allocation_never_changes';
    END IF;
    IF NEW.reversed_on IS NOT NULL THEN RETURN NULL; END IF;
    SELECT customer_id, state, total_fen INTO claim FROM invoices WHERE id = NEW.invoice_id FOR UPDATE;
    IF claim.customer_id <> NEW.customer_id OR claim.state NOT IN ('issued', 'disputed') THEN
        RAISE EXCEPTION 'the invoice is not a claim on this customer' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'allocation_on_a_claim';
    END IF;
    SELECT coalesce(sum(amount_fen), 0) INTO used FROM allocations
        WHERE invoice_id = NEW.invoice_id AND reversed_on IS NULL;
    IF used > claim.total_fen THEN
        RAISE EXCEPTION 'more allocated than the invoice asks for' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'allocated_within_invoice';
    END IF;
    IF NEW.receipt_id IS NOT NULL THEN
        SELECT customer_id, state, amount_fen INTO source FROM receipts WHERE id = NEW.receipt_id FOR UPDATE;
        SELECT coalesce(sum(amount_fen), 0) INTO used FROM allocations
            WHERE receipt_id = NEW.receipt_id AND reversed_on IS NULL;
        SELECT coalesce(sum(amount_fen), 0) INTO back FROM refunds
            WHERE receipt_id = NEW.receipt_id AND state = 'paid';
    ELSIF NEW.credit_note_id IS NOT NULL THEN
        SELECT customer_id, state, amount_fen INTO source FROM credit_notes WHERE id = NEW.credit_note_id FOR UPDATE;
        SELECT coalesce(sum(amount_fen), 0) INTO used FROM allocations
            WHERE credit_note_id = NEW.credit_note_id AND reversed_on IS NULL;
    ELSE
        RETURN NULL;
    END IF;
    IF source.customer_id <> NEW.customer_id OR source.state NOT IN ('confirmed', 'issued') THEN
        RAISE EXCEPTION 'the money is not confirmed money of this customer' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'allocation_of_confirmed_money';
    END IF;
    IF used + back > source.amount_fen THEN
        RAISE EXCEPTION 'more allocated than there is' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'allocated_within_source';
    END IF;
    RETURN NULL;
END $$
"""

_ALLOCATION_TRIGGER = """
CREATE TRIGGER allocation_guard AFTER INSERT OR UPDATE ON allocations
    FOR EACH ROW EXECUTE FUNCTION office_allocation_guard()
"""

_ALLOCATION_STAYS = """
CREATE TRIGGER allocation_never_removed BEFORE DELETE ON allocations
    FOR EACH ROW EXECUTE FUNCTION office_never_changes()
"""

_SOURCE = """
CREATE FUNCTION office_source_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE used bigint;
BEGIN
    IF TG_TABLE_NAME = 'invoices' THEN
        SELECT count(*) INTO used FROM allocations WHERE invoice_id = NEW.id AND reversed_on IS NULL;
    ELSIF TG_TABLE_NAME = 'receipts' THEN
        SELECT count(*) INTO used FROM allocations WHERE receipt_id = NEW.id AND reversed_on IS NULL;
        used := used + (SELECT count(*) FROM refunds WHERE receipt_id = NEW.id AND state = 'paid');
    ELSE
        SELECT count(*) INTO used FROM allocations WHERE credit_note_id = NEW.id AND reversed_on IS NULL;
    END IF;
    IF used > 0 THEN
        RAISE EXCEPTION '% still carries allocations', TG_TABLE_NAME USING ERRCODE = 'check_violation',
            CONSTRAINT = 'source_still_allocated';
    END IF;
    RETURN NULL;
END $$
"""

_SOURCE_TRIGGERS = tuple(
    f"""
CREATE TRIGGER {table}_still_allocated AFTER UPDATE OF state ON {table}
    FOR EACH ROW WHEN (NEW.state IN ('cancelled', 'bounced')) EXECUTE FUNCTION office_source_guard()
"""
    for table in ("invoices", "receipts", "credit_notes")
)

_AMOUNTS_STAY = tuple(
    f"""
CREATE TRIGGER {table}_amount_stays BEFORE UPDATE OF {column}, customer_id ON {table}
    FOR EACH ROW WHEN (OLD.state NOT IN ('draft', 'recorded')
        AND (OLD.{column}, OLD.customer_id) IS DISTINCT FROM (NEW.{column}, NEW.customer_id))
    EXECUTE FUNCTION office_never_changes()
"""
    for table, column in (("invoices", "total_fen"), ("receipts", "amount_fen"), ("credit_notes", "amount_fen"))
)

_REFUND = """
CREATE FUNCTION office_refund_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE source record; used bigint; back bigint;
BEGIN
    SELECT state, amount_fen INTO source FROM receipts WHERE id = NEW.receipt_id FOR UPDATE;
    SELECT coalesce(sum(amount_fen), 0) INTO used FROM allocations
        WHERE receipt_id = NEW.receipt_id AND reversed_on IS NULL;
    SELECT coalesce(sum(amount_fen), 0) INTO back FROM refunds WHERE receipt_id = NEW.receipt_id AND state = 'paid';
    IF source.state <> 'confirmed' OR used + back > source.amount_fen THEN
        RAISE EXCEPTION 'more paid back than there is' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'refunded_within_source';
    END IF;
    RETURN NULL;
END $$
"""

_REFUND_TRIGGER = """
CREATE TRIGGER refund_guard AFTER INSERT OR UPDATE ON refunds
    FOR EACH ROW WHEN (NEW.state = 'paid') EXECUTE FUNCTION office_refund_guard()
"""

_ADDS_UP = """
CREATE FUNCTION office_invoice_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lines bigint; parts bigint;
BEGIN
    SELECT coalesce(sum(amount_fen), 0) INTO lines FROM invoice_lines WHERE invoice_id = NEW.id;
    SELECT coalesce(sum(amount_fen), 0) INTO parts FROM payment_schedules WHERE invoice_id = NEW.id;
    IF lines <> NEW.total_fen OR parts <> NEW.total_fen THEN
        RAISE EXCEPTION 'lines (%) and instalments (%) are not the total (%)', lines, parts, NEW.total_fen
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_adds_up';
    END IF;
    RETURN NULL;
END $$
"""

_ADDS_UP_TRIGGER = """
CREATE CONSTRAINT TRIGGER invoice_adds_up AFTER INSERT OR UPDATE ON invoices DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION office_invoice_adds_up()
"""

_SEALED_TEXT = """
CREATE FUNCTION office_signature_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sealed_by IS NOT NULL AND (OLD.sealed_by, OLD.sealed_on, OLD.signed_name, OLD.signed_on, OLD.made_by,
        OLD.customer_id) IS DISTINCT FROM (NEW.sealed_by, NEW.sealed_on, NEW.signed_name, NEW.signed_on, NEW.made_by,
        NEW.customer_id) THEN
        RAISE EXCEPTION 'what was signed is not signed anew' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'signature_stays';
    END IF;
    RETURN NEW;
END $$
"""

_SEALED_TRIGGERS = (
    """
CREATE TRIGGER signature_stays BEFORE UPDATE ON contracts
    FOR EACH ROW EXECUTE FUNCTION office_signature_stays()
""",
    """
CREATE TRIGGER seal_log_stays BEFORE UPDATE OR DELETE ON seal_uses
    FOR EACH ROW EXECUTE FUNCTION office_never_changes()
""",
    """
CREATE TRIGGER contract_revision_stays BEFORE UPDATE OR DELETE ON contract_revisions
    FOR EACH ROW EXECUTE FUNCTION office_never_changes()
""",
)

STATEMENTS: tuple[str, ...] = (
    _REFUSE_CHANGE,
    _TIMELINE,
    _ALLOCATION,
    _ALLOCATION_TRIGGER,
    _ALLOCATION_STAYS,
    _SOURCE,
    *_SOURCE_TRIGGERS,
    *_AMOUNTS_STAY,
    _REFUND,
    _REFUND_TRIGGER,
    _ADDS_UP,
    _ADDS_UP_TRIGGER,
    _SEALED_TEXT,
    *_SEALED_TRIGGERS,
)
REMOVE: tuple[str, ...] = (
    "DROP TRIGGER timeline_never_changes ON office_timeline",
    "DROP FUNCTION office_never_changes() CASCADE",
    "DROP FUNCTION office_allocation_guard() CASCADE",
    "DROP FUNCTION office_source_guard() CASCADE",
    "DROP FUNCTION office_refund_guard() CASCADE",
    "DROP FUNCTION office_invoice_adds_up() CASCADE",
    "DROP FUNCTION office_signature_stays() CASCADE",
)

# ---------------------------------------------------------------- revision 0003

_LOT = """
CREATE FUNCTION office_lot_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE there bigint;
BEGIN
    PERFORM 1 FROM stock_articles WHERE sku = NEW.sku FOR UPDATE;
    SELECT coalesce(sum(quantity), 0) INTO there FROM stock_moves WHERE sku = NEW.sku AND lot = NEW.lot;
    IF there < 0 THEN
        RAISE EXCEPTION 'a lot cannot hold less than nothing' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'lot_not_below_nothing';
    END IF;
    RETURN NULL;
END $$
"""
_LOT_TRIGGERS = (
    """
CREATE TRIGGER lot_guard AFTER INSERT ON stock_moves FOR EACH ROW EXECUTE FUNCTION office_lot_guard()
""",
    """
CREATE TRIGGER stock_move_never_changes BEFORE UPDATE OR DELETE ON stock_moves
    FOR EACH ROW EXECUTE FUNCTION office_never_changes()
""",
)
_OUTLAY = """
CREATE FUNCTION office_outlay_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE source record; used bigint;
BEGIN
    SELECT state, amount_fen INTO source FROM outlays WHERE id = NEW.outlay_id FOR UPDATE;
    SELECT coalesce(sum(amount_fen), 0) INTO used FROM outlay_uses WHERE outlay_id = NEW.outlay_id;
    IF source.state <> 'paid' OR used > source.amount_fen THEN
        RAISE EXCEPTION 'more settled than was paid' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'settled_within_outlay';
    END IF;
    RETURN NULL;
END $$
"""
_OUTLAY_TRIGGERS = (
    """
CREATE TRIGGER outlay_guard AFTER INSERT ON outlay_uses FOR EACH ROW EXECUTE FUNCTION office_outlay_guard()
""",
    """
CREATE TRIGGER outlay_use_never_changes BEFORE UPDATE OR DELETE ON outlay_uses
    FOR EACH ROW EXECUTE FUNCTION office_never_changes()
""",
)
STOCK: tuple[str, ...] = (_LOT, *_LOT_TRIGGERS)
OUTLAYS: tuple[str, ...] = (_OUTLAY, *_OUTLAY_TRIGGERS)
REMOVE_OUTLAYS: tuple[str, ...] = (
    "DROP TRIGGER outlay_use_never_changes ON outlay_uses",
    "DROP FUNCTION office_outlay_guard() CASCADE",
)
REMOVE_STOCK: tuple[str, ...] = (
    "DROP TRIGGER stock_move_never_changes ON stock_moves",
    "DROP FUNCTION office_lot_guard() CASCADE",
)


_ANY = "UPDATE OR DELETE"


def never_changes(table: str, on: str = _ANY, when: str = "") -> tuple[str, str]:
    """For new revisions: a table whose rows stay as they were written. The statement that installs it, and its undoing.

    `when`: only the rows of which this is true, in SQL about OLD and NEW. (The older lists say the same in full: they
    are frozen with the revisions that read them.)
    """
    name = f"{table}_never_change" if on == _ANY else f"{table}_never_{on.lower()}"
    condition = f" WHEN ({when})" if when else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {on} ON {table} FOR EACH ROW{condition} EXECUTE FUNCTION office_never_changes()",
        f"DROP TRIGGER {name} ON {table}",
    )


_LOGGED = "document_id, revision, title, body, made_by, made_on, checked_by, checked_on, approved_by, approved_on"
_OLD, _NEW = (", ".join(f"{row}.{column}" for column in _LOGGED.split(", ")) for row in ("OLD", "NEW"))

KEPT = (
    never_changes("credit_checks"),
    never_changes("provisions"),
    never_changes("document_revisions", "DELETE"),
    # What the next revision changed is noted at the old one, once.
    never_changes("document_revisions", "UPDATE", f"OLD.what_changed <> '' OR ({_OLD}) IS DISTINCT FROM ({_NEW})"),
)
"""Migration 0017: what was known at each credit check, the provisions made, the log of the documents' revisions."""
