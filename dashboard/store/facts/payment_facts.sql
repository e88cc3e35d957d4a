-- Grain: one payment of one invoice, on its own day; a draft has none.
-- What an invoice says was paid beyond the payments known is reconstructed: in full on its paid
-- date, in part on the day the invoice last changed. So amount less payments is what is due, also
-- for a source that knows no payments.
WITH known AS (
    SELECT
        k.id AS id,
        k.invoice_id AS invoice_id,
        coalesce(k.paid_date, day_of(coalesce(k.paid_at, k.created_at), $zone)) AS day,
        k.amount AS amount
    FROM invoice_payments AS k
    WHERE k.account_id = $account_id AND k.deleted_at IS NULL
),
issued AS (
    SELECT
        i.id AS id,
        i.number AS number,
        i.client.id AS client_id,
        coalesce(i.currency, c.currency) AS currency,
        i.state AS state,
        coalesce(i.issue_date, day_of(i.created_at, $zone)) AS issue_date,
        i.due_date AS due_date,
        CASE
            WHEN i.state = 'paid' THEN coalesce(i.amount, 0)
            WHEN i.state = 'open' THEN coalesce(i.amount - i.due_amount, 0)
            -- What a written-off invoice shows as due is not documented: nothing and all of it say
            -- nothing, and its own payments say more.
            WHEN i.state = 'closed' AND k.amount IS NULL
                AND i.due_amount > 0 AND i.due_amount < i.amount THEN i.amount - i.due_amount
            WHEN i.state = 'closed' THEN coalesce(k.amount, 0)
        END - coalesce(k.amount, 0) AS rest,
        coalesce(
            CASE WHEN i.state = 'paid' THEN coalesce(i.paid_date, day_of(i.paid_at, $zone)) END,
            day_of(i.updated_at, $zone)
        ) AS rest_day
    FROM invoices AS i
    LEFT JOIN snapshot.clients AS c ON c.id = i.client.id
    LEFT JOIN (
        SELECT invoice_id AS invoice_id, sum(amount) AS amount FROM known GROUP BY invoice_id
    ) AS k ON k.invoice_id = i.id
    WHERE i.account_id = $account_id
        AND i.deleted_at IS NULL
        AND i.state IS DISTINCT FROM 'draft'
)
SELECT
    $account_id AS account_id,
    p.id AS id,
    i.id AS invoice_id,
    i.number AS number,
    coalesce(p.day, i.issue_date) AS day,
    i.client_id AS client_id,
    i.currency AS currency,
    i.state AS state,
    i.due_date AS due_date,
    CAST(p.amount AS DECIMAL(28, 6)) AS amount,
    -- Weighed by the amount: a sum of these over a sum of amounts is the days it took.
    CAST(p.amount * (coalesce(p.day, i.issue_date) - i.issue_date) AS DECIMAL(28, 6))
        AS amount_days,
    p.is_reconstructed AS is_reconstructed
FROM issued AS i
JOIN (
    SELECT id AS id, invoice_id AS invoice_id, day AS day, amount AS amount,
        false AS is_reconstructed
    FROM known
    UNION ALL
    SELECT NULL, id, rest_day, rest, true FROM issued WHERE rest <> 0
) AS p ON p.invoice_id = i.id
ORDER BY day, invoice_id, id
