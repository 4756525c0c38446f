"""The control group of a mailing is left alone by it, whoever writes: triggers in the database."""

from __future__ import annotations

STATEMENTS = (
    """
    CREATE FUNCTION controls_are_not_mailed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM written w JOIN mailing_controls k USING (mailing_id, customer_id)) THEN
        RAISE EXCEPTION 'a member of the control group of a mailing cannot be a recipient of it'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'controls_are_not_mailed';
      END IF;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mailing_recipients_no_controls AFTER INSERT ON mailing_recipients
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION controls_are_not_mailed()
    """,
    """
    CREATE FUNCTION controls_are_not_called() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM written w JOIN campaigns c ON c.id = w.campaign_id
                 JOIN mailing_controls k ON k.mailing_id = c.mailing_id AND k.customer_id = w.customer_id) THEN
        RAISE EXCEPTION 'a member of the control group of a mailing cannot be a lead of its campaigns'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'controls_are_not_called';
      END IF;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER leads_no_controls AFTER INSERT ON leads
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION controls_are_not_called()
    """,
    # Nobody becomes a control afterwards: who was mailed has been mailed.
    """
    CREATE FUNCTION recipients_are_no_controls() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM written w JOIN mailing_recipients r USING (mailing_id, customer_id)) THEN
        RAISE EXCEPTION 'a recipient of a mailing cannot be in its control group'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'recipients_are_no_controls';
      END IF;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mailing_controls_no_recipients AFTER INSERT ON mailing_controls
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION recipients_are_no_controls()
    """,
)
REMOVE = (
    "DROP TRIGGER mailing_controls_no_recipients ON mailing_controls",
    "DROP FUNCTION recipients_are_no_controls",
    "DROP TRIGGER leads_no_controls ON leads",
    "DROP FUNCTION controls_are_not_called",
    "DROP TRIGGER mailing_recipients_no_controls ON mailing_recipients",
    "DROP FUNCTION controls_are_not_mailed",
)
