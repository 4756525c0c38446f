"""The board is a duty; tables that never change: credit checks, provisions, the log of revisions."""

from alembic import op

from backoffice import guards

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


_BEFORE = (
    "'GM', 'CMO', 'SM', 'REP', 'SUP', 'CADM', 'MKT', 'FIN', 'CASH', 'CRED', 'WH', 'QC', 'LEGAL', 'PROD', 'HRADM',"
    " 'TSUP'"
)
# Above an amount of the settings the board decides, too (M6-4).
_AFTER = _BEFORE + ", 'BOARD'"
_PLACES = (
    ("office_roles", "role", "role"),
    ("approval_rule_steps", "role", "role"),
    ("approval_tasks", "role", "role"),
    ("approval_delegations", "role", "role IS NULL OR role"),
    ("conference_lines", "duty", "duty"),
    ("conference_roles", "duty", "duty"),
)


def _duties(members: str) -> None:
    for table, column, begins in _PLACES:
        name = op.f(f"ck_{table}_{column}")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"{begins} IN ({members})")


def upgrade() -> None:
    _duties(_AFTER)
    for install, _ in guards.KEPT:
        op.execute(install)


def downgrade() -> None:
    for _, remove in guards.KEPT:
        op.execute(remove)
    _duties(_BEFORE)
