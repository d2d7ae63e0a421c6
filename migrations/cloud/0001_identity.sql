-- Who somebody is: accounts, how they sign in, their devices, keys, consents; and the audit log.
-- Times are timestamptz. Ids are UUIDv7, made by the service. Secrets are never here, only their hashes
-- (BLAKE3 of a 256-bit random secret; argon2id of a password) or, where one is needed again, sealed bytes.
--
-- The service never works as the owner of these tables. Its login may become one of three roles, one a transaction:
--   gameforge_service   a signed-in person's work; row-level security shows only what that person may see
--   gameforge_identity  signing in and accounts, before anybody is known; sees no workspace's rows
--   gameforge_worker    jobs and administration; sees all, changes no audit row
-- A role is made only where it is missing: on a managed server its administrator makes all three beforehand, and the
-- tables' owner needs no right to make any.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['gameforge_service', 'gameforge_identity', 'gameforge_worker'] LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = name);
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
        EXCEPTION
            -- Roles belong to the server: another database of it may make them this very moment.
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the role “%” is missing, and this login may not make roles', name
                    USING ERRCODE = 'insufficient_privilege',
                        HINT = format('As the server''s administrator: CREATE ROLE %I NOLOGIN NOINHERIT;', name);
        END;
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO gameforge_service, gameforge_identity, gameforge_worker;

-- The person on whose behalf a transaction runs; null before anybody is known.
CREATE FUNCTION app_account() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.account', true), '')::uuid;

CREATE TABLE plan (
    id          text PRIMARY KEY,
    title       text NOT NULL,
    rank        integer NOT NULL UNIQUE
);

-- What a plan allows. A resource without a row is not limited.
CREATE TABLE plan_quota (
    plan_id     text NOT NULL REFERENCES plan (id),
    resource    text NOT NULL CHECK (resource IN
                    ('workspaces', 'members', 'projects', 'comments_a_day', 'api_keys', 'storage_bytes', 'requests_a_minute',
                        'key_requests_a_minute')),
    amount      bigint NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (plan_id, resource)
);

CREATE TABLE account (
    id                  uuid PRIMARY KEY,
    -- Null only after erasure.
    email               text CHECK (length(email) BETWEEN 3 AND 254),
    email_verified_at   timestamptz,
    display_name        text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 80),
    -- argon2id in PHC form; null for who signs in elsewhere only.
    password_hash       text,
    role                text NOT NULL DEFAULT 'USER' CHECK (role IN ('ADMIN', 'MODERATOR', 'DEVELOPER', 'USER')),
    plan_id             text NOT NULL DEFAULT 'free' REFERENCES plan (id),
    locale              text NOT NULL DEFAULT 'en' CHECK (locale IN ('en', 'de')),
    settings            jsonb NOT NULL DEFAULT '{}',
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    suspended_at        timestamptz,
    suspended_reason    text,
    -- Erasure was asked for; until `erase_after` it can be taken back.
    erase_asked_at      timestamptz,
    erase_after         timestamptz,
    erased_at           timestamptz,
    CHECK ((erased_at IS NULL) = (email IS NOT NULL)),
    CHECK ((erase_asked_at IS NULL) = (erase_after IS NULL))
);
CREATE UNIQUE INDEX account_email ON account (lower(email)) WHERE email IS NOT NULL;
CREATE INDEX account_erase ON account (erase_after) WHERE erase_after IS NOT NULL AND erased_at IS NULL;

-- An account elsewhere by which a person signs in.
CREATE TABLE account_identity (
    id              uuid PRIMARY KEY,
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    provider        text NOT NULL CHECK (provider IN ('github', 'google', 'discord')),
    subject         text NOT NULL,
    -- What it is called there, to be shown.
    label           text NOT NULL,
    linked_at       timestamptz NOT NULL,
    last_used_at    timestamptz,
    CONSTRAINT account_identity_subject UNIQUE (provider, subject),
    CONSTRAINT account_identity_provider UNIQUE (account_id, provider)
);

