//! Who runs the server: this user, or `nobody` where this user is root.

use crate::{Result, io_error, plain};
use std::{
    fs, io,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
};

/// Who runs the server.
#[derive(Debug, Clone, Copy)]
pub enum Owner {
    /// Whoever runs this.
    Oneself,
    /// `nobody`, by user and group.
    Nobody(u32, u32),
}

impl Owner {
    /// The right one here.
    pub fn of_this_machine() -> Self {
        if !rustix::process::geteuid().is_root() {
            return Self::Oneself;
        }
        let (user, group) = nobody().unwrap_or((65_534, 65_534));
        Self::Nobody(user, group)
    }

    /// A command as that user.
    pub fn command(self, programs: &Path, name: &str) -> Command {
        let program = programs.join("bin").join(name);
        match self {
            Self::Oneself => plain(&program, programs),
            Self::Nobody(user, group) => {
                let mut command = plain(Path::new("setpriv"), programs);
                command
                    .arg(format!("--reuid={user}"))
                    .arg(format!("--regid={group}"))
                    .args(["--clear-groups", "--"])
                    .arg(program)
                    // A folder that the other user may stand in.
                    .current_dir("/");
                command
            }
        }
    }

    /// The programs where that user may read them: a copy, where the way to them is closed.
    pub fn readable(self, programs: &Path) -> Result<PathBuf> {
        if matches!(self, Self::Oneself) {
            return Ok(programs.to_owned());
        }
        let programs = programs
            .canonicalize()
            .map_err(io_error("finding the programs"))?;
        if is_open(&programs, 0o005) {
            return Ok(programs);
        }
        let version = programs
            .file_name()
            .map_or_else(|| "x".into(), |name| name.to_string_lossy().into_owned());
        let copy = std::env::temp_dir().join(format!("gameforge-postgres-{version}"));
        if !copy.join("complete").is_file() {
            // Made beside and renamed, so that two at once do not see half a copy.
            let fresh = std::env::temp_dir().join(format!(
                "gameforge-postgres-{version}-{}",
                std::process::id()
            ));
            copy_all(&programs, &fresh).map_err(io_error("copying the programs"))?;
            fs::write(fresh.join("complete"), "").map_err(io_error("copying the programs"))?;
            if fs::rename(&fresh, &copy).is_err() {
                fs::remove_dir_all(&fresh).map_err(io_error("copying the programs"))?;
            }
        }
        Ok(copy)
    }

    /// Whether that user may come into a folder.
    pub fn may_enter(self, folder: &Path) -> bool {
        matches!(self, Self::Oneself) || is_open(folder, 0o001)
    }

    /// Hands a folder and what is in it to that user.
    pub fn give(self, folder: &Path) -> Result<()> {
        let Self::Nobody(user, group) = self else {
            return Ok(());
        };
        chown(folder, Some(user), Some(group)).map_err(io_error("handing the data folder over"))?;
        for entry in fs::read_dir(folder).map_err(io_error("reading the data folder"))? {
            let path = entry.map_err(io_error("reading the data folder"))?.path();
            chown(path, Some(user), Some(group))
                .map_err(io_error("handing the data folder over"))?;
        }
        Ok(())
    }
}

/// Whether a folder and all above it give others these rights.
fn is_open(folder: &Path, rights: u32) -> bool {
    folder.ancestors().all(|folder| {
        fs::metadata(folder).is_ok_and(|about| about.permissions().mode() & rights == rights)
    })
}

/// User and group of `nobody`.
fn nobody() -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.starts_with("nobody:"))?;
    let mut parts = line.split(':').skip(2);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            let mode = fs::metadata(&target)?.permissions().mode();
            fs::set_permissions(
                &target,
                fs::Permissions::from_mode(mode | 0o444 | ((mode & 0o100) >> 2)),
            )?;
        }
    }
    Ok(())
}
