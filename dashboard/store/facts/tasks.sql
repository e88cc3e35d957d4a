-- Grain: one task, also those that only time entries mention.
SELECT
    $account_id AS account_id,
    m.id AS id,
    coalesce(t.name, m.name, 'Task ' || m.id) AS name,
    coalesce(t.is_active, false) AS is_active
FROM (
    SELECT id, max(name) AS name
    FROM (
        SELECT id AS id, name AS name FROM tasks WHERE account_id = $account_id
        UNION ALL
        SELECT DISTINCT task.id, task.name FROM time_entries WHERE account_id = $account_id
    )
    WHERE id IS NOT NULL
    GROUP BY id
) AS m
LEFT JOIN tasks AS t ON t.account_id = $account_id AND t.id = m.id
ORDER BY id
