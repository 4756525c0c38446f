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
def _columns() -> list[tuple[str, sa.Column]]:
    """Of Twilio's tables, which stand in 0001."""
    text = sqlmodel.sql.sqltypes.AutoString
    return [
        ("twilio_calls", sa.Column("recorded", sa.Boolean(), nullable=False, server_default=sa.text("false"))),
        ("twilio_calls", sa.Column("leaving", text(), nullable=True)),
        ("twilio_calls", sa.Column("consult_no", sa.Integer(), nullable=False, server_default=sa.text("0"))),
        ("twilio_calls", sa.Column("consult_state", text(), nullable=True)),
        ("twilio_calls", sa.Column("consult_sid", text(), nullable=True)),
        ("twilio_calls", sa.Column("consult_agent", sa.Uuid(), nullable=True)),
        ("twilio_agents", sa.Column("away_call", sa.Uuid(), nullable=True)),
        ("twilio_agents", sa.Column("away_how", text(), nullable=True)),
        ("twilio_agents", sa.Column("away_from", text(), nullable=True)),
    ]


def upgrade() -> None:
    _generated_up()
    for table, column in _columns():
        op.add_column(table, column)


def downgrade() -> None:
    for table, column in _columns():
        op.drop_column(table, column.name)
    _generated_down()
