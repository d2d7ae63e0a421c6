//! Tags: a path of names, `environment/dungeon/door`.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::{fmt, str::FromStr};

/// A tag with its place in the tree. Names are trimmed, never empty, at most 64 characters,
/// at most eight deep. Case is kept for showing; two paths that differ only in case are one tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(into = "String", try_from = "String")]
#[specta(type = String)]
pub struct TagPath(String);

/// Why a text is not a tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagPathError {
    /// Nothing left after trimming, or nothing between two slashes.
    #[error("a tag needs a name on each side of a “/”")]
    Empty,
    /// Over 64 characters in one name.
    #[error("“{0}” is too long for a tag; 64 characters are the most")]
    Long(String),
    /// Over eight levels.
    #[error("tags go at most eight levels deep")]
    Deep,
    /// A line break, a tab, a comma or a quotation mark.
    #[error("a tag cannot contain {0:?}")]
    Character(char),
}

impl TagPath {
    /// The whole path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name, which is what lists show.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The path above, if there is one.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0
            .rsplit_once('/')
            .map(|(above, _)| Self(above.to_owned()))
    }

    /// The form that decides whether two tags are the same.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for TagPath {
    type Err = TagPathError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(wrong) = text
            .trim()
            .chars()
            .find(|c| c.is_control() || matches!(c, ',' | '"'))
        {
            return Err(TagPathError::Character(wrong));
        }
        let names: Vec<&str> = text.split('/').map(str::trim).collect();
        if names.iter().any(|name| name.is_empty()) {
            return Err(TagPathError::Empty);
        }
        if names.len() > 8 {
            return Err(TagPathError::Deep);
        }
        if let Some(long) = names.iter().find(|name| name.chars().count() > 64) {
            return Err(TagPathError::Long((*long).to_owned()));
        }
        Ok(Self(names.join("/")))
    }
}

impl fmt::Display for TagPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<TagPath> for String {
    fn from(path: TagPath) -> Self {
        path.0
    }
}

impl TryFrom<String> for TagPath {
    type Error = TagPathError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_the_tree_is_known() {
        let tag: TagPath = " Environment / Dungeon ".parse().unwrap();
        assert_eq!(tag.as_str(), "Environment/Dungeon");
        assert_eq!(tag.name(), "Dungeon");
        assert_eq!(tag.parent().unwrap().as_str(), "Environment");
        assert_eq!(tag.key(), "environment/dungeon");
    }

    #[test]
    fn what_cannot_be_a_tag_says_why() {
        assert_eq!("".parse::<TagPath>(), Err(TagPathError::Empty));
        assert_eq!("a//b".parse::<TagPath>(), Err(TagPathError::Empty));
        assert_eq!("a,b".parse::<TagPath>(), Err(TagPathError::Character(',')));
        assert_eq!(
            "1/2/3/4/5/6/7/8/9".parse::<TagPath>(),
            Err(TagPathError::Deep)
        );
    }
}
