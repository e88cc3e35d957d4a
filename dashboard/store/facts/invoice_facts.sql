-- Grain: one invoice, drafts among them, on its issue date. Amounts are in its own currency, after
-- discount and with taxes; `paid_amount` is what was paid of it to date.
SELECT
    i.account_id AS account_id,
    i.id AS id,
    i.number AS number,
    coalesce(i.issue_date, day_of(i.created_at, $zone)) AS day,
    i.client.id AS client_id,
    coalesce(i.currency, c.currency) AS currency,
    i.state AS state,
    i.due_date AS due_date,
    CASE WHEN i.state = 'closed' THEN day_of(coalesce(i.closed_at, i.updated_at), $zone) END
        AS closed_day,
    i.retainer.id IS NOT NULL AS is_retainer,
    coalesce(i.amount, 0) AS amount,
    CAST(coalesce(p.amount, 0) AS DECIMAL(28, 6)) AS paid_amount
FROM invoices AS i
LEFT JOIN snapshot.clients AS c ON c.id = i.client.id
LEFT JOIN (
    SELECT invoice_id AS invoice_id, sum(amount) AS amount
    FROM snapshot.payment_facts
    GROUP BY invoice_id
) AS p ON p.invoice_id = i.id
WHERE i.account_id = $account_id
    AND i.deleted_at IS NULL
ORDER BY day, id
