-- Grain: one reading of Harvest's documents that this account was found to follow.
SELECT r.account_id AS account_id, r.id AS id, r.value AS value, r.evidence AS evidence
FROM readings AS r
WHERE r.account_id = $account_id
ORDER BY r.id
