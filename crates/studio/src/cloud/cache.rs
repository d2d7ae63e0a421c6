//! What was heard of the cloud: one JSON document for each list, put in place whole. Lists are small and always
//! replaced as a whole, nothing is searched in them, and losing one costs a request: a second database with its own
//! migrations would be all cost. A document that cannot be read counts as never heard.

use crate::{Error, Result, settings::write_whole};
use gameforge_wire::{CloudAsk, CloudPlace, CloudRows, cloud::ObjectRef};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{fs, path::PathBuf};

/// The form of the documents; others are not read.
const VERSION: u32 = 1;
/// Bytes of a document. What is larger was not written here.
const MOST: u64 = 64 << 20;

/// One list, with its age.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Document {
    version: u32,
    /// When it was heard.
    pub as_of_ms: f64,
    /// The list.
    pub rows: CloudRows,
}

/// The documents of one person.
pub(super) struct Cache {
    folder: PathBuf,
    /// Whether the person has left. Held while a document is written, so that what is still being heard then does not
    /// come into the folder while it is removed, or make it anew.
    left: Mutex<bool>,
}

impl Cache {
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).map_err(Error::io("Making the folder", &folder))?;
        Ok(Self {
            folder,
            left: Mutex::new(false),
        })
    }

    /// What was heard last.
    pub fn read(&self, ask: &CloudAsk) -> Option<Document> {
        let file = self.folder.join(name(ask)?);
        let size = fs::metadata(&file).ok()?.len();
        if size > MOST {
            return None;
        }
        let bytes = fs::read(&file).ok()?;
        match serde_json::from_slice::<Document>(&bytes) {
            Ok(document) if document.version == VERSION => Some(document),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "a remembered list cannot be read");
                None
            }
        }
    }

    /// Remembers a list; not after the person has left.
    pub fn write(&self, ask: &CloudAsk, rows: CloudRows, as_of_ms: f64) -> Result<()> {
        let Some(name) = name(ask) else { return Ok(()) };
        let document = Document {
            version: VERSION,
            as_of_ms,
            rows,
        };
        let bytes = serde_json::to_vec(&document).map_err(Error::json("a list of the cloud"))?;
        let left = self.left.lock();
        if *left {
            return Ok(());
        }
        write_whole(&self.folder.join(name), &bytes)
    }

    /// Forgets everything, for good.
    pub fn clear(&self) -> Result<()> {
        let mut left = self.left.lock();
        *left = true;
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("Removing", &self.folder)(error))
            }
            _ => Ok(()),
        }
    }
}

fn of(place: &CloudPlace) -> String {
    match place {
        CloudPlace::Workspace(id) => format!("workspace-{id}"),
        CloudPlace::Project(id) => format!("project-{id}"),
    }
}

/// None for an object whose id is not one.
fn about(object: &ObjectRef) -> Option<String> {
    let id = uuid::Uuid::parse_str(&object.id).ok()?;
    let kind = serde_json::to_value(object.kind).ok()?;
    Some(format!("{}-{id}", kind.as_str()?))
}

