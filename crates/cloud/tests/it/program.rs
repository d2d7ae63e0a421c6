//! The program itself, as a process: what its commands say, and `serve` until it is ended.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};
use tokio::time::timeout;

/// What the program needs to know of a database and a folder, and nothing else.
pub fn settings(database_url: &str, folder: &Path) -> BTreeMap<String, String> {
    let within = |name| folder.join(name).display().to_string();
    let values = [
        ("DATABASE_URL", database_url.to_owned()),
        ("TOKEN_KEYS", "a-key-of-a-test-0123456789abcdef".to_owned()),
        (
            "SEAL_KEY",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        ),
        ("LISTEN", "127.0.0.1:0".to_owned()),
        ("PUBLIC_URL", "http://127.0.0.1:8477".to_owned()),
        ("STORAGE_FOLDER", within("blobs")),
        ("MAIL_FOLDER", within("mail")),
    ];
    values
        .into_iter()
        .map(|(name, value)| (format!("GAMEFORGE_{name}"), value))
        .collect()
}

fn command(arguments: &[&str], values: BTreeMap<String, String>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gameforge-cloud"));
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GAMEFORGE_") {
            command.env_remove(name);
        }
    }
    command.envs(values);
    command
}

/// Runs a command to its end: its exit code, and what it says.
pub async fn run(
    arguments: &[&str],
    values: BTreeMap<String, String>,
    folder: &Path,
) -> (Option<i32>, String) {
    let mut command = command(arguments, values);
    command.current_dir(folder);
    // In a thread of its own: servers of the test go on answering.
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("not cut off")
        .expect("it starts");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// `check-config`: whether it is content, and what it says.
pub async fn check_config(values: BTreeMap<String, String>, folder: &Path) -> (bool, String) {
    let (code, said) = run(&["check-config"], values, folder).await;
    (code == Some(0), said)
}

/// `gameforge-cloud serve`, until this value goes.
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Program {
    pub fn start(values: BTreeMap<String, String>) -> Self {
        let mut child = command(&["serve"], values)
            .env("GAMEFORGE_LOG", "info")
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its log")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let line: serde_json::Value = serde_json::from_str(&line).ok()?;
                (line["message"] == "listening").then(|| line["address"].as_str()?.parse().ok())?
            })
            .expect("it says where it listens");
        // Read on, or it would wait with its log full.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, address }
    }

    pub fn terminate(&self) {
        let done = Command::new("sh")
            .args(["-c", "kill -TERM $0", &self.child.id().to_string()])
            .status();
        assert!(done.expect("a shell").success());
    }

    pub async fn end(&mut self) -> ExitStatus {
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("our own child") {
                    return status;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(25), ended)
            .await
            .expect("it ends in the time that it has")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}
