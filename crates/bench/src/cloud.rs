//! The cloud as a program, over the wire, on its own embedded PostgreSQL: sign-ins, a page of 200, a row that is
//! written, a thousand idle WebSockets and a poke to all. Reads and writes stand beside `pgbench` doing the same
//! statements on the same server.

mod peer;
mod wire;

use crate::figures;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};
use wire::{Socket, Wire};

/// People; sign-ins are limited per person and per address.
const PEOPLE: usize = 100;
/// Workspaces that the page is read from.
const WORKSPACES: usize = 200;
const PASSWORD: &str = "a pass phrase of the bench";

/// A running cloud on a folder of its own.
struct Cloud {
    process: Child,
    address: String,
    data: tempfile::TempDir,
    postgres: PathBuf,
}

impl Cloud {
    fn start(program: &Path, postgres: &Path) -> Result<Self> {
        let data = tempfile::Builder::new()
            .prefix("gameforge-bench-")
            .tempdir()?;
        // Where this is root, PostgreSQL runs as another user, who must be able to come here.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(data.path(), fs::Permissions::from_mode(0o755))?;
        }
        let mut process = Command::new(program)
            .arg("dev")
            .arg("--data")
            .arg(data.path())
            .arg("--postgres")
            .arg(postgres)
            .env("GAMEFORGE_LOG", "warn")
            // Each person comes from an address of their own.
            .env("GAMEFORGE_TRUSTED_PROXIES", "127.0.0.0/8")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("“{}”", program.display()))?;
        let said = process.stdout.take().context("no output")?;
        let address = BufReader::new(said)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once(" listens on http://")
                    .map(|it| it.1.to_owned())
            });
        let Some(address) = address else {
            process.wait()?;
            bail!("the cloud did not start; its words are above");
        };
        Ok(Self {
            process,
            address,
            data,
            postgres: postgres.to_owned(),
        })
    }

    fn database(&self) -> Result<String> {
        let folder = self.data.path().join("postgres");
        let password = fs::read_to_string(folder.join("password"))?;
        let about = fs::read_to_string(folder.join("cluster/postmaster.pid"))?;
        let port = about.lines().nth(3).context("PostgreSQL’s port")?;
        Ok(format!(
            "postgres://gameforge:{password}@127.0.0.1:{port}/gameforge_cloud"
        ))
    }

    /// Memory that the service holds, in MiB.
    fn memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes: f64 = line
            .and_then(|line| line.trim().strip_suffix("kB"))
            .context("VmRSS")?
            .trim()
            .parse()?;
        Ok(kibibytes / 1024.0)
    }

    /// The secret of the newest letter.
    fn secret(&self) -> Result<String> {
        let mut letters: Vec<PathBuf> = fs::read_dir(self.data.path().join("mail"))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
            .collect();
        letters.sort();
        let text = fs::read_to_string(letters.last().context("no letter came")?)?;
        let secret = text
            .split("verify#")
            .nth(1)
            .context("no link in the letter")?;
        Ok(secret
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect())
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // Asked to stop, it ends its PostgreSQL, too.
        let asked = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Runs all of it.
pub fn run(program: &Path, postgres: &Path, seconds: u64, sockets: usize) -> Result<()> {
    wire::allow_files(sockets as u64 * 2 + 1_000)?;
    let cloud = Cloud::start(program, postgres)?;
    let tokens = people(&cloud)?;
    let workspace = peer::fill(&cloud.postgres, &cloud.database()?, WORKSPACES)?;
    let time = Duration::from_secs(seconds);
    figures::print("cloud memory at rest", "MiB", cloud.memory()?, &json!({}));

    let page = "/v1/workspaces?limit=200";
    let ask = |wire: &mut Wire, token: &str| wire.ask("GET", page, Some(token), None, None);
    let (read, mut times) = load(&cloud, &tokens[..1], time, 8, &ask)?;
    let beside = peer::read(&cloud.postgres, &cloud.database()?, seconds, WORKSPACES)?;
    told("cloud page of 200", read, &mut times, Some(beside));

    let path = format!("/v1/workspaces/{workspace}");
    let turn = AtomicUsize::new(0);
    let ask = |wire: &mut Wire, token: &str| {
        let name = format!("Bench {}", turn.fetch_add(1, Ordering::Relaxed));
        wire.ask(
            "PATCH",
            &path,
            Some(token),
            Some(&json!({ "name": name })),
            None,
        )
    };
    let (written, mut times) = load(&cloud, &tokens[..1], time, 8, &ask)?;
    let beside = peer::write(&cloud.postgres, &cloud.database()?, seconds, &workspace)?;
    told("cloud row written", written, &mut times, Some(beside));

    idle(&cloud, &tokens, &path, sockets)?;
    figures::print(
        "cloud memory after load",
        "MiB",
        cloud.memory()?,
        &json!({}),
    );
    Ok(())
}

/// Registers one person as a person would, copies them, and signs all in. Their tokens.
fn people(cloud: &Cloud) -> Result<Vec<String>> {
    let mut wire = Wire::open(&cloud.address)?;
    let consents = json!([{ "purpose": "terms", "version": 1, "given": true },
        { "purpose": "privacy", "version": 1, "given": true }]);
    let person = json!({ "email": "bench0@example.org", "password": PASSWORD, "display_name": "Bench", "consents": consents });
    wire.expect("POST", "/v1/auth/register", None, Some(&person))?;
    let began = Instant::now();
    let secret = loop {
        match cloud.secret() {
            Ok(secret) => break secret,
            Err(error) if began.elapsed() > Duration::from_secs(20) => return Err(error),
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    };
    wire.expect(
        "POST",
        "/v1/auth/verify",
        None,
        Some(&json!({ "token": secret })),
    )?;
    peer::copy_people(&cloud.postgres, &cloud.database()?, PEOPLE)?;
    sign_all_in(cloud)
}

/// Signs everybody in, four at a time; that is measured. Their tokens, by number.
fn sign_all_in(cloud: &Cloud) -> Result<Vec<String>> {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    let results: Vec<Result<Vec<_>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| sign_some_in(cloud, &next)))
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| bail!("a thread broke off"))
            })
            .collect()
    });
    let whole = began.elapsed();
    let mut signed = Vec::new();
    for result in results {
        signed.extend(result?);
    }
    signed.sort_by_key(|(at, _, _)| *at);
    let mut times: Vec<Duration> = signed.iter().map(|(_, _, time)| *time).collect();
    told(
        "cloud sign-in",
        PEOPLE as f64 / whole.as_secs_f64(),
        &mut times,
        None,
    );
    Ok(signed.into_iter().map(|(_, token, _)| token).collect())
}

