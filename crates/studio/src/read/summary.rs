//! The side bar in one answer.

use crate::{
    Library, Result,
    search::{now, sort_of},
    store::{self, collection::CollectionRow, tag::TagRow},
};
use gameforge_domain::{
    CollectionId, TagPath,
    query::{Query, Sort},
};
use gameforge_index::{CollectionNames, Facets, Index};
use gameforge_wire::{Collection, LibrarySummary, Sidecars, SmartFolder, TagNode, WatchedFolder};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
    time::{Duration, Instant},
};

/// How long counting smart folders may take in one answer; the rest keep their last counts until the next.
const BUDGET: Duration = Duration::from_millis(60);

/// Engines' import files, one beside each asset of a project.
const SIDECARS: &str = "format:import,meta";

/// What the index counts for the side bar.
#[derive(Default)]
struct Counts {
    facets: Facets,
    recent: u32,
    sidecars: Sidecars,
    bytes: u64,
    tags: Vec<(String, u32)>,
}

impl Library {
    /// Counts, tags, collections, smart folders, watched folders, and what undo and redo would do. Until the
    /// index is there, counts that only it can give quickly are zero.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn summary(&self) -> Result<LibrarySummary> {
        let counts = if self.options().watch && !self.0.searcher.is_ready() {
            None
        } else {
            Some(self.counts().await?)
        };
        let known = counts.is_some();
        let counts = counts.unwrap_or_default();
        let mut conn = self.reader().await?;
        let folders = store::smart_folder::all(&mut conn).await?;
        let smart_folders = if known {
            self.counted(folders).await?
        } else {
            folders.into_iter().map(|it| smart(it, 0)).collect()
        };
        let members = store::collection::counts(&mut conn).await?;
        let (undo, redo) = store::history::labels(&mut conn).await?;
        Ok(LibrarySummary {
            assets: store::asset::count(&mut conn).await?,
            bytes: counts.bytes as f64,
            missing: counts.facets.missing,
            failed: counts.facets.failed,
            untagged: counts.facets.untagged,
            recent: counts.recent,
            sidecars: counts.sidecars,
            tags: tag_tree(store::tag::all(&mut conn).await?, &counts.tags),
            collections: collection_tree(
                &store::collection::all(&mut conn).await?,
                &members.into_iter().collect(),
            ),
            smart_folders,
            watched: watched(store::library::watched(&mut conn).await?),
            undo,
            redo,
        })
    }

    async fn counts(&self) -> Result<Counts> {
        let library = self.clone();
        self.ask(move |index, names| {
            let all = index.search(&Query::default(), Sort::NEWEST, now(), names);
            let (week, _) = Query::parse("added:week");
            Counts {
                facets: index.facets(&all),
                recent: found(index, names, &week, Sort::NEWEST),
                sidecars: sidecars(index, names),
                bytes: library.bytes(index, &all),
                tags: index.suggest_tags("", usize::MAX),
            }
        })
        .await
    }

    /// Bytes of all assets; gone through only when something changed, and not more than every two seconds.
    fn bytes(&self, index: &Index, all: &gameforge_index::Hits) -> u64 {
        let searcher = &self.0.searcher;
        let at = searcher.applied();
        if let Some((then, bytes)) = *searcher.bytes.lock()
            && then == at
        {
            return bytes;
        }
        let bytes = index
            .cards(all, 0, all.len())
            .flatten()
            .map(|card| card.size)
            .sum();
        *searcher.bytes.lock() = Some((at, bytes));
        bytes
    }

    /// Counts what smart folders find. Those whose turn does not come within the budget keep their last count,
    /// and the side bar is told to ask again.
    async fn counted(
        &self,
        folders: Vec<store::smart_folder::SmartFolderRow>,
    ) -> Result<Vec<SmartFolder>> {
        let library = self.clone();
        let (counted, late) = self
            .ask(move |index, names| {
                let at = library.0.searcher.applied();
                let start = Instant::now();
                let mut late = false;
                let mut counts = library.0.searcher.counts.lock();
                let current: HashSet<&str> = folders.iter().map(|it| it.query.as_str()).collect();
                counts.retain(|query, _| current.contains(query.as_str()));
                let mut out = Vec::with_capacity(folders.len());
                for folder in folders {
                    let last = counts.get(&folder.query).copied();
                    let fresh =
                        last.is_some_and(|(then, _)| then == at && !is_about_now(&folder.query));
                    let count = match last {
                        Some((_, count)) if fresh => count,
                        Some((_, count)) if start.elapsed() > BUDGET => {
                            late = true;
                            count
                        }
                        _ => {
                            let (query, _) = Query::parse(&folder.query);
                            let sort = sort_of(&folder.sort).unwrap_or(Sort::NEWEST);
                            let count = found(index, names, &query, sort);
                            counts.insert(folder.query.clone(), (at, count));
                            count
                        }
                    };
                    out.push(smart(folder, count));
                }
                (out, late)
            })
            .await?;
        if late {
            self.places_changed();
        }
        Ok(counted)
    }
}

