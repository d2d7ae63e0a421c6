//! Against the real service.

use crate::support::Cloud;
use gameforge_client::{Address, Client, Error, tokens::Memory};
use std::{net::Ipv4Addr, sync::Arc};
use tokio::net::TcpListener;

/// The service on a port of this machine.
async fn serve(cloud: &Cloud) -> Address {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let router = cloud.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Address::parse(&format!("http://127.0.0.1:{port}")).expect("an address")
}

async fn nobody(cloud: &Cloud) -> Client {
    let store = Arc::new(Memory::default());
    Client::open(serve(cloud).await, store)
        .await
        .expect("a client")
}

#[tokio::test]
async fn the_permission_table_reads_as_the_rules_say() {
    let cloud = Cloud::start().await;
    let tables = nobody(&cloud)
        .await
        .permissions()
        .await
        .expect("the tables");
    let row = tables
        .project
        .iter()
        .find(|row| row.permission == "edit")
        .expect("a row");
    assert_eq!(row.least_role, "editor");
}

#[tokio::test]
async fn nobody_is_told_to_sign_in_without_a_request() {
    let cloud = Cloud::start().await;
    let client = nobody(&cloud).await;
    assert!(matches!(client.account().await, Err(Error::SignedOut)));
}
