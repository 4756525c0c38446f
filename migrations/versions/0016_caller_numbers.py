"""Caller numbers and their reputation."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "caller_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("least_calls", sa.Integer(), nullable=False),
        sa.Column("answer_share", sa.Float(), nullable=False),
        sa.Column("declined_share", sa.Float(), nullable=False),
        sa.Column("short_share", sa.Float(), nullable=False),
        sa.Column("short_s", sa.Float(), nullable=False),
        sa.Column("signs", sa.Integer(), nullable=False),
        sa.Column("rest_hours", sa.Float(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("local_presence", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "answer_share BETWEEN 0 AND 1 AND short_share BETWEEN 0 AND 1 AND declined_share BETWEEN 0 AND 1",
            name=op.f("ck_caller_policy_shares"),
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 60", name=op.f("ck_caller_policy_days")),
        sa.CheckConstraint("id = 1", name=op.f("ck_caller_policy_one_row")),
        sa.CheckConstraint("least_calls >= 1 AND signs >= 0 AND keep_days >= 0", name=op.f("ck_caller_policy_counts")),
        sa.CheckConstraint("short_s > 0 AND rest_hours > 0", name=op.f("ck_caller_policy_times")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_policy")),
    )
    op.create_table(
        "refused_messages",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "why IN ('unsigned', 'forged', 'other_account', 'unknown_call', 'repeated')",
            name=op.f("ck_refused_messages_why"),
        ),
        sa.CheckConstraint("count >= 1", name=op.f("ck_refused_messages_count")),
        sa.PrimaryKeyConstraint("day", "why", name=op.f("pk_refused_messages")),
    )
    op.create_table(
        "caller_numbers",
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("prefix", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rest_why", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_caller_numbers_number_is_e164")),
        sa.CheckConstraint("prefix = '' OR prefix ~ '^\\+[1-9][0-9]{0,9}$'", name=op.f("ck_caller_numbers_prefix")),
        sa.CheckConstraint(
            "rest_why IS NULL OR rest_why IN ('complaints', 'few_answers', 'declined', 'short_calls', 'by_hand')",
            name=op.f("ck_caller_numbers_rest_why"),
        ),
        sa.CheckConstraint(
            "(rests_until IS NULL) = (rest_why IS NULL)", name=op.f("ck_caller_numbers_rest_has_reason")
        ),
        sa.CheckConstraint("daily_cap >= 0", name=op.f("ck_caller_numbers_daily_cap")),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_caller_numbers_added_by")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_caller_numbers")),
    )
    op.create_index(op.f("ix_caller_numbers_queue_id"), "caller_numbers", ["queue_id"], unique=False)
    op.create_table(
        "caller_signs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sign", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_caller_signs_number_is_e164")),
        sa.CheckConstraint("sign IN ('complaint', 'marked', 'blocked')", name=op.f("ck_caller_signs_sign")),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_caller_signs_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_signs")),
    )
    op.create_index("ix_caller_signs_number_at", "caller_signs", ["number", "at"], unique=False)


def _generated_down() -> None:
    op.drop_index("ix_caller_signs_number_at", table_name="caller_signs")
    op.drop_table("caller_signs")
    op.drop_index(op.f("ix_caller_numbers_queue_id"), table_name="caller_numbers")
    op.drop_table("caller_numbers")
    op.drop_table("refused_messages")
    op.drop_table("caller_policy")


# By hand
_TROUBLES = ("down", "silent", "refusing", "slow")


def _let_troubles_be(values: tuple[str, ...]) -> None:
    told = ", ".join(f"'{one}'" for one in values)
    for table, where in (
        ("carrier_health", f"trouble IS NULL OR trouble IN ({told})"),
        ("carrier_troubles", f"trouble IN ({told})"),
    ):
        op.drop_constraint(op.f(f"ck_{table}_trouble"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_trouble"), table, where)


def upgrade() -> None:
    _generated_up()
    _let_troubles_be((*_TROUBLES, "shut_out"))


def downgrade() -> None:
    op.execute("DELETE FROM carrier_troubles WHERE trouble = 'shut_out'")
    op.execute("DELETE FROM carrier_health WHERE trouble = 'shut_out'")
    _let_troubles_be(_TROUBLES)
    _generated_down()
