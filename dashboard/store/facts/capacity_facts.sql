-- Grain: one person on one weekday, from joining to leaving; a week's capacity in five equal parts.
-- `gross_hours` is what the contract says, as Harvest counts it; `capacity_hours` is what remains
-- of it on a day that is no holiday, after the leave booked on that day and never below 0.
-- Harvest records neither end: joining is the first entry, else the day the person was created;
-- leaving is the last entry of an archived person. The days ahead are a year's.
WITH employed AS (
    SELECT
        u.id AS id,
        coalesce(min(e.spent_date), greatest(day_of(u.created_at, $zone), $earliest)) AS joined,
        CASE WHEN u.is_active THEN CAST($today + INTERVAL 366 DAY AS DATE)
             ELSE max(e.spent_date) END AS left_on
    FROM snapshot.users AS u
    LEFT JOIN time_entries AS e
        ON e.account_id = $account_id AND e.user.id = u.id AND e.deleted_at IS NULL
        -- An entry of the year 26 would make a person join two thousand years ago.
        AND e.spent_date BETWEEN $earliest AND $latest
    GROUP BY u.id, u.created_at, u.is_active
),
holidays AS (SELECT DISTINCT unnest(CAST($holidays AS DATE[])) AS day),
leave AS (
    SELECT f.user_id AS user_id, f.day AS day, sum(f.raw_hours) AS hours
    FROM snapshot.time_facts AS f
    WHERE f.is_leave
    GROUP BY f.user_id, f.day
)
SELECT
    $account_id AS account_id,
    p.id AS user_id,
    CAST(d.day AS DATE) AS day,
    s.role_id AS role_id,
    s.is_contractor AS is_contractor,
    CAST(s.weekly_hours / 5 AS DECIMAL(12, 4)) AS gross_hours,
    CASE WHEN h.day IS NOT NULL THEN CAST(0 AS DECIMAL(12, 4)) ELSE
        CAST(greatest(s.weekly_hours / 5 - coalesce(l.hours, 0), 0) AS DECIMAL(12, 4))
    END AS capacity_hours,
    -- Whether it is from before the day on which it was first seen.
    s.known_from IS NULL OR d.day < s.known_from AS is_reconstructed
FROM employed AS p,
    LATERAL (SELECT unnest(generate_series(p.joined, p.left_on, INTERVAL 1 DAY)) AS day) AS d
JOIN snapshot.person_spans AS s
    ON s.user_id = p.id AND CAST(d.day AS DATE) BETWEEN s.first_day AND s.last_day
LEFT JOIN holidays AS h ON h.day = CAST(d.day AS DATE)
LEFT JOIN leave AS l ON l.user_id = p.id AND l.day = CAST(d.day AS DATE)
WHERE isodow(d.day) <= 5
    AND s.weekly_hours IS NOT NULL
    AND ($time_since IS NULL OR d.day >= $time_since)
ORDER BY day, user_id
