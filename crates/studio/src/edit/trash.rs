//! Moving files to the system's trash, and their assets out of the library.

use super::{Plan, Rows, assets, change::Fact, disk, words};
use crate::{Library, Result, files::path_from_bytes, store, store::asset_field::Field};
use gameforge_wire::EditDone;
use std::collections::HashSet;

impl Library {
    /// Files first: an asset whose file would not go stays in the library.
    pub(super) async fn trash(&self, rows: Rows) -> Result<EditDone> {
        let places = store::place::of(&mut *self.reader().await?, rows.as_slice()).await?;
        let (gone, kept, problems) = tokio::task::spawn_blocking(move || {
            let mut gone = Vec::new();
            let mut kept = HashSet::new();
            let mut problems = Vec::new();
            // A copy in the library's own folder came from a file that is not the library's to throw away.
            for place in places.into_iter().filter(|place| place.in_place == 1) {
                let path = path_from_bytes(&place.path);
                let there = path.symlink_metadata().is_ok();
                match disk::to_trash(&path) {
                    Ok(()) if there => gone.push(place.path),
                    Ok(()) => {}
                    Err(problem) => {
                        kept.insert(place.asset);
                        problems.push(problem);
                    }
                }
            }
            (gone, kept, problems)
        })
        .await?;
        let mut kept: Vec<i64> = kept.into_iter().collect();
        kept.sort_unstable();
        let going = rows.without(&kept);
        let mut write = self.write_edit().await?;
        let now = self.now_ms();
        let (removed, count) =
            assets::moves(&mut write, Field::Removed, &going, &now.into()).await?;
        let mut facts: Vec<Fact> = gone
            .into_iter()
            .map(|path| Fact::Trashed { path, on: true })
            .collect();
        facts.extend(removed);
        let label = format!("Move {} to the trash", words::assets(count));
        let mut plan = Plan::new(label, facts);
        plan.problems = problems;
        self.finish(write, plan).await
    }
}