-- A sign-in through somebody else's pages, on its way. `state_hash` is what comes back through the browser.
CREATE TABLE sign_in_flow (
    state_hash          bytea PRIMARY KEY CHECK (length(state_hash) = 32),
    provider            text NOT NULL,
    -- Ours towards the provider.
    pkce_verifier       text NOT NULL,
    nonce               text NOT NULL,
    -- The Studio's towards us: its challenge (S256), its own state, where its browser page listens.
    studio_challenge    text NOT NULL,
    studio_state        text NOT NULL,
    studio_redirect     text NOT NULL,
    -- What for: to sign in, to link an account elsewhere to the own one, or to show afresh on a device who one is.
    purpose             text NOT NULL CHECK (purpose IN ('sign_in', 'link', 'step_up')),
    account_id          uuid REFERENCES account (id) ON DELETE CASCADE,
    session_id          uuid,
    created_at          timestamptz NOT NULL,
    expires_at          timestamptz NOT NULL,
    -- The browser came back from the provider: it comes back once.
    answered_at         timestamptz,
    -- Who it is there; then the Studio may fetch the result once, with this code.
    profile             jsonb,
    code_hash           bytea UNIQUE CHECK (length(code_hash) = 32),
    used_at             timestamptz,
    CHECK ((profile IS NULL) = (code_hash IS NULL)),
    CHECK ((purpose = 'sign_in') = (account_id IS NULL)),
    CHECK ((purpose = 'step_up') = (session_id IS NOT NULL))
);
CREATE INDEX sign_in_flow_old ON sign_in_flow (expires_at);

-- A secret that went out by mail: to verify an address, to set a password anew, to change the address.
CREATE TABLE mail_token (
    hash            bytea PRIMARY KEY CHECK (length(hash) = 32),
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    purpose         text NOT NULL CHECK (purpose IN ('verify', 'reset', 'change')),
    email           text NOT NULL,
    -- With a verification: the password of the registration that this mail answers. Only with the proof it counts, or
    -- whoever registered somebody else's address first would have chosen the password of that person's account.
    password_hash   text,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz
);
CREATE INDEX mail_token_account ON mail_token (account_id, purpose);

-- Time-based one-time passwords (RFC 6238). The secret is sealed with the service's key.
CREATE TABLE second_factor (
    account_id      uuid PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    sealed_secret   bytea NOT NULL,
    created_at      timestamptz NOT NULL,
    confirmed_at    timestamptz,
    -- The last time step that was accepted: none is accepted twice.
    last_step       bigint NOT NULL DEFAULT 0
);

CREATE TABLE recovery_code (
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    hash            bytea NOT NULL CHECK (length(hash) = 32),
    used_at         timestamptz,
    PRIMARY KEY (account_id, hash)
);

