//! Whether the files of assets that are kept in place are there. What is gone is noted, and what has come back.

use crate::{
    Library, Result,
    files::{path_bytes, path_from_bytes},
    store,
};
use std::{io::ErrorKind, path::Path, time::Duration};

/// Places that are looked at together.
const PAGE: i64 = 1000;
/// Going through the whole library, which nobody asked for, stands back while somebody does something, ...
const QUIET: Duration = Duration::from_millis(300);
/// ... but not for ever: so long before each page.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks at all places below a folder, or at all there are (no path begins with eight bytes of 255). Gives how many
/// changed.
pub(crate) async fn reconcile(library: &Library, below: Option<&Path>) -> Result<usize> {
    let (mut from, to) = below.map_or_else(|| (Vec::new(), vec![u8::MAX; 8]), range);
    let stopping = library.stopping();
    let mut changed = 0;
    loop {
        if below.is_none() {
            library.when_quiet(QUIET, Some(PATIENCE)).await;
        }
        let page =
            store::location::in_range(&mut *library.reader().await?, &from, &to, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(changed);
        };
        from.clone_from(&last.path);
        let looked = tokio::task::spawn_blocking(move || {
            page.into_iter()
                .filter(|place| place.in_place)
                .filter(|place| is_gone(&path_from_bytes(&place.path)) != place.missing)
                .collect::<Vec<_>>()
        });
        let different = looked.await?;
        changed += different.len();
        write(library, &different).await?;
        if *stopping.borrow() {
            return Ok(changed);
        }
    }
}

async fn write(library: &Library, different: &[store::location::Presence]) -> Result<()> {
    if different.is_empty() {
        return Ok(());
    }
    let rows = |missing: bool| {
        different
            .iter()
            .filter(|place| place.missing == missing)
            .map(|place| place.row)
            .collect::<Vec<_>>()
    };
    let assets: Vec<i64> = different.iter().map(|place| place.asset).collect();
    let mut tx = library.write_bulk().await?;
    store::location::set_missing(&mut tx, &rows(false), Some(library.now_ms())).await?;
    store::location::set_missing(&mut tx, &rows(true), None).await?;
    store::change::append(&mut tx, &assets).await?;
    tx.commit().await?;
    library.assets_changed();
    Ok(())
}

fn is_gone(path: &Path) -> bool {
    std::fs::metadata(path)
        .is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
}

/// All paths below a folder, as the range of their bytes: from the separator to its successor.
fn range(folder: &Path) -> (Vec<u8>, Vec<u8>) {
    let separator = path_bytes(Path::new(std::path::MAIN_SEPARATOR_STR));
    let mut from = path_bytes(folder);
    while from.len() >= separator.len() && from.ends_with(&separator) {
        from.truncate(from.len() - separator.len());
    }
    let mut to = from.clone();
    from.extend_from_slice(&separator);
    to.extend(
        separator
            .iter()
            .enumerate()
            .map(|(at, byte)| byte + u8::from(at == 0)),
    );
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_range_holds_what_lies_below_and_nothing_else() {
        let (from, to) = range(Path::new("/games/a/"));
        let within =
            |path: &str| path.as_bytes() > from.as_slice() && path.as_bytes() < to.as_slice();
        assert!(within("/games/a/x.png") && within("/games/a/\u{ff}/y"));
        assert!(!within("/games/ab/x.png") && !within("/games/a.png") && !within("/games/b"));
    }
}
