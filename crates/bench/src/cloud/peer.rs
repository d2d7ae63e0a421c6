//! PostgreSQL's own programs on the same server: `psql` fills it, `pgbench` does by itself the statements that the
//! service does for a request.

use anyhow::{Context, Result, ensure};
use std::{
    path::Path,
    process::{Command, Output},
};

fn program(programs: &Path, name: &str) -> Command {
    let mut command = Command::new(programs.join("bin").join(name));
    command.env("LD_LIBRARY_PATH", programs.join("lib"));
    command
}

fn done(output: Output) -> Result<String> {
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn psql(programs: &Path, database: &str, statements: &str) -> Result<String> {
    let mut psql = program(programs, "psql");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args([
            "--set",
            "ON_ERROR_STOP=1",
            "--dbname",
            database,
            "--command",
            statements,
        ]);
    done(psql.output()?)
}

/// Copies the one person, password and all.
pub fn copy_people(programs: &Path, database: &str, count: usize) -> Result<()> {
    let statements = format!(
        "WITH made AS (
            INSERT INTO account (id, email, email_verified_at, display_name, password_hash, created_at, updated_at)
            SELECT uuidv7(), 'bench' || n || '@example.org', now(), 'Bench ' || n, password_hash, now(), now()
            FROM account, generate_series(1, {count}) AS n WHERE email = 'bench0@example.org'
            RETURNING id),
         scoped AS (INSERT INTO scope (id, kind) SELECT id, 'account' FROM made)
         INSERT INTO consent (id, account_id, purpose, version, given_at)
            SELECT uuidv7(), made.id, purpose, max(version), now() FROM made, consent_text WHERE required GROUP BY made.id, purpose;
         -- Counted as in earnest, but for more than a person would ask.
         UPDATE plan_quota SET amount = 10000000 WHERE resource = 'requests_a_minute'"
    );
    psql(programs, database, &statements).map(drop)
}

/// Gives the person workspaces, and lets everybody into one of them; which.
pub fn fill(programs: &Path, database: &str, count: usize) -> Result<String> {
    let statements = format!(
        "CREATE TEMP TABLE fresh AS SELECT uuidv7() AS id FROM generate_series(1, {count});
         INSERT INTO scope (id, kind) SELECT id, 'workspace' FROM fresh;
         INSERT INTO workspace (id, name, created_at, updated_at) SELECT id, 'Bench', now(), now() FROM fresh;
         INSERT INTO workspace_member (workspace_id, account_id, role, joined_at)
            SELECT fresh.id, account.id, 'owner', now() FROM fresh, account WHERE email = 'bench0@example.org';
         INSERT INTO workspace_member (workspace_id, account_id, role, joined_at)
            SELECT (SELECT id FROM fresh ORDER BY id LIMIT 1), id, 'member', now() FROM account WHERE email <> 'bench0@example.org';
         ANALYZE;
         SELECT id FROM fresh ORDER BY id LIMIT 1"
    );
    psql(programs, database, &statements)
}

/// Runs a script for a time; transactions a second.
fn pgbench(programs: &Path, database: &str, seconds: u64, script: &str) -> Result<f64> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), script)?;
    let mut pgbench = program(programs, "pgbench");
    pgbench
        .args([
            "--no-vacuum",
            "--client=8",
            "--jobs=2",
            "--protocol=prepared",
        ])
        .arg(format!("--time={seconds}"))
        .arg("--file")
        .arg(file.path())
        .arg(database);
    let said = done(pgbench.output()?)?;
    said.lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .and_then(|rest| rest.split(' ').next())
        .context("pgbench told no figure")?
        .parse()
        .context("pgbench’s figure")
}

/// A transaction's beginning as the service begins it.
fn begin(programs: &Path, database: &str, how: &str) -> Result<(String, String)> {
    let account = psql(
        programs,
        database,
        "SELECT id FROM account WHERE email = 'bench0@example.org'",
    )?;
    let begin = format!(
        "{how};\nSET LOCAL ROLE gameforge_service;\nSET LOCAL app.account = '{account}';\n"
    );
    Ok((begin, account))
}

/// The page of workspaces.
pub fn read(programs: &Path, database: &str, seconds: u64, rows: usize) -> Result<f64> {
    let (begin, account) = begin(programs, database, "BEGIN READ ONLY")?;
    let script = format!(
        "{begin}SELECT workspace.id, name, personal_of IS NOT NULL, plan_id, settings, created_at, updated_at,
            workspace.seq, own.role,
            (SELECT count(*) FROM workspace_member AS member WHERE member.workspace_id = workspace.id),
            (SELECT count(*) FROM project WHERE project.workspace_id = workspace.id AND project.deleted_at IS NULL)
        FROM workspace
            LEFT JOIN workspace_member AS own ON own.workspace_id = workspace.id AND own.account_id = '{account}'
        WHERE workspace.deleted_at IS NULL
            AND (own.account_id IS NOT NULL OR EXISTS (
                SELECT FROM project_member AS guest WHERE guest.workspace_id = workspace.id AND guest.account_id = '{account}'))
        ORDER BY workspace.id LIMIT {};\nCOMMIT;\n",
        rows + 1
    );
    pgbench(programs, database, seconds, &script)
}

/// A workspace's new name, with its number, what happened, and the audit log's word of it.
pub fn write(programs: &Path, database: &str, seconds: u64, workspace: &str) -> Result<f64> {
    let (begin, account) = begin(programs, database, "BEGIN")?;
    let script = format!(
        "{begin}SELECT name, role FROM workspace JOIN workspace_member AS own ON own.workspace_id = workspace.id
            AND own.account_id = '{account}' WHERE workspace.id = '{workspace}';
        SELECT settings FROM workspace WHERE id = '{workspace}' FOR NO KEY UPDATE;
        UPDATE workspace SET name = 'Bench', updated_at = now() WHERE id = '{workspace}';
        SELECT scope_next('{workspace}') AS seq \\gset
        UPDATE workspace SET seq = :seq WHERE id = '{workspace}';
        INSERT INTO activity (scope_id, seq, workspace_id, at, actor_id, verb, object_kind, object_id)
            VALUES ('{workspace}', :seq, '{workspace}', now(), '{account}', 'changed', 'workspace', '{workspace}');
        SELECT audit_append(now(), 'account', '{account}', 'workspace.changed', 'workspace', '{workspace}', '{workspace}',
            '{{}}', '{{}}', '127.0.0.1', '', '{{}}');
        COMMIT;\n"
    );
    pgbench(programs, database, seconds, &script)
}
