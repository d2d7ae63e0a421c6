//! The search index in memory: postings, columns, orders, facets, and its snapshot on disk. Knows no database.
//!
//! The shape of `Index`, which holds one [`Entry`] for each asset in a dense slot:
//!
//! ```text
//! Index::new() -> Index
//! apply(&mut self, upserts: Vec<Entry>, removed: &[u32 /* rows */])
//! search(&self, &Query, Sort, Now, &dyn CollectionNames) -> Hits
//! facets(&self, &Hits) -> Facets
//! card(&self, slot) -> Option<Card<'_>>
//! slot_of(&self, AssetId) -> Option<u32>;  slot_of_row(&self, row) -> Option<u32>;  len(&self) -> usize
//! position(&self, &Hits, AssetId) -> Option<usize>
//! suggest_tags / suggest_folders / suggest_licences / suggest_words(&self, prefix, limit) -> Vec<(String, u32)>
//! similar(&self, phash: u64, max_distance: u32) -> Vec<(u32 /* slot */, u32)>
//! look_alikes(&self, max_distance: u32) -> Vec<Vec<u32 /* slots */>>
//! settle(&self)     // brings used orders up to date after apply; under a read lock, off the search's path
//! compact(&mut self) // drops removed slots; older Hits give no cards afterwards
//! write_snapshot(&self, impl Write, library: [u8; 16], stamp: u64) -> io::Result<()>
//! read_snapshot(impl Read, library: [u8; 16]) -> Result<(Index, u64 /* stamp */), SnapshotError>
//! ```

mod bits;
mod entry;
mod hits;

pub use entry::{Card, CollectionNames, Entry, PreviewState};
pub use hits::{Facets, Hits};
