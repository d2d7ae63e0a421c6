//! The own account.

use crate::{App, Error, Result, http::Caller, store};
use axum::{Json, extract::State};
use gameforge_domain::KeyScope;
use gameforge_wire::cloud::{Account, Problem};

/// Who is signed in.
#[utoipa::path(get, path = "/v1/account", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Account), (status = 401, body = Problem)))]
pub async fn read(State(app): State<App>, caller: Caller) -> Result<Json<Account>> {
    caller.needs(KeyScope::AccountRead)?;
    let mut tx = app.store.service_read(caller.account).await?;
    let account = store::account::read(&mut tx, caller.account).await?;
    tx.commit().await?;
    account.map(Json).ok_or_else(Error::unauthenticated)
}
