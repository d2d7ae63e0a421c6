//! A PostgreSQL of one's own from a folder of programs (`bin/initdb`, `bin/postgres` …): for development and tests,
//! never for real data of others. It listens on loopback only, on a free port, with a password.
//!
//! PostgreSQL refuses to run as root. There it runs as `nobody`, from a copy of its programs in a folder that
//! `nobody` may read.

mod owner;

use owner::Owner;
use std::{
    fs,
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or program could not be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// There are no programs in the folder.
    #[error("there is no PostgreSQL in “{}”; `cargo xtask postgres` puts one there", .0.display())]
    NoPrograms(PathBuf),
    /// `initdb` failed.
    #[error("making the database's folder failed: {0}")]
    Init(String),
    /// The server ended, or did not answer in time; its last words.
    #[error("PostgreSQL did not start: {0}")]
    Start(String),
}

/// The result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How long a server may take to answer: recovery after a crash included.
const START: Duration = Duration::from_secs(60);
/// How long it may think about the first packet of a login.
const ANSWER: Duration = Duration::from_secs(5);
/// The one login, the owner of everything in it.
const LOGIN: &str = "gameforge";

/// Whether a crash of the machine may cost data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// Written to the disk before it counts.
    Durable,
    /// Faster, for tests: nothing of it is needed tomorrow.
    Fleeting,
}

/// Whether a server that is started here may keep its data below a folder: root's server is `nobody`, who may not go
/// through a closed home.
#[must_use]
pub fn may_live_in(folder: &Path) -> bool {
    Owner::of_this_machine().may_enter(folder)
}

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
    password: String,
    data: PathBuf,
}

impl Server {
    /// Starts a server on the data in `data`, made anew when it is not there. `programs` is the folder with `bin/`,
    /// `lib/` and `share/`.
    ///
    /// # Errors
    /// When there are no programs, or the server does not start; its last words are in the error.
    pub fn start(programs: &Path, data: &Path, safety: Safety) -> Result<Self> {
        Self::start_with(programs, data, safety, &[])
    }

    /// The same with more of PostgreSQL's own settings (`name=value`). Files that they name belong into `data` before
    /// the first start: they are handed to the server's user with it.
    ///
    /// # Errors
    /// When there are no programs, or the server does not start; its last words are in the error.
    pub fn start_with(
        programs: &Path,
        data: &Path,
        safety: Safety,
        more: &[String],
    ) -> Result<Self> {
        if !programs.join("bin/postgres").is_file() {
            return Err(Error::NoPrograms(programs.to_owned()));
        }
        let owner = Owner::of_this_machine();
        let programs = owner.readable(programs)?;
        fs::create_dir_all(data).map_err(io_error("making the data folder"))?;
        let data = data
            .canonicalize()
            .map_err(io_error("finding the data folder"))?;
        let cluster = data.join("cluster");
        let password = init(&owner, &programs, &data, &cluster)?;
        let port = free_port()?;
        let log =
            fs::File::create(data.join("postgres.log")).map_err(io_error("writing the log"))?;
        let copy = log.try_clone().map_err(io_error("writing the log"))?;
        let child = owner
            .command(&programs, "postgres")
            .arg("-D")
            .arg(&cluster)
            .args(settings(port, safety, more))
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(copy)
            .spawn()
            .map_err(io_error("starting postgres"))?;
        let mut server = Self {
            child,
            port,
            password,
            data,
        };
        server.wait()?;
        Ok(server)
    }

    /// The address of a database in it, for the owner.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://{LOGIN}:{}@127.0.0.1:{}/{database}",
            self.password, self.port
        )
    }

    /// The server's process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn wait(&mut self) -> Result<()> {
        let began = Instant::now();
        loop {
            let ended = self
                .child
                .try_wait()
                .map_err(io_error("watching postgres"))?;
            if ended.is_some() || began.elapsed() > START {
                let words = fs::read_to_string(self.data.join("postgres.log")).unwrap_or_default();
                let last: Vec<&str> = words.lines().rev().take(5).collect();
                return Err(Error::Start(
                    last.into_iter().rev().collect::<Vec<_>>().join("; "),
                ));
            }
            // Whoever does not listen yet refuses the connection: that is no error here.
            if takes_logins(self.port).unwrap_or(false) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(25));
        }
    }
}

