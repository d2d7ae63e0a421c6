//! What exports, checks of the library and checks of the machine tell.

use crate::JobIssue;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ExportDone {
    /// Files written.
    pub written: u32,
    /// Files that could not be written, and why.
    pub problems: Vec<JobIssue>,
}

/// What a check of the library found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct VerifyReport {
    /// Stored contents and database pages that were checked.
    pub checked: u32,
    /// What is wrong.
    pub damaged: Vec<Damage>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Damage {
    /// `database`, `object`, `preview` or `file`.
    pub what: String,
    /// Where it lies.
    pub path: String,
    /// What is wrong with it and what can be done.
    pub message: String,
}

/// One thing that the Studio needs of the machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What it is.
    pub name: String,
    /// Whether it is there.
    pub ok: bool,
    /// What was found, or what to do.
    pub message: String,
    /// Whether the command line does without it.
    pub window_only: bool,
}
