WITH spans AS (
SELECT CAST(date_trunc('month', d.day) AS DATE) AS month_key, max(d.day) AS as_of, count(*) AS days
FROM (SELECT CAST(unnest(generate_series(CAST(? AS DATE), CAST(? AS DATE), INTERVAL 1 DAY)) AS DATE) AS day) AS d
GROUP BY 1
),
sums AS (
SELECT CAST(date_trunc('month', s.as_of) AS DATE) AS month_key, f.client_id AS client_key, f.currency AS currency, sum(f.amount) FILTER (WHERE NOT f.is_credit AND f.due_date < s.as_of) AS overdue_amount, sum(f.amount) FILTER (WHERE NOT f.is_credit AND NOT f.is_deposit) AS outstanding_income_amount, NULL AS invoiced_amount_to_date
FROM receivable_facts AS f JOIN spans AS s ON f.day <= s.as_of
GROUP BY 1, 2, 3
UNION ALL
SELECT CAST(date_trunc('month', f.day) AS DATE) AS month_key, f.client_id AS client_key, f.currency AS currency, NULL AS overdue_amount, NULL AS outstanding_income_amount, sum(f.amount) FILTER (WHERE f.day <= ?) AS invoiced_amount_to_date
FROM invoice_facts AS f WHERE f.state IS DISTINCT FROM 'draft' AND NOT f.is_deposit AND f.day BETWEEN ? AND ?
GROUP BY 1, 2, 3
),
added AS (
SELECT month_key, client_key, currency, sum(overdue_amount) AS overdue_amount, sum(outstanding_income_amount) AS outstanding_income_amount, sum(invoiced_amount_to_date) AS invoiced_amount_to_date
FROM sums
GROUP BY month_key, client_key, currency
)
SELECT a.month_key AS "month",
    CASE WHEN a.client_key IS NULL THEN 'No client' ELSE coalesce(client_names.name, '#' || a.client_key) END AS "client",
    a.client_key AS client_id,
    a.currency AS currency,
    CAST(coalesce(a.overdue_amount, 0) AS DOUBLE) AS "overdue_amount",
    CAST(coalesce(a.outstanding_income_amount, 0) AS DOUBLE) / nullif(greatest(CAST(coalesce(a.invoiced_amount_to_date, 0) AS DOUBLE), 0), 0) * s.days AS "dso"
FROM added AS a
LEFT JOIN (SELECT e.id, e.name FROM clients AS e) AS client_names ON client_names.id = a.client_key
LEFT JOIN spans AS s ON s.month_key = a.month_key
ORDER BY "month", strip_accents(lower("client")), "client", client_id, currency

-- 2026-01-05, 2026-01-15, 2026-01-15, 2026-01-05, 2026-01-18
