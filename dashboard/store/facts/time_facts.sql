-- Grain: one time entry. Amounts are in the client's currency, cost in the account's.
-- The client is the one whose project it is now, as in Harvest's reports: the entry's own copy is
-- older than the project, and counts only where the project is not known.
-- An amount is NULL where Harvest gives no rate: unpriced, or unknown where the token sees no rates
-- (`is_rate_hidden`, see visibility), never zero.
-- Where Harvest's reports leave running timers out, those are in running_facts instead.
SELECT
    e.account_id AS account_id,
    e.id AS id,
    e.spent_date AS day,
    e.user.id AS user_id,
    c.id AS client_id,
    e.project.id AS project_id,
    e.task.id AS task_id,
    s.role_id AS role_id,
    coalesce(c.currency, CAST($currency AS VARCHAR)) AS currency,
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
    coalesce(e.billable, false)
        AND coalesce(e.billable_rate, d.billable_rate) IS NULL
        AND (v.rates = 'none' OR v.rates = 'own' AND e.user.id IS DISTINCT FROM v.user_id)
        AS is_rate_hidden,
    -- Wider than they are at rest: a product of two of 18 digits has no room for a million.
    -- Rounded where this account's reports add up rounded amounts: see readings.
    CASE WHEN e.billable THEN amount_of(
        coalesce(e.rounded_hours, d.rounded_hours, e.hours),
        coalesce(e.billable_rate, d.billable_rate), c.currency, $amount_way, $two_places
    ) END AS rounded_amount,
    CASE WHEN e.billable THEN amount_of(
        e.hours, coalesce(e.billable_rate, d.billable_rate), c.currency, $amount_way, $two_places
    ) END AS raw_amount,
    TRY_CAST(
        CAST(coalesce(e.rounded_hours, d.rounded_hours, e.hours) AS DECIMAL(19, 6))
        * coalesce(e.cost_rate, d.cost_rate) AS DECIMAL(18, 6)
    ) AS rounded_cost,
    TRY_CAST(
        CAST(e.hours AS DECIMAL(19, 6)) * coalesce(e.cost_rate, d.cost_rate) AS DECIMAL(18, 6)
    ) AS raw_cost,
    e.invoice.id AS invoice_id,
    e.approval_status AS approval_status,
    e.notes AS notes
FROM time_entries AS e
LEFT JOIN snapshot.projects AS p ON p.id = e.project.id
LEFT JOIN snapshot.clients AS c
    ON c.id = coalesce(CASE WHEN p.is_known THEN p.client_id END, e.client.id)
LEFT JOIN snapshot.tasks AS t ON t.id = e.task.id
LEFT JOIN snapshot.person_spans AS s
    ON s.user_id = e.user.id AND e.spent_date BETWEEN s.first_day AND s.last_day
LEFT JOIN snapshot.derived_entries AS d ON d.id = e.id
CROSS JOIN snapshot.visibility AS v
WHERE e.account_id = $account_id
    AND e.deleted_at IS NULL
    -- Days that are not stored in full would show too little.
    AND ($time_since IS NULL OR e.spent_date >= $time_since)
ORDER BY e.spent_date, e.id
