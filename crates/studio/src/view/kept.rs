//! The animations that were laid out last, so that one that is on screen is not laid out again for each question.

use gameforge_wire::AnimationSheet;
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::OnceCell;

/// Animations kept: the one on screen, and its neighbours.
const MOST: usize = 3;
/// A sheet over this size, in bytes, makes room for no other.
const LARGE: usize = 16 << 20;

/// A sheet with its PNG.
type LaidOut = Arc<(AnimationSheet, Vec<u8>)>;
/// Where one is, or will be: whoever comes while it is made waits for it.
type Slot = Arc<OnceCell<LaidOut>>;

/// By content, the latest first.
#[derive(Default)]
pub(crate) struct Sheets(Mutex<VecDeque<(blake3::Hash, Slot)>>);

impl Sheets {
    /// The slot of a content; others are given up for it.
    pub fn of(&self, hash: blake3::Hash) -> Slot {
        let mut kept = self.0.lock();
        let known = kept.iter().position(|(other, _)| *other == hash);
        let found = known.and_then(|at| kept.remove(at));
        let (hash, slot) = found.unwrap_or_else(|| (hash, Slot::default()));
        kept.push_front((hash, Arc::clone(&slot)));
        let large = |slot: &Slot| slot.get().is_some_and(|made| made.1.len() > LARGE);
        let mut place = 0;
        kept.retain(|(_, other)| {
            place += 1;
            place == 1 || (place <= MOST && !large(other))
        });
        drop(kept);
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn sheet(bytes: usize) -> LaidOut {
        let sheet = AnimationSheet {
            width: 1,
            height: 1,
            columns: 1,
            frames: vec![0.0],
            tags: Vec::new(),
        };
        Arc::new((sheet, vec![0; bytes]))
    }

    #[tokio::test]
    async fn one_that_is_asked_for_twice_at_the_same_time_is_made_once() {
        let (sheets, made) = (Sheets::default(), AtomicUsize::new(0));
        let ask = || async {
            let slot = sheets.of(blake3::hash(b"walk"));
            let found = slot.get_or_try_init(|| async {
                made.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok::<_, crate::Error>(sheet(10))
            });
            found.await.map(Arc::clone).unwrap()
        };
        let (one, other) = tokio::join!(ask(), ask());
        assert!(Arc::ptr_eq(&one, &other));
        assert!(Arc::ptr_eq(&one, &ask().await), "and is kept");
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn the_oldest_and_the_largest_are_given_up() {
        let sheets = Sheets::default();
        let hash = |n: u8| blake3::hash(&[n]);
        let fill = |n, bytes| sheets.of(hash(n)).set(sheet(bytes)).is_ok();
        assert!(fill(0, 10) && fill(1, 10) && fill(2, 10) && fill(3, 10));
        assert!(sheets.of(hash(2)).get().is_some(), "kept");
        assert!(
            sheets.of(hash(0)).get().is_none(),
            "given up for the others"
        );
        assert!(fill(9, LARGE + 1));
        assert!(sheets.of(hash(9)).get().is_some(), "while it is the latest");
        sheets.of(hash(8));
        assert!(sheets.of(hash(9)).get().is_none());
    }
}
