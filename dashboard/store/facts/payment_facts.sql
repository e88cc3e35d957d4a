-- Grain: one part of what settled one invoice, on its own day; a draft has none. `kind` is 'paid'
-- (cash, refunds negative), 'drawn' (from a retainer, no cash) or 'settled' (see below).
-- Payments are facts once they were read for the invoice as it is now: neither its due amount nor
-- its state changes them. Before that, what it says was paid beyond the payments known is
-- reconstructed: in full on its paid date, in part on the day the invoice last changed.
-- Work on a retainer's invoice is paid from the retainer as far as its balance goes on that day:
-- deposits paid, less draws. What is beyond that, and what came through a payment gateway, is cash.
-- An invoice that Harvest calls paid owes nothing. What its payments, all read, leave open was
-- 'settled' without cash: from the retainer where it has one, else in a way that is not told.
WITH RECURSIVE known AS (
    SELECT
        k.id AS id,
        k.invoice_id AS invoice_id,
        coalesce(k.paid_date, day_of(coalesce(k.paid_at, k.created_at), $zone)) AS day,
        k.amount AS amount,
        k.payment_gateway.id IS NOT NULL OR coalesce(k.transaction_id, '') <> '' AS is_online
    FROM invoice_payments AS k
    WHERE k.account_id = $account_id AND k.deleted_at IS NULL
),
issued AS (
    SELECT
        f.*,
        r.invoice_id IS NOT NULL AS is_read,
        -- What is left to be settled by payments.
        f.amount - f.drawn_amount AS net,
        coalesce(k.amount, 0) AS known_amount,
        k.amount IS NOT NULL AS has_known,
        i.due_amount AS due_amount,
        coalesce(
            CASE WHEN f.state = 'paid' THEN coalesce(i.paid_date, day_of(i.paid_at, $zone)) END,
            day_of(i.updated_at, $zone)
        ) AS rest_day
    FROM snapshot.invoice_facts AS f
    JOIN invoices AS i ON i.account_id = $account_id AND i.id = f.id
    LEFT JOIN payments_read AS r
        ON r.account_id = $account_id AND r.invoice_id = f.id
        AND r.seen = invoice_look(i.updated_at, i.state, i.amount, i.due_amount)
    LEFT JOIN (
        SELECT invoice_id AS invoice_id, sum(amount) AS amount FROM known GROUP BY invoice_id
    ) AS k ON k.invoice_id = f.id
    WHERE f.state IS DISTINCT FROM 'draft'
),
rests AS (
    SELECT
        i.*,
        CASE
            -- Of one that is paid, what is beyond its amount was not told.
            WHEN i.state = 'paid' AND i.net >= 0 THEN greatest(i.net - i.known_amount, 0)
            WHEN i.state = 'paid' THEN least(i.net - i.known_amount, 0)
            -- Of a credit note, what is due is not documented either.
            WHEN i.is_read OR i.net < 0 THEN 0
            WHEN i.state = 'open' THEN coalesce(i.net - i.due_amount - i.known_amount, 0)
            -- What a written-off invoice shows as due is not documented: nothing and all of it say
            -- nothing, and its own payments say more.
            WHEN i.state = 'closed' AND NOT i.has_known
                AND i.due_amount > 0 AND i.due_amount < i.net THEN i.net - i.due_amount
            ELSE 0
        END AS rest
    FROM issued AS i
),
payments AS (
    SELECT id AS id, invoice_id AS invoice_id, day AS day, amount AS amount, 'paid' AS kind,
        is_online AS is_online, false AS is_reconstructed
    FROM known
    UNION ALL
    SELECT NULL, id, rest_day, rest, CASE WHEN is_read THEN 'settled' ELSE 'paid' END, false,
        NOT is_read
    FROM rests WHERE rest <> 0
    UNION ALL
    SELECT NULL, id, day, drawn_amount, 'drawn', false, false
    FROM issued WHERE drawn_amount <> 0
),
dated AS (
    SELECT
        p.*,
        row_number() OVER (ORDER BY p.invoice_id, p.id, p.kind, p.day) AS number,
        coalesce(p.day, i.day) AS paid_day,
        i.retainer_id AS retainer_id,
        i.currency AS currency,
        i.is_deposit AS is_deposit,
        NOT i.is_deposit AND i.drawn_amount = 0 AND p.amount > 0 AND NOT p.is_online AS may_draw
    FROM payments AS p
    JOIN issued AS i ON i.id = p.invoice_id
),
events AS MATERIALIZED (
    SELECT
        d.*,
        row_number() OVER (
            PARTITION BY d.retainer_id, d.currency
            ORDER BY d.paid_day, NOT d.is_deposit, d.may_draw, d.number
        ) AS place
    FROM dated AS d
    WHERE d.retainer_id IS NOT NULL
        AND (d.may_draw OR d.kind = 'drawn' OR d.is_deposit AND d.kind = 'paid')
),
walk AS (
    SELECT
        e.retainer_id AS retainer_id, e.currency AS currency, 0::BIGINT AS place,
        0::BIGINT AS number, CAST(0 AS DECIMAL(28, 6)) AS drawn,
        CAST(0 AS DECIMAL(28, 6)) AS balance
    FROM events AS e
    WHERE e.place = 1
    UNION ALL
    SELECT
        e.retainer_id, e.currency, e.place, e.number,
        CAST(CASE WHEN e.may_draw THEN least(e.amount, greatest(w.balance, 0)) ELSE 0 END
            AS DECIMAL(28, 6)),
        CAST(w.balance + CASE
            WHEN e.may_draw THEN -least(e.amount, greatest(w.balance, 0))
            WHEN e.kind = 'drawn' THEN -e.amount
            ELSE e.amount
        END AS DECIMAL(28, 6))
    FROM walk AS w
    JOIN events AS e
        ON e.retainer_id = w.retainer_id AND e.currency IS NOT DISTINCT FROM w.currency
        AND e.place = w.place + 1
),
parts AS (
    SELECT d.*, 'drawn' AS part, w.drawn AS part_amount
    FROM dated AS d JOIN walk AS w ON w.number = d.number AND w.drawn <> 0
    UNION ALL
    SELECT d.*, d.kind, d.amount - coalesce(w.drawn, 0)
    FROM dated AS d LEFT JOIN walk AS w ON w.number = d.number
    WHERE d.amount IS DISTINCT FROM coalesce(w.drawn, 0)
)
SELECT
    $account_id AS account_id,
    p.id AS id,
    i.id AS invoice_id,
    i.number AS number,
    p.paid_day AS day,
    i.day AS issued_day,
    i.client_id AS client_id,
    i.currency AS currency,
    i.state AS state,
    i.due_date AS due_date,
    i.is_deposit AS is_deposit,
    p.part AS kind,
    CAST(p.part_amount AS DECIMAL(28, 6)) AS amount,
    -- Weighed by the amount: a sum of these over a sum of amounts is the days it took.
    CAST(p.part_amount * (p.paid_day - i.day) AS DECIMAL(38, 6)) AS amount_days,
    p.is_reconstructed AS is_reconstructed
FROM parts AS p
JOIN issued AS i ON i.id = p.invoice_id
ORDER BY day, invoice_id, id, kind
