WITH sums AS (
SELECT f.client_id AS client_key, f.currency AS currency, sum(f.rounded_amount) FILTER (WHERE f.billable AND NOT f.is_fixed_fee) AS billable_amount, sum(f.rounded_hours) FILTER (WHERE NOT f.is_fixed_fee) AS metered_hours, NULL AS cost_amount
FROM time_facts AS f WHERE f.day BETWEEN ? AND ?
GROUP BY 1, 2
UNION ALL
SELECT f.client_id AS client_key, CAST(? AS VARCHAR) AS currency, NULL AS billable_amount, NULL AS metered_hours, sum(f.rounded_cost) AS cost_amount
FROM time_facts AS f WHERE f.day BETWEEN ? AND ?
GROUP BY 1, 2
),
added AS (
SELECT client_key, currency, sum(billable_amount) AS billable_amount, sum(metered_hours) AS metered_hours, sum(cost_amount) AS cost_amount
FROM sums
GROUP BY client_key, currency
)
SELECT CASE WHEN a.client_key IS NULL THEN 'No client' ELSE coalesce(client_names.name, '#' || a.client_key) END AS "client",
    a.client_key AS client_id,
    a.currency AS currency,
    CAST(coalesce(a.billable_amount, 0) AS DOUBLE) AS "billable_amount",
    CAST(coalesce(a.billable_amount, 0) AS DOUBLE) / nullif(greatest(CAST(coalesce(a.metered_hours, 0) AS DOUBLE), 0), 0) AS "effective_rate",
    CAST(a.cost_amount AS DOUBLE) AS "cost_amount"
FROM added AS a
LEFT JOIN (SELECT e.id, e.name FROM clients AS e) AS client_names ON client_names.id = a.client_key
ORDER BY strip_accents(lower("client")), "client", client_id, currency

-- 2026-01-05, 2026-01-18, EUR, 2026-01-05, 2026-01-18