-- A device on which somebody is signed in: one family of refresh tokens.
CREATE TABLE session (
    id              uuid PRIMARY KEY,
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    device_name     text NOT NULL CHECK (length(device_name) BETWEEN 1 AND 120),
    platform        text NOT NULL DEFAULT '' CHECK (length(platform) <= 60),
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz NOT NULL,
    last_address    inet,
    place           text,
    expires_at      timestamptz NOT NULL,
    -- When a second factor (or, without one, the password) was last given afresh.
    stepped_up_at   timestamptz,
    revoked_at      timestamptz,
    revoked_reason  text CHECK (revoked_reason IN ('signed_out', 'by_user', 'reuse', 'password', 'suspended', 'erased', 'factor')),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
CREATE INDEX session_account ON session (account_id, last_used_at DESC);
CREATE INDEX session_revoked ON session (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE refresh_token (
    hash            bytea PRIMARY KEY CHECK (length(hash) = 32),
    session_id      uuid NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz,
    -- The one that was given for it; kept to tell a lost answer from a theft.
    successor       bytea
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);

-- Between the right password and the second factor.
CREATE TABLE sign_in_challenge (
    hash            bytea PRIMARY KEY CHECK (length(hash) = 32),
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    device_name     text NOT NULL,
    platform        text NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz
);

CREATE TABLE api_key (
    id              uuid PRIMARY KEY,
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    -- The first characters after the fixed prefix, to recognise it by.
    hint            text NOT NULL,
    hash            bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    scopes          text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    last_used_at    timestamptz,
    last_address    inet,
    revoked_at      timestamptz
);
CREATE INDEX api_key_account ON api_key (account_id, created_at);

-- The texts that people agree to. A new version of a required one asks again.
CREATE TABLE consent_text (
    purpose         text NOT NULL CHECK (purpose IN ('terms', 'privacy', 'product_mail', 'usage_statistics')),
    version         integer NOT NULL CHECK (version > 0),
    required        boolean NOT NULL,
    text_en         text NOT NULL,
    text_de         text NOT NULL,
    published_at    timestamptz NOT NULL,
    PRIMARY KEY (purpose, version)
);

-- What somebody agreed to, and took back. Rows are added and withdrawn, never removed.
CREATE TABLE consent (
    id              uuid PRIMARY KEY,
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    purpose         text NOT NULL,
    version         integer NOT NULL,
    given_at        timestamptz NOT NULL,
    withdrawn_at    timestamptz,
    address         inet,
    FOREIGN KEY (purpose, version) REFERENCES consent_text (purpose, version)
);
CREATE UNIQUE INDEX consent_standing ON consent (account_id, purpose, version) WHERE withdrawn_at IS NULL;

-- All of a person's data as a ZIP in the object storage.
CREATE TABLE data_export (
    id              uuid PRIMARY KEY,
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    state           text NOT NULL CHECK (state IN ('waiting', 'ready', 'failed', 'expired')),
    asked_at        timestamptz NOT NULL,
    ready_at        timestamptz,
    expires_at      timestamptz,
    blob_key        text,
    size_bytes      bigint
);
CREATE INDEX data_export_account ON data_export (account_id, asked_at DESC);

-- Requests left, shared among all copies of the service: the generic cell rate algorithm keeps one time a key.
-- Unlogged: after a crash everybody starts afresh, which harms nobody.
CREATE UNLOGGED TABLE rate (
    key             text PRIMARY KEY,
    full_at         timestamptz NOT NULL
);
CREATE INDEX rate_old ON rate (full_at);

-- An answer that was given already to a request with the same key, so that a lost answer can be asked for again.
CREATE TABLE idempotency (
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    key             text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    -- Method and path, and the hash of the body: with the same key the same request must come.
    route           text NOT NULL CHECK (length(route) <= 300),
    request_hash    bytea NOT NULL CHECK (length(request_hash) = 32),
    -- Sealed: an answer may hold a secret that is shown once.
    answer          bytea NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_old ON idempotency (expires_at);

-- Every security-relevant and administrative act, each row chained to the one before by its hash.
CREATE TABLE audit_event (
    seq             bigint PRIMARY KEY,
    at              timestamptz NOT NULL,
    actor_kind      text NOT NULL CHECK (actor_kind IN ('account', 'key', 'system', 'nobody')),
    actor_id        uuid,
    action          text NOT NULL CHECK (length(action) BETWEEN 1 AND 80),
    target_kind     text NOT NULL DEFAULT '',
    target_id       uuid,
    workspace_id    uuid,
    before          jsonb,
    after           jsonb,
    address         inet,
    request_id      text NOT NULL DEFAULT '',
    flags           text[] NOT NULL DEFAULT '{}',
    previous_hash   bytea NOT NULL CHECK (length(previous_hash) = 32),
    hash            bytea NOT NULL CHECK (length(hash) = 32)
);
CREATE INDEX audit_event_actor ON audit_event (actor_id, seq DESC);
CREATE INDEX audit_event_target ON audit_event (target_id, seq DESC);
CREATE INDEX audit_event_workspace ON audit_event (workspace_id, seq DESC) WHERE workspace_id IS NOT NULL;

CREATE TABLE audit_head (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq             bigint NOT NULL,
    hash            bytea NOT NULL CHECK (length(hash) = 32)
);
INSERT INTO audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- One text a row, whatever the session's settings: what the hash is taken of. A null is told from an empty text by
-- the length before each part.
CREATE FUNCTION audit_text(
    seq bigint, at timestamptz, actor_kind text, actor_id uuid, action text, target_kind text, target_id uuid,
    workspace_id uuid, before jsonb, after jsonb, address inet, request_id text, flags text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        SELECT string_agg(coalesce(length(part)::text || ':' || part, '-'), ',' ORDER BY place)
        FROM unnest(ARRAY[
            seq::text,
            (extract(epoch FROM at) * 1000000)::bigint::text,
            actor_kind, actor_id::text, action, target_kind, target_id::text, workspace_id::text,
            before::text, after::text, host(address), request_id, array_to_string(flags, ' ')
        ]) WITH ORDINALITY AS parts (part, place)
    );

-- The only way in for the service's roles: it runs as the owner, who alone may write here. It holds the head's lock
-- until the transaction ends, so call it last.
CREATE FUNCTION audit_append(
    at timestamptz, actor_kind text, actor_id uuid, action text, target_kind text, target_id uuid,
    workspace_id uuid, before jsonb, after jsonb, address inet, request_id text, flags text[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    head audit_head%ROWTYPE;
    next_seq bigint;
    next_hash bytea;
BEGIN
    SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
    next_seq := head.seq + 1;
    next_hash := sha256(head.hash || convert_to(audit_text(next_seq, at, actor_kind, actor_id, action, target_kind,
        target_id, workspace_id, before, after, address, request_id, flags), 'UTF8'));
    INSERT INTO audit_event VALUES (next_seq, at, actor_kind, actor_id, action, target_kind, target_id, workspace_id,
        before, after, address, request_id, flags, head.hash, next_hash);
    UPDATE audit_head SET seq = next_seq, hash = next_hash;
    RETURN next_seq;
END $$;

-- Rows that are a person's own. The service's role sees those of the person at hand.
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE data_export ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['account', 'account_identity', 'session', 'api_key', 'consent', 'data_export', 'idempotency'] LOOP
        EXECUTE format('CREATE POLICY all_rows ON %I TO gameforge_identity, gameforge_worker USING (true) WITH CHECK (true)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['account_identity', 'session', 'api_key', 'consent', 'data_export', 'idempotency'] LOOP
        EXECUTE format('CREATE POLICY own ON %I TO gameforge_service USING (account_id = app_account()) WITH CHECK (account_id = app_account())', name);
    END LOOP;
END $$;
CREATE POLICY own ON account TO gameforge_service USING (id = app_account());

-- What a person may know of the own second factor without seeing its rows.
CREATE FUNCTION account_has_factor(account uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (SELECT FROM second_factor WHERE account_id = account AND confirmed_at IS NOT NULL) $$;
CREATE FUNCTION account_codes_left(account uuid) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT count(*) FROM recovery_code WHERE account_id = account AND used_at IS NULL $$;

-- What people may know of each other. A view of the owner's: it shows name and standing, never an address.
CREATE VIEW person AS
    SELECT id, display_name, erased_at IS NOT NULL AS erased FROM account;

GRANT SELECT, INSERT, UPDATE, DELETE ON
    account, account_identity, sign_in_flow, mail_token, second_factor, recovery_code, session, refresh_token,
    sign_in_challenge, api_key, consent, data_export, rate, idempotency
    TO gameforge_identity, gameforge_worker;
GRANT SELECT ON plan, plan_quota, consent_text TO gameforge_identity, gameforge_service, gameforge_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON plan, plan_quota, consent_text TO gameforge_worker;
GRANT SELECT ON account, account_identity, session, api_key, consent, data_export TO gameforge_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency, rate TO gameforge_service;
GRANT SELECT ON person TO gameforge_service, gameforge_worker, gameforge_identity;
GRANT SELECT ON audit_event, audit_head TO gameforge_worker;
REVOKE ALL ON FUNCTION audit_append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append, audit_text TO gameforge_service, gameforge_identity, gameforge_worker;

INSERT INTO plan (id, title, rank) VALUES ('free', 'Free', 0), ('studio', 'Studio', 1), ('unlimited', 'Unlimited', 2);
INSERT INTO plan_quota (plan_id, resource, amount) VALUES
    ('free', 'workspaces', 5), ('free', 'members', 5), ('free', 'projects', 20), ('free', 'comments_a_day', 2000),
    ('free', 'api_keys', 10), ('free', 'storage_bytes', 5368709120), ('free', 'requests_a_minute', 1200),
    ('free', 'key_requests_a_minute', 600),
    ('studio', 'workspaces', 50), ('studio', 'members', 100), ('studio', 'projects', 1000), ('studio', 'comments_a_day', 20000),
    ('studio', 'api_keys', 100), ('studio', 'storage_bytes', 1099511627776), ('studio', 'requests_a_minute', 6000),
    ('studio', 'key_requests_a_minute', 3000);

INSERT INTO consent_text (purpose, version, required, text_en, text_de, published_at) VALUES
    ('terms', 1, true, 'I accept the terms of use.', 'Ich nehme die Nutzungsbedingungen an.', '2026-11-01T00:00:00Z'),
    ('privacy', 1, true, 'I have read how my data is used.', 'Ich habe gelesen, wie meine Daten verwendet werden.', '2026-11-01T00:00:00Z'),
    ('product_mail', 1, false, 'Send me news about the product by mail.', 'Neuigkeiten zum Produkt per E-Mail senden.', '2026-11-01T00:00:00Z'),
    ('usage_statistics', 1, false, 'Use counts of what I do to make the product better.', 'Zählungen meiner Nutzung zur Verbesserung verwenden.', '2026-11-01T00:00:00Z');
