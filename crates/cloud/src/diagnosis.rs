//! What is wrong with a part that the service needs, in the words of its settings: for `check-config`, and for whoever
//! runs the service. Answers to the world never say as much.

use crate::{Config, Error, config::Storage};
use secrecy::ExposeSecret;
use url::Url;

/// Why the database does not work, and what to set right.
#[must_use]
pub fn database(error: &Error, config: &Config) -> String {
    let said = error.to_string();
    let url = Url::parse(config.database_url.expose_secret()).ok();
    let host = url
        .as_ref()
        .and_then(Url::host_str)
        .unwrap_or("the host of the address");
    let code = match error {
        Error::Database(sqlx::Error::Database(error)) => error.code(),
        _ => None,
    };
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let advice = match code.as_deref() {
        Some("28P01" | "28000") => {
            "the server refuses the login; correct user and password in GAMEFORGE_DATABASE_URL"
                .to_owned()
        }
        Some("3D000") => {
            "the server has no such database; make it, or correct GAMEFORGE_DATABASE_URL".to_owned()
        }
        Some("42P01") => "it has no tables yet; run `gameforge-cloud migrate`".to_owned(),
        _ if says(&["UnknownIssuer", "BadSignature"]) => {
            "the server's certificate is of an authority that this machine does not know; give that authority's \
             certificate as `sslrootcert=FILE` in GAMEFORGE_DATABASE_URL"
                .to_owned()
        }
        _ if says(&["not valid for name", "NotValidForName"]) => format!(
            "the server's certificate is for another host than “{host}”; correct the host in \
             GAMEFORGE_DATABASE_URL, or give the server a certificate of that name"
        ),
        _ if says(&["certificate expired", "certificate not valid yet"]) => {
            "the server's certificate is out of its time; renew it, or set this machine's clock right"
                .to_owned()
        }
        _ if says(&["does not support TLS"]) => {
            "the server speaks no TLS, but `sslmode` in GAMEFORGE_DATABASE_URL asks for it; turn on `ssl` there"
                .to_owned()
        }
        _ if matches!(error, Error::Database(sqlx::Error::PoolTimedOut)) => {
            format!("nobody answers at “{host}” in time; is it running, and reached from here?")
        }
        _ => return said,
    };
    format!("{advice} ({said})")
}

/// Why the object storage does not work, and what to set right.
#[must_use]
pub fn storage(error: &Error, storage: &Storage) -> String {
    let said = error.to_string();
    let (place, place_setting, keys, endpoint) = match storage {
        Storage::Folder(folder) => {
            return format!(
                "“{}” cannot be used; give GAMEFORGE_STORAGE_FOLDER a folder that the service may write ({said})",
                folder.display()
            );
        }
        Storage::S3 { bucket, .. } => (
            format!("the bucket “{bucket}”"),
            "GAMEFORGE_S3_BUCKET",
            "GAMEFORGE_S3_KEY and GAMEFORGE_S3_SECRET",
            "GAMEFORGE_S3_ENDPOINT",
        ),
        Storage::Azure { container, .. } => (
            format!("the container “{container}”"),
            "GAMEFORGE_AZURE_CONTAINER",
            "GAMEFORGE_AZURE_ACCOUNT and GAMEFORGE_AZURE_KEY",
            "GAMEFORGE_AZURE_ENDPOINT",
        ),
    };
    let Error::Storage(cause) = error else {
        return said;
    };
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let advice = match cause {
        object_store::Error::NotFound { .. } => {
            format!("{place} is not there; make it, or correct {place_setting}")
        }
        object_store::Error::Unauthenticated { .. } => {
            format!("the storage does not know the key; correct {keys}")
        }
        // Both protocols answer a wrong key and a key without rights by the same status; their codes differ.
        object_store::Error::PermissionDenied { .. }
            if says(&[
                "InvalidAccessKeyId",
                "NotSignedUp",
                "SignatureDoesNotMatch",
                "AuthenticationFailed",
                "AuthorizationFailure",
            ]) =>
        {
            format!("the storage does not know the key; correct {keys}")
        }
        object_store::Error::PermissionDenied { .. } => format!(
            "the key has no right to {place}; let it read, write, list and remove objects there"
        ),
        _ if says(&["AuthorizationHeaderMalformed", "configured region"]) => {
            format!("{place} is in another region; correct GAMEFORGE_S3_REGION")
        }
        _ if says(&["error sending request", "tcp connect", "dns error"]) => {
            format!(
                "nobody answers there; correct {endpoint}, and look whether it is reached from here"
            )
        }
        _ => return said,
    };
    // Answers of these protocols are pages of XML.
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{advice} ({said})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::Error as Fault;

    fn bucket() -> Storage {
        Storage::S3 {
            bucket: "assets".to_owned(),
            endpoint: None,
            region: "eu-central-1".to_owned(),
            key: "key".to_owned(),
            secret: "the secret itself".to_owned().into(),
        }
    }

    #[test]
    fn a_wrong_key_and_a_key_without_rights_are_told_apart() {
        let refused = |code: &str| {
            let fault = Fault::PermissionDenied {
                path: "probe/me".to_owned(),
                source: format!("403 Forbidden: <Error>\n<Code>{code}</Code></Error>").into(),
            };
            storage(&Error::Storage(fault), &bucket())
        };
        assert!(refused("SignatureDoesNotMatch").contains("GAMEFORGE_S3_SECRET"));
        let without_rights = refused("AccessDenied");
        assert!(
            without_rights.contains("no right to the bucket “assets”"),
            "{without_rights}"
        );
        assert!(!without_rights.contains('\n'), "one line a part");
        assert!(!without_rights.contains("the secret itself"));
    }

    #[test]
    fn what_is_not_known_is_said_as_it_came() {
        let fault = Fault::Generic {
            store: "S3",
            source: "something new".into(),
        };
        let said = storage(&Error::Storage(fault), &bucket());
        assert!(said.contains("something new"), "{said}");
    }
}
