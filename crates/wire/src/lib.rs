//! What crosses a boundary: IPC requests, answers and events. The front end's types are generated from it.
//!
//! Numbers are `u32` or `f64` (a JavaScript number holds 2^53 exactly); 64-bit hashes are hex strings;
//! times are milliseconds since 1970 UTC as `f64`.

mod animation;
mod asset;
pub mod cloud;
mod cloud_view;
mod edit;
mod error;
mod job;
mod library;
mod report;
mod search;
mod settings;

pub use animation::AnimationSheet;
pub use asset::{
    AssetDetail, AssetLocation, AssetVersion, Card, PreviewState, SelectionSummary, TagCount,
};
pub use cloud_view::{
    CloudAct, CloudAsk, CloudDone, CloudLink, CloudList, CloudLook, CloudNews, CloudPeople,
    CloudPlace, CloudRows, CloudState, CloudWelcome, UnsentComment,
};
pub use edit::{Edit, EditDone, HistoryStep, RenamePreview, RenameRow, Targets};
pub use error::{ErrorCode, Failure};
pub use job::{ImportCounts, ImportRequest, Job, JobIssue, JobReport, JobState};
pub use library::{
    Collection, Event, KnownLibrary, LibraryState, LibrarySummary, Sidecars, SmartFolder, TagNode,
    WatchedFolder,
};
pub use report::{Damage, ExportDone, Finding, VerifyReport};
pub use search::{
    Completion, DuplicateGroup, Facet, FacetValue, ReviewKind, SearchRequest, SearchResult,
};
pub use settings::{Density, Settings, Theme};
