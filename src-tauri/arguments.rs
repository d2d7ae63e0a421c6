//! What the program was asked on its command line, and which library that means.

use gameforge_studio::Config;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

const USAGE: &str = "GameForge Studio: a library of game assets

Usage: gameforge-studio [--library DIR]

  --library DIR  Open (or create) the library in DIR instead of the one used last.
                 The variable GAMEFORGE_LIBRARY does the same.
  --version      Print the version.
  --help         Print this.

Scripts use `gameforge`, the command line over the same library.";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub enum Asked {
    /// Start with these.
    Start(Arguments),
    /// Only print this.
    Tell(String),
}

/// The arguments of a start.
#[derive(Debug, Default, PartialEq)]
pub struct Arguments {
    library: Option<PathBuf>,
}

/// A word that means nothing here.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum UsageError {
    /// Not one of ours.
    #[error("“{0}” is not an option of gameforge-studio; --help lists them")]
    Unknown(String),
    /// `--library` came last.
    #[error("--library needs the folder of a library after it")]
    NoFolder,
}

/// The library to open.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Its folder, absolute.
    pub path: PathBuf,
    /// Whether to create it where there is none.
    pub create: bool,
    /// Whether a person named it for this start.
    pub named: bool,
}

impl Arguments {
    /// Reads the words after the program's name.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Asked, UsageError> {
        let mut arguments = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--library") => {
                    let folder = words.next().ok_or(UsageError::NoFolder)?;
                    arguments.library = Some(folder.into());
                }
                Some("--help" | "-h") => return Ok(Asked::Tell(USAGE.to_owned())),
                Some("--version" | "-V") => {
                    let version = concat!("GameForge Studio ", env!("CARGO_PKG_VERSION"));
                    return Ok(Asked::Tell(version.to_owned()));
                }
                Some(text) if text.starts_with("--library=") => {
                    arguments.library = Some(text["--library=".len()..].into());
                }
                _ => return Err(UsageError::Unknown(word.to_string_lossy().into_owned())),
            }
        }
        Ok(Asked::Start(arguments))
    }

    /// The named library, else that of `GAMEFORGE_LIBRARY`, else the one used last, else the default one.
    pub fn library(&self, config: &Config) -> Chosen {
        let named = self.library.clone().or_else(|| {
            let variable = std::env::var_os("GAMEFORGE_LIBRARY")?;
            (!variable.is_empty()).then(|| variable.into())
        });
        choose(named, last_used(config), Config::default_library())
    }
}

fn last_used(config: &Config) -> Option<PathBuf> {
    let latest = config.known().into_iter().next()?;
    Some(latest.path.into())
}

fn choose(named: Option<PathBuf>, last: Option<PathBuf>, default: PathBuf) -> Chosen {
    let is_named = named.is_some();
    // A library that was there before and is gone (a drive that is not plugged in) is not made anew in its place.
    let create = is_named || last.is_none() || last.as_deref() == Some(default.as_path());
    let path = named.or(last).unwrap_or(default);
    Chosen {
        path: absolute(&path),
        create,
        named: is_named,
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Asked, UsageError> {
        Arguments::parse(words.iter().map(OsString::from))
    }

    #[test]
    fn a_library_is_named_in_both_spellings() {
        let expected = Asked::Start(Arguments {
            library: Some("art".into()),
        });
        assert_eq!(parse(&["--library", "art"]).as_ref(), Ok(&expected));
        assert_eq!(parse(&["--library=art"]), Ok(expected));
    }

    #[test]
    fn words_that_mean_nothing_are_refused_by_name() {
        assert_eq!(
            parse(&["--librari"]),
            Err(UsageError::Unknown("--librari".into()))
        );
        assert_eq!(parse(&["--library"]), Err(UsageError::NoFolder));
    }

    #[test]
    fn the_named_library_wins_and_may_be_created() {
        let chosen = choose(Some("/a".into()), Some("/b".into()), "/c".into());
        assert_eq!((chosen.path, chosen.create), (PathBuf::from("/a"), true));
    }

    #[test]
    fn a_last_used_library_that_is_gone_is_not_created_anew() {
        let chosen = choose(None, Some("/b".into()), "/c".into());
        assert_eq!((chosen.path, chosen.create), (PathBuf::from("/b"), false));
    }

    #[test]
    fn the_first_start_creates_the_default_library() {
        let chosen = choose(None, None, "/c".into());
        assert_eq!((chosen.path, chosen.create), (PathBuf::from("/c"), true));
    }
}
