//! The page of people: roles and suspensions.

use super::{Shown, Signed, entry::to, next_link, safe};
use crate::{
    App, Error,
    http::{Body, Id, Params},
    routes::admin,
};
use axum::extract::{Form, State};
use gameforge_domain::{AccountId, PlatformRole};
use gameforge_wire::cloud::{AdminAccount, RoleChange, Suspension};
use serde::Deserialize;
use std::fmt::Write;

/// People.
pub async fn accounts(
    State(app): State<App>,
    signed: Signed,
    Params(query): Params<admin::AccountsQuery>,
) -> Shown {
    let q = query.q.clone().unwrap_or_default();
    let found = admin::accounts(State(app), signed.caller.clone(), Params(query))
        .await?
        .0;
    let mut rows = String::new();
    for account in &found.items {
        account_row(&mut rows, &signed, account);
    }
    let body = format!(
        "<form action=\"/admin/accounts\"><label for=\"q\">Address or name</label>\
         <input id=\"q\" name=\"q\" type=\"search\" value=\"{}\"></form>\
         <div class=\"wide\"><table><thead><tr><th>Who</th><th>Since</th><th>Last seen</th><th>Standing</th><th>Role</th>\
         <th>Suspension</th></tr></thead><tbody>{rows}</tbody></table></div>{}",
        safe(&q),
        next_link("/admin/accounts", &[("q", Some(&q))], found.next.as_deref())
    );
    Ok(signed.frame("People", &body))
}

fn account_row(rows: &mut String, signed: &Signed, account: &AdminAccount) {
    let mut options = String::new();
    for role in PlatformRole::ALL {
        let selected = if *role == account.role {
            " selected"
        } else {
            ""
        };
        // Writing into a string cannot fail.
        let _ = write!(options, "<option{selected}>{}</option>", role.word());
    }
    let mut standing = Vec::new();
    if !account.email_verified {
        standing.push("address not confirmed");
    }
    if account.has_second_factor {
        standing.push("second factor");
    }
    if account.suspended_at.is_some() {
        standing.push("suspended");
    }
    if account.erase_after.is_some() {
        standing.push("erasure waits");
    }
    let (value, word, reason) = if account.suspended_at.is_some() {
        ("false", "Let in", "")
    } else {
        (
            "true",
            "Suspend",
            "<input name=\"reason\" placeholder=\"Reason\" aria-label=\"Reason\" maxlength=\"500\">",
        )
    };
    let seen = account
        .last_seen_at
        .map_or_else(|| "never".to_owned(), |at| at.format("%F %R").to_string());
    let (id, field) = (account.id, signed.field());
    let _ = write!(
        rows,
        "<tr><td>{}<br><span class=\"quiet\">{}</span><br><code>{id}</code></td><td>{}</td><td>{seen}</td><td>{}</td>\
         <td><form method=\"post\" action=\"/admin/accounts/{id}/role\">{field}<select name=\"role\" aria-label=\"Role\">\
         {options}</select><button>Give</button></form></td>\
         <td><form method=\"post\" action=\"/admin/accounts/{id}/suspension\">{field}{reason}\
         <button name=\"suspended\" value=\"{value}\">{word}</button></form></td></tr>",
        safe(&account.display_name),
        safe(account.email.as_deref().unwrap_or("erased")),
        account.created_at.format("%F"),
        standing.join(", "),
    );
}

/// The form of a role.
#[derive(Deserialize)]
pub struct RoleForm {
    csrf: String,
    role: String,
}

/// Gives a role.
pub async fn role(
    State(app): State<App>,
    signed: Signed,
    id: Id<AccountId>,
    Form(form): Form<RoleForm>,
) -> Shown {
    signed.gave(&form.csrf)?;
    let role = form
        .role
        .parse()
        .map_err(|_| Error::invalid("role", "is none of the platform's roles"))?;
    let _changed =
        admin::set_role(State(app), signed.caller, id, Body(RoleChange { role })).await?;
    Ok(to("/admin/accounts"))
}

/// The form of a suspension.
#[derive(Deserialize)]
pub struct SuspensionForm {
    csrf: String,
    suspended: bool,
    #[serde(default)]
    reason: String,
}

/// Keeps somebody out, or lets them in.
pub async fn suspension(
    State(app): State<App>,
    signed: Signed,
    id: Id<AccountId>,
    Form(form): Form<SuspensionForm>,
) -> Shown {
    signed.gave(&form.csrf)?;
    let change = Suspension {
        suspended: form.suspended,
        reason: form.reason,
    };
    let _changed = admin::suspend(State(app), signed.caller, id, Body(change)).await?;
    Ok(to("/admin/accounts"))
}
