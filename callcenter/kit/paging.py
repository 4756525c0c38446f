"""One style for every list: a page of rows and the total."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel

Row = TypeVar("Row")
MAX_PAGE = 200


class Page(BaseModel, Generic[Row]):
    rows: list[Row]
    total: int
