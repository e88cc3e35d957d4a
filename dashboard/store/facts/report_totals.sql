-- Grain: one window of days and currency: Harvest's time report of it beside what is stored here.
-- Only what came through the hosted connector has any: its rates are derived, and this is how far
-- off that is. Amounts are billable ones in the currency, without fixed fees.
SELECT
    t.account_id AS account_id,
    t.first_day AS first_day,
    t.last_day AS last_day,
    t.currency AS currency,
    any_value(t.hours) AS report_hours,
    coalesce(sum(f.rounded_hours), 0) AS hours,
    any_value(t.amount) AS report_amount,
    coalesce(sum(f.rounded_amount) FILTER (NOT f.is_fixed_fee), 0) AS amount
FROM time_reports AS t
LEFT JOIN snapshot.time_facts AS f
    ON f.day BETWEEN t.first_day AND t.last_day AND f.currency IS NOT DISTINCT FROM t.currency
WHERE t.account_id = $account_id
GROUP BY t.account_id, t.first_day, t.last_day, t.currency
ORDER BY first_day, currency
