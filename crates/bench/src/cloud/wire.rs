//! HTTP/1.1 and WebSocket by hand on blocking sockets: as little as possible between the clock and the service.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Nothing takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Raises how many files and sockets this process may have open, as far as it is allowed to.
pub fn allow_files(count: u64) -> Result<()> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < count) {
        let most = limit.maximum.unwrap_or(count);
        ensure!(
            most >= count,
            "this process may open {most} files; {count} are needed"
        );
        limit.current = Some(count);
        setrlimit(Resource::Nofile, limit)?;
    }
    Ok(())
}

fn connect(address: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// A connection that is kept.
pub struct Wire {
    address: String,
    stream: BufReader<TcpStream>,
}

impl Wire {
    pub fn open(address: &str) -> Result<Self> {
        Ok(Self {
            address: address.to_owned(),
            stream: BufReader::with_capacity(64 * 1024, connect(address)?),
        })
    }

    /// Asks; status and body. `from` is the address that a proxy would tell.
    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        from: Option<&str>,
    ) -> Result<(u16, Vec<u8>)> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.address);
        if let Some(token) = token {
            head.push_str(&format!("authorization: Bearer {token}\r\n"));
        }
        if let Some(from) = from {
            head.push_str(&format!("x-forwarded-for: {from}\r\n"));
        }
        head.push_str(&format!(
            "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
        self.stream.get_mut().write_all(head.as_bytes())?;
        let (status, length) = read_head(&mut self.stream)?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, body))
    }

    /// Asks for something that has to succeed.
    pub fn expect(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Vec<u8>> {
        let (status, answer) = self.ask(method, path, token, body, None)?;
        ensure!(
            (200..300).contains(&status),
            "{method} {path}: {status} {}",
            String::from_utf8_lossy(&answer)
        );
        Ok(answer)
    }
}

/// Status and length of the body.
fn read_head(stream: &mut impl BufRead) -> Result<(u16, usize)> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).context("an HTTP answer")?.parse()?;
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            return Ok((status, length));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
}

/// A WebSocket that only listens.
pub struct Socket(BufReader<TcpStream>);

impl Socket {
    pub fn open(address: &str, token: &str) -> Result<Self> {
        let mut stream = connect(address)?;
        write!(
            stream,
            "GET /v1/live HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )?;
        let mut stream = BufReader::with_capacity(1024, stream);
        let (status, _) = read_head(&mut stream)?;
        ensure!(status == 101, "the WebSocket was answered with {status}");
        Ok(Self(stream))
    }

    /// Reads frames (RFC 6455, from the service: not masked) until one of a type.
    pub fn until(&mut self, kind: &str) -> Result<()> {
        let wanted = format!("\"type\":\"{kind}\"");
        loop {
            let mut head = [0; 2];
            self.0.read_exact(&mut head)?;
            let length = match head[1] & 0x7f {
                126 => {
                    let mut length = [0; 2];
                    self.0.read_exact(&mut length)?;
                    usize::from(u16::from_be_bytes(length))
                }
                127 => bail!("a frame of more than 64 KiB"),
                short => usize::from(short),
            };
            let mut body = vec![0; length];
            self.0.read_exact(&mut body)?;
            match head[0] & 0x0f {
                1 if String::from_utf8_lossy(&body).contains(&wanted) => return Ok(()),
                8 => bail!("the service closed the connection"),
                _ => {}
            }
        }
    }
}
