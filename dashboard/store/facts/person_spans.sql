-- Grain: one person and days in a row on which capacity, role and contract were the same.
-- Harvest overwrites them. They are known from the day on which a sync first saw them, `known_from`;
-- the days before that have what was seen then. The spans of a person cover all days there are.
WITH seen AS (
    SELECT id AS id, field AS field, value AS value, seen_from AS seen_from,
        coalesce(seen_until, DATE '9999-12-31') AS seen_until
    FROM history
    WHERE account_id = $account_id AND entity = 'users'
        AND field IN ('weekly_capacity', 'is_contractor', 'roles')
),
cuts AS (
    SELECT
        id AS id,
        day AS day,
        min(day) OVER (PARTITION BY id) AS known_from,
        lead(day) OVER (PARTITION BY id ORDER BY day) AS next
    FROM (SELECT DISTINCT id AS id, seen_from AS day FROM seen)
),
spans AS (
    SELECT
        c.id AS id,
        c.day AS day,
        c.next AS next,
        c.known_from AS known_from,
        max(s.value) FILTER (s.field = 'weekly_capacity') AS weekly_capacity,
        max(s.value) FILTER (s.field = 'is_contractor') AS is_contractor,
        max(s.value) FILTER (s.field = 'roles') AS roles
    FROM cuts AS c
    JOIN seen AS s ON s.id = c.id AND s.seen_from <= c.day AND c.day < s.seen_until
    GROUP BY c.id, c.day, c.next, c.known_from
)
SELECT
    $account_id AS account_id,
    u.id AS user_id,
    CASE WHEN s.day IS NULL OR s.day = s.known_from THEN DATE '0001-01-01' ELSE s.day END
        AS first_day,
    coalesce(s.next - 1, DATE '9999-12-31') AS last_day,
    s.known_from AS known_from,
    coalesce(
        (SELECT arg_min(r.id, (r.name, r.id)) FROM snapshot.roles AS r
         WHERE list_contains(string_split(s.roles, chr(10)), r.name)),
        -- A role that was renamed or deleted since.
        CASE WHEN s.roles <> '' OR s.roles IS NULL THEN u.role_id END
    ) AS role_id,
    coalesce(CAST(s.is_contractor AS BOOLEAN), u.is_contractor) AS is_contractor,
    coalesce(TRY_CAST(CAST(s.weekly_capacity AS BIGINT) / 3600.0 AS DECIMAL(12, 4)), u.weekly_hours)
        AS weekly_hours
FROM snapshot.users AS u
LEFT JOIN spans AS s ON s.id = u.id
ORDER BY user_id, first_day