/// The document's name; none for an object whose id is not one, which no cloud has.
fn name(ask: &CloudAsk) -> Option<String> {
    let stem = match ask {
        CloudAsk::Workspaces => "workspaces".to_owned(),
        CloudAsk::Workspace { workspace } => format!("workspace-{workspace}"),
        CloudAsk::Projects { workspace } => format!("projects-{workspace}"),
        CloudAsk::Project { project } => format!("project-{project}"),
        CloudAsk::Quotas { workspace } => format!("quotas-{workspace}"),
        CloudAsk::Bin { place: None } => "bin".to_owned(),
        CloudAsk::Bin { place: Some(place) } => format!("bin-{}", of(place)),
        CloudAsk::Members { place } => format!("members-{}", of(place)),
        CloudAsk::Invitations { place } => format!("invitations-{}", of(place)),
        CloudAsk::Activity { place } => format!("activity-{}", of(place)),
        CloudAsk::ObjectActivity { project, object } => {
            format!("activity-{project}-{}", about(object)?)
        }
        CloudAsk::Comments { project, object } => format!("comments-{project}-{}", about(object)?),
        CloudAsk::Notifications => "notifications".to_owned(),
        CloudAsk::Preferences => "preferences".to_owned(),
        CloudAsk::Offers => "offers".to_owned(),
        CloudAsk::Permissions => "permissions".to_owned(),
        CloudAsk::Account => "account".to_owned(),
        CloudAsk::Sessions => "sessions".to_owned(),
        CloudAsk::Keys => "keys".to_owned(),
        CloudAsk::Identities => "identities".to_owned(),
        CloudAsk::Consents => "consents".to_owned(),
        CloudAsk::Exports => "exports".to_owned(),
        CloudAsk::Erasure => "erasure".to_owned(),
    };
    Some(format!("{stem}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gameforge_domain::{ProjectId, WorkspaceId};
    use gameforge_wire::cloud::ObjectKind;
    use uuid::Uuid;

    fn comments(id: &str) -> CloudAsk {
        CloudAsk::Comments {
            project: ProjectId::from_uuid(Uuid::now_v7()),
            object: ObjectRef {
                kind: ObjectKind::Asset,
                id: id.to_owned(),
                name: "goblin.png".to_owned(),
            },
        }
    }

    #[test]
    fn a_list_comes_back_with_its_age_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("cloud")).unwrap();
        let ask = comments(&Uuid::now_v7().to_string());
        assert!(cache.read(&ask).is_none(), "never heard");
        cache
            .write(&ask, CloudRows::Comments(Vec::new()), 1234.0)
            .unwrap();
        let document = cache.read(&ask).unwrap();
        assert_eq!(document.as_of_ms.to_bits(), 1234.0_f64.to_bits());
        assert!(cache.read(&comments(&Uuid::now_v7().to_string())).is_none());
        cache.clear().unwrap();
        assert!(cache.read(&ask).is_none());
        assert!(
            !folder.path().join("cloud").exists(),
            "nothing of a person stays after the sign-out"
        );
    }

    #[test]
    fn what_is_still_being_heard_does_not_outlast_the_sign_out() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("cloud")).unwrap();
        std::thread::scope(|threads| {
            for _ in 0..3 {
                threads.spawn(|| {
                    for _ in 0..200 {
                        let ask = comments(&Uuid::now_v7().to_string());
                        cache
                            .write(&ask, CloudRows::Comments(Vec::new()), 1.0)
                            .unwrap();
                    }
                });
            }
            cache.clear().unwrap();
        });
        assert!(!folder.path().join("cloud").exists());
    }

    #[test]
    fn a_damaged_or_newer_document_counts_as_never_heard() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().to_owned()).unwrap();
        for text in [
            "{",
            r#"{"version":2,"as_of_ms":1,"rows":{"list":"sessions","rows":[]}}"#,
        ] {
            fs::write(folder.path().join("sessions.json"), text).unwrap();
            assert!(cache.read(&CloudAsk::Sessions).is_none(), "{text}");
        }
    }

    #[test]
    fn no_two_lists_share_a_document() {
        let (workspace, project) = (
            WorkspaceId::from_uuid(Uuid::from_u128(1)),
            ProjectId::from_uuid(Uuid::from_u128(1)),
        );
        let object = ObjectRef {
            kind: ObjectKind::Asset,
            id: Uuid::from_u128(1).to_string(),
            name: "goblin.png".to_owned(),
        };
        let places = [
            CloudPlace::Workspace(workspace),
            CloudPlace::Project(project),
        ];
        let mut asks = vec![
            CloudAsk::Workspaces,
            CloudAsk::Workspace { workspace },
            CloudAsk::Projects { workspace },
            CloudAsk::Project { project },
            CloudAsk::Quotas { workspace },
            CloudAsk::Bin { place: None },
            CloudAsk::ObjectActivity {
                project,
                object: object.clone(),
            },
            CloudAsk::Comments { project, object },
        ];
        for place in places {
            asks.extend([
                CloudAsk::Members { place },
                CloudAsk::Invitations { place },
                CloudAsk::Activity { place },
                CloudAsk::Bin { place: Some(place) },
            ]);
        }
        let names: std::collections::BTreeSet<_> = asks.iter().filter_map(name).collect();
        assert_eq!(names.len(), asks.len(), "{names:?}");
    }

    #[test]
    fn an_id_that_is_a_path_leads_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("inside")).unwrap();
        let ask = comments("../../escape");
        cache
            .write(&ask, CloudRows::Comments(Vec::new()), 1.0)
            .unwrap();
        assert_eq!(
            fs::read_dir(folder.path().join("inside")).unwrap().count(),
            0
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
