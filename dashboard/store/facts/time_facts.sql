-- Grain: one time entry. Amounts are in the client's currency, cost in the account's.
-- An amount is NULL where Harvest gives no rate: unknown or unpriced, never zero.
SELECT
    e.account_id AS account_id,
    e.id AS id,
    e.spent_date AS day,
    e.user.id AS user_id,
    e.client.id AS client_id,
    e.project.id AS project_id,
    e.task.id AS task_id,
    s.role_id AS role_id,
    coalesce(c.currency, (SELECT currency FROM company WHERE account_id = $account_id)) AS currency,
    coalesce(e.billable, false) AS billable,
    coalesce(e.is_billed, false) AS is_billed,
    coalesce(e.is_running, false) AS is_running,
    coalesce(p.is_fixed_fee, false) AS is_fixed_fee,
    -- Role and contract as they were on the day, where that is known: see person_spans.
    coalesce(s.is_contractor, false) AS is_contractor,
    list_contains(CAST($leave_tasks AS VARCHAR[]), lower(trim(t.name))) AS is_leave,
    -- Whether it uses up a budget, where its project has one.
    coalesce(e.budgeted, true) AS is_budgeted,
    -- Whether rounding and rates are ours, where the source has none: see derived_entries.
    d.id IS NOT NULL AS is_derived,
    -- Harvest rounds each entry before it adds them up; without a rounded figure nothing was rounded.
    coalesce(e.rounded_hours, d.rounded_hours, e.hours, 0) AS rounded_hours,
    coalesce(e.hours, 0) AS raw_hours,
    coalesce(e.billable_rate, d.billable_rate) AS billable_rate,
    coalesce(e.cost_rate, d.cost_rate) AS cost_rate,
    -- Wider than they are at rest: a product of two of 18 digits has no room for a million.
    CASE WHEN e.billable THEN CAST(
        CAST(coalesce(e.rounded_hours, d.rounded_hours, e.hours) AS DECIMAL(19, 6))
        * coalesce(e.billable_rate, d.billable_rate) AS DECIMAL(18, 6)
    ) END AS rounded_amount,
    CASE WHEN e.billable THEN CAST(
        CAST(e.hours AS DECIMAL(19, 6)) * coalesce(e.billable_rate, d.billable_rate)
        AS DECIMAL(18, 6)
    ) END AS raw_amount,
    CAST(
        CAST(coalesce(e.rounded_hours, d.rounded_hours, e.hours) AS DECIMAL(19, 6))
        * coalesce(e.cost_rate, d.cost_rate) AS DECIMAL(18, 6)
    ) AS rounded_cost,
    CAST(
        CAST(e.hours AS DECIMAL(19, 6)) * coalesce(e.cost_rate, d.cost_rate) AS DECIMAL(18, 6)
    ) AS raw_cost,
    e.invoice.id AS invoice_id,
    e.approval_status AS approval_status,
    e.notes AS notes
FROM time_entries AS e
LEFT JOIN snapshot.clients AS c ON c.id = e.client.id
LEFT JOIN snapshot.projects AS p ON p.id = e.project.id
LEFT JOIN snapshot.tasks AS t ON t.id = e.task.id
LEFT JOIN snapshot.person_spans AS s
    ON s.user_id = e.user.id AND e.spent_date BETWEEN s.first_day AND s.last_day
LEFT JOIN snapshot.derived_entries AS d ON d.id = e.id
WHERE e.account_id = $account_id
    AND e.deleted_at IS NULL
    -- Days that are not stored in full would show too little.
    AND ($time_since IS NULL OR e.spent_date >= $time_since)
ORDER BY e.spent_date, e.id
