-- Grain: one person on one weekday, from joining to leaving; a week's capacity in five equal parts.
-- Harvest records neither day: joining is the first entry, else the day the person was created;
-- leaving is the last entry of an archived person. The days ahead are a year's.
WITH employed AS (
    SELECT
        u.id AS id,
        u.role_id AS role_id,
        u.is_contractor AS is_contractor,
        u.weekly_hours AS weekly_hours,
        coalesce(min(e.spent_date), CAST(u.created_at AS DATE)) AS joined,
        CASE WHEN u.is_active THEN CAST($today + INTERVAL 366 DAY AS DATE)
             ELSE max(e.spent_date) END AS left_on
    FROM snapshot.users AS u
    LEFT JOIN time_entries AS e
        ON e.account_id = $account_id AND e.user.id = u.id AND e.deleted_at IS NULL
    GROUP BY u.id, u.role_id, u.is_contractor, u.weekly_hours, u.created_at, u.is_active
)
SELECT
    $account_id AS account_id,
    p.id AS user_id,
    CAST(d.day AS DATE) AS day,
    p.role_id AS role_id,
    p.is_contractor AS is_contractor,
    CAST(p.weekly_hours / 5 AS DECIMAL(12, 4)) AS capacity_hours
FROM employed AS p,
    LATERAL (SELECT unnest(generate_series(p.joined, p.left_on, INTERVAL 1 DAY)) AS day) AS d
WHERE isodow(d.day) <= 5
    AND p.weekly_hours IS NOT NULL
    AND ($since IS NULL OR d.day >= $since)
ORDER BY day, user_id
