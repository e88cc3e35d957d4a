-- Grain: one task and currency: its time over all days kept, as Harvest's time report has it.
SELECT
    f.task_id AS task_id,
    any_value(t.name) AS task_name,
    sum(f.rounded_hours) AS total_hours,
    coalesce(sum(f.rounded_hours) FILTER (f.billable), 0) AS billable_hours,
    f.currency AS currency,
    -- As in time_projects.sql.
    CASE WHEN NOT bool_or(f.billable AND NOT f.is_fixed_fee)
            OR (SELECT count(billable_rate) > 0 FROM snapshot.time_facts)
            AND NOT bool_or(f.is_rate_hidden AND NOT f.is_fixed_fee)
        THEN round(coalesce(sum(f.rounded_amount) FILTER (NOT f.is_fixed_fee), 0), 2)
    END AS billable_amount
FROM snapshot.time_facts AS f
JOIN snapshot.tasks AS t ON t.id = f.task_id
GROUP BY f.task_id, f.currency
ORDER BY f.task_id, f.currency
