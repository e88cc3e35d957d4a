-- Grain: one project and currency: its time over all days kept, as Harvest's time report has it.
SELECT
    f.project_id AS project_id,
    any_value(coalesce('[' || nullif(p.code, '') || '] ', '') || p.name) AS project_name,
    any_value(p.client_id) AS client_id,
    any_value(c.name) AS client_name,
    sum(f.rounded_hours) AS total_hours,
    coalesce(sum(f.rounded_hours) FILTER (f.billable), 0) AS billable_hours,
    f.currency AS currency,
    -- Harvest counts fixed-fee work as zero, and time without a rate. Whoever may see no rates
    -- gets none on any entry: then the amount is unknown.
    CASE WHEN NOT bool_or(f.billable AND NOT f.is_fixed_fee)
            OR (SELECT count(billable_rate) > 0 FROM snapshot.time_facts)
            AND NOT bool_or(f.is_rate_hidden AND NOT f.is_fixed_fee)
        THEN round(coalesce(sum(f.rounded_amount) FILTER (NOT f.is_fixed_fee), 0), 2)
    END AS billable_amount
FROM snapshot.time_facts AS f
JOIN snapshot.projects AS p ON p.id = f.project_id
LEFT JOIN snapshot.clients AS c ON c.id = p.client_id
GROUP BY f.project_id, f.currency
ORDER BY f.project_id, f.currency
