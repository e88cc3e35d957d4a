-- Grain: one movement of what a client owes on one invoice: issued, paid, written off. No drafts.
-- All movements of an invoice up to a day add up to what was open on that day.
SELECT
    m.account_id AS account_id,
    m.invoice_id AS invoice_id,
    m.number AS number,
    m.day AS day,
    m.kind AS kind,
    m.client_id AS client_id,
    m.currency AS currency,
    m.state AS state,
    m.due_date AS due_date,
    m.amount AS amount,
    m.is_reconstructed AS is_reconstructed
FROM (
    SELECT account_id AS account_id, id AS invoice_id, number AS number, day AS day,
        'issued' AS kind, client_id AS client_id, currency AS currency, state AS state,
        due_date AS due_date, amount AS amount, false AS is_reconstructed
    FROM snapshot.invoice_facts
    WHERE state IS DISTINCT FROM 'draft'
    UNION ALL
    SELECT account_id, invoice_id, number, day, 'paid', client_id, currency, state, due_date,
        -amount, is_reconstructed
    FROM snapshot.payment_facts
    UNION ALL
    SELECT account_id, id, number, closed_day, 'written off', client_id, currency, state, due_date,
        paid_amount - amount, false
    FROM snapshot.invoice_facts
    WHERE state = 'closed' AND paid_amount <> amount
) AS m
ORDER BY day, invoice_id, kind
