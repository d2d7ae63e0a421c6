//! Edits: what a person asks for is planned as facts, applied in one durable transaction together with its step in
//! the history, and only then shown. The planning is in the modules beside this one, undo in `history`.

mod apply;
mod assets;
mod change;
mod disk;
mod history;
mod merge;
mod pattern;
mod places;
mod relink;
mod rename;
mod rows;
mod tags;
mod targets;
mod trash;
mod words;

use crate::{Error, Library, Result, store};
use change::{Change, Fact};
use gameforge_domain::HistoryId;
use gameforge_wire::{Edit, EditDone, HistoryStep};
pub(crate) use rows::Rows;
use sqlx::SqliteConnection;
use uuid::Uuid;

/// What an edit will do.
#[derive(Debug, Default)]
struct Plan {
    /// For the history: “Add tag enemy to 12 assets”.
    label: String,
    facts: Vec<Fact>,
    /// What cannot be done, in words.
    problems: Vec<String>,
}

impl Plan {
    fn new(label: impl Into<String>, facts: Vec<Fact>) -> Self {
        Self {
            label: label.into(),
            facts,
            problems: Vec::new(),
        }
    }
}

impl Library {
    /// Changes the library. When this returns, the change is on the disk and in the search index.
    ///
    /// # Errors
    /// `Invalid` for values that cannot be used, `NotFound` for targets that are gone, `Exists` for file names
    /// that are taken, `ReadOnly`; nothing was changed then.
    pub async fn edit(&self, edit: Edit) -> Result<EditDone> {
        let _editing = self.0.editing.lock().await;
        if self.read_only() {
            return Err(Error::ReadOnly {
                path: self.path().to_owned(),
            });
        }
        match edit {
            Edit::Trash { targets } => {
                let rows = self.target_rows(&targets).await?;
                self.trash(rows).await
            }
            Edit::Relink { target, path } => self.relink(target, path.as_ref()).await,
            Edit::RelinkBelow { targets, folder } => {
                let rows = self.target_rows(&targets).await?;
                self.relink_below(rows, folder.into()).await
            }
            Edit::RenameMany {
                targets,
                pattern,
                find,
                replace,
                file_too,
            } => {
                let order = self.target_order(&targets).await?;
                let pattern = pattern::Pattern::new(&pattern, &find, &replace)?;
                let mut write = self.write_edit().await?;
                let plan = rename::many(&mut write, &order, &pattern, file_too).await?;
                self.finish(write, plan).await
            }
            edit => {
                let rows = match targets::of(&edit) {
                    Some(targets) => self.target_rows(targets).await?,
                    None => Rows::default(),
                };
                let now = self.now_ms();
                let mut write = self.write_edit().await?;
                let plan = plan(&mut write, edit, &rows, now).await?;
                self.finish(write, plan).await
            }
        }
    }

    /// Files first, then the database: when the database refuses, the files go back.
    async fn finish(&self, mut write: crate::library::Write, plan: Plan) -> Result<EditDone> {
        let change = Change(plan.facts);
        if change.is_empty() {
            return Ok(EditDone {
                step: None,
                changed: 0,
                problems: plan.problems,
            });
        }
        let (change, disk) = tokio::task::spawn_blocking(move || {
            let done = disk::perform(&change);
            (change, done)
        })
        .await?;
        let disk = disk?;
        let mut problems = plan.problems;
        problems.extend(disk.problems.iter().cloned());
        let now = self.now_ms();
        let id = HistoryId::from_uuid(Uuid::now_v7());
        let written = write_step(&mut write, id, &plan.label, &change, now).await;
        let committed = match written {
            Ok(changed) => write.commit().await.map(|()| changed),
            Err(error) => Err(error),
        };
        let changed = match committed {
            Ok(changed) => changed,
            Err(error) => {
                disk.take_back();
                return Err(error);
            }
        };
        self.edited(&change).await?;
        Ok(EditDone {
            step: Some(HistoryStep {
                id,
                label: plan.label,
                at_ms: now as f64,
                undone: false,
            }),
            changed: u32::try_from(changed).unwrap_or(u32::MAX),
            problems,
        })
    }

    /// After the commit: the index, then the news.
    async fn edited(&self, change: &Change) -> Result<()> {
        self.caught_up().await?;
        if change.touches_places() {
            self.names_changed().await?;
            self.places_changed();
        }
        Ok(())
    }
}

async fn write_step(
    conn: &mut SqliteConnection,
    id: HistoryId,
    label: &str,
    change: &Change,
    now_ms: i64,
) -> Result<usize> {
    let changed = apply::apply(conn, change, now_ms).await?;
    let text = store::json(change)?;
    store::history::append(conn, id, label, &text, now_ms).await?;
    Ok(changed)
}

/// The facts of an edit that needs nothing but the database.
async fn plan(conn: &mut SqliteConnection, edit: Edit, rows: &Rows, now_ms: i64) -> Result<Plan> {
    match edit {
        Edit::AddTags { tags, .. } => tags::add(conn, rows, &tags).await,
        Edit::RemoveTags { tags, .. } => tags::remove(conn, rows, &tags).await,
        Edit::RenameTag { tag, to } => tags::rename(conn, &tag, &to).await,
        Edit::DeleteTag { tag } => tags::delete(conn, &tag).await,
        Edit::SetTagColour { tag, colour } => tags::set_colour(conn, &tag, colour).await,
        Edit::SetRating { rating, .. } => assets::set_rating(conn, rows, rating).await,
        Edit::SetLabel { label, .. } => assets::set_label(conn, rows, label).await,
        Edit::SetLicence { licence, .. } => assets::set_licence(conn, rows, licence).await,
        Edit::SetSource { source, .. } => assets::set_source(conn, rows, &source).await,
        Edit::SetAuthor { author, .. } => assets::set_author(conn, rows, &author).await,
        Edit::SetNotes { notes, .. } => assets::set_notes(conn, rows, &notes).await,
        Edit::Remove { .. } => assets::remove(conn, rows, now_ms).await,
        Edit::Rename {
            target,
            name,
            file_too,
        } => rename::one(conn, target, &name, file_too).await,
        Edit::Merge { keep, others } => merge::merge(conn, keep, &others, now_ms).await,
        Edit::CreateCollection { name, parent } => places::create(conn, &name, parent).await,
        Edit::RenameCollection { id, name } => places::rename(conn, id, &name).await,
        Edit::MoveCollection { id, parent, before } => {
            places::move_to(conn, id, parent, before).await
        }
        Edit::DeleteCollection { id } => places::delete(conn, id).await,
        Edit::AddToCollection { id, .. } => places::add(conn, id, rows).await,
        Edit::RemoveFromCollection { id, .. } => places::take(conn, id, rows).await,
        Edit::CreateSmartFolder { name, query, sort } => {
            places::create_smart(conn, &name, &query, &sort).await
        }
        Edit::ChangeSmartFolder {
            id,
            name,
            query,
            sort,
        } => places::change_smart(conn, id, &name, &query, &sort).await,
        Edit::DeleteSmartFolder { id } => places::delete_smart(conn, id).await,
        // These look at files first, and are dealt with before a transaction is begun.
        Edit::RenameMany { .. }
        | Edit::Trash { .. }
        | Edit::Relink { .. }
        | Edit::RelinkBelow { .. } => Ok(Plan::default()),
    }
}
