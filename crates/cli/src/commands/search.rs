//! `gameforge search`, `show` and `similar`: assets as lines.

use crate::{
    arguments::{Search, Similar},
    asset_json::asset_json,
    failure::Trouble,
    output::Output,
    words,
};
use gameforge_domain::{AssetId, counted, grouped};
use gameforge_studio::Library;
use gameforge_wire::{AssetDetail, Card, SearchRequest};
use std::process::ExitCode;

/// Results that a person gets without asking for more.
const FOR_PEOPLE: u32 = 50;
/// Results that are asked for at a time.
const PAGE: u32 = 200;

/// Finds assets.
pub async fn run(
    library: &Library,
    search: &Search,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    let request = SearchRequest {
        query: search.query.join(" "),
        sort: search.sort.clone(),
    };
    let limit = search
        .limit
        .unwrap_or(if output.json() { u32::MAX } else { FOR_PEOPLE });
    find(library, request, limit, output).await
}

/// Finds what looks like an asset, nearest first.
pub async fn similar(
    library: &Library,
    similar: &Similar,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    // An asset that is not there is an error; a query for it would only find nothing.
    library.asset(similar.id).await?;
    let request = SearchRequest {
        query: format!("like:{}", similar.id),
        sort: String::new(),
    };
    find(library, request, similar.limit, output).await
}

/// Tells everything about assets.
pub async fn show(
    library: &Library,
    ids: &[AssetId],
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    for &id in ids {
        let asset = library.asset(id).await?;
        output.tell(&asset_json(&asset), |_| described(&asset))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn find(
    library: &Library,
    request: SearchRequest,
    limit: u32,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    let found = library.search(request).await?;
    for warning in &found.warnings {
        output.remark(&format!("gameforge: {warning}"))?;
    }
    let wanted = found.total.min(limit);
    let mut offset = 0;
    while offset < wanted {
        let cards = library
            .page(found.handle, offset, PAGE.min(wanted - offset))
            .await?;
        if cards.is_empty() {
            break;
        }
        for card in &cards {
            one(library, card, output).await?;
            offset += 1;
        }
    }
    if wanted < found.total {
        output.remark(&format!(
            "{} of {} shown; --limit N shows more.",
            grouped(wanted),
            counted(found.total, "asset")
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn one(library: &Library, card: &Card, output: &mut Output) -> Result<(), Trouble> {
    if !output.json() {
        return Ok(output.tell(card, row)?);
    }
    let mut asset = match library.asset(card.id).await {
        Ok(asset) => asset,
        // Removed by someone else between the search and now: not a match any more.
        Err(error) if error.failure().code == gameforge_wire::ErrorCode::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    asset.card.distance = card.distance;
    Ok(output.tell(&asset_json(&asset), |_| String::new())?)
}

fn row(card: &Card) -> String {
    format!(
        "{}  {:<6} {:>10}  {}",
        card.id,
        card.format.name(),
        words::bytes(card.size),
        card.name
    )
}

fn described(asset: &AssetDetail) -> String {
    let card = &asset.card;
    let mut lines = vec![
        card.name.clone(),
        format!("  id        {}", card.id),
        format!("  kind      {} ({})", card.kind, card.format),
        format!("  size      {}", words::bytes(card.size)),
        format!("  blake3    {}", asset.blake3),
    ];
    for location in &asset.locations {
        let gone = if location.missing_ms.is_some() {
            " (gone)"
        } else {
            ""
        };
        lines.push(format!("  path      {}{gone}", location.path));
    }
    if !asset.tags.is_empty() {
        let tags: Vec<_> = asset.tags.iter().map(ToString::to_string).collect();
        lines.push(format!("  tags      {}", tags.join(", ")));
    }
    if !asset.collections.is_empty() {
        lines.push(format!("  in        {}", asset.collections.join(", ")));
    }
    if let Some(licence) = &asset.licence {
        lines.push(format!("  licence   {licence}"));
    }
    if let Some((code, message)) = &asset.problem {
        lines.push(format!("  problem   {message} ({code})"));
    }
    lines.extend(facts(asset));
    lines.join("\n")
}

/// What the kind's reader found, one fact a line; empty ones are left out.
fn facts(asset: &AssetDetail) -> Vec<String> {
    use serde_json::Value;
    let Ok(Value::Object(facts)) = serde_json::to_value(&asset.metadata) else {
        return Vec::new();
    };
    let told = facts.iter().filter(|(name, value)| {
        let empty = match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        !empty && name.as_str() != "kind" && name.as_str() != "excerpt"
    });
    told.map(|(name, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        format!("  {:<9} {value}", name.replace('_', " "))
    })
    .collect()
}
