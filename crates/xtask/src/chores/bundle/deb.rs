//! A Debian package by `dpkg-deb`: what lies where in it, what it depends on, and whether it came out right.

use super::notices;
use crate::{
    project,
    step::{self, command},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

const NAME: &str = "gameforge-studio";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Files of the tree that are taken over as they are, and their places in the package.
const FILES: [(&str, &str); 8] = [
    (
        "src-tauri/linux/gameforge-studio.desktop",
        "usr/share/applications/gameforge-studio.desktop",
    ),
    (
        "src-tauri/linux/com.gameforge.studio.metainfo.xml",
        "usr/share/metainfo/com.gameforge.studio.metainfo.xml",
    ),
    (
        "src-tauri/linux/copyright",
        "usr/share/doc/gameforge-studio/copyright",
    ),
    (
        "icons/32x32.png",
        "usr/share/icons/hicolor/32x32/apps/gameforge-studio.png",
    ),
    (
        "icons/128x128.png",
        "usr/share/icons/hicolor/128x128/apps/gameforge-studio.png",
    ),
    (
        "icons/128x128@2x.png",
        "usr/share/icons/hicolor/256x256/apps/gameforge-studio.png",
    ),
    (
        "icons/icon.png",
        "usr/share/icons/hicolor/512x512/apps/gameforge-studio.png",
    ),
    ("README.md", "usr/share/doc/gameforge-studio/README.md"),
];

/// The two programs, built in release.
pub struct Programs {
    /// `gameforge-studio`.
    pub window: PathBuf,
    /// `gameforge`.
    pub command_line: PathBuf,
}

/// Makes the package in `target/release/bundle/deb`.
///
/// # Errors
/// When a file is missing, or one of dpkg's programs fails.
pub fn make(programs: &Programs) -> Result<PathBuf> {
    let scratch = project::stamps().join("deb");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    let tree = Tree {
        root: scratch.join("debian").join(NAME),
        scratch,
    };
    fs::create_dir_all(tree.root.join("DEBIAN"))?;
    tree.program(&programs.window, NAME)?;
    tree.program(&programs.command_line, "gameforge")?;
    for (from, to) in FILES {
        tree.put(&project::root().join(from), to, "644")?;
    }
    tree.manuals(&programs.command_line)?;
    tree.completions(&programs.command_line)?;
    tree.text(
        "usr/share/doc/gameforge-studio/third-party",
        &notices::collect()?,
    )?;
    tree.control()?;

    let folder = project::target().join("release/bundle/deb");
    fs::create_dir_all(&folder)?;
    let package = folder.join(format!("{NAME}_{VERSION}_{}.deb", architecture()?));
    step::run(
        command("dpkg-deb", &["--root-owner-group", "--build"])
            .arg(&tree.root)
            .arg(&package),
    )?;
    Ok(package)
}

fn architecture() -> Result<String> {
    step::output(&mut command("dpkg", &["--print-architecture"]))
}

/// A package on its way.
struct Tree {
    /// What becomes `/` where it is installed.
    root: PathBuf,
    /// For files on their way into it.
    scratch: PathBuf,
}

impl Tree {
    /// Copies a file with its rights; the folders above it are everybody's to read, whatever our own umask says.
    fn put(&self, from: &Path, to: &str, rights: &str) -> Result<()> {
        let mut install = command("install", &["-D", "-m", rights]);
        step::run(install.arg(from).arg(self.root.join(to)))
    }

    /// A program without its debugging symbols.
    fn program(&self, from: &Path, name: &str) -> Result<()> {
        let to = format!("usr/bin/{name}");
        self.put(from, &to, "755")?;
        step::run(command("strip", &["--strip-unneeded"]).arg(self.root.join(to)))
    }

    /// A text, compressed as Debian wants long ones.
    fn text(&self, to: &str, text: &str) -> Result<()> {
        let plain = self.scratch.join("text");
        fs::write(&plain, text)?;
        step::run(command("gzip", &["-9nf"]).arg(&plain))?;
        self.put(&self.scratch.join("text.gz"), &format!("{to}.gz"), "644")
    }

    fn manuals(&self, command_line: &Path) -> Result<()> {
        let pages = self.scratch.join("manual");
        step::run(
            command(&command_line.to_string_lossy(), &["manual"])
                .arg(&pages)
                .stdout(std::process::Stdio::null()),
        )?;
        let own = project::root().join("src-tauri/linux/gameforge-studio.1");
        fs::copy(own, pages.join("gameforge-studio.1"))?;
        for entry in fs::read_dir(&pages)? {
            let page = entry?.path();
            let name = page.file_name().unwrap_or_default().to_string_lossy();
            self.text(
                &format!("usr/share/man/man1/{name}"),
                &fs::read_to_string(&page)?,
            )?;
        }
        Ok(())
    }

    fn completions(&self, command_line: &Path) -> Result<()> {
        for (shell, to) in [
            ("bash", "usr/share/bash-completion/completions/gameforge"),
            ("zsh", "usr/share/zsh/vendor-completions/_gameforge"),
            ("fish", "usr/share/fish/vendor_completions.d/gameforge.fish"),
        ] {
            let words = ["completions", shell];
            let script = step::output(&mut command(&command_line.to_string_lossy(), &words))?;
            let file = self.scratch.join(shell);
            fs::write(&file, script + "\n")?;
            self.put(&file, to, "644")?;
        }
        Ok(())
    }

    /// What dpkg is told about the package.
    fn control(&self) -> Result<()> {
        let folder = self.root.join("DEBIAN");
        let size = step::output(command("du", &["-sk"]).arg(&self.root))?;
        let size = size.split_whitespace().next().unwrap_or("0").to_owned();
        let sums = step::output(
            command(
                "sh",
                &["-c", "find usr -type f -print0 | sort -z | xargs -0 md5sum"],
            )
            .current_dir(&self.root),
        )?;
        let control = control(&architecture()?, &size, &self.needed()?);
        for (name, text) in [("control", control), ("md5sums", sums + "\n")] {
            let file = self.scratch.join(name);
            fs::write(&file, text)?;
            self.put(&file, &format!("DEBIAN/{name}"), "644")?;
        }
        // `install` follows the umask for the folder itself.
        step::run(command("chmod", &["755"]).arg(&folder).arg(&self.root))
    }

    /// The packages with the libraries that the programs are linked to, each in the version that has what they use.
    fn needed(&self) -> Result<String> {
        fs::write(
            self.scratch.join("debian/control"),
            format!("Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n"),
        )?;
        let found = step::output(
            command("dpkg-shlibdeps", &["-O"])
                .arg(self.root.join("usr/bin").join(NAME))
                .arg(self.root.join("usr/bin/gameforge"))
                .current_dir(&self.scratch),
        )?;
        found
            .strip_prefix("shlibs:Depends=")
            .map(str::to_owned)
            .with_context(|| format!("dpkg-shlibdeps said “{found}”"))
    }
}

fn control(architecture: &str, kibibytes: &str, needed: &str) -> String {
    format!(
        "\
Package: {NAME}
Version: {VERSION}
Architecture: {architecture}
Maintainer: The GameForge contributors
Installed-Size: {kibibytes}
Depends: {needed}
Recommends: gstreamer1.0-plugins-good, gstreamer1.0-libav, xdg-utils
Section: graphics
Priority: optional
Description: fast, searchable, previewed library of game assets
 GameForge Studio keeps pictures, models, sounds, fonts and scenes of a game in
 one library on your machine: searchable as you type, previewed, tagged,
 without network or account.
 .
 The package has the window (gameforge-studio) and the command line
 (gameforge) over the same libraries.
"
    )
}

/// Looks at a finished package: what is in it, whose it is, and whether both programs start.
///
/// # Errors
/// Says what is not as it should be.
pub fn check(package: &Path) -> Result<()> {
    let listing = step::output(command("dpkg-deb", &["--contents"]).arg(package))?;
    let problems = problems(&listing);
    if !problems.is_empty() {
        bail!("{}:\n{}", package.display(), problems.join("\n"));
    }
    let depends = step::output(
        command("dpkg-deb", &["--field"])
            .arg(package)
            .arg("Depends"),
    )?;
    for library in ["libc6", "libwebkit2gtk-4.1-0", "libgtk-3-0"] {
        if !depends.contains(library) {
            bail!(
                "{} does not depend on {library}: {depends}",
                package.display()
            );
        }
    }
    let unpacked = tempfile::tempdir()?;
    step::run(
        command("dpkg-deb", &["--extract"])
            .arg(package)
            .arg(unpacked.path()),
    )?;
    for program in [NAME, "gameforge"] {
        let path = unpacked.path().join("usr/bin").join(program);
        let said = step::output(&mut command(&path.to_string_lossy(), &["--version"]))?;
        if !said.ends_with(VERSION) {
            bail!("The packaged {program} says “{said}”, not version {VERSION}.");
        }
    }
    println!(
        "The package has {} files and needs: {depends}",
        listing.lines().filter(|line| line.starts_with('-')).count()
    );
    Ok(())
}

/// What is wrong with the lines of `dpkg-deb --contents`, such as
/// `-rwxr-xr-x root/root 28123 2026-11-22 21:00 ./usr/bin/gameforge`.
fn problems(listing: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut paths = Vec::new();
    for line in listing.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [rights, owner, _size, _day, _time, path, ..] = words[..] else {
            problems.push(format!("not a line of a package: {line}"));
            continue;
        };
        let wanted = match path {
            _ if rights.starts_with('d') => "drwxr-xr-x",
            _ if path.starts_with("./usr/bin/") => "-rwxr-xr-x",
            _ => "-rw-r--r--",
        };
        if rights != wanted || owner != "root/root" {
            problems.push(format!(
                "{path} is {rights} {owner}, not {wanted} root/root"
            ));
        }
        if !path.starts_with("./usr/") && path != "./" {
            problems.push(format!("{path} is outside of /usr"));
        }
        paths.push(path.trim_start_matches("./"));
    }
    let made = [
        "usr/bin/gameforge-studio",
        "usr/bin/gameforge",
        "usr/share/man/man1/gameforge-studio.1.gz",
        "usr/share/man/man1/gameforge.1.gz",
        "usr/share/man/man1/gameforge-import.1.gz",
        "usr/share/bash-completion/completions/gameforge",
        "usr/share/doc/gameforge-studio/third-party.gz",
    ];
    for path in made.into_iter().chain(FILES.map(|(_, to)| to)) {
        if !paths.contains(&path) {
            problems.push(format!("{path} is missing"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing() -> String {
        let mut lines = vec!["drwxr-xr-x root/root 0 2026-11-22 21:00 ./".to_owned()];
        for path in problems("")
            .iter()
            .filter_map(|problem| problem.strip_suffix(" is missing"))
        {
            let rights = if path.starts_with("usr/bin/") {
                "-rwxr-xr-x"
            } else {
                "-rw-r--r--"
            };
            lines.push(format!("{rights} root/root 1 2026-11-22 21:00 ./{path}"));
        }
        lines.join("\n")
    }

    #[test]
    fn a_package_with_everything_has_no_problem() {
        assert_eq!(problems(&listing()), Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_or_somebody_elses_is_named() {
        let broken = listing()
            .replace("./usr/bin/gameforge-studio", "./opt/gameforge-studio")
            .replace(
                "-rwxr-xr-x root/root 1 2026-11-22 21:00 ./usr/bin/gameforge",
                "-rwxrwxr-x ann/ann 1 2026-11-22 21:00 ./usr/bin/gameforge",
            );
        let problems = problems(&broken).join("\n");
        assert!(
            problems.contains("usr/bin/gameforge-studio is missing"),
            "{problems}"
        );
        assert!(problems.contains("outside of /usr"), "{problems}");
        assert!(problems.contains("is -rwxrwxr-x ann/ann"), "{problems}");
    }

    #[test]
    fn the_manual_names_every_option_of_the_window() {
        let root = project::root();
        let usage = fs::read_to_string(root.join("src-tauri/arguments.rs")).unwrap();
        let manual = fs::read_to_string(root.join("src-tauri/linux/gameforge-studio.1")).unwrap();
        let manual = manual.replace('\\', "");
        let options: Vec<&str> = usage
            .lines()
            .filter_map(|line| line.strip_prefix("  --")?.split_whitespace().next())
            .collect();
        assert!(options.len() >= 3, "{options:?}");
        for option in options {
            assert!(manual.contains(&format!("--{option}")), "--{option}");
        }
    }
}
