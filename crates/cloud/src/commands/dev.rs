//! `dev`: a whole cloud of one's own in a folder. Its keys are made once; its port stays, so that a Studio finds it
//! again. Letters go into a folder that `/dev/mail` shows.

use super::running;
use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use gameforge_cloud::{App, Config, clock::Clock, store};
use gameforge_postgres::{Safety, Server};
use sqlx::{Connection, Executor, PgConnection};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio::{net::TcpListener, runtime::Runtime};

/// Where it listens when nobody else does.
const PORT: u16 = 8477;
/// The database in the server.
const DATABASE: &str = "gameforge_cloud";

/// Runs it until it is asked to stop.
///
/// # Errors
/// When another one runs on the folder, or PostgreSQL or the service does not start.
pub fn run(runtime: &Runtime, data: &Path, postgres: &Path) -> Result<ExitCode> {
    fs::create_dir_all(data).with_context(|| format!("“{}”", data.display()))?;
    let data = data.canonicalize()?;
    // Held until the end of the process, however that comes.
    let lock = File::create(data.join("lock"))?;
    if lock.try_lock().is_err() {
        bail!(
            "another development cloud runs on “{}” already",
            data.display()
        );
    }
    let cluster = cluster(&data)?;
    stop_orphan(&cluster)?;
    println!("Starting PostgreSQL.");
    let server = Server::start(postgres, &cluster, Safety::Durable)?;
    runtime.block_on(serve(&data, &server))?;
    drop(server);
    drop(lock);
    Ok(ExitCode::SUCCESS)
}

/// Where the database's files lie: within the data, or, where PostgreSQL's user may not go there (root's closed home), in
/// a folder of `/var/tmp` that bears the hash of the data's path.
fn cluster(data: &Path) -> Result<PathBuf> {
    if gameforge_postgres::may_live_in(data) {
        return Ok(data.join("postgres"));
    }
    let hash = blake3::hash(data.as_os_str().as_encoded_bytes()).to_hex();
    let folder = Path::new("/var/tmp").join(format!("gameforge-cloud-{}", &hash[..16]));
    println!(
        "PostgreSQL may not go into “{}”; its files are in “{}”.",
        data.display(),
        folder.display()
    );
    Ok(folder)
}

async fn serve(data: &Path, server: &Server) -> Result<()> {
    let owner_url = database(server).await?;
    let listener = listener(data).await?;
    let address = listener.local_addr()?;
    let mut values = keys(data)?;
    for (name, value) in [
        ("DATABASE_URL", owner_url),
        ("LISTEN", address.to_string()),
        ("PUBLIC_URL", format!("http://{address}")),
        ("STORAGE_FOLDER", data.join("blobs").display().to_string()),
        ("MAIL_FOLDER", data.join("mail").display().to_string()),
        ("DEVELOPMENT", "true".to_owned()),
    ] {
        values.insert(format!("GAMEFORGE_{name}"), value);
    }
    // Providers of sign-ins, lives, measurements may be set as for the real service; what is this one's own may not.
    for (name, value) in std::env::vars().filter(|(name, _)| name.starts_with("GAMEFORGE_")) {
        values.entry(name).or_insert(value);
    }
    let config = Config::read(&values).map_err(|faults| {
        let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(words.join("\n"))
    })?;
    store::migrate(&config.owner_url).await?;
    let app = App::new(config, Clock::default())?;
    // Whoever starts it waits for the line with the address, and may not listen for more: it is the last one.
    println!(
        "The letters are shown on http://{address}/dev/mail, the interface on http://{address}/docs"
    );
    println!("The development cloud listens on http://{address}");
    std::io::stdout().flush()?;
    running::run(app, listener).await
}

/// The database's address; the database is made the first time.
async fn database(server: &Server) -> Result<String> {
    let mut conn = PgConnection::connect(&server.url("postgres")).await?;
    let there: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(DATABASE)
            .fetch_one(&mut conn)
            .await?;
    if !there {
        conn.execute("CREATE DATABASE gameforge_cloud").await?;
    }
    conn.close().await?;
    Ok(server.url(DATABASE))
}

/// On the port of the last time; on another where somebody else has taken it since.
async fn listener(data: &Path) -> Result<TcpListener> {
    let file = data.join("port");
    let kept = fs::read_to_string(&file)
        .ok()
        .and_then(|text| text.trim().parse::<u16>().ok());
    for port in [kept.unwrap_or(PORT), 0] {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => {
                let port = listener.local_addr()?.port();
                if kept != Some(port) {
                    fs::write(&file, format!("{port}\n"))?;
                }
                return Ok(listener);
            }
            Err(error) if port != 0 => {
                tracing::warn!(%error, port, "the port is taken; another is used from now on");
            }
            Err(error) => return Err(error).context("listening on 127.0.0.1"),
        }
    }
    bail!("there is no free port")
}

/// The keys, made the first time; only the owner may read them.
fn keys(data: &Path) -> Result<BTreeMap<String, String>> {
    let file = data.join("keys.env");
    if !file.exists() {
        let mut bytes = [0_u8; 80];
        getrandom::fill(&mut bytes)?;
        let text = format!(
            "GAMEFORGE_TOKEN_KEYS={}\nGAMEFORGE_SEAL_KEY={}\n",
            STANDARD.encode(&bytes[..48]),
            STANDARD.encode(&bytes[48..])
        );
        // Beside it and renamed: half a file would be taken for the keys.
        let fresh = data.join("keys.part");
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut to = options.open(&fresh)?;
        to.write_all(text.as_bytes())?;
        to.sync_all()?;
        fs::rename(&fresh, &file)?;
    }
    let text = fs::read_to_string(&file)?;
    Ok(text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// Ends a PostgreSQL that an earlier run left behind when it was killed. Nobody else can have it: we hold the lock.
fn stop_orphan(cluster: &Path) -> Result<()> {
    let file = cluster.join("cluster/postmaster.pid");
    let Ok(text) = fs::read_to_string(&file) else {
        return Ok(());
    };
    let Some(pid) = text
        .lines()
        .next()
        .and_then(|line| line.trim().parse().ok())
    else {
        return Ok(());
    };
    gameforge_postgres::stop_orphan(pid, &cluster.join("cluster"))
        .context("ending a PostgreSQL that was left behind")
}
