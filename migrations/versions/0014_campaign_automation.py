"""Rules of campaigns, mix and rhythm."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "automations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(deed = 'change') = (settings <> '{}'::jsonb)", name=op.f("ck_automations_settings")),
        sa.CheckConstraint("deed IN ('open', 'pause', 'close', 'change')", name=op.f("ck_automations_deed")),
        sa.CheckConstraint(
            "jsonb_typeof(conditions) = 'array' AND jsonb_array_length(conditions) > 0",
            name=op.f("ck_automations_conditions"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_automations_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_automations_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automations")),
    )
    op.create_index("ix_automations_campaign", "automations", ["campaign_id", "position"], unique=False)
    op.create_table(
        "campaign_mix",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("dry", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("given >= 0", name=op.f("ck_campaign_mix_given")),
        sa.CheckConstraint("priority BETWEEN 1 AND 9", name=op.f("ck_campaign_mix_priority")),
        sa.CheckConstraint("weight BETWEEN 1 AND 1000", name=op.f("ck_campaign_mix_weight")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_mix_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_campaign_mix_changed_by")),
        sa.ForeignKeyConstraint(
            ["host_id"], ["campaigns.id"], name=op.f("fk_campaign_mix_host_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_mix")),
    )
    op.create_index(op.f("ix_campaign_mix_host_id"), "campaign_mix", ["host_id"], unique=False)
    op.create_table(
        "automation_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("automation_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("because", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem_zh", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("problem_en", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["automation_id"], ["automations.id"], name=op.f("fk_automation_runs_automation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_automation_runs_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_runs")),
    )
    op.create_index(op.f("ix_automation_runs_automation_id"), "automation_runs", ["automation_id"], unique=False)
    op.create_index("ix_automation_runs_campaign", "automation_runs", ["campaign_id", "at"], unique=False)


def _generated_down() -> None:
    op.drop_index("ix_automation_runs_campaign", table_name="automation_runs")
    op.drop_index(op.f("ix_automation_runs_automation_id"), table_name="automation_runs")
    op.drop_table("automation_runs")
    op.drop_index(op.f("ix_campaign_mix_host_id"), table_name="campaign_mix")
    op.drop_table("campaign_mix")
    op.drop_index("ix_automations_campaign", table_name="automations")
    op.drop_table("automations")


# By hand
def upgrade() -> None:
    _generated_up()
    op.create_index(
        "ix_calls_agents_of", "calls", ["agents_of", "created_at"], postgresql_where=sa.text("agents_of IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_calls_agents_of", table_name="calls")
    _generated_down()
