//! Which words a field takes.

use crate::{Error, Result};

/// Reads words of a person: blanks around them go, at most so many characters, none that is not seen but line ends
/// and tabs.
///
/// # Errors
/// `Invalid` with the field's name.
pub fn read(field: &str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > most {
        return Err(Error::invalid(
            field,
            format!("has more than {most} characters"),
        ));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(Error::invalid(field, "holds control characters"));
    }
    Ok(text.to_owned())
}

/// The same for words that must be there.
///
/// # Errors
/// `Invalid` with the field's name.
pub fn needed(field: &str, text: &str, most: usize) -> Result<String> {
    let text = read(field, text, most)?;
    if text.is_empty() {
        return Err(Error::invalid(field, "is empty"));
    }
    Ok(text)
}

/// Reads a project's tags: each once, at most fifty of at most sixty characters.
///
/// # Errors
/// `Invalid`.
pub fn tags(given: &[String]) -> Result<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for tag in given {
        let tag = needed("tags", tag, 60)?;
        if !tags
            .iter()
            .any(|other| other.to_lowercase() == tag.to_lowercase())
        {
            tags.push(tag);
        }
    }
    if tags.len() > 50 {
        return Err(Error::invalid("tags", "are more than fifty"));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_trimmed_counted_by_characters_and_free_of_what_is_not_seen() {
        assert_eq!(read("x", " ä\nb ", 3).ok().as_deref(), Some("ä\nb"));
        assert!(read("x", "äöüß", 3).is_err());
        assert!(read("x", "a\u{0}b", 9).is_err());
        assert!(needed("x", " \n", 9).is_err());
    }

    #[test]
    fn tags_are_kept_once() {
        let given = ["RPG", "rpg", " pixel art "].map(String::from);
        assert_eq!(
            tags(&given).ok(),
            Some(vec!["RPG".to_owned(), "pixel art".to_owned()])
        );
        let many: Vec<String> = (0..51).map(|n| n.to_string()).collect();
        assert!(tags(&many).is_err());
    }
}
