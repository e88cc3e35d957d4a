-- Grain: one person on one weekday, from joining to leaving. People whose weekly capacity is not
-- known have none.
-- `gross_hours` is a fifth of the week that the contract of that day says, `harvest_hours` of the
-- week that it says today: Harvest knows no other.
-- `capacity_hours` is what holidays and time off leave of `gross_hours`, week by week: somebody of 24
-- hours a week who takes three days of 8 hours off has none left, though only three of five days
-- were touched. The hours of all days of the week, holidays as 0, less all time off booked on
-- them, are what is left of the week; below 0 it is 0. It is spread over the days that have
-- something left, in proportion to that. The last of them has the rest of the rounding, so that the
-- days add up to the week. A week begins on the account's first weekday and is cut by joining and
-- leaving.
-- Harvest records neither end: joining is the first entry, else the day the person was created;
-- leaving is the last entry of an archived person. The days ahead are a year's.
WITH employed AS (
    SELECT
        u.id AS id,
        u.weekly_hours AS weekly_hours,
        coalesce(min(e.spent_date), greatest(day_of(u.created_at, $zone), $earliest)) AS joined,
        CASE WHEN u.is_active THEN CAST($today + INTERVAL 366 DAY AS DATE)
             ELSE max(e.spent_date) END AS left_on
    FROM snapshot.users AS u
    LEFT JOIN time_entries AS e
        ON e.account_id = $account_id AND e.user.id = u.id AND e.deleted_at IS NULL
        -- An entry of the year 26 would make a person join two thousand years ago.
        AND e.spent_date BETWEEN $earliest AND $latest
    GROUP BY u.id, u.weekly_hours, u.created_at, u.is_active
),
holidays AS (SELECT DISTINCT unnest(CAST($holidays AS DATE[])) AS day),
account AS (SELECT m.week_start AS week_start FROM snapshot.meta AS m),
days AS (
    SELECT
        p.id AS user_id,
        CAST(d.day AS DATE) AS day,
        CAST(d.day AS DATE) - CAST((isodow(d.day) + 6 - a.week_start) % 7 AS INTEGER) AS week,
        s.role_id AS role_id,
        s.is_contractor AS is_contractor,
        s.known_from AS known_from,
        CAST(s.weekly_hours / 5 AS DECIMAL(18, 6)) AS gross_hours,
        CAST(p.weekly_hours / 5 AS DECIMAL(18, 6)) AS harvest_hours,
        CASE WHEN h.day IS NULL THEN CAST(s.weekly_hours / 5 AS DECIMAL(18, 6)) ELSE 0 END AS hours
    FROM employed AS p,
        account AS a,
        LATERAL (SELECT unnest(generate_series(p.joined, p.left_on, INTERVAL 1 DAY)) AS day) AS d
    JOIN snapshot.person_spans AS s
        ON s.user_id = p.id AND CAST(d.day AS DATE) BETWEEN s.first_day AND s.last_day
    LEFT JOIN holidays AS h ON h.day = CAST(d.day AS DATE)
    WHERE isodow(d.day) <= 5 AND s.weekly_hours IS NOT NULL
),
time_off AS (
    SELECT
        f.user_id AS user_id,
        f.day AS day,
        f.day - CAST((isodow(f.day) + 6 - any_value(a.week_start)) % 7 AS INTEGER) AS week,
        sum(f.raw_hours) AS hours
    FROM snapshot.time_facts AS f, account AS a
    WHERE f.is_leave
    GROUP BY f.user_id, f.day
),
-- Weeks without time off have all of their days' hours left.
touched AS (
    SELECT d.user_id AS user_id, d.week AS week, d.day AS day, d.hours AS hours,
        w.hours AS week_off, d.hours - coalesce(o.hours, 0) AS rest
    FROM days AS d
    JOIN (
        SELECT user_id AS user_id, week AS week, sum(hours) AS hours
        FROM time_off
        GROUP BY user_id, week
    ) AS w ON w.user_id = d.user_id AND w.week = d.week
    LEFT JOIN time_off AS o ON o.user_id = d.user_id AND o.day = d.day
),
weeks AS (
    SELECT
        t.user_id AS user_id,
        t.week AS week,
        greatest(sum(t.hours) - any_value(t.week_off), 0) AS rest,
        sum(greatest(t.rest, 0)) AS spread_over,
        max(t.day) FILTER (t.rest > 0) AS last_day
    FROM touched AS t
    GROUP BY t.user_id, t.week
),
shares AS (
    SELECT
        t.user_id AS user_id,
        t.week AS week,
        t.day AS day,
        CASE
            WHEN t.rest <= 0 OR w.rest = 0 THEN 0
            ELSE CAST(round(CAST(t.rest AS DOUBLE) * w.rest / w.spread_over, 6) AS DECIMAL(28, 6))
        END AS hours,
        w.rest AS rest,
        w.last_day AS last_day
    FROM touched AS t
    JOIN weeks AS w ON w.user_id = t.user_id AND w.week = t.week
),
spread AS (
    SELECT
        s.user_id AS user_id,
        s.day AS day,
        s.hours + CASE WHEN s.day = s.last_day
            THEN s.rest - sum(s.hours) OVER (PARTITION BY s.user_id, s.week) ELSE 0 END AS hours
    FROM shares AS s
)
SELECT
    $account_id AS account_id,
    d.user_id AS user_id,
    d.day AS day,
    d.role_id AS role_id,
    d.is_contractor AS is_contractor,
    d.gross_hours AS gross_hours,
    d.harvest_hours AS harvest_hours,
    -- Time off that is less than nothing can leave more than there is room for.
    CAST(coalesce(TRY_CAST(s.hours AS DECIMAL(18, 6)), d.hours) AS DECIMAL(18, 6)) AS capacity_hours,
    -- Whether it is from before the day on which it was first seen.
    d.known_from IS NULL OR d.day < d.known_from AS is_reconstructed
FROM days AS d
LEFT JOIN spread AS s ON s.user_id = d.user_id AND s.day = d.day
WHERE $time_since IS NULL OR d.day >= $time_since
ORDER BY day, user_id
