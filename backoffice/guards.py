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

STATEMENTS: tuple[str, ...] = (_REFUSE_CHANGE, _TIMELINE)
REMOVE: tuple[str, ...] = (
    "DROP TRIGGER timeline_never_changes ON office_timeline",
    "DROP FUNCTION office_never_changes()",
)
