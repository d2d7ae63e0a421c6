//! The parts that snapshots consist of: dictionaries, postings, trees, orders; each checked when it is read, so that
//! nothing that comes out of it can point outside.

use crate::bits::Bits;
use crate::dictionary::Dictionary;
use crate::orders::Orders;
use crate::posting::Posting;
use crate::sections::{SectionReader, SectionWriter, SnapshotError};
use crate::snapshot::Kept;
use crate::tree::PathTree;
use crate::words::WordIndex;
use gameforge_domain::query::{Sort, SortKey};
use std::io::{self, Read, Write};

type Loaded<T> = Result<T, SnapshotError>;

pub(crate) fn take_bits<R: Read>(from: &mut SectionReader<R>, count: usize) -> Loaded<Bits> {
    let words: Vec<u64> = from.take_exactly(count.div_ceil(64))?;
    let beyond = if count.is_multiple_of(64) {
        0
    } else {
        u64::MAX << (count % 64)
    };
    if words.last().is_some_and(|last| last & beyond != 0) {
        return Err(from.damaged());
    }
    Ok(Bits::from_words(words))
}

pub(crate) fn put_dictionary<W: Write>(
    out: &mut SectionWriter<W>,
    dictionary: &Dictionary,
) -> io::Result<()> {
    let (bytes, starts) = dictionary.raw();
    out.put(bytes)?;
    out.put(starts)
}

pub(crate) fn take_dictionary<R: Read>(from: &mut SectionReader<R>) -> Loaded<Dictionary> {
    let (bytes, starts) = (from.take()?, from.take()?);
    Dictionary::from_raw(bytes, starts).ok_or_else(|| from.damaged())
}

pub(crate) fn put_words<W: Write>(
    out: &mut SectionWriter<W>,
    words: &WordIndex,
    kept: &Kept,
) -> io::Result<()> {
    put_dictionary(out, &words.words)?;
    put_postings(out, words.postings.iter(), kept)
}

pub(crate) fn take_words<R: Read>(from: &mut SectionReader<R>, count: usize) -> Loaded<WordIndex> {
    let words = take_dictionary(from)?;
    let postings = take_postings(from, count)?;
    if postings.len() != words.len() {
        return Err(from.damaged());
    }
    Ok(WordIndex { words, postings })
}

pub(crate) fn put_tree<W: Write>(
    out: &mut SectionWriter<W>,
    tree: &PathTree,
    kept: &Kept,
) -> io::Result<()> {
    put_dictionary(out, &tree.keys)?;
    let lengths: Vec<u32> = tree.paths().map(|path| path.len() as u32).collect();
    out.put(&lengths)?;
    out.put(tree.paths().collect::<String>().as_bytes())?;
    out.put(&tree.parents)?;
    out.put(&tree.sorted)?;
    let nodes = Kept::all(tree.len());
    put_words(out, &tree.names, &nodes)?;
    put_postings(out, tree.postings.iter(), kept)
}

pub(crate) fn take_tree<R: Read>(
    from: &mut SectionReader<R>,
    fold_case: bool,
    count: usize,
) -> Loaded<PathTree> {
    let keys = take_dictionary(from)?;
    let lengths: Vec<u32> = from.take_exactly(keys.len())?;
    let text = String::from_utf8(from.take()?).map_err(|_| from.damaged())?;
    let mut rest = text.as_str();
    let mut paths: Vec<Box<str>> = Vec::with_capacity(lengths.len());
    for length in lengths {
        let (path, after) = rest
            .split_at_checked(length as usize)
            .ok_or_else(|| from.damaged())?;
        paths.push(path.into());
        rest = after;
    }
    let parents: Vec<u32> = from.take_exactly(keys.len())?;
    let above = parents
        .iter()
        .zip(0..)
        .all(|(parent, node)| *parent < node || node == 0 && *parent == 0);
    if keys.len() == 0 || !above {
        return Err(from.damaged());
    }
    let sorted = take_permutation(from, keys.len())?;
    let names = take_words(from, keys.len())?;
    let postings = take_postings(from, count)?;
    if postings.len() != keys.len() {
        return Err(from.damaged());
    }
    Ok(PathTree {
        keys,
        paths,
        parents,
        names,
        postings,
        sorted,
        fold_case,
    })
}

pub(crate) fn take_permutation<R: Read>(
    from: &mut SectionReader<R>,
    count: usize,
) -> Loaded<Vec<u32>> {
    let numbers: Vec<u32> = from.take_exactly(count)?;
    let mut seen = Bits::new(count);
    for number in &numbers {
        if *number as usize >= count {
            return Err(from.damaged());
        }
        seen.set(*number);
    }
    if seen.count() as usize == count {
        Ok(numbers)
    } else {
        Err(from.damaged())
    }
}

