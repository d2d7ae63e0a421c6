//! Paths as a tree: folders and tags. A node's number is always greater than its parent's.

use crate::bits::Bits;
use crate::collate;
use crate::dictionary::Dictionary;
use crate::posting::Posting;
use crate::term::Term;
use crate::text::Normal;
use crate::words::WordIndex;
use std::borrow::Cow;

/// The number of no node; the root above all.
pub(crate) const ROOT: u32 = 0;

/// A tree of paths with `/` between names. Node 0 is the root, with an empty path.
#[derive(Debug, Clone)]
pub(crate) struct PathTree {
    /// The path that decides which node it is: folded to lower case where case does not matter.
    pub keys: Dictionary,
    /// The path as first written.
    pub paths: Vec<Box<str>>,
    pub parents: Vec<u32>,
    /// Words of each node's own name.
    pub names: WordIndex,
    /// For folders the slots in the node, for tags those in and below it.
    pub postings: Vec<Posting>,
    /// Nodes in the order of their paths.
    pub sorted: Vec<u32>,
    pub fold_case: bool,
}

impl PathTree {
    /// With only a root. Tags fold case, folders do not.
    pub(crate) fn new(fold_case: bool) -> Self {
        let mut tree = Self {
            keys: Dictionary::default(),
            paths: Vec::new(),
            parents: Vec::new(),
            names: WordIndex::default(),
            postings: Vec::new(),
            sorted: Vec::new(),
            fold_case,
        };
        tree.push("", "", ROOT);
        tree
    }

    pub(crate) fn len(&self) -> usize {
        self.paths.len()
    }

    pub(crate) fn path(&self, node: u32) -> &str {
        &self.paths[node as usize]
    }

    pub(crate) fn parent(&self, node: u32) -> u32 {
        self.parents[node as usize]
    }

    fn key(&self, path: &str) -> String {
        // A line break divides the dictionary; no sensible name contains one, but a file may be called so.
        let path = path.trim_matches('/').replace('\n', "\u{fffd}");
        if self.fold_case {
            path.to_lowercase()
        } else {
            path
        }
    }

    /// The node of a path, made with those above it if it is new.
    pub(crate) fn intern(&mut self, path: &str) -> u32 {
        let key = self.key(path);
        if let Some(node) = self.keys.find(&key) {
            return node;
        }
        let path = path.trim_end_matches('/');
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = if above.trim_matches('/').is_empty() {
            ROOT
        } else {
            self.intern(above)
        };
        self.push(path, name, parent)
    }

    fn push(&mut self, path: &str, name: &str, parent: u32) -> u32 {
        let key = self.key(path);
        let node = self.keys.intern(&key);
        self.paths.push(path.into());
        self.parents.push(parent);
        self.postings.push(Posting::default());
        self.names.insert_all(&Normal::of(name), node);
        let at = self
            .sorted
            .partition_point(|other| collate::paths(self.path(*other), path).is_lt());
        self.sorted.insert(at, node);
        node
    }

    /// The node and all above it up to, not with, the root.
    pub(crate) fn upwards(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(node), |node| Some(self.parent(*node)))
            .take_while(|node| *node != ROOT)
    }

    /// The node of a path, if there is one.
    pub(crate) fn find(&self, path: &str) -> Option<u32> {
        self.keys.find(&self.key(path))
    }

    /// Nodes whose path, from the root to their own name, matches a term; those below them do, too.
    pub(crate) fn matching(&self, term: &Term) -> Bits {
        let len = self.len();
        if let Some(word) = term.single() {
            return self.with_below(self.names.matching(word, len));
        }
        let mut candidates = self.with_all_words(&term.text.whole, term.open);
        candidates.or(&self.with_all_words(crate::term::parts(&term.text), term.open));
        let mut text = Normal::default();
        let mut found = Bits::new(len);
        candidates.each(|node| {
            text.read(self.path(node));
            if term.follows_in(&text) {
                found.set(node);
            }
        });
        found
    }

    fn with_all_words(&self, words: &str, open: bool) -> Bits {
        let len = self.len();
        let mut all: Option<Bits> = None;
        let mut words = words.split(' ').filter(|word| !word.is_empty()).peekable();
        while let Some(word) = words.next() {
            let last = words.peek().is_none();
            let own = if open && last {
                self.names.starting(word, len)
            } else {
                self.names.exactly(word, len)
            };
            let bits = self.with_below(own);
            match &mut all {
                Some(all) => all.and(&bits),
                None => all = Some(bits),
            }
        }
        all.unwrap_or_else(|| Bits::new(len))
    }

    /// Adds every node below a member.
    pub(crate) fn with_below(&self, mut nodes: Bits) -> Bits {
        for node in 1..self.len() as u32 {
            if nodes.get(self.parent(node)) {
                nodes.set(node);
            }
        }
        nodes
    }

    /// Nodes that a `folder:` filter means; see [`Place`].
    pub(crate) fn under(&self, text: &str) -> Bits {
        let place = Place::new(text);
        let mut nodes = Bits::new(self.len());
        for node in 0..self.len() as u32 {
            // What the node above contains, this one contains; else it is this one's own name that completes it.
            if nodes.get(self.parent(node)) || place.ends_in(self.path(node)) {
                nodes.set(node);
            }
        }
        nodes
    }

    /// The place of each node in the order of paths.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.len()];
        for (rank, node) in self.sorted.iter().enumerate() {
            ranks[*node as usize] = rank as u32;
        }
        ranks
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(AsRef::as_ref)
    }
}