/// Whether a server answers the first packet of a login by asking for the password. While it starts or recovers, it
/// answers with an error (postgresql.org/docs/current/protocol-flow.html). `pg_isready` asks the same, but is not among
/// every set of programs.
fn takes_logins(port: u16) -> io::Result<bool> {
    // Version 3.0 of the protocol, then names and values, each with a zero at its end, and one more.
    let mut words = 0x0003_0000_u32.to_be_bytes().to_vec();
    for word in ["user", LOGIN, "database", "postgres", ""] {
        words.extend(word.bytes().chain([0]));
    }
    let length = u32::try_from(words.len() + 4).map_err(io::Error::other)?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(&words)?;
    let mut kind = [0];
    stream.read_exact(&mut kind)?;
    Ok(kind == *b"R")
}

/// Ends a server that was left behind by a process that was killed: `pid` is what stands in the `postmaster.pid` of
/// `cluster`. Does nothing when that process is gone or is something else by now.
///
/// # Errors
/// When it does not end in time.
pub fn stop_orphan(pid: i32, cluster: &Path) -> Result<()> {
    let Some(process) = rustix::process::Pid::from_raw(pid) else {
        return Ok(());
    };
    // A number is given again; only a process that works on this very folder is meant. Its words are to be had on
    // Linux; elsewhere PostgreSQL itself refuses a second start on the folder, and says so.
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = String::from_utf8_lossy(&words).into_owned();
    if !words.split('\0').any(|word| Path::new(word) == cluster) {
        return Ok(());
    }
    if rustix::process::kill_process(process, rustix::process::Signal::INT).is_err() {
        return Ok(());
    }
    let began = Instant::now();
    while Path::new(&format!("/proc/{pid}")).exists() {
        if began.elapsed() > START {
            return Err(Error::Start(format!(
                "an earlier server (process {pid}) does not end"
            )));
        }
        thread::sleep(Duration::from_millis(25));
    }
    Ok(())
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: connections end, data is written.
        if let Some(pid) = i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            let asked = rustix::process::kill_process(pid, rustix::process::Signal::INT);
            if asked.is_ok() && self.child.wait().is_ok() {
                return;
            }
        }
        // It is gone already, or nothing else can be done at this place.
        self.child.kill().unwrap_or_default();
    }
}

/// Makes the data folder where there is none, and gives its password.
fn init(owner: &Owner, programs: &Path, data: &Path, cluster: &Path) -> Result<String> {
    let kept = data.join("password");
    if cluster.join("PG_VERSION").is_file() {
        return fs::read_to_string(&kept).map_err(io_error("reading the password"));
    }
    let password = random_word()?;
    fs::write(&kept, &password).map_err(io_error("writing the password"))?;
    owner.give(data)?;
    let output = owner
        .command(programs, "initdb")
        .arg("-D")
        .arg(cluster)
        .args([
            "--no-sync",
            "--username",
            LOGIN,
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ])
        .args(["--locale=C", "--auth=scram-sha-256"])
        .arg(format!("--pwfile={}", kept.display()))
        .output()
        .map_err(io_error("running initdb"))?;
    if output.status.success() {
        Ok(password)
    } else {
        Err(Error::Init(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ))
    }
}

fn settings(port: u16, safety: Safety, more: &[String]) -> Vec<String> {
    let mut settings = vec![
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        "unix_socket_directories=".to_owned(),
        "max_connections=300".to_owned(),
        "shared_buffers=128MB".to_owned(),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
    ];
    if safety == Safety::Fleeting {
        settings.extend(
            [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
            ]
            .map(str::to_owned),
        );
    }
    settings.extend_from_slice(more);
    settings
        .into_iter()
        .flat_map(|setting| ["-c".to_owned(), setting])
        .collect()
}

fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(io_error("finding a free port"))?;
    let address = listener
        .local_addr()
        .map_err(io_error("finding a free port"))?;
    Ok(address.port())
}

/// 128 random bits in hex.
fn random_word() -> Result<String> {
    let mut bytes = [0_u8; 16];
    let mut source = fs::File::open("/dev/urandom").map_err(io_error("drawing a password"))?;
    source
        .read_exact(&mut bytes)
        .map_err(io_error("drawing a password"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(crate) fn io_error(what: &str) -> impl FnOnce(io::Error) -> Error {
    let what = what.to_owned();
    move |source| Error::Io { what, source }
}

/// A command that inherits nothing that could lead PostgreSQL astray.
///
/// `programs` is where its libraries are: those of a Python wheel lie outside the folder that the programs look in.
pub(crate) fn plain(program: &Path, programs: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", programs.join("lib"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C");
    command
}
