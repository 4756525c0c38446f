"""Articles and the moves of their lots. What is there is the sum of the moves: stored nowhere else."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from backoffice.stock.rules import MoveKind
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class StockArticle(SQLModel, table=True):
    """Its row is locked by whoever takes of the article or promises it."""

    __tablename__ = "stock_articles"

    sku: str = Field(primary_key=True)
    name: str


class StockMove(SQLModel, table=True):
    """Never changed; a trigger (backoffice/guards.py) holds that no lot falls below nothing."""

    __tablename__ = "stock_moves"
    __table_args__ = (
        CheckConstraint(one_of("kind", MoveKind), name="kind"),
        CheckConstraint("quantity <> 0", name="quantity"),
        CheckConstraint("kind NOT IN ('opening', 'received', 'returned') OR quantity > 0", name="comes_in"),
        CheckConstraint("kind <> 'shipped' OR quantity < 0", name="goes_out"),
        CheckConstraint("kind <> 'counted' OR note <> ''", name="difference_has_a_reason"),
        Index("ix_stock_moves_lot", "sku", "lot"),
        Index("ix_stock_moves_delivery", "delivery_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    sku: str = Field(foreign_key="stock_articles.sku")
    lot: str
    kind: str
    quantity: int
    moved_on: date
    delivery_id: UUID | None = Field(default=None, foreign_key="deliveries.id")
    note: str = ""
    made_by: UUID | None = Field(default=None, foreign_key="users.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
