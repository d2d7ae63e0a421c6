//! A wire to a server that can be cut.

use anyhow::Result;
use std::net::SocketAddr;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// A port of this machine that passes on what it gets, until it is cut.
#[derive(Debug)]
pub struct Wire {
    /// Where it is reached.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Wire {
    /// Lays one to `host:port`, at an address or a free port of loopback.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn lay(to: String, at: Option<SocketAddr>) -> Result<Self> {
        let at = at.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
        let listener = TcpListener::bind(at).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            let mut wires = JoinSet::new();
            // A connection that ends before it was taken is its caller's matter.
            loop {
                let Ok((mut from, _)) = listener.accept().await else {
                    continue;
                };
                let to = to.clone();
                wires.spawn(async move {
                    if let Ok(mut to) = TcpStream::connect(&to).await {
                        copy_bidirectional(&mut from, &mut to)
                            .await
                            .unwrap_or_default();
                    }
                });
            }
        });
        Ok(Self { address, task })
    }

    /// All connections break, and nobody answers any more.
    pub async fn cut(self) {
        self.task.abort();
        // It ends as one that was aborted.
        let _cut = self.task.await;
    }
}
