-- Grain: one time entry of which the hosted copy has the searchable fields alone.
-- Rates by the account's rules as they are now: who supplies a project's rate is in `bill_by`.
-- Rounded hours by the rule found in whole entries; NULL where none was.
SELECT
    e.account_id AS account_id,
    e.id AS id,
    CASE WHEN $round_minutes IS NOT NULL THEN
        rounded_hours_of(e.hours, $round_minutes, $round_way)
    END AS rounded_hours,
    CASE WHEN e.billable THEN
        CASE p.bill_by
            WHEN 'Project' THEN p.hourly_rate
            WHEN 'Tasks' THEN t.hourly_rate
            WHEN 'People' THEN
                CASE WHEN coalesce(a.use_default_rates, true) THEN u.default_hourly_rate
                ELSE a.hourly_rate END
        END
    END AS billable_rate,
    u.cost_rate AS cost_rate
FROM time_entries AS e
LEFT JOIN projects AS p ON p.account_id = e.account_id AND p.id = e.project.id
LEFT JOIN users AS u ON u.account_id = e.account_id AND u.id = e.user.id
LEFT JOIN (
    -- A person or a task may have been taken off a project and put on it again.
    SELECT
        k.project.id AS project_id,
        k.user.id AS user_id,
        arg_max(k.hourly_rate, (k.is_active, k.id)) AS hourly_rate,
        arg_max(k.use_default_rates, (k.is_active, k.id)) AS use_default_rates
    FROM user_assignments AS k
    WHERE k.account_id = $account_id
    GROUP BY ALL
) AS a ON a.project_id = e.project.id AND a.user_id = e.user.id
LEFT JOIN (
    SELECT
        k.project.id AS project_id,
        k.task.id AS task_id,
        arg_max(k.hourly_rate, (k.is_active, k.id)) AS hourly_rate
    FROM task_assignments AS k
    WHERE k.account_id = $account_id
    GROUP BY ALL
) AS t ON t.project_id = e.project.id AND t.task_id = e.task.id
WHERE e.account_id = $account_id AND e.deleted_at IS NULL AND e.basis = 'search'