pub(crate) fn take_orders<R: Read>(from: &mut SectionReader<R>, count: usize) -> Loaded<Orders> {
    let mut orders = Orders::default();
    loop {
        let head: Vec<u64> = from.take()?;
        let [key, descending] = head[..] else {
            return if head.is_empty() {
                Ok(orders)
            } else {
                Err(from.damaged())
            };
        };
        let key = usize::try_from(key)
            .ok()
            .and_then(|key| SortKey::ALL.get(key))
            .ok_or_else(|| from.damaged())?;
        let slots = take_permutation(from, count)?;
        orders.put(
            Sort {
                key: *key,
                descending: descending != 0,
            },
            slots,
        );
    }
}

/// How a posting is written: its number of members, times four, plus this.
const LISTED: u32 = 0;
const ROARING: u32 = 1;
const DENSE: u32 = 2;

pub(crate) fn put_postings<'a, W: Write>(
    out: &mut SectionWriter<W>,
    postings: impl Iterator<Item = &'a Posting>,
    kept: &Kept,
) -> io::Result<()> {
    let (mut heads, mut listed, mut extents) = (Vec::new(), Vec::new(), Vec::new());
    let (mut roaring, mut dense): (Vec<u8>, Vec<u64>) = (Vec::new(), Vec::new());
    for posting in postings {
        let posting = kept.posting(posting);
        let len = (posting.len() as u32) << 2;
        match posting.as_ref() {
            Posting::Few { .. } | Posting::List(_) => {
                heads.push(len | LISTED);
                posting.each(|slot| listed.push(slot));
            }
            Posting::Roaring(bitmap) => {
                heads.push(len | ROARING);
                let start = roaring.len();
                bitmap.serialize_into(&mut roaring)?;
                extents.push((roaring.len() - start) as u32);
            }
            Posting::Dense(bits) => {
                heads.push(len | DENSE);
                let words = bits.0.words();
                extents.push(words.len() as u32);
                dense.extend_from_slice(words);
            }
        }
    }
    out.put(&heads)?;
    out.put(&listed)?;
    out.put(&extents)?;
    out.put(&roaring)?;
    out.put(&dense)
}

pub(crate) fn take_postings<R: Read>(
    from: &mut SectionReader<R>,
    count: usize,
) -> Loaded<Vec<Posting>> {
    let (heads, listed, extents): (Vec<u32>, Vec<u32>, Vec<u32>) =
        (from.take()?, from.take()?, from.take()?);
    let (roaring, dense): (Vec<u8>, Vec<u64>) = (from.take()?, from.take()?);
    let mut rest = Rest {
        listed: &listed,
        extents: &extents,
        roaring: &roaring,
        dense: &dense,
    };
    let postings: Option<Vec<Posting>> = heads
        .iter()
        .map(|head| rest.posting(*head, count))
        .collect();
    let ended = rest.listed.is_empty()
        && rest.extents.is_empty()
        && rest.roaring.is_empty()
        && rest.dense.is_empty();
    postings.filter(|_| ended).ok_or_else(|| from.damaged())
}

/// What is left of the buffers of postings.
struct Rest<'a> {
    listed: &'a [u32],
    extents: &'a [u32],
    roaring: &'a [u8],
    dense: &'a [u64],
}

impl Rest<'_> {
    /// The next posting; `None` when it does not fit.
    fn posting(&mut self, head: u32, count: usize) -> Option<Posting> {
        let len = head >> 2;
        if head & 3 == LISTED {
            let (members, after) = self.listed.split_at_checked(len as usize)?;
            self.listed = after;
            let fits = members.is_sorted_by(|a, b| a < b)
                && members.last().is_none_or(|last| (*last as usize) < count);
            return fits.then(|| Posting::from_sorted(members));
        }
        let (extent, after) = self.extents.split_first()?;
        self.extents = after;
        match head & 3 {
            ROARING => {
                let (bytes, after) = self.roaring.split_at_checked(*extent as usize)?;
                self.roaring = after;
                let bitmap = roaring::RoaringBitmap::deserialize_from(bytes).ok()?;
                let fits = bitmap.len() == u64::from(len)
                    && bitmap.max().is_none_or(|last| (last as usize) < count);
                fits.then(|| Posting::Roaring(Box::new(bitmap)))
            }
            DENSE => {
                let (words, after) = self.dense.split_at_checked(*extent as usize)?;
                self.dense = after;
                let bits = Bits::from_words(words.to_vec());
                let last = words.iter().rposition(|word| *word != 0);
                let last = last.map_or(0, |at| at * 64 + 64 - words[at].leading_zeros() as usize);
                (bits.count() == len && last <= count)
                    .then(|| Posting::Dense(Box::new((bits, len))))
            }
            _ => None,
        }
    }
}
