"""What a service above cannot hear in time: facts about a person that change below wake the leads that slept on them.

Customers are changed by imports, by the office and by privacy requests, in rooms that know of no leads; and the time at
which a lead is looked at again (`leads.not_before`) is a cache of a judgement on just those facts.
"""

from __future__ import annotations

STATEMENTS = (
    # A lead that is locked is being decided about, by somebody who reads the facts anew.
    """
    CREATE FUNCTION wake_leads_of(person uuid) RETURNS void LANGUAGE sql AS $$
      UPDATE leads SET not_before = NULL WHERE id IN (
        SELECT id FROM leads WHERE customer_id = person AND state = 'open' AND call_id IS NULL
          AND not_before IS NOT NULL FOR UPDATE SKIP LOCKED)
    $$
    """,
    """
    CREATE FUNCTION customer_wakes_leads() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM wake_leads_of(NEW.id);
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER customers_wake_leads AFTER UPDATE OF consent, timezone, timezone_known, phone ON customers
    FOR EACH ROW WHEN ((NEW.consent, NEW.timezone, NEW.timezone_known, NEW.phone)
      IS DISTINCT FROM (OLD.consent, OLD.timezone, OLD.timezone_known, OLD.phone))
    EXECUTE FUNCTION customer_wakes_leads()
    """,
    # A number that is no longer the person's: its calls no longer count for their caps and gaps.
    """
    CREATE FUNCTION number_gone_wakes_leads() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM wake_leads_of(OLD.customer_id);
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER customer_phones_wake_leads AFTER DELETE ON customer_phones
    FOR EACH ROW EXECUTE FUNCTION number_gone_wakes_leads()
    """,
)
REMOVE = (
    "DROP TRIGGER customer_phones_wake_leads ON customer_phones",
    "DROP FUNCTION number_gone_wakes_leads",
    "DROP TRIGGER customers_wake_leads ON customers",
    "DROP FUNCTION customer_wakes_leads",
    "DROP FUNCTION wake_leads_of",
)
