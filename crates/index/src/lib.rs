//! The search index in memory: postings, columns, orders, facets, and its snapshot on disk. Knows no database.

mod arena;
mod bits;
mod changing;
mod classes;
mod collate;
mod colours;
mod columns;
mod dictionary;
mod entry;
mod facets;
mod groups;
mod hits;
mod index;
mod keys;
mod likeness;
mod matching;
mod orders;
mod paged;
mod parts;
mod posting;
mod search;
mod sections;
mod snapshot;
mod suggest;
mod term;
mod text;
mod tree;
mod words;

#[cfg(test)]
mod tests;

pub use collate::names as compare_names;
pub use entry::{Card, CollectionNames, Entry, PreviewState};
pub use hits::{Facets, Hits};
pub use index::Index;
pub use sections::SnapshotError;
