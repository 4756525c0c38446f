"""What supervision, transfer and the circuit add to the telephones."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "supervisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("how", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("how IN ('listen', 'whisper', 'barge', 'take_over')", name=op.f("ck_supervisions_how")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_supervisions_order")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_supervisions_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_supervisions_call_id")),
        sa.ForeignKeyConstraint(["supervisor_id"], ["users.id"], name=op.f("fk_supervisions_supervisor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisions")),
    )
    op.create_index("ix_supervisions_began", "supervisions", ["began_at"], unique=False)
    op.create_index("ix_supervisions_call", "supervisions", ["call_id"], unique=False)
    op.create_index(
        "uq_supervisions_open",
        "supervisions",
        ["supervisor_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column(
        "call_commands",
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("calls", sa.Column("agents_of", sa.Uuid(), nullable=True))
    op.add_column("calls", sa.Column("wanted_agent_id", sa.Uuid(), nullable=True))
    op.add_column("calls", sa.Column("left_agent_id", sa.Uuid(), nullable=True))
    op.add_column("calls", sa.Column("transferred_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("calls", sa.Column("consult", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("calls", sa.Column("recording_paused_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_calls_wanted_agent_id"), "calls", "users", ["wanted_agent_id"], ["id"])
    op.create_foreign_key(op.f("fk_calls_left_agent_id"), "calls", "users", ["left_agent_id"], ["id"])


def _generated_down() -> None:
    op.drop_constraint(op.f("fk_calls_left_agent_id"), "calls", type_="foreignkey")
    op.drop_constraint(op.f("fk_calls_wanted_agent_id"), "calls", type_="foreignkey")
    op.drop_column("calls", "recording_paused_at")
    op.drop_column("calls", "consult")
    op.drop_column("calls", "transferred_at")
    op.drop_column("calls", "left_agent_id")
    op.drop_column("calls", "wanted_agent_id")
    op.drop_column("calls", "agents_of")
    op.drop_column("call_commands", "detail")
    op.drop_index("uq_supervisions_open", table_name="supervisions", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_supervisions_call", table_name="supervisions")
    op.drop_index("ix_supervisions_began", table_name="supervisions")
    op.drop_table("supervisions")


# By hand
_CAUSES = (
    "customer_hung_up",
    "agent_hung_up",
    "system_hung_up",
    "busy",
    "no_answer",
    "rejected",
    "invalid_number",
    "congestion",
    "failed",
    "cancelled",
    "skipped",
    "lost",
)
_COMMANDS = ("dial", "hang_up", "hold", "resume")
_COMMANDS_NOW = (
    *_COMMANDS,
    "release",
    "transfer",
    "consult",
    "complete",
    "end_consult",
    "digits",
    "announce",
    "pause_recording",
    "resume_recording",
)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(one) for one in values)})"


def _check(table: str, name: str, condition: str) -> None:
    full = op.f(f"ck_{table}_{name}")
    op.drop_constraint(full, table, type_="check", if_exists=True)
    op.create_check_constraint(full, table, condition)


def upgrade() -> None:
    _generated_up()
    _check("calls", "cause", "cause IS NULL OR " + _one_of("cause", (*_CAUSES, "transferred")))
    _check("calls", "consult", "consult IS NULL OR " + _one_of("consult", ("asked", "there")))
    _check("call_commands", "kind", _one_of("kind", _COMMANDS_NOW))


def downgrade() -> None:
    op.execute("UPDATE calls SET cause = 'agent_hung_up' WHERE cause = 'transferred'")
    op.execute("DELETE FROM call_commands WHERE " + f"NOT ({_one_of('kind', _COMMANDS)})")
    _check("calls", "cause", "cause IS NULL OR " + _one_of("cause", _CAUSES))
    _check("call_commands", "kind", _one_of("kind", _COMMANDS))
    op.drop_constraint(op.f("ck_calls_consult"), "calls", type_="check")
    _generated_down()
