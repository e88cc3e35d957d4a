-- Grain: one person, also those that only time entries and expenses mention.
-- `role_id` is the first of the person's roles by name: whoever has several counts once, so that
-- the parts of a total by role sum to the whole.
SELECT
    $account_id AS account_id,
    m.id AS id,
    coalesce(
        nullif(trim(concat_ws(' ', u.first_name, u.last_name)), ''), m.name, 'Person ' || m.id
    ) AS name,
    u.email AS email,
    coalesce(u.roles, []) AS roles,
    (SELECT arg_min(r.id, (r.name, r.id)) FROM snapshot.roles AS r WHERE list_contains(u.roles, r.name))
        AS role_id,
    -- Whoever is deleted has left: otherwise there would be capacity for ever.
    coalesce(u.is_active AND u.deleted_at IS NULL, false) AS is_active,
    coalesce(u.is_contractor, false) AS is_contractor,
    -- Harvest keeps seconds per week. NULL is not known: whoever has a capacity has a number. More
    -- than there is room for is not known.
    TRY_CAST(u.weekly_capacity / 3600.0 AS DECIMAL(12, 4)) AS weekly_hours,
    u.created_at AS created_at
FROM (
    SELECT id, max(name) AS name
    FROM (
        SELECT id AS id, NULL AS name FROM users WHERE account_id = $account_id
        UNION ALL
        SELECT DISTINCT e.user.id, e.user.name FROM time_entries AS e WHERE e.account_id = $account_id
        UNION ALL
        SELECT DISTINCT e.user.id, e.user.name FROM expenses AS e WHERE e.account_id = $account_id
    )
    WHERE id IS NOT NULL
    GROUP BY id
) AS m
LEFT JOIN users AS u ON u.account_id = $account_id AND u.id = m.id
ORDER BY id
