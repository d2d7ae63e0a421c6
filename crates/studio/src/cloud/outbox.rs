//! Comments that were written here and are not at the cloud yet. Each has its id from the start, so one that was sent
//! but whose answer was lost is sent again and still said once.

use crate::{Error, Result, settings::write_whole};
use gameforge_domain::CommentId;
use gameforge_wire::UnsentComment;
use parking_lot::Mutex;
use std::{fs, io, path::PathBuf};

/// The file and what is in it, the oldest first.
pub(super) struct Outbox {
    file: PathBuf,
    waiting: Mutex<Vec<UnsentComment>>,
}

impl Outbox {
    /// Reads what waits. A file that cannot be read is kept aside: what a person wrote is not thrown away.
    pub fn open(file: PathBuf) -> Result<Self> {
        let waiting = match fs::read(&file) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(waiting) => waiting,
                Err(error) => {
                    let aside = file.with_extension("damaged.json");
                    tracing::warn!(aside = %aside.display(), %error, "comments that wait could not be read");
                    fs::rename(&file, &aside).map_err(Error::io("Keeping aside", &file))?;
                    Vec::new()
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Error::io("Reading", &file)(error)),
        };
        Ok(Self {
            file,
            waiting: Mutex::new(waiting),
        })
    }

    pub fn all(&self) -> Vec<UnsentComment> {
        self.waiting.lock().clone()
    }

    pub fn count(&self) -> u32 {
        u32::try_from(self.waiting.lock().len()).unwrap_or(u32::MAX)
    }

    /// The oldest that the cloud has not refused.
    pub fn next(&self) -> Option<UnsentComment> {
        let waiting = self.waiting.lock();
        waiting.iter().find(|it| it.refused.is_none()).cloned()
    }

    pub fn put(&self, comment: UnsentComment) -> Result<()> {
        self.change(|waiting| waiting.push(comment))
    }

    pub fn take_back(&self, id: CommentId) -> Result<()> {
        self.change(|waiting| waiting.retain(|it| it.id != id))
    }

    pub fn refused(&self, id: CommentId, why: &str) -> Result<()> {
        self.change(|waiting| {
            for it in waiting.iter_mut().filter(|it| it.id == id) {
                it.refused = Some(why.to_owned());
            }
        })
    }

    /// In memory only once it is on the disk.
    fn change(&self, how: impl FnOnce(&mut Vec<UnsentComment>)) -> Result<()> {
        let mut waiting = self.waiting.lock();
        let mut new = waiting.clone();
        how(&mut new);
        let bytes = serde_json::to_vec_pretty(&new).map_err(Error::json("comments that wait"))?;
        write_whole(&self.file, &bytes)?;
        *waiting = new;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gameforge_domain::ProjectId;
    use gameforge_wire::cloud::{ObjectKind, ObjectRef};
    use uuid::Uuid;

    fn comment(body: &str) -> UnsentComment {
        UnsentComment {
            id: CommentId::from_uuid(Uuid::now_v7()),
            project: ProjectId::from_uuid(Uuid::now_v7()),
            object: ObjectRef {
                kind: ObjectKind::Asset,
                id: Uuid::now_v7().to_string(),
                name: "goblin.png".to_owned(),
            },
            thread: None,
            body: body.to_owned(),
            written_ms: 1.0,
            refused: None,
        }
    }

    #[test]
    fn what_waits_is_still_there_after_a_restart_and_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outbox.json");
        let (first, second) = (comment("first"), comment("second"));
        let outbox = Outbox::open(file.clone()).unwrap();
        outbox.put(first.clone()).unwrap();
        outbox.put(second.clone()).unwrap();
        drop(outbox);
        let outbox = Outbox::open(file).unwrap();
        assert_eq!(outbox.next(), Some(first.clone()));
        outbox.refused(first.id, "The project is gone.").unwrap();
        assert_eq!(
            outbox.next(),
            Some(second.clone()),
            "a refused one holds up nobody"
        );
        outbox.take_back(second.id).unwrap();
        assert_eq!(outbox.next(), None);
        assert_eq!(
            outbox.count(),
            1,
            "what was refused stays until its author drops it"
        );
    }

    #[test]
    fn a_damaged_outbox_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outbox.json");
        fs::write(&file, "[{").unwrap();
        assert_eq!(Outbox::open(file).unwrap().count(), 0);
        assert_eq!(
            fs::read_to_string(folder.path().join("outbox.damaged.json")).unwrap(),
            "[{"
        );
    }
}
