"""Tables beside the records: which account it is, how far the reading got, what was compared."""

STATE = """
CREATE TABLE IF NOT EXISTS accounts (
    account_id VARCHAR PRIMARY KEY,
    identity   VARCHAR NOT NULL,            -- which account, of which Harvest, this is a copy of
    version    BIGINT NOT NULL DEFAULT 0,   -- of the last published snapshot
    changed    BOOLEAN NOT NULL DEFAULT true -- whether records changed since
);
ALTER TABLE accounts ADD COLUMN IF NOT EXISTS fingerprint VARCHAR; -- whose token, what rights
ALTER TABLE accounts ADD COLUMN IF NOT EXISTS calendar VARCHAR; -- that facts were made with
CREATE TABLE IF NOT EXISTS checks ( -- the last comparison with Harvest, of each kind
    account_id VARCHAR,
    entity     VARCHAR,
    kind       VARCHAR,
    checked_at TIMESTAMP,
    requests   BIGINT,
    deleted    BIGINT,  -- records found to be gone
    missing    BIGINT,  -- records that were not here
    different  BIGINT,  -- records that were not as Harvest has them
    PRIMARY KEY (account_id, entity, kind)
);
CREATE TABLE IF NOT EXISTS entity_state (
    account_id   VARCHAR,
    entity       VARCHAR,
    watermark    TIMESTAMP, -- changes before this instant are stored
    read_at      TIMESTAMP, -- when it was last read
    refused      VARCHAR,   -- why Harvest would not show it; NULL when it did
    pull_started TIMESTAMP, -- when the full pull under way began; NULL when none is
    PRIMARY KEY (account_id, entity)
);
CREATE TABLE IF NOT EXISTS windows (
    account_id VARCHAR,
    entity     VARCHAR,
    first_day  DATE,
    last_day   DATE,
    PRIMARY KEY (account_id, entity, first_day, last_day) -- done, of the full pull under way
);
CREATE TABLE IF NOT EXISTS time_reports ( -- Harvest's own totals, read through the hosted API
    account_id VARCHAR,
    first_day  DATE,
    last_day   DATE,
    currency   VARCHAR,
    hours      DECIMAL(18, 6),
    amount     DECIMAL(18, 6)
);
"""
