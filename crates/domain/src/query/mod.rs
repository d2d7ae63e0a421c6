//! The query language: words and typed filters, parsed once, used by search, smart folders and the command line.
//!
//! Parsing never fails: what cannot be understood becomes a [`QueryWarning`] that says what to do, and the rest
//! still searches. A [`Query`] prints as canonical text that parses to the same query again. What a filter
//! *matches* is decided by the index; this module only says what was asked.

mod chips;
mod complete;
mod dates;
mod filters;
mod lex;
mod model;
mod parse;
mod print;
mod sort;
mod values;

#[cfg(test)]
mod tests;

pub use chips::{FilterChip, chips};
pub use complete::{Completion, CompletionKind, complete};
pub use dates::{DateSpan, Now};
pub use filters::{FILTERS, FilterSpec, ValueKind};
pub use model::{
    Aspect, Clause, ColourFilter, Condition, DateField, Filter, Label, NumberField, Query,
    QueryWarning, Range,
};
pub use sort::{Sort, SortKey, UnknownSort};
