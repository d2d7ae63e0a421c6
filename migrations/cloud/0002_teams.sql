-- Workspaces, projects, and what people say and do in them.
--
-- A scope (a person, a workspace, a project) is the unit of order and of permission. Every row that devices follow
-- carries its scope's id and the number under which it was last written there. The rule: do the work first, then,
-- last in the transaction, `scope_next` takes the scope's next number under its row's lock and the rows are stamped
-- with it; so whoever has seen number n has seen everything up to n.

CREATE TABLE scope (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('account', 'workspace', 'project')),
    -- Changes when the database was put back from a backup: cursors of before mean nothing then.
    epoch           integer NOT NULL DEFAULT 1,
    seq             bigint NOT NULL DEFAULT 0,
    -- Removed rows are forgotten up to here; who is further behind starts anew.
    floor_seq       bigint NOT NULL DEFAULT 0
);

CREATE TABLE workspace (
    id              uuid PRIMARY KEY REFERENCES scope (id),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    -- Everybody's first one: it cannot be left, given away or removed.
    personal_of     uuid UNIQUE REFERENCES account (id),
    plan_id         text NOT NULL DEFAULT 'free' REFERENCES plan (id),
    settings        jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    deleted_at      timestamptz,
    deleted_by      uuid REFERENCES account (id),
    seq             bigint NOT NULL DEFAULT 0
);

CREATE TABLE workspace_member (
    workspace_id    uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    account_id      uuid NOT NULL REFERENCES account (id),
    role            text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    joined_at       timestamptz NOT NULL,
    seq             bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, account_id)
);
CREATE INDEX workspace_member_account ON workspace_member (account_id);

CREATE TABLE project (
    id              uuid PRIMARY KEY REFERENCES scope (id),
    workspace_id    uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    description     text NOT NULL DEFAULT '' CHECK (length(description) <= 4000),
    visibility      text NOT NULL CHECK (visibility IN ('private', 'workspace', 'public')),
    tags            text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 50),
    settings        jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    deleted_at      timestamptz,
    deleted_by      uuid REFERENCES account (id),
    seq             bigint NOT NULL DEFAULT 0
);
CREATE INDEX project_workspace ON project (workspace_id, id);
CREATE UNIQUE INDEX project_name ON project (workspace_id, lower(name)) WHERE deleted_at IS NULL;

CREATE TABLE project_member (
    project_id      uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    workspace_id    uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    account_id      uuid NOT NULL REFERENCES account (id),
    role            text NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'viewer')),
    joined_at       timestamptz NOT NULL,
    seq             bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, account_id)
);
CREATE INDEX project_member_account ON project_member (account_id);

CREATE TABLE invitation (
    id              uuid PRIMARY KEY,
    workspace_id    uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    -- Null: to the workspace itself.
    project_id      uuid REFERENCES project (id) ON DELETE CASCADE,
    email           text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    role            text NOT NULL,
    token_hash      bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
    invited_by      uuid NOT NULL REFERENCES account (id),
    message         text NOT NULL DEFAULT '' CHECK (length(message) <= 1000),
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    answered_at     timestamptz,
    answered_by     uuid REFERENCES account (id),
    CHECK ((project_id IS NULL AND role IN ('admin', 'member')) OR (project_id IS NOT NULL AND role IN ('admin', 'editor', 'viewer')))
);
CREATE UNIQUE INDEX invitation_pending ON invitation (workspace_id, coalesce(project_id, workspace_id), lower(email)) WHERE state = 'pending';
CREATE INDEX invitation_email ON invitation (lower(email)) WHERE state = 'pending';
CREATE INDEX invitation_due ON invitation (expires_at) WHERE state = 'pending';

