//! What people ask of a library just now: work that nobody waits for stands back meanwhile.

use super::stopped;
use crate::Library;
use gameforge_wire::SearchRequest;
use parking_lot::Mutex;
use std::{
    future::Future,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// How long the first page is waited for. A window's web view needs a second or two before it can ask.
const GRACE: Duration = Duration::from_secs(3);
/// How often is looked whether it is quiet.
const LOOK: Duration = Duration::from_millis(200);

/// When somebody last did something, and whether the first page has been served.
pub(crate) struct Activity {
    last: Mutex<Last>,
    served: watch::Sender<bool>,
}

struct Last {
    at: Instant,
    request: Option<SearchRequest>,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            last: Mutex::new(Last {
                at: Instant::now(),
                request: None,
            }),
            served: watch::Sender::new(false),
        }
    }

    /// Somebody did something.
    pub(crate) fn noted(&self) {
        self.last.lock().at = Instant::now();
    }

    /// Somebody searches. A window that asks the same again only follows what changed.
    pub(crate) fn asked(&self, request: &SearchRequest) {
        let mut last = self.last.lock();
        if last.request.as_ref() != Some(request) {
            last.request = Some(request.clone());
            last.at = Instant::now();
        }
    }

    /// A search has been answered.
    pub(crate) fn served(&self) {
        self.served
            .send_if_modified(|served| !std::mem::replace(served, true));
    }

    fn quiet_for(&self) -> Duration {
        self.last.lock().at.elapsed()
    }
}

impl Library {
    /// Starts work in the background once the first page is shown and the index is read, or when it is clear that
    /// nobody asks for a page: it must not hold up the start. Where nobody follows the library it starts at once.
    pub(crate) fn spawn_after_first_page(&self, work: impl Future<Output = ()> + Send + 'static) {
        let library = self.clone();
        self.spawn(async move {
            if library.after_first_page().await {
                work.await;
            }
        });
    }

    /// False when the library is being closed.
    async fn after_first_page(&self) -> bool {
        if !self.options().watch {
            return !*self.stopping().borrow();
        }
        let mut stopping = self.stopping();
        let mut served = self.0.activity.served.subscribe();
        let waited = async {
            // Nobody asked: nobody is held up either.
            let _ = tokio::time::timeout(GRACE, served.wait_for(|served| *served)).await;
            self.0.searcher.loaded().await;
        };
        tokio::select! {
            () = waited => true,
            () = stopped(&mut stopping) => false,
        }
    }

    /// Waits until nobody has done anything for so long; with `patience` not longer than that. False when the library
    /// is being closed.
    pub(crate) async fn when_quiet(&self, quiet: Duration, patience: Option<Duration>) -> bool {
        let begun = Instant::now();
        let mut stopping = self.stopping();
        loop {
            if *stopping.borrow() {
                return false;
            }
            let quiet_for = self.0.activity.quiet_for();
            if quiet_for >= quiet || patience.is_some_and(|patience| begun.elapsed() >= patience) {
                return true;
            }
            tokio::select! {
                () = tokio::time::sleep((quiet - quiet_for).min(LOOK)) => {}
                () = stopped(&mut stopping) => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_search_again_is_no_activity() {
        let request = |query: &str| SearchRequest {
            query: query.to_owned(),
            sort: String::new(),
        };
        let activity = Activity::new();
        let at = |activity: &Activity| activity.last.lock().at;
        let begun = at(&activity);
        activity.asked(&request("orc"));
        let asked = at(&activity);
        assert!(asked > begun);
        activity.asked(&request("orc"));
        assert_eq!(at(&activity), asked);
        activity.asked(&request("elf"));
        assert!(at(&activity) > asked);
    }
}
