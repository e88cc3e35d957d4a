-- Grain: one client, also those that only other records mention.
SELECT
    $account_id AS account_id,
    m.id AS id,
    coalesce(c.name, m.name, 'Client ' || m.id) AS name,
    -- A client has the account's own currency unless it has another.
    coalesce(nullif(c.currency, ''), m.currency, CAST($currency AS VARCHAR)) AS currency,
    coalesce(c.is_active, false) AS is_active
FROM (
    SELECT id, max(name) AS name, max(nullif(currency, '')) AS currency
    FROM (
        SELECT id AS id, name AS name, currency AS currency
        FROM clients WHERE account_id = $account_id
        UNION ALL
        SELECT client.id, client.name, client.currency
        FROM projects WHERE account_id = $account_id
        UNION ALL
        SELECT DISTINCT client.id, client.name, NULL
        FROM time_entries WHERE account_id = $account_id
        UNION ALL
        SELECT client.id, client.name, client.currency
        FROM expenses WHERE account_id = $account_id
        UNION ALL
        SELECT client.id, client.name, NULL FROM invoices WHERE account_id = $account_id
        UNION ALL
        SELECT client.id, client.name, NULL FROM estimates WHERE account_id = $account_id
    )
    WHERE id IS NOT NULL
    GROUP BY id
) AS m
LEFT JOIN clients AS c ON c.account_id = $account_id AND c.id = m.id
ORDER BY id
