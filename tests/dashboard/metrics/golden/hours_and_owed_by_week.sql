WITH spans AS (
SELECT d.day - CAST((isodow(d.day) + 6 - ?) % 7 AS INTEGER) AS week_key, max(d.day) AS as_of, count(*) AS days
FROM (SELECT CAST(unnest(generate_series(CAST(? AS DATE), CAST(? AS DATE), INTERVAL 1 DAY)) AS DATE) AS day) AS d
GROUP BY 1
),
by_day AS (
SELECT f.day AS week_key, f.currency AS currency, sum(f.rounded_hours) AS hours, NULL AS outstanding_amount, true AS moves
FROM time_facts AS f WHERE f.day BETWEEN ? AND ?
GROUP BY 1, 2
UNION ALL
SELECT s.as_of - CAST((isodow(s.as_of) + 6 - ?) % 7 AS INTEGER) AS week_key, f.currency AS currency, NULL AS hours, sum(f.amount) FILTER (WHERE NOT f.is_credit) AS outstanding_amount, false AS moves
FROM receivable_facts AS f JOIN spans AS s ON f.day <= s.as_of
GROUP BY 1, 2
),
sums AS (SELECT * REPLACE (week_key - CAST((isodow(week_key) + 6 - ?) % 7 AS INTEGER) AS week_key) FROM by_day),
added AS (
SELECT week_key, currency, sum(hours) AS hours, CASE WHEN grouping(week_key) = 0 THEN sum(outstanding_amount) ELSE sum(outstanding_amount) FILTER (WHERE week_key = last_key) END AS outstanding_amount, 1 - grouping(week_key) AS level
FROM sums, (SELECT CAST(? AS DATE) - CAST((isodow(CAST(? AS DATE)) + 6 - ?) % 7 AS INTEGER) AS week_key) AS l(last_key)
GROUP BY GROUPING SETS ((currency), (week_key, currency))
HAVING grouping(week_key) = 0 OR bool_or(moves) OR sum(outstanding_amount) FILTER (WHERE week_key = last_key) <> 0
)
SELECT a.level AS level,
    a.week_key AS "week",
    a.currency AS currency,
    CAST(coalesce(a.hours, 0) AS DOUBLE) AS "hours",
    CAST(coalesce(a.outstanding_amount, 0) AS DOUBLE) AS "outstanding_amount"
FROM added AS a
LEFT JOIN spans AS s ON s.week_key = a.week_key
ORDER BY level, "week", currency

-- 6, 2026-01-05, 2026-01-15, 2026-01-05, 2026-01-18, 6, 6, 2026-01-15, 2026-01-15, 6
