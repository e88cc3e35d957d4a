WITH spans AS (
SELECT max(d.day) AS as_of, count(*) AS days
FROM (SELECT CAST(unnest(generate_series(CAST(? AS DATE), CAST(? AS DATE), INTERVAL 1 DAY)) AS DATE) AS day) AS d
),
sums AS (
SELECT CASE WHEN CASE WHEN f.is_credit THEN 0 ELSE s.as_of - f.due_date END IS NULL THEN 'no due date' WHEN CASE WHEN f.is_credit THEN 0 ELSE s.as_of - f.due_date END <= 0 THEN 'current' WHEN CASE WHEN f.is_credit THEN 0 ELSE s.as_of - f.due_date END <= 30 THEN '1-30' WHEN CASE WHEN f.is_credit THEN 0 ELSE s.as_of - f.due_date END <= 60 THEN '31-60' WHEN CASE WHEN f.is_credit THEN 0 ELSE s.as_of - f.due_date END <= 90 THEN '61-90' ELSE '90+' END AS age_bucket_key, f.currency AS currency, sum(f.amount) FILTER (WHERE NOT f.is_credit) AS outstanding_amount
FROM receivable_facts AS f JOIN spans AS s ON f.day <= s.as_of
GROUP BY 1, 2
HAVING outstanding_amount <> 0
),
added AS (
SELECT age_bucket_key, currency, sum(outstanding_amount) AS outstanding_amount
FROM sums
GROUP BY age_bucket_key, currency
)
SELECT a.age_bucket_key AS "age_bucket",
    a.currency AS currency,
    CAST(coalesce(a.outstanding_amount, 0) AS DOUBLE) AS "outstanding_amount"
FROM added AS a
LEFT JOIN spans AS s ON true
ORDER BY list_position(['current', '1-30', '31-60', '61-90', '90+', 'no due date'], "age_bucket"), "age_bucket", currency

-- 2026-01-05, 2026-01-15
