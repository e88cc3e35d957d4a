-- Grain: one line of one invoice, on its issue date: its share of the discount taken off, no tax.
-- An invoice known from a search alone has none. `is_retainer` are lines of deposits, and those by
-- which an invoice is drawn from a retainer: neither bills work.
SELECT
    i.account_id AS account_id,
    i.id AS invoice_id,
    i.line.id AS id,
    coalesce(i.issue_date, day_of(i.created_at, $zone)) AS day,
    i.client.id AS client_id,
    i.line.project.id AS project_id,
    coalesce(i.currency, c.currency) AS currency,
    i.state AS state,
    -- A line may have no kind.
    coalesce(
        f.is_deposit
        OR f.drawn_amount <> 0 AND lower(trim(i.line.kind)) = 'retainer' AND i.line.amount < 0,
        false
    ) AS is_retainer,
    -- Lines name their kind; a renamed kind is not found any more, and a line may have none.
    coalesce(
        i.line.kind IN (
            SELECT k.name FROM invoice_item_categories AS k
            WHERE k.account_id = $account_id AND k.use_as_expense AND k.name IS NOT NULL
        ), false
    ) AS is_expense,
    CAST(
        coalesce(i.line.amount, 0)
        -- Lines that are next to nothing in sum have shares without end, which say nothing.
        - coalesce(TRY_CAST(
            round(CAST(i.discount_amount AS DOUBLE) * i.line.amount / nullif(i.gross, 0), 6)
            AS DECIMAL(18, 6)
        ), 0) AS DECIMAL(28, 6)
    ) AS amount
FROM (
    SELECT
        v.*,
        unnest(v.line_items) AS line,
        list_sum(list_transform(v.line_items, lambda x: coalesce(x.amount, 0))) AS gross
    FROM invoices AS v
    WHERE v.account_id = $account_id
        AND v.deleted_at IS NULL
) AS i
JOIN snapshot.invoice_facts AS f ON f.id = i.id
LEFT JOIN snapshot.clients AS c ON c.id = i.client.id
ORDER BY day, invoice_id, id
