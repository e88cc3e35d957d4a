-- Grain: one estimate, drafts among them, on its issue date; `decided_day` is when it was accepted
-- or declined. Amounts are in its own currency, after discount and with taxes.
SELECT
    e.account_id AS account_id,
    e.id AS id,
    coalesce(e.issue_date, day_of(e.created_at, $zone)) AS day,
    -- A source that tells no such instant leaves the day on which the estimate last changed.
    day_of(
        CASE e.state
            WHEN 'accepted' THEN coalesce(e.accepted_at, e.updated_at)
            WHEN 'declined' THEN coalesce(e.declined_at, e.updated_at)
        END, $zone
    ) AS decided_day,
    e.client.id AS client_id,
    coalesce(e.currency, c.currency) AS currency,
    e.state AS state,
    -- NULL is not known, and is in no sum.
    e.amount AS amount
FROM estimates AS e
LEFT JOIN snapshot.clients AS c ON c.id = e.client.id
WHERE e.account_id = $account_id
    AND e.deleted_at IS NULL
ORDER BY day, id
