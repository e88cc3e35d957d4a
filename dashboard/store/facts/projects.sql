-- Grain: one project, also those that only time entries and expenses mention: these are not
-- `is_known`, and the client is what one of them says.
SELECT
    $account_id AS account_id,
    m.id AS id,
    coalesce(p.name, m.name, 'Project ' || m.id) AS name,
    p.code AS code,
    m.client_id AS client_id,
    c.currency AS currency,
    coalesce(p.is_billable, true) AS is_billable,
    coalesce(p.is_fixed_fee, false) AS is_fixed_fee,
    coalesce(p.is_active, false) AS is_active,
    p.id IS NOT NULL AS is_known
FROM (
    SELECT id, max(name) AS name, max(client_id) AS client_id
    FROM (
        SELECT id AS id, name AS name, client.id AS client_id
        FROM projects WHERE account_id = $account_id
        UNION ALL
        SELECT DISTINCT e.project.id, e.project.name, e.client.id
        FROM time_entries AS e
        WHERE e.account_id = $account_id
            AND NOT EXISTS (
                SELECT 1 FROM projects AS k
                WHERE k.account_id = $account_id AND k.id = e.project.id
            )
        UNION ALL
        SELECT DISTINCT e.project.id, e.project.name, e.client.id
        FROM expenses AS e
        WHERE e.account_id = $account_id
            AND NOT EXISTS (
                SELECT 1 FROM projects AS k
                WHERE k.account_id = $account_id AND k.id = e.project.id
            )
    )
    WHERE id IS NOT NULL
    GROUP BY id
) AS m
LEFT JOIN projects AS p ON p.account_id = $account_id AND p.id = m.id
LEFT JOIN snapshot.clients AS c ON c.id = m.client_id
ORDER BY id
