WITH sums AS (
SELECT f.client_id AS client_key, f.project_id AS project_key, sum(f.raw_hours) AS hours, sum(f.raw_hours) FILTER (WHERE f.billable AND NOT f.is_fixed_fee AND coalesce(f.billable_rate, 0) = 0 AND NOT f.is_rate_hidden) AS unpriced_hours
FROM time_facts AS f WHERE f.day BETWEEN ? AND ?
GROUP BY 1, 2
),
added AS (
SELECT client_key, project_key, sum(hours) AS hours, sum(unpriced_hours) AS unpriced_hours, 1 - grouping(project_key) AS level
FROM sums
GROUP BY GROUPING SETS ((client_key), (client_key, project_key))
)
SELECT a.level AS level,
    CASE WHEN a.client_key IS NULL THEN 'No client' ELSE coalesce(client_names.name, '#' || a.client_key) END AS "client",
    a.client_key AS client_id,
    CASE WHEN a.level = 1 THEN CASE WHEN a.project_key IS NULL THEN 'No project' ELSE coalesce(project_names.name, '#' || a.project_key) END END AS "project",
    a.project_key AS project_id,
    CAST(coalesce(a.hours, 0) AS DOUBLE) AS "hours",
    CAST(coalesce(a.unpriced_hours, 0) AS DOUBLE) AS "unpriced_hours"
FROM added AS a
LEFT JOIN (SELECT e.id, e.name FROM clients AS e) AS client_names ON client_names.id = a.client_key
LEFT JOIN (SELECT e.id, e.name FROM projects AS e) AS project_names ON project_names.id = a.project_key
ORDER BY strip_accents(lower("client")), "client", client_id, level, strip_accents(lower("project")), "project", project_id

-- 2026-01-05, 2026-01-18
