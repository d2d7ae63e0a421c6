//! Which assets an edit is for.

use super::Rows;
use crate::{Error, Library, Result, store};
use gameforge_domain::AssetId;
use gameforge_wire::{Edit, Targets};
use std::collections::{HashMap, HashSet};

/// The targets of an edit that is for many assets.
pub(super) fn of(edit: &Edit) -> Option<&Targets> {
    match edit {
        Edit::AddTags { targets, .. }
        | Edit::RemoveTags { targets, .. }
        | Edit::SetRating { targets, .. }
        | Edit::SetLabel { targets, .. }
        | Edit::SetLicence { targets, .. }
        | Edit::SetSource { targets, .. }
        | Edit::SetAuthor { targets, .. }
        | Edit::SetNotes { targets, .. }
        | Edit::RenameMany { targets, .. }
        | Edit::Remove { targets }
        | Edit::Trash { targets }
        | Edit::RelinkBelow { targets, .. }
        | Edit::AddToCollection { targets, .. }
        | Edit::RemoveFromCollection { targets, .. } => Some(targets),
        _ => None,
    }
}

impl Library {
    /// The targets' rows. Assets that are gone are left out.
    pub(crate) async fn target_rows(&self, targets: &Targets) -> Result<Rows> {
        let rows = match targets {
            Targets::Ids { ids } => store::asset::rows_of(&mut *self.reader().await?, ids).await?,
            Targets::Results { handle, except } => self.result_rows(*handle, except).await?,
        };
        if rows.is_empty() {
            return Err(Error::not_found("What was selected"));
        }
        Ok(Rows::new(rows))
    }

    /// The same in the order in which a person sees them: as selected, or as found.
    pub(super) async fn target_order(&self, targets: &Targets) -> Result<Vec<i64>> {
        let rows = match targets {
            Targets::Ids { ids } => {
                let mut conn = self.reader().await?;
                let rows = store::asset::rows_of(&mut conn, ids).await?;
                let facts = store::asset::facts(&mut conn, &rows).await?;
                let by_id: HashMap<AssetId, i64> =
                    facts.into_iter().map(|it| (it.id, it.row)).collect();
                let mut seen = HashSet::new();
                ids.iter()
                    .filter(|id| seen.insert(**id))
                    .filter_map(|id| by_id.get(id).copied())
                    .collect()
            }
            Targets::Results { handle, except } => self.result_rows(*handle, except).await?,
        };
        if rows.is_empty() {
            return Err(Error::not_found("What was selected"));
        }
        Ok(rows)
    }
}
