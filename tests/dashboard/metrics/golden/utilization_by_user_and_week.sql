WITH sums AS (
SELECT f.user_id AS user_key, f.day - CAST((isodow(f.day) + 6 - ?) % 7 AS INTEGER) AS week_key, sum(f.rounded_hours) FILTER (WHERE f.billable AND f.day <= ?) AS billable_hours_to_date_with_capacity_hours, NULL AS capacity_hours
FROM time_facts AS f LEFT JOIN clients AS c ON c.id = f.client_id WHERE f.day BETWEEN ? AND ? AND ((contains(lower(c.name), lower(?))) AND (f.user_id IN (?, ?)))
GROUP BY 1, 2
UNION ALL
SELECT f.user_id AS user_key, f.day - CAST((isodow(f.day) + 6 - ?) % 7 AS INTEGER) AS week_key, NULL AS billable_hours_to_date_with_capacity_hours, sum(f.capacity_hours) AS capacity_hours
FROM capacity_facts AS f WHERE f.day BETWEEN ? AND ? AND (f.user_id IN (?, ?))
GROUP BY 1, 2
),
added AS (
SELECT user_key, week_key, sum(billable_hours_to_date_with_capacity_hours) AS billable_hours_to_date_with_capacity_hours, sum(capacity_hours) AS capacity_hours
FROM sums
GROUP BY user_key, week_key
)
SELECT CASE WHEN a.user_key IS NULL THEN 'No person' ELSE coalesce(user_names.name, '#' || a.user_key) END AS "user",
    a.user_key AS user_id,
    a.week_key AS "week",
    CAST(coalesce(a.billable_hours_to_date_with_capacity_hours, 0) AS DOUBLE) / nullif(greatest(CAST(coalesce(a.capacity_hours, 0) AS DOUBLE), 0), 0) AS "utilization"
FROM added AS a
LEFT JOIN (SELECT e.id, e.name FROM users AS e) AS user_names ON user_names.id = a.user_key
ORDER BY strip_accents(lower("user")), "user", user_id, "week"

-- 6, 2026-01-15, 2026-01-05, 2026-01-18, acme, 1, 2, 6, 2026-01-05, 2026-01-15, 1, 2
