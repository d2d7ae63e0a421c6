//! Comments that were written here and are not at the cloud yet, a file each: two windows on one configuration do not
//! write over each other. Each comment has its id from the start, so one that was sent but whose answer was lost is sent
//! again and still said once.

use crate::{Error, Result, settings::write_whole};
use gameforge_domain::CommentId;
use gameforge_wire::UnsentComment;
use parking_lot::Mutex;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The folder and what is in it, the oldest first.
pub(super) struct Outbox {
    folder: PathBuf,
    waiting: Mutex<Vec<UnsentComment>>,
}

impl Outbox {
    /// Reads what waits. A file that cannot be read is kept aside: what a person wrote is not thrown away.
    pub fn open(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).map_err(Error::io("Making the folder", &folder))?;
        let files = fs::read_dir(&folder).map_err(Error::io("Reading", &folder))?;
        let mut waiting = Vec::new();
        for file in files {
            let file = file.map_err(Error::io("Reading", &folder))?.path();
            if file.extension().is_some_and(|ending| ending == "json") {
                waiting.extend(read(&file)?);
            }
        }
        // UUIDv7: by the time at which they were written.
        waiting.sort_by_key(|it: &UnsentComment| it.id);
        Ok(Self {
            folder,
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

    /// In memory only once it is on the disk. So in all that follow.
    pub fn put(&self, comment: UnsentComment) -> Result<()> {
        let mut waiting = self.waiting.lock();
        self.write(&comment)?;
        waiting.push(comment);
        Ok(())
    }

    pub fn take_back(&self, id: CommentId) -> Result<()> {
        let mut waiting = self.waiting.lock();
        let file = self.file(id);
        match fs::remove_file(&file) {
            // Another window has sent it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(Error::io("Removing", &file))?,
        }
        waiting.retain(|it| it.id != id);
        Ok(())
    }

    pub fn refused(&self, id: CommentId, why: &str) -> Result<()> {
        let mut waiting = self.waiting.lock();
        if let Some(comment) = waiting.iter_mut().find(|it| it.id == id) {
            let mut refused = comment.clone();
            refused.refused = Some(why.to_owned());
            self.write(&refused)?;
            *comment = refused;
        }
        Ok(())
    }

    fn write(&self, comment: &UnsentComment) -> Result<()> {
        let bytes =
            serde_json::to_vec_pretty(comment).map_err(Error::json("a comment that waits"))?;
        write_whole(&self.file(comment.id), &bytes)
    }

    fn file(&self, id: CommentId) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }
}

fn read(file: &Path) -> Result<Option<UnsentComment>> {
    let bytes = match fs::read(file) {
        // Another window has just sent it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(Error::io("Reading", file))?,
    };
    match serde_json::from_slice(&bytes) {
        Ok(comment) => Ok(Some(comment)),
        Err(error) => {
            let aside = file.with_extension("damaged");
            tracing::warn!(aside = %aside.display(), %error, "a comment that waits could not be read");
            fs::rename(file, &aside).map_err(Error::io("Keeping aside", file))?;
            Ok(None)
        }
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
        let (first, second) = (comment("first"), comment("second"));
        let outbox = Outbox::open(folder.path().to_owned()).unwrap();
        outbox.put(first.clone()).unwrap();
        outbox.put(second.clone()).unwrap();
        drop(outbox);
        let outbox = Outbox::open(folder.path().to_owned()).unwrap();
        assert_eq!(outbox.next(), Some(first.clone()));
        outbox.refused(first.id, "The project is gone.").unwrap();
        assert_eq!(
            outbox.next(),
            Some(second.clone()),
            "a refused one holds up nobody"
        );
        outbox.take_back(second.id).unwrap();
        assert_eq!(outbox.next(), None);
        let again = Outbox::open(folder.path().to_owned()).unwrap();
        assert_eq!(
            again.all()[0].refused.as_deref(),
            Some("The project is gone."),
            "what was refused stays until its author drops it"
        );
    }

    #[test]
    fn two_windows_do_not_write_over_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let one = Outbox::open(folder.path().to_owned()).unwrap();
        let other = Outbox::open(folder.path().to_owned()).unwrap();
        let sent = comment("sent by the first");
        one.put(sent.clone()).unwrap();
        other.put(comment("kept by the second")).unwrap();
        one.take_back(sent.id).unwrap();
        other.take_back(sent.id).unwrap();
        let left = Outbox::open(folder.path().to_owned()).unwrap().all();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].body, "kept by the second");
    }

    #[test]
    fn a_damaged_comment_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.json"), "[{").unwrap();
        assert_eq!(Outbox::open(folder.path().to_owned()).unwrap().count(), 0);
        assert_eq!(
            fs::read_to_string(folder.path().join("x.damaged")).unwrap(),
            "[{"
        );
    }
}
