-- Work that happens after the answer: enqueued in the transaction that needs it, done at least once.

CREATE TABLE job (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    payload         jsonb NOT NULL,
    -- Two with the same key at a time are one.
    dedupe_key      text,
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    created_at      timestamptz NOT NULL,
    run_at          timestamptz NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    most_attempts   integer NOT NULL,
    -- A copy of the service that stops breathing loses what it held at this time.
    held_until      timestamptz,
    held_by         text,
    last_error      text,
    ended_at        timestamptz
);
CREATE INDEX job_due ON job (run_at, id) WHERE state = 'waiting';
CREATE INDEX job_held ON job (held_until) WHERE state = 'running';
CREATE INDEX job_ended ON job (ended_at) WHERE state IN ('done', 'dead');
CREATE UNIQUE INDEX job_dedupe ON job (kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND state = 'waiting';

-- Work that comes again, and when it was last begun; one copy of the service takes each turn.
CREATE TABLE job_schedule (
    kind            text PRIMARY KEY,
    every           interval NOT NULL,
    next_at         timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON job, job_schedule TO gameforge_worker;
GRANT INSERT ON job TO gameforge_service, gameforge_identity;

-- Whether a copy of the service fits the database is asked by the service's own login, which owns nothing. The table is
-- the migrator's; who applies these files by other means has none.
DO $$
BEGIN
    IF to_regclass('_sqlx_migrations') IS NOT NULL THEN
        GRANT SELECT ON _sqlx_migrations TO gameforge_worker;
    END IF;
END $$;
