-- Grain: one fixed-fee project on one day: the part of its fee earned on that day.
-- The fee, or what was invoiced for it where that is more, in equal parts from `starts_on` to
-- `ends_on`. A project without both days, or of more than a hundred years, earns what is invoiced
-- on the day it is. Neither drafts nor retainers nor billed expenses count as invoiced. Of a fee that
-- the token does not see (`is_hidden`), what was invoiced is all that is known.
WITH lines AS (
    SELECT l.project_id AS project_id, l.day AS day, l.currency AS currency, l.amount AS amount
    FROM snapshot.invoice_line_facts AS l
    WHERE l.state IS DISTINCT FROM 'draft' AND NOT l.is_retainer AND NOT l.is_expense
),
fixed AS (
    SELECT
        p.id AS project_id,
        p.client_id AS client_id,
        p.currency AS currency,
        k.fee IS NULL AND (SELECT v.rates <> 'all' FROM snapshot.visibility AS v) AS is_hidden,
        k.starts_on AS starts_on,
        k.ends_on AS ends_on,
        CASE WHEN k.ends_on - k.starts_on BETWEEN 0 AND 36600 THEN k.ends_on - k.starts_on + 1 END
            AS days,
        CAST(greatest(
            coalesce(k.fee, 0),
            coalesce((
                SELECT sum(l.amount) FROM lines AS l
                WHERE l.project_id = p.id AND l.currency IS NOT DISTINCT FROM p.currency
            ), 0)
        ) AS DOUBLE) AS fee
    FROM snapshot.projects AS p
    JOIN projects AS k ON k.account_id = $account_id AND k.id = p.id AND k.deleted_at IS NULL
    WHERE p.is_fixed_fee
)
SELECT
    $account_id AS account_id,
    m.project_id AS project_id,
    m.day AS day,
    m.client_id AS client_id,
    m.currency AS currency,
    m.is_hidden AS is_hidden,
    m.amount AS amount
FROM (
    -- Differences of what is earned to date, so that the parts are the fee to the last digit.
    SELECT
        f.project_id AS project_id,
        CAST(f.starts_on + CAST(n.number AS INTEGER) AS DATE) AS day,
        f.client_id AS client_id,
        f.currency AS currency,
        f.is_hidden AS is_hidden,
        CAST(round(f.fee * (n.number + 1) / f.days, 6) AS DECIMAL(28, 6))
            - CAST(round(f.fee * n.number / f.days, 6) AS DECIMAL(28, 6)) AS amount
    FROM fixed AS f, LATERAL (SELECT unnest(range(f.days)) AS number) AS n
    WHERE f.days IS NOT NULL
    UNION ALL
    SELECT f.project_id, l.day, f.client_id, l.currency, false, sum(l.amount)
    FROM fixed AS f
    JOIN lines AS l ON l.project_id = f.project_id
    WHERE f.days IS NULL
    GROUP BY ALL
) AS m
ORDER BY day, project_id
