-- Grain: one role. Roles known only by the name on a person get a negative id of our own.
SELECT account_id AS account_id, id AS id, name AS name
FROM roles
WHERE account_id = $account_id
UNION ALL
SELECT $account_id, -row_number() OVER (ORDER BY named.name), named.name
FROM (
    SELECT DISTINCT unnest(roles) AS name FROM users WHERE account_id = $account_id
) AS named
WHERE named.name NOT IN (
    SELECT name FROM roles WHERE account_id = $account_id AND name IS NOT NULL
)
ORDER BY id
