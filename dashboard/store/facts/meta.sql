-- Grain: one row: what this snapshot is a copy of, and how the account writes numbers and dates.
SELECT
    $account_id AS account_id,
    $version AS version,
    $source AS source,
    CAST($published_at AS TIMESTAMP) AS published_at,
    CAST($synced_at AS TIMESTAMP) AS synced_at,
    CAST($time_since AS DATE) AS since,
    $partial AS partial,
    coalesce(c.name, 'Harvest account ' || $account_id) AS account_name,
    -- The one that is set, else Harvest's; where neither is, it is known if all clients share one.
    coalesce(
        CAST($currency AS VARCHAR),
        (SELECT CASE WHEN count(DISTINCT k.currency) = 1 THEN max(k.currency) END
         FROM clients AS k WHERE k.account_id = $account_id)
    ) AS currency,
    -- Harvest lists Saturday, Sunday and Monday; its help says any day.
    coalesce(
        list_position(
            ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
            lower(c.week_start_day)
        ) - 1,
        0
    ) AS week_start,
    -- Of the token's user, in Harvest's word; and the zone whose days instants fall on.
    (SELECT a.timezone FROM accounts AS a WHERE a.account_id = $account_id) AS timezone,
    $zone AS zone,
    -- The newest day with an entry whose rounding and rates are derived.
    (SELECT max(day) FROM snapshot.time_facts WHERE is_derived) AS derived_until,
    c.base_uri AS base_uri,
    c.time_format AS time_format,
    c.date_format AS date_format,
    c.decimal_symbol AS decimal_symbol,
    c.thousands_separator AS thousands_separator,
    c.currency_symbol_display AS currency_symbol_display,
    c.currency_code_display AS currency_code_display
FROM (SELECT 1)
LEFT JOIN company AS c ON c.account_id = $account_id
