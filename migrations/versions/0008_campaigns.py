"""What several numbers per person, list mix and the forecast need."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "customer_phones",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('mobile', 'home', 'work', 'other')", name=op.f("ck_customer_phones_kind")),
        sa.CheckConstraint("phone ~ '^\\+[1-9][0-9]{4,14}$'", name=op.f("ck_customer_phones_phone_is_e164")),
        sa.CheckConstraint("state IN ('usable', 'unallocated', 'wrong_person')", name=op.f("ck_customer_phones_state")),
        sa.CheckConstraint("position BETWEEN 0 AND 99", name=op.f("ck_customer_phones_position")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_phones_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "phone", name=op.f("pk_customer_phones")),
    )
    op.create_index("ix_customer_phones_phone", "customer_phones", ["phone"], unique=False)
    op.create_index(
        "ix_customers_bought",
        "customers",
        ["last_purchase_on"],
        unique=False,
        postgresql_where=sa.text("last_purchase_on IS NOT NULL"),
    )
    op.create_index(
        "ix_customers_sample",
        "customers",
        ["id"],
        unique=False,
        postgresql_where=sa.text("(hashtextextended(phone, 11) & 511) = 0"),
    )
    op.create_index(
        "ix_customers_spent",
        "customers",
        ["total_purchases_fen"],
        unique=False,
        postgresql_where=sa.text("total_purchases_fen > 0"),
    )
    op.drop_index(
        op.f("ix_leads_pick"),
        table_name="leads",
        postgresql_where="(((state)::text = 'open'::text) AND (call_id IS NULL) AND (callback_at IS NULL) AND (follow_up_at IS NULL) AND (not_before IS NULL))",
    )
    op.create_index(
        "ix_leads_pick",
        "leads",
        ["campaign_id", "timezone", "last_day", "attempts", sa.literal_column("score DESC")],
        unique=False,
        postgresql_where=sa.text(
            "state = 'open' AND call_id IS NULL AND callback_at IS NULL AND follow_up_at IS NULL AND not_before IS NULL"
        ),
    )


def _generated_down() -> None:
    op.drop_index(
        "ix_leads_pick",
        table_name="leads",
        postgresql_where=sa.text(
            "state = 'open' AND call_id IS NULL AND callback_at IS NULL AND follow_up_at IS NULL AND not_before IS NULL"
        ),
    )
    op.create_index(
        op.f("ix_leads_pick"),
        "leads",
        ["campaign_id", "timezone", "last_day", sa.literal_column("score DESC")],
        unique=False,
        postgresql_where="(((state)::text = 'open'::text) AND (call_id IS NULL) AND (callback_at IS NULL) AND (follow_up_at IS NULL) AND (not_before IS NULL))",
    )
    op.drop_index("ix_customers_spent", table_name="customers", postgresql_where=sa.text("total_purchases_fen > 0"))
    op.drop_index(
        "ix_customers_sample",
        table_name="customers",
        postgresql_where=sa.text("(hashtextextended(phone, 11) & 511) = 0"),
    )
    op.drop_index(
        "ix_customers_bought", table_name="customers", postgresql_where=sa.text("last_purchase_on IS NOT NULL")
    )
    op.drop_index("ix_customer_phones_phone", table_name="customer_phones")
    op.drop_table("customer_phones")


# By hand
def upgrade() -> None:
    _generated_up()


def downgrade() -> None:
    _generated_down()
