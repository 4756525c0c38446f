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
        "follow_up_rhythms",
        sa.Column("grade", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("every_h", sa.Integer(), nullable=False),
        sa.Column("rounds_max", sa.Integer(), nullable=False),
        sa.Column("tries_max", sa.Integer(), nullable=False),
        sa.Column("then_grade", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("advice_zh", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("advice_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("grade IN ('A', 'B', 'C', 'D')", name=op.f("ck_follow_up_rhythms_grade")),
        sa.CheckConstraint(
            "then_grade IS NULL OR (then_grade IN ('A', 'B', 'C', 'D') AND then_grade > grade)",
            name=op.f("ck_follow_up_rhythms_then"),
        ),
        sa.CheckConstraint("every_h BETWEEN 1 AND 8784", name=op.f("ck_follow_up_rhythms_every")),
        sa.CheckConstraint(
            "rounds_max BETWEEN 1 AND 50 AND tries_max BETWEEN 1 AND 50", name=op.f("ck_follow_up_rhythms_most")
        ),
        sa.PrimaryKeyConstraint("grade", name=op.f("pk_follow_up_rhythms")),
    )
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("more", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cards', 'notes', 'call_numbers', 'customers')", name=op.f("ck_retention_runs_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    op.create_index("ix_retention_runs_at", "retention_runs", ["at"], unique=False)
    op.create_table(
        "retention_terms",
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("done_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cards', 'notes', 'call_numbers', 'customers')", name=op.f("ck_retention_terms_kind")
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 36600", name=op.f("ck_retention_terms_days")),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_retention_terms_changed_by")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_terms")),
    )
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
        sa.Column("seen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
    op.drop_table("retention_terms")
    op.drop_index("ix_retention_runs_at", table_name="retention_runs")
    op.drop_table("retention_runs")
    op.drop_table("follow_up_rhythms")


# By hand
_CASES = "('asked_to_buy', 'great_interest', 'not_reached')"
_ALL_CASES = "('asked_to_buy', 'great_interest', 'not_reached', 'considering', 'not_now')"
_GRADE = "grade IS NULL OR grade IN ('A', 'B', 'C', 'D')"
_RHYTHMS = (
    # grade, names, hours, rounds, tries, then, advice (domain notes, 14b: A 3 days, B 7, C 15; D 30)
    (
        "A",
        "重点",
        "Hot",
        72,
        4,
        5,
        "B",
        "每次带来新内容；问清是什么让对方犹豫，并解决它。",
        "Bring something new; ask what holds it up and remove it.",
    ),
    ("B", "一般", "Warm", 168, 3, 5, "C", "一周一次，不催促；多谈对方的情况。", "One call a week; talk, do not press."),
    (
        "C",
        "长期",
        "Long-term",
        360,
        3,
        4,
        "D",
        "保持联系，寄送资料，记下预计购买日期。",
        "Keep the relation, send material, note the expected date.",
    ),
    ("D", "维系", "Keep", 720, 2, 3, None, "每月问候一次即可。", "A word once a month is enough."),
)


def upgrade() -> None:
    _generated_up()
    op.create_index(
        "ix_calls_agents_of", "calls", ["agents_of", "created_at"], postgresql_where=sa.text("agents_of IS NOT NULL")
    )
    _sorting()
    _follow_ups()
    for grade, zh, en, hours, rounds, tries, then, advice_zh, advice_en in _RHYTHMS:
        op.execute(
            sa.text(
                "INSERT INTO follow_up_rhythms (grade, name_zh, name_en, every_h, rounds_max, tries_max, then_grade,"
                " advice_zh, advice_en, version) VALUES (:grade, :zh, :en, :hours, :rounds, :tries, :then, :az, :ae, 1)"
            ).bindparams(
                grade=grade,
                zh=zh,
                en=en,
                hours=hours,
                rounds=rounds,
                tries=tries,
                then=then,
                az=advice_zh,
                ae=advice_en,
            )
        )


def _sorting() -> None:
    op.add_column("dispositions", sa.Column("sorting", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("dispositions", sa.Column("grade", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_check_constraint(
        op.f("ck_dispositions_sorting"),
        "dispositions",
        "sorting IS NULL OR sorting IN ('buys_now', 'interested', 'considering', 'not_now', 'never')",
    )
    op.create_check_constraint(op.f("ck_dispositions_grade"), "dispositions", _GRADE)
    op.drop_constraint(op.f("ck_dispositions_follow_up_case"), "dispositions", type_="check")
    op.create_check_constraint(
        op.f("ck_dispositions_follow_up_case"),
        "dispositions",
        f"follow_up_case IS NULL OR follow_up_case IN {_ALL_CASES}",
    )
    # Codes of the default table that an installation has already: sorted, and graded where they are followed up.
    op.execute(
        "UPDATE dispositions SET sorting = CASE code WHEN 'order' THEN 'buys_now' WHEN 'asked_to_buy' THEN 'buys_now'"
        " WHEN 'great_interest' THEN 'interested' WHEN 'considering' THEN 'considering' WHEN 'not_now' THEN 'not_now'"
        " ELSE 'never' END, grade = CASE WHEN follow_up_case IN ('asked_to_buy', 'great_interest') THEN 'A' END"
        " WHERE code IN ('order', 'asked_to_buy', 'great_interest', 'considering', 'not_now', 'declined', 'refused',"
        " 'do_not_call')"
    )


def _follow_ups() -> None:
    for column in (
        sa.Column("ended_because", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("grade", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("follow_ups", column)
    op.create_check_constraint(
        op.f("ck_follow_ups_ended_because"),
        "follow_ups",
        "ended_because IS NULL OR ended_because IN"
        " ('talked', 'by_hand', 'tries_used_up', 'rounds_used_up', 'lead_closed')",
    )
    op.create_check_constraint(op.f("ck_follow_ups_grade"), "follow_ups", _GRADE)
    op.create_check_constraint(op.f("ck_follow_ups_counts"), "follow_ups", "round >= 1 AND tries >= 0")
    op.drop_constraint(op.f("ck_follow_ups_case"), "follow_ups", type_="check")
    op.create_check_constraint(op.f("ck_follow_ups_case"), "follow_ups", f'"case" IN {_ALL_CASES}')
    op.create_table(
        "follow_up_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "what IN ('opened', 'tried', 'moved', 'handed_over', 'graded', 'done', 'dropped')",
            name=op.f("ck_follow_up_events_what"),
        ),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_follow_up_events_by")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_follow_up_events_call_id")),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_follow_up_events_follow_up_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_events")),
    )
    op.create_index(op.f("ix_follow_up_events_follow_up_id"), "follow_up_events", ["follow_up_id"], unique=False)


def downgrade() -> None:
    op.drop_table("follow_up_events")
    for name in ("case", "counts", "grade", "ended_because"):
        op.drop_constraint(op.f(f"ck_follow_ups_{name}"), "follow_ups", type_="check")
    op.execute("DELETE FROM follow_ups WHERE \"case\" IN ('considering', 'not_now')")
    op.create_check_constraint(op.f("ck_follow_ups_case"), "follow_ups", f'"case" IN {_CASES}')
    for column in ("tries", "round", "grade", "ended_because"):
        op.drop_column("follow_ups", column)
    op.execute("UPDATE dispositions SET follow_up_case = NULL WHERE follow_up_case IN ('considering', 'not_now')")
    for name in ("follow_up_case", "grade", "sorting"):
        op.drop_constraint(op.f(f"ck_dispositions_{name}"), "dispositions", type_="check")
    op.create_check_constraint(
        op.f("ck_dispositions_follow_up_case"), "dispositions", f"follow_up_case IS NULL OR follow_up_case IN {_CASES}"
    )
    op.drop_column("dispositions", "grade")
    op.drop_column("dispositions", "sorting")
    op.drop_index("ix_calls_agents_of", table_name="calls")
    _generated_down()
