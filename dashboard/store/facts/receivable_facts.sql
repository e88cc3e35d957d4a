-- Grain: one movement of what a client owes on one invoice, or of the credit that it leaves: issued,
-- paid, drawn, settled, written off. No drafts.
-- All movements up to a day add up to the balance of that day. The part of a movement above a
-- balance of 0 is owed, the part below it is credit (`is_credit`): an overpayment, or a credit
-- note. So an invoice never owes less than nothing, and no credit hides what another invoice owes.
-- Nothing is owed before the day of issue, nor after an invoice was written off: what was paid of
-- it later is taken off on that day. NULL is an amount that is not known.
WITH invoiced AS (
    SELECT f.*, coalesce(p.amount, 0) AS settled
    FROM snapshot.invoice_facts AS f
    LEFT JOIN (
        SELECT invoice_id AS invoice_id, sum(amount) AS amount
        FROM snapshot.payment_facts
        GROUP BY invoice_id
    ) AS p ON p.invoice_id = f.id
    WHERE f.state IS DISTINCT FROM 'draft'
),
movements AS (
    SELECT id AS invoice_id, day AS day, 0 AS step, NULL AS payment_id, 'issued' AS kind,
        CAST(amount AS DECIMAL(28, 6)) AS amount, false AS is_reconstructed
    FROM invoiced
    UNION ALL
    SELECT i.id, greatest(least(p.day, coalesce(i.closed_day, p.day)), i.day), 1, p.id, p.kind,
        -p.amount, p.is_reconstructed
    FROM snapshot.payment_facts AS p
    JOIN invoiced AS i ON i.id = p.invoice_id
    WHERE i.amount IS NOT NULL
    UNION ALL
    SELECT id, greatest(closed_day, day), 2, NULL, 'written off',
        -CASE WHEN amount >= 0 THEN greatest(amount - settled, 0)
            ELSE least(amount - settled, 0) END, false
    FROM invoiced
    WHERE state = 'closed' AND amount IS NOT NULL
),
balances AS (
    SELECT
        m.*,
        sum(m.amount) OVER (
            PARTITION BY m.invoice_id ORDER BY m.day, m.step, m.payment_id, m.kind, m.amount
            ROWS UNBOUNDED PRECEDING
        ) AS after
    FROM movements AS m
),
parts AS (
    SELECT b.*, false AS is_credit,
        CASE WHEN b.amount IS NOT NULL THEN
            greatest(b.after, 0) - greatest(b.after - b.amount, 0)
        END AS part
    FROM balances AS b
    UNION ALL
    SELECT b.*, true, least(b.after, 0) - least(b.after - b.amount, 0)
    FROM balances AS b
    WHERE b.amount IS NOT NULL
)
SELECT
    i.account_id AS account_id,
    i.id AS invoice_id,
    i.number AS number,
    p.day AS day,
    p.kind AS kind,
    i.client_id AS client_id,
    i.currency AS currency,
    i.state AS state,
    i.due_date AS due_date,
    i.is_deposit AS is_deposit,
    p.is_credit AS is_credit,
    CAST(p.part AS DECIMAL(28, 6)) AS amount,
    p.is_reconstructed AS is_reconstructed
FROM parts AS p
JOIN invoiced AS i ON i.id = p.invoice_id
WHERE p.part IS DISTINCT FROM 0
ORDER BY day, invoice_id, kind, is_credit