CREATE TABLE comment (
    id              uuid PRIMARY KEY,
    workspace_id    uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    project_id      uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    -- What it is about: an asset, a template, a run, or the project itself.
    object_kind     text NOT NULL CHECK (object_kind IN ('project', 'asset', 'template', 'run')),
    object_id       uuid NOT NULL,
    -- What the object was called when it was written; assets may be on other devices only.
    object_name     text NOT NULL DEFAULT '' CHECK (length(object_name) <= 255),
    -- The first comment of the thread; null for that one itself.
    thread_id       uuid REFERENCES comment (id) ON DELETE CASCADE,
    author_id       uuid NOT NULL REFERENCES account (id),
    body            text NOT NULL CHECK (length(body) <= 10000),
    created_at      timestamptz NOT NULL,
    edited_at       timestamptz,
    resolved_at     timestamptz,
    resolved_by     uuid REFERENCES account (id),
    deleted_at      timestamptz,
    deleted_by      uuid REFERENCES account (id),
    seq             bigint NOT NULL DEFAULT 0
);
CREATE INDEX comment_object ON comment (project_id, object_kind, object_id, id);
CREATE INDEX comment_seq ON comment (project_id, seq);
CREATE INDEX comment_thread ON comment (thread_id, id) WHERE thread_id IS NOT NULL;
-- For the day's quota.
CREATE INDEX comment_day ON comment (workspace_id, created_at);
CREATE INDEX comment_bin ON comment (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE comment_mention (
    comment_id      uuid NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    workspace_id    uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    account_id      uuid NOT NULL REFERENCES account (id),
    PRIMARY KEY (comment_id, account_id)
);

CREATE TABLE comment_reaction (
    comment_id      uuid NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    workspace_id    uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    account_id      uuid NOT NULL REFERENCES account (id),
    emoji           text NOT NULL CHECK (emoji IN ('👍', '👎', '🎉', '❤️', '😄', '👀', '🚀', '❓')),
    at              timestamptz NOT NULL,
    PRIMARY KEY (comment_id, account_id, emoji)
);

-- What happened, in the order of its scope. Rows are only added.
CREATE TABLE activity (
    scope_id        uuid NOT NULL REFERENCES scope (id) ON DELETE CASCADE,
    seq             bigint NOT NULL,
    -- Several acts may share a number: they were one transaction.
    part            integer NOT NULL DEFAULT 0,
    workspace_id    uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    project_id      uuid REFERENCES project (id) ON DELETE CASCADE,
    at              timestamptz NOT NULL,
    actor_id        uuid NOT NULL REFERENCES account (id),
    verb            text NOT NULL CHECK (length(verb) BETWEEN 1 AND 60),
    object_kind     text NOT NULL,
    object_id       uuid NOT NULL,
    details         jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (scope_id, seq, part)
);
CREATE INDEX activity_object ON activity (scope_id, object_id, seq);

CREATE TABLE notification (
    id              uuid PRIMARY KEY,
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN
                        ('mention', 'reply', 'comment', 'invitation', 'role', 'removed', 'resolved', 'security')),
    workspace_id    uuid REFERENCES workspace (id) ON DELETE CASCADE,
    project_id      uuid REFERENCES project (id) ON DELETE CASCADE,
    object_kind     text,
    object_id       uuid,
    comment_id      uuid REFERENCES comment (id) ON DELETE CASCADE,
    actor_id        uuid REFERENCES account (id),
    details         jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    read_at         timestamptz,
    -- As its person wished when it came: whether the list shows it, and when it goes out by mail.
    shown           boolean NOT NULL DEFAULT true,
    mail            text NOT NULL DEFAULT 'never' CHECK (mail IN ('never', 'at_once', 'digest')),
    -- Set when it went out, alone or in a digest; or when there was nothing to be said any more.
    mailed_at       timestamptz,
    seq             bigint NOT NULL DEFAULT 0
);
CREATE INDEX notification_account ON notification (account_id, id DESC);
CREATE INDEX notification_unread ON notification (account_id) WHERE read_at IS NULL AND shown;
CREATE INDEX notification_unmailed ON notification (account_id, created_at) WHERE mailed_at IS NULL AND mail = 'digest';

CREATE TABLE notification_preference (
    account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind            text NOT NULL,
    in_app          boolean NOT NULL,
    desktop         boolean NOT NULL,
    mail            text NOT NULL CHECK (mail IN ('never', 'at_once', 'digest')),
    PRIMARY KEY (account_id, kind)
);

-- Locks a scope and takes its next number. Call it last; with several scopes, in the order of their ids.
CREATE FUNCTION scope_next(scope_id uuid) RETURNS bigint
    LANGUAGE sql VOLATILE
AS $$ UPDATE scope SET seq = seq + 1 WHERE id = scope_id RETURNING seq $$;