/// What a `folder:` filter asks: names in a row somewhere in the path, the last of which may go on, case aside.
/// A `/` in front ties it to the root, one at the end closes the last name.
pub(crate) struct Place {
    /// With a `/` in front, without one at the end.
    needle: String,
    rooted: bool,
    closed: bool,
    /// Names above the last one.
    above: usize,
}

impl Place {
    pub(crate) fn new(text: &str) -> Self {
        let needle = format!("/{}", text.trim_start_matches('/').to_lowercase());
        let inner = needle.strip_suffix('/').filter(|inner| !inner.is_empty());
        let closed = inner.is_some();
        let needle = inner.map_or_else(|| needle.clone(), str::to_owned);
        Self {
            rooted: text.starts_with('/'),
            closed,
            above: needle.bytes().filter(|byte| *byte == b'/').count() - 1,
            needle,
        }
    }

    /// Whether a path contains the place.
    #[cfg(test)]
    pub(crate) fn contains(&self, path: &str) -> bool {
        let path = lower(path);
        let fits = |start: usize| self.fits(&path[start..]);
        fits(0) || !self.rooted && path.match_indices('/').any(|(at, _)| fits(at + 1))
    }

    /// Whether a path contains the place and the path above it does not: then its last name is the one that the place
    /// ends in, and where the place begins follows from how many names it has.
    pub(crate) fn ends_in(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let mut above = self.above;
        let start = path.bytes().rposition(|byte| {
            let ends = byte == b'/' && above == 0;
            above -= usize::from(byte == b'/' && !ends);
            ends
        });
        if above > 0 {
            return false;
        }
        let (before, last) = path.split_at(start.map_or(0, |slash| slash + 1));
        if self.rooted && before.bytes().any(|byte| byte != b'/') {
            return false;
        }
        if !last.is_ascii() {
            return self.fits(&lower(last));
        }
        let (last, asked) = (last.as_bytes(), &self.needle.as_bytes()[1..]);
        last.get(..asked.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(asked))
            && (!self.closed || matches!(last.get(asked.len()), None | Some(b'/')))
    }

    fn fits(&self, rest: &str) -> bool {
        // Compared as `/path/` without building that.
        rest.strip_prefix(&self.needle[1..])
            .is_some_and(|after| !self.closed || after.is_empty() || after.starts_with('/'))
    }
}

fn lower(path: &str) -> Cow<'_, str> {
    let path = path.trim_matches('/');
    let plain = path
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if plain {
        Cow::Borrowed(path)
    } else {
        Cow::Owned(path.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_place_is_names_in_a_row() {
        let has = |text: &str, path: &str| Place::new(text).contains(path);
        assert!(
            has("art/chars", "game/Art/chars/old")
                && has("art", "artwork")
                && has("/game/art/", "game/art/x")
        );
        assert!(!has("art", "smart") && !has("/art", "game/art") && !has("art/", "artwork"));
        assert!(has("/home", "/home/me"));
    }

    proptest! {
        #[test]
        fn what_is_under_a_place_is_what_contains_it(
            paths in prop::collection::vec("/?[aBÄ]{1,2}(/[abBä]{1,3}){0,4}", 1..30),
            text in "/?[abä]{0,2}(/[abB]{1,2}){0,2}/?",
        ) {
            let mut tree = PathTree::new(false);
            for path in &paths {
                tree.intern(path);
            }
            let place = Place::new(&text);
            let naive = Bits::scan(tree.len(), |node| place.contains(tree.path(node as u32)));
            let under = tree.under(&text);
            prop_assert_eq!(under.words(), naive.words());
        }
    }

    #[test]
    fn nodes_come_with_those_above_and_match_below() {
        let mut tree = PathTree::new(true);
        let cave = tree.intern("Env/Dungeon/Cave");
        assert_eq!(tree.intern("env/dungeon/cave"), cave);
        assert_eq!(
            tree.upwards(cave)
                .map(|node| tree.path(node).to_owned())
                .collect::<Vec<_>>(),
            ["Env/Dungeon/Cave", "Env/Dungeon", "Env"]
        );
        let matching = |term: Term| {
            tree.matching(&term)
                .iter()
                .map(|node| tree.path(node))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            matching(Term::word("dung")),
            ["Env/Dungeon", "Env/Dungeon/Cave"]
        );
        assert_eq!(matching(Term::phrase("dungeon cave")), ["Env/Dungeon/Cave"]);
        assert_eq!(matching(Term::phrase("env cave")), [""; 0]);
    }
}
