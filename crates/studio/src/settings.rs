//! What a person sets once, kept in the configuration folder.

/// The settings' file.
pub struct SettingsFile;
