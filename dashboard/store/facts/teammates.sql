-- Grain: one person whom one manager manages; a person may have several managers.
SELECT
    $account_id AS account_id,
    t.user_id AS manager_id,
    t.id AS user_id
FROM user_teammates AS t
WHERE t.account_id = $account_id AND t.deleted_at IS NULL
ORDER BY manager_id, user_id
