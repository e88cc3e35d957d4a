-- Grain: one expense. Amounts are in the client's currency. The client is the one whose project it
-- is now: see time_facts.
SELECT
    e.account_id AS account_id,
    e.id AS id,
    e.spent_date AS day,
    e.user.id AS user_id,
    c.id AS client_id,
    e.project.id AS project_id,
    e.expense_category.id AS category_id,
    u.role_id AS role_id,
    coalesce(u.is_contractor, false) AS is_contractor,
    coalesce(c.currency, CAST($currency AS VARCHAR)) AS currency,
    coalesce(e.billable, false) AS billable,
    coalesce(e.is_billed, false) AS is_billed,
    coalesce(p.is_fixed_fee, false) AS is_fixed_fee,
    -- NULL is not known, and is in no sum.
    e.total_cost AS amount,
    e.invoice.id AS invoice_id,
    e.approval_status AS approval_status
FROM expenses AS e
LEFT JOIN snapshot.projects AS p ON p.id = e.project.id
LEFT JOIN snapshot.clients AS c
    ON c.id = coalesce(CASE WHEN p.is_known THEN p.client_id END, e.client.id, p.client_id)
LEFT JOIN snapshot.users AS u ON u.id = e.user.id
WHERE e.account_id = $account_id
    AND e.deleted_at IS NULL
    AND ($expenses_since IS NULL OR e.spent_date >= $expenses_since)
ORDER BY day, id
