WITH sums AS (
SELECT f.currency AS currency, sum(f.rounded_amount) FILTER (WHERE f.billable AND NOT f.is_fixed_fee) AS billable_amount, NULL AS billable_expense_amount, NULL AS earned_fees_amount, sum(f.rounded_cost) AS cost_amount_by_client, NULL AS expense_amount, sum(f.rounded_hours) FILTER (WHERE f.cost_rate > 0) AS costed_hours, sum(f.rounded_hours) AS hours
FROM time_facts AS f WHERE f.day BETWEEN ? AND ?
GROUP BY 1
UNION ALL
SELECT f.currency AS currency, NULL AS billable_amount, sum(f.amount) FILTER (WHERE f.billable) AS billable_expense_amount, NULL AS earned_fees_amount, NULL AS cost_amount_by_client, sum(f.amount) AS expense_amount, NULL AS costed_hours, NULL AS hours
FROM expense_facts AS f WHERE f.day BETWEEN ? AND ?
GROUP BY 1
UNION ALL
SELECT f.currency AS currency, NULL AS billable_amount, NULL AS billable_expense_amount, sum(f.amount) AS earned_fees_amount, NULL AS cost_amount_by_client, NULL AS expense_amount, NULL AS costed_hours, NULL AS hours
FROM fee_facts AS f WHERE f.day BETWEEN ? AND ?
GROUP BY 1
),
added AS (
SELECT currency, sum(billable_amount) AS billable_amount, sum(billable_expense_amount) AS billable_expense_amount, sum(earned_fees_amount) AS earned_fees_amount, sum(cost_amount_by_client) AS cost_amount_by_client, sum(expense_amount) AS expense_amount, sum(costed_hours) AS costed_hours, sum(hours) AS hours
FROM sums
GROUP BY currency
)
SELECT a.currency AS currency,
    CASE WHEN a.currency = ? AND (CAST(coalesce(a.costed_hours, 0) AS DOUBLE) <> 0 OR CAST(coalesce(a.hours, 0) AS DOUBLE) = 0) THEN CAST(coalesce(a.billable_amount, 0) + coalesce(a.billable_expense_amount, 0) + coalesce(a.earned_fees_amount, 0) - coalesce(a.cost_amount_by_client, 0) - coalesce(a.expense_amount, 0) AS DOUBLE) END AS "gross_margin_amount"
FROM added AS a
ORDER BY currency

-- 2026-01-05, 2026-01-18, 2026-01-05, 2026-01-18, 2026-01-05, 2026-01-18, EUR
