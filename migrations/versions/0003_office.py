"""What session two of the back office added to orders, advances and stock."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "office_nightly_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (made IS NOT NULL)", name=op.f("ck_office_nightly_runs_done_has_a_count")
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (failure <> '')", name=op.f("ck_office_nightly_runs_failed_has_a_reason")
        ),
        sa.CheckConstraint("state IN ('done', 'failed')", name=op.f("ck_office_nightly_runs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_nightly_runs")),
        sa.UniqueConstraint("job", "day", name=op.f("uq_office_nightly_runs_job_day")),
    )


def _generated_down() -> None:
    op.drop_table("office_nightly_runs")


# By hand
def upgrade() -> None:
    _generated_up()


def downgrade() -> None:
    _generated_down()
