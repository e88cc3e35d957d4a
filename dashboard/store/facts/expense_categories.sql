-- Grain: one kind of expense, also those that only expenses mention.
SELECT
    $account_id AS account_id,
    m.id AS id,
    coalesce(k.name, m.name, 'Category ' || m.id) AS name,
    coalesce(k.is_active, false) AS is_active
FROM (
    SELECT id, max(name) AS name
    FROM (
        SELECT id AS id, name AS name FROM expense_categories WHERE account_id = $account_id
        UNION ALL
        SELECT DISTINCT expense_category.id, expense_category.name
        FROM expenses WHERE account_id = $account_id
    )
    WHERE id IS NOT NULL
    GROUP BY id
) AS m
LEFT JOIN expense_categories AS k ON k.account_id = $account_id AND k.id = m.id
ORDER BY id
