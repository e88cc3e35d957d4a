-- Grain: one invoice, drafts among them, on its issue date. Amounts are in its own currency, after
-- discount and with taxes, before anything was drawn from a retainer; NULL is unknown.
-- A deposit pays into a retainer: a liability, and no income until work is drawn from it. Harvest
-- tells of retainers no more than an id on invoices. A deposit has one, no line on a project, no
-- time and no expense on it; an invoice of work that has one is drawn from the retainer.
-- The documents allow two readings of a draw, and each invoice is read by what it has:
-- 1. A line of kind "Retainer" with a negative amount. The invoice's amount is net of it, so that
--    `amount` adds it again; it is `drawn_amount`. An account without deposits has no such lines:
--    there it is a line like others.
-- 2. The retainer's id on the invoice of work, and payments on it that are no cash: see
--    payment_facts.
WITH worked AS (
    SELECT f.invoice_id AS invoice_id FROM snapshot.time_facts AS f WHERE f.invoice_id IS NOT NULL
    UNION
    SELECT x.invoice_id FROM snapshot.expense_facts AS x WHERE x.invoice_id IS NOT NULL
),
told AS (
    SELECT
        i.*,
        list_filter(
            i.line_items, lambda x: lower(trim(x.kind)) = 'retainer' AND x.amount < 0
        ) AS draws,
        i.retainer.id IS NOT NULL
            AND NOT coalesce(list_bool_or(list_transform(
                i.line_items, lambda x: x.project.id IS NOT NULL
            )), false)
            AND w.invoice_id IS NULL AS is_free
    FROM invoices AS i
    LEFT JOIN worked AS w ON w.invoice_id = i.id
    WHERE i.account_id = $account_id
        AND i.deleted_at IS NULL
),
depositors AS (
    SELECT DISTINCT t.client.id AS client_id
    FROM told AS t
    WHERE t.is_free AND coalesce(len(t.draws), 0) = 0
),
drawn AS (
    SELECT
        t.id AS id,
        -- What the invoice's amount would be more without these lines.
        CAST(round(-list_sum(list_transform(
            t.draws,
            lambda x: CAST(x.amount AS DOUBLE)
                * (1 - coalesce(t.discount, 0) / 100)
                * (1 + CASE WHEN x.taxed THEN coalesce(t.tax, 0) ELSE 0 END / 100
                    + CASE WHEN x.taxed2 THEN coalesce(t.tax2, 0) ELSE 0 END / 100)
        )), 6) AS DECIMAL(28, 6)) AS amount
    FROM told AS t
    LEFT JOIN depositors AS d ON d.client_id = t.client.id
    WHERE len(t.draws) > 0 AND (t.retainer.id IS NOT NULL OR d.client_id IS NOT NULL)
)
SELECT
    t.account_id AS account_id,
    t.id AS id,
    t.number AS number,
    coalesce(t.issue_date, day_of(t.created_at, $zone)) AS day,
    t.client.id AS client_id,
    coalesce(t.currency, c.currency) AS currency,
    t.state AS state,
    t.due_date AS due_date,
    CASE WHEN t.state = 'closed' THEN day_of(coalesce(t.closed_at, t.updated_at), $zone) END
        AS closed_day,
    t.retainer.id AS retainer_id,
    t.is_free AND coalesce(len(t.draws), 0) = 0 AS is_deposit,
    -- Wider than at rest: the lines by which it is drawn can be more than all of it.
    CAST(t.amount + coalesce(d.amount, 0) AS DECIMAL(28, 6)) AS amount,
    coalesce(d.amount, 0) AS drawn_amount
FROM told AS t
LEFT JOIN snapshot.clients AS c ON c.id = t.client.id
LEFT JOIN drawn AS d ON d.id = t.id
ORDER BY day, id
