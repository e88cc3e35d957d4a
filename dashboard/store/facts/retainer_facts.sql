-- Grain: one movement of what clients paid ahead into a retainer: a deposit's payment, or a draw.
-- All movements up to a day add up to the balance of that day: cash received for work that was not
-- invoiced yet, a liability. An unpaid deposit is no part of it, but is owed: see receivable_facts.
SELECT
    p.account_id AS account_id,
    p.invoice_id AS invoice_id,
    p.number AS number,
    p.day AS day,
    CASE WHEN p.is_deposit THEN 'deposited' ELSE 'drawn' END AS kind,
    p.client_id AS client_id,
    p.currency AS currency,
    p.state AS state,
    CAST(CASE WHEN p.is_deposit THEN p.amount ELSE -p.amount END AS DECIMAL(28, 6)) AS amount,
    p.is_reconstructed AS is_reconstructed
FROM snapshot.payment_facts AS p
WHERE p.is_deposit AND p.kind = 'paid' OR p.kind = 'drawn'
ORDER BY day, invoice_id
