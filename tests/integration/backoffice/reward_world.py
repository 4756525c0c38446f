"""A world of dealers, purchases and a scheme by plain SQL; and the rewards of it once more, in SQL alone.

`RECOMPUTE` shares nothing with the product: one statement over the tables, with PostgreSQL's numerics and its own
rounding. It knows the default readings.
"""

from __future__ import annotations

from sqlalchemy import text

from callcenter.kit.db import Session

FILL = (
    "INSERT INTO customers (id, name, phone, source, consent, attributes, created_at, updated_at, version,"
    " timezone, timezone_known, total_purchases_fen)"
    " SELECT gen_random_uuid(), 'c' || n, '+8615' || lpad(n::text, 9, '0'), 'reward-world', 'given', '{{}}', now(),"
    " now(), 1, 'Asia/Shanghai', true, 0 FROM generate_series(1, {dealers}) n",
    "INSERT INTO customer_accounts (id, legal_name, cash_only, partial_policy, region, version)"
    " SELECT id, name, false, 'ask', '', 1 FROM customers WHERE source = 'reward-world'",
    "INSERT INTO distributors (id, customer_id, kind, state, city, address, contact, contact_phone, years_in_trade,"
    " fixed_assets_fen, annual_turnover_fen, legal_representative, good_character, has_customer_files,"
    " has_risk_method, made_by, made_on, archive_place, cash_only_by_grade, version, contract_id, file_number,"
    " reviewed_by, filed_on)"
    " SELECT gen_random_uuid(), id, 'dealer', 'terminated',"
    " (ARRAY['北京', '天津', '深圳', '杭州', '青岛市'])[1 + substr(name, 2)::int % 5], '', '', '', 5, 0, 0, '', true,"
    " true, true, '{user}', date '2025-01-01', '', false, 1, NULL, NULL, NULL, date '2025-01-01'"
    " FROM customers WHERE source = 'reward-world'",
    "INSERT INTO reward_other_brands (id, dealer_id, brand, we_make, from_on, to_on, made_by)"
    " SELECT gen_random_uuid(), d.id, 'B', substr(c.name, 2)::int % 2 = 0, date '2026-03-01', NULL, '{user}'"
    " FROM distributors d JOIN customers c ON c.id = d.customer_id WHERE substr(c.name, 2)::int % 3 = 0",
    # The year: every dealer a scale of its own, so that all rows of the tables are reached.
    "INSERT INTO reward_purchases (dealer_id, on_day, series, sku, units, fen, own_make, source_kind, source_id,"
    " source_line)"
    " SELECT d.id, date '2026-01-01' + (n * 7919 % 365)::int, (ARRAY['001', '002', '003'])[1 + n % 3], 'S' || n % 3,"
    " CASE WHEN n % 97 = 0 THEN -1 ELSE 1 + n % 5 END,"
    " CASE WHEN n % 97 = 0 THEN -1 ELSE 1 END * (1000 + (hashtext(d.id::text) & 1023)::bigint"
    " * (hashtext(d.id::text || n) & 8191) * 1200000 / {each} / 1000), n % 11 <> 0, 'opening', d.id, n"
    " FROM distributors d JOIN customers c ON c.id = d.customer_id, generate_series(1, {each}) n"
    " WHERE c.source = 'reward-world'",
    # The year before: some months of some dealers, near this year's, so that every step of growth is met.
    "INSERT INTO reward_purchases (dealer_id, on_day, series, sku, units, fen, own_make, source_kind, source_id,"
    " source_line)"
    " SELECT s.dealer_id, (s.month - interval '1 year')::date + 3, '001', 'S', 1,"
    " greatest(1, s.fen * (ARRAY[100, 91, 90, 87, 86, 120])[1 + abs(hashtext(s.dealer_id::text || s.month)) % 6]"
    " / 100),"
    " true, 'opening', s.dealer_id, 1000000 + extract(month FROM s.month)::int"
    " FROM (SELECT dealer_id, date_trunc('month', on_day) AS month, sum(fen) AS fen FROM reward_purchases"
    " GROUP BY 1, 2) s WHERE abs(hashtext(s.dealer_id::text || 'x' || s.month)) % 5 > 0 AND s.fen > 0",
    "INSERT INTO reward_months (dealer_id, month, overdue, prepaid_fen)"
    " SELECT d.id, make_date(2026, 1 + abs(hashtext(d.id::text)) % 12, 1), true, 0 FROM distributors d"
    " WHERE abs(hashtext(d.id::text)) % 4 = 0",
    "INSERT INTO reward_schemes (id, number, title, year, state, from_on, to_on, readings, run, made_by, version)"
    " VALUES ('{scheme}', 'RS-T', 'T', 2026, 'draft', '2026-01-01', '2026-12-31', '{{}}', 1, '{user}', 1)",
    "INSERT INTO reward_rows (scheme_id, series, class, row_no, low, high, value)"
    " SELECT '{scheme}', s, c, r, (ARRAY[8000000, 20000000, 35000000])[r] * (5 - c)::bigint * m,"
    " (ARRAY[20000000, 35000000, NULL])[r] * (5 - c)::bigint * m, v[r]"
    " FROM (VALUES ('001', 1, ARRAY[10000, 12000, 15000]), ('002', 1, ARRAY[20000, 25000, 30000]),"
    " ('', 3, ARRAY[80, 100, 120])) AS t (s, m, v), generate_series(1, 3) c, generate_series(1, 3) r",
)

