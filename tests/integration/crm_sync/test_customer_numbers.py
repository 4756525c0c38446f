"""Further numbers of a customer over REST: masked, in order, never lost by somebody else's change."""

from __future__ import annotations

from callcenter.bootstrap import find_routers
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.people.models import Role
from tests.clients import app_of, signed_in
from tests.factories import make_customer


async def test_numbers_over_rest(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        customer = await make_customer(session, phone="+8613812345678")
    app = app_of(database, clock, routers=find_routers())
    path = f"/api/customers/{customer.id}/numbers"
    async with await signed_in(app, Role.MARKETING) as web:
        body = (await web.get(path)).json()
        assert [(one["key"], one["own"], one["state"]) for one in body["numbers"]] == [("0", True, "usable")]
        assert "12345678" not in str(body)
        two = [{"phone": "0532-8765 4321", "kind": "home"}, {"phone": "139 8765 4321", "kind": "work"}]
        answer = await web.put(path, json={"version": body["version"], "numbers": two})
        assert answer.status_code == 200, answer.text
        after = answer.json()
        assert [one["kind"] for one in after["numbers"]] == ["mobile", "home", "work"]
        stale = await web.put(path, json={"version": body["version"], "numbers": []})
        assert stale.status_code == 409
        # The other way round, by their keys: nobody has to type what is shown masked.
        turned = [{"key": "2", "kind": "work"}, {"key": "1", "kind": "home"}]
        again = (await web.put(path, json={"version": after["version"], "numbers": turned})).json()
        assert [one["kind"] for one in again["numbers"]] == ["mobile", "work", "home"]
        assert again["numbers"][1]["masked_phone"] == after["numbers"][2]["masked_phone"]
        bad = await web.put(path, json={"version": again["version"], "numbers": [{"phone": "12345", "kind": "home"}]})
        assert (bad.status_code, bad.json()["code"]) == (422, "not_a_phone")
    async with await signed_in(app, Role.AGENT) as web:
        assert (await web.get(path)).status_code == 403
