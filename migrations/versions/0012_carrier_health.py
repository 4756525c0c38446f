"""Health of carriers and reputation of caller numbers."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "carrier_health",
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("carrier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("circuit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("trouble", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(circuit = 'closed') = (trouble IS NULL)", name=op.f("ck_carrier_health_closed_has_no_trouble")
        ),
        sa.CheckConstraint("circuit IN ('closed', 'open', 'half_open')", name=op.f("ck_carrier_health_circuit")),
        sa.CheckConstraint(
            "trouble IS NULL OR trouble IN ('down', 'silent', 'refusing', 'slow')",
            name=op.f("ck_carrier_health_trouble"),
        ),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_carrier_health")),
    )
    op.create_table(
        "carrier_troubles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("carrier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("trouble", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "trouble IN ('down', 'silent', 'refusing', 'slow')", name=op.f("ck_carrier_troubles_trouble")
        ),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_carrier_troubles_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_troubles")),
    )
    op.create_index("ix_carrier_troubles_began", "carrier_troubles", ["began_at"], unique=False)
    op.create_index(
        "uq_carrier_troubles_open",
        "carrier_troubles",
        ["worker"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _generated_down() -> None:
    op.drop_index(
        "uq_carrier_troubles_open", table_name="carrier_troubles", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index("ix_carrier_troubles_began", table_name="carrier_troubles")
    op.drop_table("carrier_troubles")
    op.drop_table("carrier_health")


# By hand
def upgrade() -> None:
    _generated_up()


def downgrade() -> None:
    _generated_down()