fn sidecars(index: &Index, names: &dyn CollectionNames) -> Sidecars {
    let (query, _) = Query::parse(SIDECARS);
    let all = index.search(&query, Sort::NEWEST, now(), names);
    if all.is_empty() {
        return Sidecars::default();
    }
    let (recent, _) = Query::parse(&format!("{SIDECARS} added:week"));
    Sidecars {
        assets: u32::try_from(all.len()).unwrap_or(u32::MAX),
        untagged: index.facets(&all).untagged,
        recent: found(index, names, &recent, Sort::NEWEST),
    }
}

fn found(index: &Index, names: &dyn CollectionNames, query: &Query, sort: Sort) -> u32 {
    u32::try_from(index.search(query, sort, now(), names).len()).unwrap_or(u32::MAX)
}

/// Whether what a query finds changes with the time, though no asset does.
fn is_about_now(query: &str) -> bool {
    query.contains("added") || query.contains("modified") || query.contains("changed")
}

fn smart(row: store::smart_folder::SmartFolderRow, count: u32) -> SmartFolder {
    SmartFolder {
        id: row.id,
        name: row.name,
        query: row.query,
        sort: row.sort,
        count,
    }
}

/// All tags and all that are above one, roots first, depth first.
fn tag_tree(tags: Vec<TagRow>, counts: &[(String, u32)]) -> Vec<TagNode> {
    let counts: HashMap<String, u32> = counts
        .iter()
        .map(|(tag, count)| (tag.to_lowercase(), *count))
        .collect();
    // In the order of names level by level: “a/b” before “a b”, though “ ” comes before “/”.
    let mut nodes: BTreeMap<Vec<String>, TagNode> = BTreeMap::new();
    for row in tags {
        let Ok(tag) = row.tag() else { continue };
        let mut above = tag.parent();
        while let Some(parent) = above {
            nodes
                .entry(levels(&parent))
                .or_insert_with(|| node(&parent, &counts, 0));
            above = parent.parent();
        }
        let colour = u32::try_from(row.colour).unwrap_or(0);
        nodes.insert(levels(&tag), node(&tag, &counts, colour));
    }
    nodes.into_values().collect()
}

fn levels(tag: &TagPath) -> Vec<String> {
    tag.key().split('/').map(str::to_owned).collect()
}

fn node(tag: &TagPath, counts: &HashMap<String, u32>, colour: u32) -> TagNode {
    TagNode {
        count: counts.get(&tag.key()).copied().unwrap_or(0),
        tag: tag.clone(),
        colour,
    }
}

/// Depth first, siblings in their order.
fn collection_tree(all: &[CollectionRow], counts: &HashMap<CollectionId, u32>) -> Vec<Collection> {
    let mut out = Vec::with_capacity(all.len());
    let mut stack: Vec<&CollectionRow> =
        all.iter().rev().filter(|it| it.parent.is_none()).collect();
    while let Some(it) = stack.pop() {
        out.push(Collection {
            id: it.id,
            name: it.name.clone(),
            parent: it.parent,
            count: counts.get(&it.id).copied().unwrap_or(0),
        });
        stack.extend(all.iter().rev().filter(|below| below.parent == Some(it.id)));
    }
    out
}

fn watched(rows: Vec<store::library::WatchedRow>) -> Vec<WatchedFolder> {
    rows.into_iter()
        .filter_map(|row| {
            let path = crate::files::path_from_bytes(&row.path);
            Some(WatchedFolder {
                id: gameforge_domain::WatchId::from_slice(&row.id)?,
                present: Path::is_dir(&path),
                path: path.to_string_lossy().into_owned(),
                copy: row.copy != 0,
                scanned_ms: row.scanned_ms.map(|at| at as f64),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_above_are_there_though_nobody_made_them() {
        let row = |path: &str| TagRow {
            key: path.to_lowercase(),
            path: path.to_owned(),
            colour: 2,
        };
        let tree = tag_tree(
            vec![row("a b"), row("A/b/c"), row("a/b")],
            &[("a".to_owned(), 3), ("A/b".to_owned(), 2)],
        );
        let shown: Vec<(&str, u32, u32)> = tree
            .iter()
            .map(|node| (node.tag.as_str(), node.count, node.colour))
            .collect();
        assert_eq!(
            shown,
            [("A", 3, 0), ("a/b", 2, 2), ("A/b/c", 0, 2), ("a b", 0, 2)]
        );
    }
}
