-- Grain: one change of a project's budget, or of what is spent of it, on one day; their sums up to
-- a day are how it stood on that day, as in Harvest's budget report.
-- A budget is in hours or in the client's currency: `currency` is 'hours' or its code. A monthly one
-- begins anew with each month. Sizes are as they were on the day, where that is known: see history;
-- before `known_from` they are what was seen then. A project without a number has no budget, and
-- neither has a task or a person. Archived projects are among them, as in Harvest's report.
-- What is used of fees is not known where the token does not see rates: these hours have rows of
-- their own (`is_hidden`) that use up nothing. `fee_hours` are those that use up fees.
-- What was used before the first day stored is Harvest's report less what is stored: see `opening`.
-- `spent_from` is the first day on which all that is used is known; NULL where it always is.
WITH seen AS (
    SELECT entity AS entity, id AS id, field AS field, value AS value, seen_from AS seen_from,
        coalesce(seen_until, DATE '9999-12-31') AS seen_until
    FROM history
    WHERE account_id = $account_id
),
parts AS (
    SELECT a.project_id AS project_id, s.entity AS entity, s.value AS value,
        s.seen_from AS seen_from, s.seen_until AS seen_until
    FROM seen AS s
    JOIN (
        SELECT 'task_assignments' AS entity, t.id AS id, t.project.id AS project_id
        FROM task_assignments AS t
        WHERE t.account_id = $account_id AND t.deleted_at IS NULL
        UNION ALL
        SELECT 'user_assignments', u.id, u.project.id
        FROM user_assignments AS u
        WHERE u.account_id = $account_id AND u.deleted_at IS NULL
    ) AS a ON a.entity = s.entity AND a.id = s.id
    WHERE s.field = 'budget'
),
cuts AS (
    SELECT
        project_id AS project_id,
        day AS day,
        min(day) OVER (PARTITION BY project_id) AS known_from,
        lead(day, 1, DATE '9999-12-31') OVER (PARTITION BY project_id ORDER BY day) AS until
    FROM (
        SELECT id AS project_id, seen_from AS day FROM seen WHERE entity = 'projects'
        UNION
        SELECT project_id, seen_from FROM parts
    )
),
shared AS (
    SELECT c.project_id AS project_id, c.day AS day, p.entity AS entity,
        sum(CAST(p.value AS DECIMAL(18, 6))) AS size
    FROM cuts AS c
    JOIN parts AS p
        ON p.project_id = c.project_id AND p.seen_from <= c.day AND c.day < p.seen_until
    GROUP BY c.project_id, c.day, p.entity
),
settings AS (
    SELECT
        c.project_id AS project_id,
        c.day AS day,
        c.until AS until,
        c.known_from AS known_from,
        max(s.value) FILTER (s.field = 'budget_by') AS budget_by,
        coalesce(max(s.value) FILTER (s.field = 'budget_is_monthly') = 'true', false) AS is_monthly,
        coalesce(max(s.value) FILTER (s.field = 'cost_budget_include_expenses') = 'true', false)
            AS with_expenses,
        CAST(max(s.value) FILTER (s.field = 'budget') AS DECIMAL(18, 6)) AS hours,
        CAST(max(s.value) FILTER (s.field = 'cost_budget') AS DECIMAL(18, 6)) AS fees
    FROM cuts AS c
    JOIN seen AS s
        ON s.entity = 'projects' AND s.id = c.project_id
        AND s.seen_from <= c.day AND c.day < s.seen_until
    GROUP BY c.project_id, c.day, c.until, c.known_from
),
stored AS (
    SELECT f.project_id AS project_id, f.day AS day, f.is_rate_hidden AS is_hidden,
        sum(f.rounded_hours) AS hours, sum(f.rounded_hours) FILTER (f.billable) AS fee_hours,
        -- Hours that are not billable, or have no rate, use up no fees.
        coalesce(sum(f.rounded_amount), 0) AS fees, 0 AS expenses
    FROM snapshot.time_facts AS f
    JOIN projects AS k
        ON k.account_id = $account_id AND k.id = f.project_id AND k.deleted_at IS NULL
    -- Whichever hours this account's budget report counts: see readings.
    WHERE ($budget_hours = 'all' OR f.is_budgeted)
        AND ($budget_hours <> 'billable' OR f.billable)
        AND (
            NOT $blanks_left_out
            OR k.budget_by IN ('task', 'task_fees') AND f.task_id IN (
                SELECT t.task.id FROM task_assignments AS t
                WHERE t.account_id = $account_id AND t.project.id = f.project_id
                    AND t.deleted_at IS NULL AND t.budget IS NOT NULL
            )
            OR k.budget_by = 'person' AND f.user_id IN (
                SELECT u.user.id FROM user_assignments AS u
                WHERE u.account_id = $account_id AND u.project.id = f.project_id
                    AND u.deleted_at IS NULL AND u.budget IS NOT NULL
            )
            OR k.budget_by IN ('project', 'project_cost')
        )
    GROUP BY f.project_id, f.day, f.is_rate_hidden
    UNION ALL
    SELECT x.project_id, x.day, false, 0, 0, 0, coalesce(sum(x.amount), 0)
    FROM snapshot.expense_facts AS x
    WHERE NOT $billable_expenses OR x.billable
    GROUP BY x.project_id, x.day
),
-- Projects that began before the first day stored: only they can have used something before it.
older AS (
    SELECT
        p.id AS project_id,
        p.budget_by AS budget_by,
        p.budget_is_monthly IS TRUE AS is_monthly,
        -- A monthly budget begins anew: older days count in the month of that day alone.
        CASE WHEN p.budget_is_monthly
            THEN CAST(date_trunc('month', CAST($budgets_since AS DATE)) AS DATE)
            ELSE DATE '0001-01-01'
        END AS first_day,
        CASE WHEN p.budget_is_monthly THEN last_day(CAST($budgets_since AS DATE)) ELSE DATE '9999-12-31' END
            AS last_day,
        p.budget_by = 'project_cost' AND coalesce(p.cost_budget_include_expenses, false)
            AS with_expenses,
        r.spent AS reported
    FROM projects AS p
    LEFT JOIN budget_reports AS r
        ON r.account_id = p.account_id AND r.project_id = p.id AND r.budget_by = p.budget_by
        AND (
            p.budget_is_monthly IS NOT TRUE
            OR date_trunc('month', CAST($budgets_since AS DATE))
                = date_trunc('month', CAST($today AS DATE))
        )
    WHERE p.account_id = $account_id
        AND p.deleted_at IS NULL
        AND p.budget_by <> 'none'
        AND coalesce(p.starts_on, day_of(p.created_at, $zone)) < $budgets_since
        AND (p.budget_is_monthly IS NOT TRUE OR day(CAST($budgets_since AS DATE)) > 1)
),
opening AS (
    SELECT
        o.project_id AS project_id,
        o.budget_by IN ('project_cost', 'task_fees') AS is_money,
        o.reported - coalesce((
            SELECT sum(
                CASE WHEN o.budget_by IN ('project_cost', 'task_fees')
                    THEN s.fees + CASE WHEN o.with_expenses THEN s.expenses ELSE 0 END
                    ELSE s.hours
                END
            )
            FROM stored AS s
            WHERE s.project_id = o.project_id AND s.day BETWEEN o.first_day AND o.last_day
        ), 0) AS amount
    FROM older AS o
    WHERE o.reported IS NOT NULL
),
spent AS (
    SELECT project_id AS project_id, day AS day, is_hidden AS is_hidden, hours AS hours,
        fee_hours AS fee_hours, fees AS fees, expenses AS expenses, false AS is_opening
    FROM stored
    UNION ALL
    SELECT project_id, CAST($budgets_since AS DATE) - 1, false,
        CASE WHEN is_money THEN 0 ELSE amount END, 0,
        CASE WHEN is_money THEN amount ELSE 0 END, 0, true
    FROM opening
),
budgets AS (
    SELECT
        s.project_id AS project_id,
        k.client_id AS client_id,
        s.budget_by AS budget_by,
        s.is_monthly AS is_monthly,
        s.with_expenses AND s.budget_by = 'project_cost' AS with_expenses,
        s.known_from AS known_from,
        s.until AS until,
        CASE WHEN s.budget_by IN ('project_cost', 'task_fees') THEN k.currency ELSE 'hours' END
            AS currency,
        CASE s.budget_by
            WHEN 'project' THEN s.hours
            WHEN 'project_cost' THEN s.fees
            ELSE h.size
        END AS size,
        CASE WHEN s.day > s.known_from THEN s.day ELSE DATE '0001-01-01' END AS first_day,
        least(
            p.starts_on,
            day_of(p.created_at, $zone),
            (SELECT min(d.day) FROM spent AS d WHERE d.project_id = s.project_id),
            s.known_from
        ) AS began
    FROM settings AS s
    JOIN snapshot.projects AS k ON k.id = s.project_id
    JOIN projects AS p ON p.account_id = $account_id AND p.id = s.project_id AND p.deleted_at IS NULL
    LEFT JOIN shared AS h
        ON h.project_id = s.project_id AND h.day = s.day
        AND h.entity = CASE s.budget_by
            WHEN 'person' THEN 'user_assignments'
            WHEN 'task' THEN 'task_assignments'
            WHEN 'task_fees' THEN 'task_assignments'
        END
    WHERE s.budget_by <> 'none'
),
used AS (
    SELECT
        b.project_id AS project_id,
        b.currency AS currency,
        greatest(d.day, b.first_day) AS day,
        -- What was spent before a change of the settings is counted by the new ones from then on.
        CASE WHEN b.is_monthly
            THEN least(b.until, CAST(date_trunc('month', d.day) + INTERVAL 1 MONTH AS DATE))
            ELSE b.until
        END AS until,
        d.day >= b.first_day AND NOT d.is_opening AS is_new,
        b.currency IS DISTINCT FROM 'hours' AND d.is_hidden AS is_hidden,
        CASE WHEN b.currency IS DISTINCT FROM 'hours' THEN coalesce(d.fee_hours, 0) ELSE 0 END AS fee_hours,
        CASE WHEN b.currency = 'hours' THEN d.hours
            ELSE d.fees + CASE WHEN b.with_expenses THEN d.expenses ELSE 0 END
        END AS amount
    FROM budgets AS b
    JOIN spent AS d ON d.project_id = b.project_id
    WHERE b.size IS NOT NULL
),
changes AS (
    SELECT project_id AS project_id, currency AS currency, greatest(first_day, began) AS day,
        false AS is_hidden, size AS budget, 0 AS spent, 0 AS burned, 0 AS fee_hours
    FROM budgets WHERE size IS NOT NULL
    UNION ALL
    SELECT project_id, currency, until, false, -size, 0, 0, 0
    FROM budgets WHERE size IS NOT NULL AND until < DATE '9999-12-31'
    UNION ALL
    SELECT project_id, currency, day, is_hidden, 0, amount,
        CASE WHEN is_new THEN amount ELSE 0 END, fee_hours
    FROM used WHERE day < until AND (amount <> 0 OR fee_hours <> 0)
    UNION ALL
    SELECT project_id, currency, until, is_hidden, 0, -amount, 0, -fee_hours
    FROM used
    WHERE day < until AND (amount <> 0 OR fee_hours <> 0) AND until < DATE '9999-12-31'
)
SELECT
    $account_id AS account_id,
    c.project_id AS project_id,
    c.day AS day,
    k.client_id AS client_id,
    c.currency AS currency,
    c.is_hidden AS is_hidden,
    CAST(sum(c.budget) AS DECIMAL(28, 6)) AS budget,
    CAST(sum(c.spent) AS DECIMAL(28, 6)) AS spent,
    -- What was used up on the day alone, whatever ended or began on it.
    CAST(sum(c.burned) AS DECIMAL(28, 6)) AS burned,
    CAST(sum(c.fee_hours) AS DECIMAL(28, 6)) AS fee_hours,
    (SELECT min(b.known_from) FROM budgets AS b WHERE b.project_id = c.project_id) AS known_from,
    (
        SELECT CASE
            WHEN o.reported IS NOT NULL THEN CAST($budgets_since AS DATE)
            WHEN o.is_monthly THEN o.last_day + 1
            ELSE DATE '9999-12-31'
        END
        FROM older AS o WHERE o.project_id = c.project_id
    ) AS spent_from,
    EXISTS (SELECT 1 FROM opening AS n WHERE n.project_id = c.project_id) AS is_reported
FROM changes AS c
JOIN snapshot.projects AS k ON k.id = c.project_id
GROUP BY c.project_id, c.day, k.client_id, c.currency, c.is_hidden
ORDER BY day, project_id
