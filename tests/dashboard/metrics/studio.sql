-- A studio of four people over two weeks; README.md works out what the numbers must be.
CREATE TABLE meta AS SELECT
    '1' AS account_id, 'Studio' AS account_name, CAST(1 AS BIGINT) AS version, 'demo' AS source,
    TIMESTAMP '2026-01-15 12:00:00' AS published_at, TIMESTAMP '2026-01-15 12:00:00' AS synced_at,
    CAST(NULL AS DATE) AS since, false AS partial, 'EUR' AS currency, 0 AS week_start, CAST(NULL AS DATE) AS derived_until,
    CAST(NULL AS VARCHAR) AS base_uri, 'decimal' AS time_format, '%Y-%m-%d' AS date_format,
    '.' AS decimal_symbol, ',' AS thousands_separator, 'before' AS currency_symbol_display,
    'iso_code_none' AS currency_code_display;

CREATE TABLE clients (account_id VARCHAR, id BIGINT, name VARCHAR, currency VARCHAR, is_active BOOLEAN);
INSERT INTO clients VALUES
    ('1', 10, 'Acme', 'EUR', true),
    ('1', 20, 'Borealis', 'USD', true);

CREATE TABLE projects (
    account_id VARCHAR, id BIGINT, name VARCHAR, code VARCHAR, client_id BIGINT, currency VARCHAR,
    is_billable BOOLEAN, is_fixed_fee BOOLEAN, is_active BOOLEAN
);
INSERT INTO projects VALUES
    ('1', 100, 'Website', 'AW', 10, 'EUR', true, false, true),
    ('1', 101, 'Brand', 'AB_1', 10, 'EUR', true, true, true),
    ('1', 200, 'Website', 'BW', 20, 'USD', true, false, true),
    ('1', 300, 'Internal', NULL, NULL, 'EUR', false, false, true);

CREATE TABLE tasks (account_id VARCHAR, id BIGINT, name VARCHAR, is_active BOOLEAN);
INSERT INTO tasks VALUES
    ('1', 1000, 'Design', true), ('1', 1001, 'Development', true), ('1', 1002, 'Meetings', true);

CREATE TABLE roles (account_id VARCHAR, id BIGINT, name VARCHAR);
INSERT INTO roles VALUES ('1', 1, 'Designer'), ('1', 2, 'Developer');

CREATE TABLE users (
    account_id VARCHAR, id BIGINT, name VARCHAR, email VARCHAR, roles VARCHAR[], role_id BIGINT,
    is_active BOOLEAN, is_contractor BOOLEAN, weekly_hours DECIMAL(12, 4)
);
INSERT INTO users VALUES
    ('1', 1, 'Ada Berg', 'ada@studio.example', ['Designer', 'Developer'], 1, true, false, 40),
    ('1', 2, 'Ada Berg', 'berg@studio.example', ['Developer'], 2, true, true, 20),
    ('1', 3, 'Cleo Idle', 'cleo@studio.example', [], NULL, true, false, 40),
    ('1', 4, 'Dan Moss', NULL, [], NULL, true, false, 10);

CREATE TABLE capacity_facts AS
SELECT
    '1' AS account_id, u.id AS user_id, CAST(d.day AS DATE) AS day, u.role_id AS role_id,
    u.is_contractor AS is_contractor, CAST(u.weekly_hours / 5 AS DECIMAL(12, 4)) AS capacity_hours,
    CAST(u.weekly_hours / 5 AS DECIMAL(12, 4)) AS gross_hours,
    CAST(u.weekly_hours / 5 AS DECIMAL(12, 4)) AS harvest_hours, false AS is_reconstructed
FROM users AS u, generate_series(DATE '2026-01-05', DATE '2026-02-27', INTERVAL 1 DAY) AS d(day)
WHERE isodow(d.day) <= 5
ORDER BY day, user_id;

CREATE TABLE entries (
    id BIGINT, day DATE, user_id BIGINT, client_id BIGINT, project_id BIGINT, task_id BIGINT,
    billable BOOLEAN, is_billed BOOLEAN, is_running BOOLEAN,
    rounded_hours DECIMAL(12, 4), raw_hours DECIMAL(12, 4),
    billable_rate DECIMAL(12, 4), cost_rate DECIMAL(12, 4), invoice_id BIGINT, notes VARCHAR
);
INSERT INTO entries VALUES
    (11, '2025-12-31', 1, 10, 100, 1000, true, true, false, 7, 7, 100, 40, 5001, 'Last year'),
    (1, '2026-01-05', 1, 10, 100, 1000, true, true, false, 2, 1.8, 100, 40, 5001, '100% done'),
    (2, '2026-01-06', 2, 10, 100, 1001, true, false, false, 4, 3.9, 50, NULL, NULL, 'snake_case'),
    (10, '2026-01-06', 1, 10, 100, 1002, false, false, false, 1, 1.2, NULL, 40, NULL, NULL),
    (3, '2026-01-07', 1, 20, 200, 1001, true, false, false, 3, 3.1, 120, 40, NULL, 'C:\temp'),
    (4, '2026-01-09', 1, 10, 101, 1000, true, false, false, 5, 5, 90, 40, NULL, 'Logo'),
    (5, '2026-01-11', 4, NULL, 300, 1002, false, false, false, 1.5, 1.4, NULL, 30, NULL, ''),
    (6, '2026-01-12', 2, 20, 200, 1001, true, false, false, 2.5, 2.4, NULL, NULL, NULL, 'No rate yet'),
    (7, '2026-01-13', 1, 10, 100, 1000, true, false, false, 0.5, 0.4, 0, 40, NULL, 'Goodwill'),
    (8, '2026-01-15', 4, 10, 100, 1002, true, false, true, 1, 0.9, 80, 30, NULL, 'Running'),
    (9, '2026-01-16', 2, 20, 200, 1000, true, false, false, 6, 6, 60, NULL, NULL, 'Entered ahead');

CREATE TABLE time_facts AS
SELECT
    '1' AS account_id, e.id, e.day, e.user_id, e.client_id, e.project_id, e.task_id, u.role_id,
    coalesce(c.currency, 'EUR') AS currency, e.billable, e.is_billed, e.is_running, p.is_fixed_fee,
    u.is_contractor, false AS is_leave, true AS is_budgeted, e.rounded_hours, e.raw_hours, e.billable_rate, e.cost_rate,
    false AS is_rate_hidden,
    CASE WHEN e.billable THEN CAST(e.rounded_hours * e.billable_rate AS DECIMAL(18, 6)) END
        AS rounded_amount,
    CASE WHEN e.billable THEN CAST(e.raw_hours * e.billable_rate AS DECIMAL(18, 6)) END AS raw_amount,
    CAST(e.rounded_hours * e.cost_rate AS DECIMAL(18, 6)) AS rounded_cost,
    CAST(e.raw_hours * e.cost_rate AS DECIMAL(18, 6)) AS raw_cost,
    e.invoice_id, CAST(NULL AS VARCHAR) AS approval_status, e.notes
FROM entries AS e
JOIN users AS u ON u.id = e.user_id
JOIN projects AS p ON p.id = e.project_id
LEFT JOIN clients AS c ON c.id = e.client_id
ORDER BY e.day, e.id;

CREATE TABLE older_time_facts AS FROM time_facts LIMIT 0;
CREATE VIEW uninvoiced_time_facts AS FROM time_facts;
