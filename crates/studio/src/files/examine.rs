//! Reading a file once from end to end: its hash, its format, and where asked for its copy.

use super::{
    name_text,
    objects::{Draft, Objects},
    problem::Problem,
    stat::Stat,
};
use gameforge_domain::Format;
use gameforge_media::{HEAD, Sample, TAIL, sniff};
use std::{
    fs::File,
    io::{self, ErrorKind, Read},
    path::Path,
};

/// Bytes read together: large enough for the disk and for BLAKE3's vector units.
const BLOCK: usize = 256 << 10;

/// A file as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Examined {
    pub hash: blake3::Hash,
    pub format: Format,
    /// As it was while it was read.
    pub stat: Stat,
    /// A copy is in `objects/`.
    pub stored: bool,
}

/// Opens an ordinary file. Never waits, also when a pipe has taken its place.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // O_NONBLOCK in all of Linux's ABIs that Rust has, but MIPS and SPARC. Without effect on ordinary files.
        options.custom_flags(0o4000);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(ErrorKind::NotFound, "not an ordinary file"))
    }
}

/// Reads a file, twice when it changes meanwhile, and copies it where `copies` is given.
///
/// # Errors
/// `empty`, `changed`, `vanished`, `permission`, `io`; `disk_full` for the copy.
pub(crate) fn examine(path: &Path, copies: Option<&Objects>) -> Result<Examined, Problem> {
    for _ in 0..2 {
        if let Some(examined) = once(path, copies)? {
            return Ok(examined);
        }
    }
    Err(Problem::new(
        "changed",
        "It was being written while it was read, twice; it will be read again at the next scan or import.",
    ))
}

/// None when the file was not the same before and after.
fn once(path: &Path, copies: Option<&Objects>) -> Result<Option<Examined>, Problem> {
    let failed = |error: io::Error| Problem::reading(&error);
    let mut file = open(path).map_err(failed)?;
    let before = Stat::of(&file.metadata().map_err(failed)?);
    if before.size == 0 {
        return Err(Problem::new("empty", "The file is empty."));
    }
    let mut draft = copies
        .map(Objects::draft)
        .transpose()
        .map_err(|error| Problem::writing(&error))?;
    let ends = pour(&mut file, draft.as_mut())?;
    // Asked by name: an editor may have put another file in its place.
    let after = Stat::of(&std::fs::metadata(path).map_err(failed)?);
    if before != after || ends.length != after.size {
        return Ok(None);
    }
    if let (Some(objects), Some(draft)) = (copies, draft) {
        objects
            .keep(draft, &ends.hash, after.size)
            .map_err(|error| Problem::writing(&error))?;
    }
    let name = name_text(path);
    let format = sniff(&Sample {
        head: &ends.head,
        tail: &ends.tail,
        len: ends.length,
        name: &name,
    });
    Ok(Some(Examined {
        hash: ends.hash,
        format,
        stat: after,
        stored: copies.is_some(),
    }))
}

struct Ends {
    hash: blake3::Hash,
    head: Vec<u8>,
    tail: Vec<u8>,
    length: u64,
}

fn pour(file: &mut File, mut draft: Option<&mut Draft>) -> Result<Ends, Problem> {
    thread_local! {
        static BUFFER: std::cell::RefCell<Vec<u8>> = std::cell::RefCell::new(vec![0; BLOCK]);
    }
    BUFFER.with_borrow_mut(|block| {
        let mut hasher = blake3::Hasher::new();
        let mut head = Vec::new();
        let mut tail: Vec<u8> = Vec::new();
        let mut length = 0u64;
        loop {
            let filled = fill(file, block).map_err(|error| Problem::reading(&error))?;
            if filled == 0 {
                break;
            }
            let bytes = &block[..filled];
            hasher.update(bytes);
            if let Some(draft) = draft.as_mut() {
                draft
                    .write(bytes)
                    .map_err(|error| Problem::writing(&error))?;
            }
            length += filled as u64;
            if head.len() < HEAD {
                head.extend_from_slice(&bytes[..filled.min(HEAD - head.len())]);
            }
            tail.extend_from_slice(&bytes[filled.saturating_sub(TAIL)..]);
            tail.drain(..tail.len().saturating_sub(TAIL));
        }
        Ok(Ends {
            hash: hasher.finalize(),
            head,
            tail,
            length,
        })
    })
}

/// Fills a block as far as the file goes.
fn fill(file: &mut File, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match file.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The hash of a file, for `verify`.
pub(crate) fn hash_of(path: &Path) -> io::Result<blake3::Hash> {
    hash(&mut open(path)?)
}

/// The hash of an open file, from where it stands.
pub(crate) fn hash(file: &mut File) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; BLOCK];
    loop {
        match fill(file, &mut block)? {
            0 => return Ok(hasher.finalize()),
            filled => hasher.update(&block[..filled]),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn hash_format_and_copy_come_from_one_reading() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::new(folder.path().join("objects"));
        let path = folder.path().join("song.png");
        let bytes: Vec<u8> = b"fLaC"
            .iter()
            .copied()
            .chain((0..700_000u32).map(|n| ((n * 31) >> 3) as u8))
            .collect();
        fs::write(&path, &bytes).unwrap();
        let examined = examine(&path, Some(&objects)).unwrap();
        assert_eq!(examined.hash, blake3::hash(&bytes));
        assert_eq!(examined.format, Format::Flac);
        assert_eq!(fs::read(objects.path(&examined.hash)).unwrap(), bytes);
        assert_eq!(hash_of(&path).unwrap(), examined.hash);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let code = |path: &Path| examine(path, None).unwrap_err().code;
        assert_eq!(code(&folder.path().join("gone")), "vanished");
        fs::write(folder.path().join("empty"), "").unwrap();
        assert_eq!(code(&folder.path().join("empty")), "empty");
        assert_eq!(
            code(folder.path()),
            "vanished",
            "a folder has taken its place"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_in_a_files_place_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(examine(&path, None).unwrap_err().code, "vanished");
    }
}
