"""What a constraint cannot say: every change of consent leaves a record, and records stay as they are."""

from __future__ import annotations

STATEMENTS = (
    """
    CREATE FUNCTION keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' OR NEW.consent IS DISTINCT FROM OLD.consent THEN
        INSERT INTO consent_records (customer_id, consent, source, at)
        VALUES (NEW.id, NEW.consent, coalesce(NEW.consent_source, ''), coalesce(NEW.consent_at, NEW.updated_at));
      END IF;
      RETURN NULL;
    END $$
    """,
    # Most of an imported list says nothing of consent: those rows cost nothing.
    """
    CREATE TRIGGER customers_keep_new_consent AFTER INSERT ON customers
    FOR EACH ROW WHEN (NEW.consent <> 'unknown') EXECUTE FUNCTION keep_consent()
    """,
    """
    CREATE TRIGGER customers_keep_changed_consent AFTER UPDATE OF consent ON customers
    FOR EACH ROW WHEN (NEW.consent IS DISTINCT FROM OLD.consent) EXECUTE FUNCTION keep_consent()
    """,
    """
    CREATE FUNCTION consent_records_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'consent records are added to, never changed'
        USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER consent_records_stay BEFORE UPDATE OR DELETE ON consent_records
    FOR EACH ROW EXECUTE FUNCTION consent_records_stay()
    """,
    # What was known before records were kept.
    """
    INSERT INTO consent_records (customer_id, consent, source, at)
    SELECT id, consent, coalesce(consent_source, ''), coalesce(consent_at, updated_at) FROM customers
    WHERE consent <> 'unknown'
    """,
)
REMOVE = (
    "DROP TRIGGER consent_records_stay ON consent_records",
    "DROP FUNCTION consent_records_stay",
    "DROP TRIGGER customers_keep_changed_consent ON customers",
    "DROP TRIGGER customers_keep_new_consent ON customers",
    "DROP FUNCTION keep_consent",
)