/// Signs in whoever is next, until nobody is left: number, token, and how long it took.
fn sign_some_in(cloud: &Cloud, next: &AtomicUsize) -> Result<Vec<(usize, String, Duration)>> {
    let mut wire = Wire::open(&cloud.address)?;
    let mut all = Vec::new();
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        if at >= PEOPLE {
            return Ok(all);
        }
        let begun = Instant::now();
        let token = sign_in(&mut wire, at)?;
        all.push((at, token, begun.elapsed()));
    }
}

fn sign_in(wire: &mut Wire, at: usize) -> Result<String> {
    let body = json!({ "email": format!("bench{at}@example.org"), "password": PASSWORD, "device_name": "bench" });
    let from = format!("10.1.{}.{}", at / 250, at % 250 + 1);
    let (status, answer) = wire.ask("POST", "/v1/auth/sign-in", None, Some(&body), Some(&from))?;
    ensure!(
        status == 200,
        "sign-in: {status} {}",
        String::from_utf8_lossy(&answer)
    );
    let answer: Value = serde_json::from_slice(&answer)?;
    let token = answer["access_token"].as_str();
    Ok(token.context("a token")?.to_owned())
}

type Ask<'a> = dyn Fn(&mut Wire, &str) -> Result<(u16, Vec<u8>)> + Sync + 'a;

/// Asks from several connections at once for a time; requests a second, and how long each took.
fn load(
    cloud: &Cloud,
    tokens: &[String],
    time: Duration,
    connections: usize,
    ask: &Ask<'_>,
) -> Result<(f64, Vec<Duration>)> {
    let began = Instant::now();
    let results: Vec<Result<Vec<Duration>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|at| {
                let token = &tokens[at % tokens.len()];
                scope.spawn(move || {
                    let mut wire = Wire::open(&cloud.address)?;
                    let mut times = Vec::new();
                    while began.elapsed() < time {
                        let begun = Instant::now();
                        let (status, body) = ask(&mut wire, token)?;
                        ensure!(
                            status == 200,
                            "{status}: {}",
                            String::from_utf8_lossy(&body)
                        );
                        times.push(begun.elapsed());
                    }
                    Ok(times)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| bail!("a thread broke off"))
            })
            .collect()
    });
    let whole = began.elapsed().as_secs_f64();
    let mut times = Vec::new();
    for result in results {
        times.extend(result?);
    }
    Ok((times.len() as f64 / whole, times))
}

fn told(figure: &str, a_second: f64, times: &mut [Duration], beside: Option<f64>) {
    times.sort_unstable();
    let at = |part: f64| {
        let rank = (part * times.len() as f64).ceil() as usize;
        let time = times.get(rank.saturating_sub(1)).copied();
        figures::round(figures::milliseconds(time.unwrap_or_default()))
    };
    let mut more = json!({ "p50_ms": at(0.5), "p99_ms": at(0.99), "n": times.len() });
    if let Some(beside) = beside {
        more["pgbench"] = json!(figures::round(beside));
        more["of_pgbench"] = json!(figures::round(a_second / beside));
    }
    figures::print(figure, "1/s", a_second, &more);
}

/// Idle connections, and how long it takes until all of them know of a change.
fn idle(cloud: &Cloud, tokens: &[String], path: &str, count: usize) -> Result<()> {
    let began = Instant::now();
    let mut sockets = (0..count)
        .map(|at| Socket::open(&cloud.address, &tokens[at % tokens.len()]))
        .collect::<Result<Vec<_>>>()?;
    for socket in &mut sockets {
        socket.until("welcome")?;
    }
    let opened = began.elapsed().as_secs_f64();
    let more = json!({ "opened_in_s": figures::round(opened), "connections": count });
    figures::print(
        "cloud memory with idle WebSockets",
        "MiB",
        cloud.memory()?,
        &more,
    );
    let mut wire = Wire::open(&cloud.address)?;
    let mut times = Vec::new();
    for round in 0..10 {
        let begun = Instant::now();
        let body = json!({ "name": format!("Poke {round}") });
        wire.expect("PATCH", path, Some(&tokens[0]), Some(&body))?;
        for socket in &mut sockets {
            socket.until("poke")?;
        }
        times.push(begun.elapsed());
    }
    figures::times("cloud poke to all WebSockets", &mut times, 1_000.0);
    Ok(())
}