-- The workspaces of which the person at hand may know. The owner's function: policies may not ask tables that have
-- policies of their own.
CREATE FUNCTION app_workspaces() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT workspace_id FROM workspace_member WHERE account_id = app_account()
    UNION
    SELECT workspace_id FROM project_member WHERE account_id = app_account()
$$;

-- The projects that the person at hand may see: by own role, by workspace (all of it for its owners and admins,
-- what is open to the workspace for its members), or because everybody may.
CREATE FUNCTION app_projects() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT project_id FROM project_member WHERE account_id = app_account()
    UNION
    SELECT project.id FROM workspace_member AS member
        JOIN project ON project.workspace_id = member.workspace_id
        WHERE member.account_id = app_account()
            AND (member.role IN ('owner', 'admin') OR project.visibility IN ('workspace', 'public'))
$$;
CREATE FUNCTION app_project_is_public(project_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM project JOIN workspace ON workspace.id = project.workspace_id
        WHERE project.id = $1 AND project.visibility = 'public' AND project.deleted_at IS NULL
            AND workspace.deleted_at IS NULL)
$$;

-- Nobody is in it yet: only then may a person enter it by an own act. All others are let in by an invitation, which
-- the worker's role carries out.
CREATE FUNCTION app_is_new(scope_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT NOT EXISTS (SELECT FROM workspace_member WHERE workspace_id = scope_id)
        AND NOT EXISTS (SELECT FROM project_member WHERE project_id = scope_id)
$$;

-- How much of a plan's resource a workspace of the person at hand uses: all of it, also what that person may not see.
-- Projects in the bin do not count; people count once, guests of its projects included.
CREATE FUNCTION app_used(of_workspace uuid, resource text, since timestamptz) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT CASE
        WHEN of_workspace NOT IN (SELECT app_workspaces()) THEN 0
        WHEN resource = 'members' THEN (
            SELECT count(*) FROM (
                SELECT account_id FROM workspace_member WHERE workspace_id = of_workspace
                UNION
                SELECT account_id FROM project_member WHERE workspace_id = of_workspace) AS people)
        WHEN resource = 'invitations' THEN (
            SELECT count(*) FROM invitation WHERE workspace_id = of_workspace AND state = 'pending' AND expires_at > since)
        WHEN resource = 'projects' THEN (
            SELECT count(*) FROM project WHERE workspace_id = of_workspace AND deleted_at IS NULL)
        WHEN resource = 'comments_a_day' THEN (
            SELECT count(*) FROM comment WHERE workspace_id = of_workspace AND created_at > since)
        ELSE 0
    END
$$;

-- Tells somebody something on behalf of the person at hand: as that somebody wishes or, without a wish, as `else_*`
-- say. The owner's function, because one person's act makes another's row and takes the other's next number.
-- No number comes back when there is nobody to tell or nothing is wished.
CREATE FUNCTION app_tell(
    notification_id uuid, to_account uuid, of_kind text, in_workspace uuid, in_project uuid, about_kind text,
    about_id uuid, by_comment uuid, what jsonb, told_at timestamptz, else_in_app boolean, else_mail text,
    OUT told_seq bigint, OUT told_mail text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    wish notification_preference%ROWTYPE;
BEGIN
    IF NOT EXISTS (SELECT FROM account WHERE id = to_account AND erased_at IS NULL) THEN
        RETURN;
    END IF;
    SELECT * INTO wish FROM notification_preference WHERE account_id = to_account AND kind = of_kind;
    told_mail := coalesce(wish.mail, else_mail);
    IF NOT coalesce(wish.in_app, else_in_app) AND told_mail = 'never' THEN
        RETURN;
    END IF;
    INSERT INTO scope (id, kind, seq) VALUES (to_account, 'account', 1)
        ON CONFLICT (id) DO UPDATE SET seq = scope.seq + 1 RETURNING seq INTO told_seq;
    INSERT INTO notification (id, account_id, kind, workspace_id, project_id, object_kind, object_id, comment_id,
            actor_id, details, created_at, shown, mail, seq)
        VALUES (notification_id, to_account, of_kind, in_workspace, in_project, about_kind, about_id, by_comment,
            app_account(), what, told_at, coalesce(wish.in_app, else_in_app), told_mail, told_seq);
END $$;

-- Whose verified address it is; asked only to tell somebody of an invitation that was sent to that address.
CREATE FUNCTION app_invited(invitation_id uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT account.id FROM invitation JOIN account ON lower(account.email) = lower(invitation.email)
    WHERE invitation.id = invitation_id AND invitation.workspace_id IN (SELECT app_workspaces())
        AND account.email_verified_at IS NOT NULL
$$;

ALTER TABLE scope ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspace ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspace_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE project ENABLE ROW LEVEL SECURITY;
ALTER TABLE project_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE comment_mention ENABLE ROW LEVEL SECURITY;
ALTER TABLE comment_reaction ENABLE ROW LEVEL SECURITY;
ALTER TABLE activity ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification_preference ENABLE ROW LEVEL SECURITY;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['scope', 'workspace', 'workspace_member', 'project', 'project_member', 'invitation',
        'comment', 'comment_mention', 'comment_reaction', 'activity', 'notification', 'notification_preference'] LOOP
        EXECUTE format('CREATE POLICY all_rows ON %I TO gameforge_worker USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO gameforge_worker', name);
    END LOOP;
END $$;

-- A scope may be made by whoever makes the thing; the thing's own policy decides about the rest.
CREATE POLICY seen ON scope TO gameforge_service
    USING (id = app_account() OR id IN (SELECT app_workspaces()) OR id IN (SELECT app_projects()) OR app_project_is_public(id));
CREATE POLICY made ON scope FOR INSERT TO gameforge_service WITH CHECK (true);
CREATE POLICY seen ON workspace TO gameforge_service
    USING (id IN (SELECT app_workspaces())) WITH CHECK (true);
CREATE POLICY seen ON workspace_member TO gameforge_service
    USING (workspace_id IN (SELECT app_workspaces()))
    WITH CHECK (workspace_id IN (SELECT app_workspaces()) OR (account_id = app_account() AND app_is_new(workspace_id)));
CREATE POLICY seen ON project TO gameforge_service
    USING (id IN (SELECT app_projects()) OR app_project_is_public(id))
    WITH CHECK (workspace_id IN (SELECT app_workspaces()));
CREATE POLICY seen ON project_member TO gameforge_service
    USING (project_id IN (SELECT app_projects()))
    WITH CHECK (project_id IN (SELECT app_projects()) OR (account_id = app_account() AND app_is_new(project_id)));
CREATE POLICY seen ON invitation TO gameforge_service
    USING (workspace_id IN (SELECT app_workspaces())) WITH CHECK (workspace_id IN (SELECT app_workspaces()));
CREATE POLICY seen ON comment TO gameforge_service
    USING (project_id IN (SELECT app_projects()) OR app_project_is_public(project_id))
    WITH CHECK (project_id IN (SELECT app_projects()));
CREATE POLICY seen ON comment_mention TO gameforge_service
    USING (comment_id IN (SELECT id FROM comment)) WITH CHECK (workspace_id IN (SELECT app_workspaces()));
CREATE POLICY seen ON comment_reaction TO gameforge_service
    USING (comment_id IN (SELECT id FROM comment)) WITH CHECK (account_id = app_account());
CREATE POLICY seen ON activity TO gameforge_service
    USING (CASE WHEN project_id IS NULL THEN workspace_id IN (SELECT app_workspaces())
        ELSE project_id IN (SELECT app_projects()) OR app_project_is_public(project_id) END)
    WITH CHECK (workspace_id IN (SELECT app_workspaces()));
CREATE POLICY own ON notification TO gameforge_service
    USING (account_id = app_account());
CREATE POLICY own ON notification_preference TO gameforge_service
    USING (account_id = app_account()) WITH CHECK (account_id = app_account());

GRANT SELECT, INSERT, UPDATE ON
    scope, workspace, workspace_member, project, project_member, invitation, comment, comment_mention,
    comment_reaction, activity, notification, notification_preference
    TO gameforge_service;
GRANT DELETE ON workspace_member, project_member, comment_mention, comment_reaction, notification_preference TO gameforge_service;
REVOKE UPDATE ON activity FROM gameforge_service;

-- An account is made with the scope of its own things.
CREATE POLICY of_person ON scope TO gameforge_identity USING (kind = 'account') WITH CHECK (kind = 'account');
GRANT SELECT, INSERT ON scope TO gameforge_identity;
