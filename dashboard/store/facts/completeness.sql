-- Grain: one set of records that is not stored in full: an entity, or its uninvoiced records.
-- `cause` is why the days before `since` are not: see completeness.py.
SELECT
    $account_id AS account_id,
    unnest(CAST($gap_records AS VARCHAR[])) AS records,
    unnest(CAST($gap_days AS DATE[])) AS since,
    unnest(CAST($gap_causes AS VARCHAR[])) AS cause
