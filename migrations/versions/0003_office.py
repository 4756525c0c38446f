"""What session two of the back office added to orders, advances and stock."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from backoffice import guards

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
    op.create_table(
        "stock_articles",
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_stock_articles")),
    )
    op.create_table(
        "outlays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supplier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("contract_reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("total_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("needed_on", sa.Date(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("voucher", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(paid_on IS NOT NULL) = (state IN ('paid', 'closed'))", name=op.f("ck_outlays_paid")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'paid', 'closed', 'rejected')", name=op.f("ck_outlays_state")
        ),
        sa.CheckConstraint("amount_fen > 0 AND amount_fen <= total_price_fen", name=op.f("ck_outlays_amount")),
        sa.CheckConstraint("paid_by IS NULL OR paid_by <> made_by", name=op.f("ck_outlays_maker_never_pays")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_outlays_made_by")),
        sa.ForeignKeyConstraint(["paid_by"], ["users.id"], name=op.f("fk_outlays_paid_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlays")),
        sa.UniqueConstraint("number", name=op.f("uq_outlays_number")),
    )
    op.create_index("ix_outlays_state", "outlays", ["state"], unique=False)
    op.create_table(
        "credit_applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("before_fen", sa.BigInteger(), nullable=False),
        sa.Column("limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("terms_days", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(recorded_on IS NOT NULL) = (state = 'recorded')", name=op.f("ck_credit_applications_recorded")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_credit_applications_reason")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'recorded', 'rejected')",
            name=op.f("ck_credit_applications_state"),
        ),
        sa.CheckConstraint("limit_fen >= 0", name=op.f("ck_credit_applications_limit")),
        sa.CheckConstraint(
            "recorded_by IS NULL OR recorded_by <> made_by", name=op.f("ck_credit_applications_maker_never_records")
        ),
        sa.CheckConstraint("terms_days BETWEEN 0 AND 365", name=op.f("ck_credit_applications_terms")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer_accounts.id"], name=op.f("fk_credit_applications_customer_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_credit_applications_made_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_credit_applications_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_applications")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_applications_number")),
    )
    op.create_index("ix_credit_applications_customer", "credit_applications", ["customer_id"], unique=False)
    op.create_index(
        "uq_credit_applications_one_at_work",
        "credit_applications",
        ["customer_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'approved')"),
    )
    op.create_table(
        "outlay_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outlay_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("invoice_no", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("invoice_fen", sa.BigInteger(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(invoice_no = '') = (accepted_on IS NULL)", name=op.f("ck_outlay_uses_accepted_before_it_is_booked")
        ),
        sa.CheckConstraint(
            "(invoice_no = '') = (invoice_fen IS NULL)", name=op.f("ck_outlay_uses_invoice_has_an_amount")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_outlay_uses_amount")),
        sa.CheckConstraint(
            "invoice_fen IS NULL OR invoice_fen >= amount_fen", name=op.f("ck_outlay_uses_within_the_invoice")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_outlay_uses_made_by")),
        sa.ForeignKeyConstraint(["outlay_id"], ["outlays.id"], name=op.f("fk_outlay_uses_outlay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlay_uses")),
    )
    op.create_index("ix_outlay_uses_outlay", "outlay_uses", ["outlay_id"], unique=False)
    op.create_index(
        "uq_outlay_uses_one_invoice_once",
        "outlay_uses",
        ["supplier", "invoice_no"],
        unique=True,
        postgresql_where=sa.text("invoice_no <> ''"),
    )
    op.create_table(
        "stock_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lot", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind <> 'counted' OR note <> ''", name=op.f("ck_stock_moves_difference_has_a_reason")),
        sa.CheckConstraint("kind <> 'shipped' OR quantity < 0", name=op.f("ck_stock_moves_goes_out")),
        sa.CheckConstraint(
            "kind IN ('opening', 'received', 'shipped', 'returned', 'counted')", name=op.f("ck_stock_moves_kind")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('opening', 'received', 'returned') OR quantity > 0", name=op.f("ck_stock_moves_comes_in")
        ),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_moves_quantity")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_stock_moves_delivery_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_stock_moves_made_by")),
        sa.ForeignKeyConstraint(["sku"], ["stock_articles.sku"], name=op.f("fk_stock_moves_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_moves")),
    )
    op.create_index("ix_stock_moves_delivery", "stock_moves", ["delivery_id"], unique=False)
    op.create_index("ix_stock_moves_lot", "stock_moves", ["sku", "lot"], unique=False)


def _generated_down() -> None:
    op.drop_index("ix_stock_moves_lot", table_name="stock_moves")
    op.drop_index("ix_stock_moves_delivery", table_name="stock_moves")
    op.drop_table("stock_moves")
    op.drop_index(
        "uq_outlay_uses_one_invoice_once", table_name="outlay_uses", postgresql_where=sa.text("invoice_no <> ''")
    )
    op.drop_index("ix_outlay_uses_outlay", table_name="outlay_uses")
    op.drop_table("outlay_uses")
    op.drop_index(
        "uq_credit_applications_one_at_work",
        table_name="credit_applications",
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'approved')"),
    )
    op.drop_index("ix_credit_applications_customer", table_name="credit_applications")
    op.drop_table("credit_applications")
    op.drop_index("ix_outlays_state", table_name="outlays")
    op.drop_table("outlays")
    op.drop_table("stock_articles")
    op.drop_table("office_nightly_runs")


# By hand
def upgrade() -> None:
    _generated_up()
    for statement in (*guards.STOCK, *guards.OUTLAYS):
        op.execute(statement)


def downgrade() -> None:
    for statement in (*guards.REMOVE_STOCK, *guards.REMOVE_OUTLAYS):
        op.execute(statement)
    _generated_down()
