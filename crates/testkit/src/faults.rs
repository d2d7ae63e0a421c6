//! Things that a file system can hold and that programs trip over. Each function makes one in a folder
//! and returns its path, or nothing where this system cannot have it.

use std::io;
use std::path::{Path, PathBuf};

/// A file whose name is not UTF-8.
///
/// # Errors
/// When the folder cannot be written.
#[cfg(unix)]
pub fn not_utf8(folder: &Path, bytes: &[u8]) -> io::Result<Option<PathBuf>> {
    use std::os::unix::ffi::OsStrExt;
    let path = folder.join(std::ffi::OsStr::from_bytes(b"caf\xe9-\xff.png"));
    match std::fs::write(&path, bytes) {
        Ok(()) => Ok(Some(path)),
        // macOS refuses such names.
        Err(error) if error.raw_os_error() == Some(92) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file whose name is not UTF-8: not on this system.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn not_utf8(_folder: &Path, _bytes: &[u8]) -> io::Result<Option<PathBuf>> {
    Ok(None)
}

/// A file whose name has 255 bytes, the most that common file systems take.
///
/// # Errors
/// When the folder cannot be written.
pub fn longest_name(folder: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let path = folder.join(format!("{}.png", "n".repeat(251)));
    std::fs::write(&path, bytes)?;
    Ok(path)
}

/// A link to the folder that it is in.
///
/// # Errors
/// When the folder cannot be written.
#[cfg(unix)]
pub fn symlink_loop(folder: &Path) -> io::Result<Option<PathBuf>> {
    let path = folder.join("again");
    std::os::unix::fs::symlink(folder, &path)?;
    Ok(Some(path))
}

/// A link to the folder that it is in: not without rights on this system.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn symlink_loop(_folder: &Path) -> io::Result<Option<PathBuf>> {
    Ok(None)
}

/// A link to nothing.
///
/// # Errors
/// When the folder cannot be written.
#[cfg(unix)]
pub fn dangling_symlink(folder: &Path) -> io::Result<Option<PathBuf>> {
    let path = folder.join("gone.png");
    std::os::unix::fs::symlink(folder.join("was-here.png"), &path)?;
    Ok(Some(path))
}

/// A link to nothing: not without rights on this system.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn dangling_symlink(_folder: &Path) -> io::Result<Option<PathBuf>> {
    Ok(None)
}

/// A folder without permission for anybody, with a file in it. Gives rights back when dropped, so that a
/// temporary folder can be removed.
#[derive(Debug)]
pub struct Locked {
    /// The folder.
    pub path: PathBuf,
    /// Whether it really keeps this user out; root goes everywhere.
    pub effective: bool,
}

/// Makes a [`Locked`] folder.
///
/// # Errors
/// When the folder cannot be made or its rights not be changed.
#[cfg(unix)]
pub fn locked_folder(folder: &Path) -> io::Result<Option<Locked>> {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("locked");
    std::fs::create_dir(&path)?;
    std::fs::write(path.join("inside.txt"), "not for you")?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000))?;
    let effective = std::fs::read_dir(&path).is_err();
    Ok(Some(Locked { path, effective }))
}

/// A [`Locked`] folder: not on this system.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn locked_folder(_folder: &Path) -> io::Result<Option<Locked>> {
    Ok(None)
}

#[cfg(unix)]
impl Drop for Locked {
    fn drop(&mut self) {
        use std::os::unix::fs::PermissionsExt;
        // A failure shows as a temporary folder that stays; there is nobody to tell.
        std::fs::set_permissions(&self.path, std::fs::Permissions::from_mode(0o755)).ok();
    }
}
