-- Grain: one row: of whose work the access token that read the account sees billable rates: 'all',
-- its 'own' or 'none'.
-- Harvest leaves rates empty for whoever may not see them, as it does where there is none. A token of
-- an administrator, or of a manager with the right to billable rates, sees all of them: what it finds
-- empty has no rate. Of any other token only what it found says what it sees. So does it of a token
-- whose rights are not known.
WITH token AS (
    SELECT
        TRY_CAST(string_split(a.fingerprint, ' ')[1] AS BIGINT) AS user_id,
        string_split(a.fingerprint, ' ') AS words
    FROM accounts AS a
    WHERE a.account_id = $account_id
),
rated AS (
    SELECT DISTINCT e.user.id AS user_id
    FROM time_entries AS e
    LEFT JOIN snapshot.derived_entries AS d ON d.id = e.id
    WHERE e.account_id = $account_id
        AND e.deleted_at IS NULL
        AND coalesce(e.billable_rate, d.billable_rate) IS NOT NULL
)
SELECT
    $account_id AS account_id,
    t.user_id AS user_id,
    CASE
        WHEN list_contains(t.words, 'administrator')
            OR list_contains(t.words, 'manager') AND list_contains(t.words, 'billable_rates_manager')
            THEN 'all'
        WHEN EXISTS (SELECT 1 FROM rated AS r WHERE r.user_id IS DISTINCT FROM t.user_id) THEN 'all'
        WHEN EXISTS (SELECT 1 FROM rated AS r) THEN 'own'
        ELSE 'none'
    END AS rates
FROM token AS t
