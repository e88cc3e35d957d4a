-- Grain: one movement of what is left to invoice of one fixed fee: agreed, or invoiced.
-- Agreed on the project's first day, else on the one it was created. More than the fee is never
-- taken off, so that what one project was billed too much is not missing from the others.
WITH fixed AS (
    SELECT
        p.id AS project_id,
        p.client_id AS client_id,
        p.currency AS currency,
        coalesce(k.starts_on, day_of(k.created_at, $zone)) AS agreed,
        k.fee AS fee
    FROM snapshot.projects AS p
    JOIN projects AS k ON k.account_id = $account_id AND k.id = p.id AND k.deleted_at IS NULL
    WHERE p.is_fixed_fee AND k.fee > 0 AND coalesce(k.starts_on, k.created_at) IS NOT NULL
),
invoiced AS (
    SELECT
        f.*,
        greatest(l.day, f.agreed) AS day,
        l.amount AS amount,
        sum(l.amount) OVER (
            PARTITION BY f.project_id ORDER BY l.day, l.invoice_id, l.id
            ROWS UNBOUNDED PRECEDING
        ) AS to_date
    FROM fixed AS f
    JOIN snapshot.invoice_line_facts AS l
        ON l.project_id = f.project_id AND l.currency IS NOT DISTINCT FROM f.currency
    WHERE l.state IS DISTINCT FROM 'draft' AND NOT l.is_retainer AND NOT l.is_expense
)
SELECT
    $account_id AS account_id,
    m.project_id AS project_id,
    m.day AS day,
    m.client_id AS client_id,
    m.currency AS currency,
    CAST(m.amount AS DECIMAL(28, 6)) AS amount
FROM (
    SELECT project_id AS project_id, agreed AS day, client_id AS client_id,
        currency AS currency, fee AS amount
    FROM fixed
    UNION ALL
    SELECT project_id, day, client_id, currency,
        least(to_date - amount, fee) - least(to_date, fee)
    FROM invoiced
) AS m
ORDER BY day, project_id