RECOMPUTE = """
WITH p AS (
    SELECT * FROM reward_purchases p WHERE NOT EXISTS (SELECT FROM reward_exclusions x WHERE x.purchase_id = p.id)
), d AS (
    SELECT d.id,
           coalesce((SELECT c.class FROM reward_cities c WHERE c.city = regexp_replace(d.city, '市$', '')), 3) AS k,
           NOT EXISTS (SELECT FROM reward_other_brands b WHERE b.dealer_id = d.id AND b.we_make
                       AND b.from_on <= date '2026-12-31' AND coalesce(b.to_on, date '2026-12-31') >= date '2026-01-01')
               AS exclusive
    FROM distributors d
), y AS (
    SELECT dealer_id, sum(fen)::numeric AS fen FROM p WHERE extract(year FROM on_day) = 2026 GROUP BY 1
), s AS (
    SELECT dealer_id, series, sum(fen)::numeric AS fen, sum(units)::numeric AS units FROM p
    WHERE extract(year FROM on_day) = 2026 GROUP BY 1, 2
), bought AS (
    SELECT s.dealer_id, sum(CASE WHEN s.units > 0 THEN round(s.units * t.value * coalesce(k.value, 0) / 100) ELSE 0 END)
               AS fen
    FROM s JOIN d ON d.id = s.dealer_id JOIN y ON y.dealer_id = s.dealer_id
    JOIN reward_rows t ON t.scheme_id = '{scheme}' AND t.series = s.series AND t.series <> '' AND t.class = d.k
        AND s.fen / 12 >= t.low AND (t.high IS NULL OR s.fen / 12 < t.high)
    LEFT JOIN reward_rows k ON k.scheme_id = '{scheme}' AND k.series = '' AND k.class = d.k
        AND y.fen / 12 >= k.low AND (k.high IS NULL OR y.fen / 12 < k.high)
    GROUP BY 1
), m AS (
    SELECT dealer_id, date_trunc('month', on_day)::date AS month, sum(fen)::numeric AS fen FROM p GROUP BY 1, 2
), grown AS (
    SELECT t.dealer_id, sum(CASE WHEN f.overdue THEN 0
            WHEN coalesce(l.fen, 0) <= 0 THEN round(t.fen * 0.003)
            WHEN t.fen / l.fen >= 1.15 THEN round(t.fen * 0.007)
            WHEN t.fen / l.fen >= 1.10 THEN round(t.fen * 0.005) ELSE 0 END) AS fen
    FROM m t LEFT JOIN m l ON l.dealer_id = t.dealer_id AND l.month = t.month - interval '1 year'
    LEFT JOIN reward_months f ON f.dealer_id = t.dealer_id AND f.month = t.month
    WHERE extract(year FROM t.month) = 2026 AND t.fen > 0 GROUP BY 1
)
SELECT d.id AS dealer_id, coalesce(bought.fen, 0)::bigint AS purchase_fen,
       greatest(round(coalesce(y.fen, 0) * CASE WHEN d.exclusive THEN 0.01 ELSE 0.005 END), 0)::bigint AS exclusive_fen,
       coalesce(grown.fen, 0)::bigint AS growth_fen
FROM d LEFT JOIN y ON y.dealer_id = d.id LEFT JOIN bought ON bought.dealer_id = d.id
LEFT JOIN grown ON grown.dealer_id = d.id
"""
DIFFERENCES = (
    "SELECT count(*) FROM ({recompute}) r FULL JOIN (SELECT * FROM reward_statements WHERE scheme_id = '{scheme}') s"
    " USING (dealer_id) WHERE (r.purchase_fen, r.exclusive_fen, r.growth_fen)"
    " IS DISTINCT FROM (s.purchase_fen, s.exclusive_fen, s.growth_fen)"
)
SCHEME = "00000000-0000-7000-8000-000000000013"


async def fill(session: Session, user: object, dealers: int, each: int) -> None:
    """`dealers` dealers with `each` purchases in 2026."""
    for statement in FILL:
        await session.execute(text(statement.format(dealers=dealers, each=each, user=user, scheme=SCHEME)))
    await session.execute(text("ANALYZE reward_purchases"))


async def differences(session: Session) -> int:
    """Dealers whose statement is not what SQL alone says."""
    recompute = RECOMPUTE.format(scheme=SCHEME)
    return int(await session.scalar(text(DIFFERENCES.format(recompute=recompute, scheme=SCHEME))) or 0)
