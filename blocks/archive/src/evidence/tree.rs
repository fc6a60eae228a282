//! Hash trees after RFC 4998, section 4.2, and RFC 6283, section 3.2: whole ones that we build, and the reduced ones
//! of records.
//!
//! Invariant: a reduced tree that [`Tree::reduced`] gives leads from its leaf to [`Tree::root`] by the same rule
//! that [`leads_to`] uses for foreign ones.

use crate::digest::Digest;

/// Does the reduced tree lead to this value (RFC 4998, 4.3, steps 4 and 5)?
///
/// The values of a list are sorted, concatenated and hashed; the result joins the next list. Writers differ in two
/// things, neither of which weakens the proof: whether a first list of one value is hashed or taken as it is, and
/// whether the next list holds the result already.
#[must_use]
pub fn leads_to(lists: &[Vec<Vec<u8>>], digest: Digest, root: &[u8]) -> bool {
    [false, true].into_iter().any(|hash_single| root_of(lists, digest, hash_single).as_deref() == Some(root))
}

fn root_of(lists: &[Vec<Vec<u8>>], digest: Digest, hash_single: bool) -> Option<Vec<u8>> {
    let mut carried: Option<Vec<u8>> = None;
    for list in lists {
        let mut values: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
        if let Some(carried) = &carried
            && !values.contains(&carried.as_slice())
        {
            values.push(carried);
        }
        carried = Some(match values.as_slice() {
            [] => return None,
            [single] if !hash_single => single.to_vec(),
            _ => {
                values.sort_unstable();
                digest.of(&values)
            }
        });
    }
    carried
}

/// A whole hash tree: binary, with all levels kept.
///
/// Leaves keep the order in which they were given; each node hashes its children sorted, as the RFC demands. A node
/// without sibling is carried up as it is.
#[derive(Debug, Clone)]
pub struct Tree {
    digest: Digest,
    length: usize,
    /// Level by level from the leaves, hash values one behind the other.
    levels: Vec<Vec<u8>>,
}

impl Tree {
    /// Over leaves that are hash values of this algorithm. None where there are no leaves, or one has another
    /// length.
    #[must_use]
    pub fn new<'l>(digest: Digest, leaves: impl IntoIterator<Item = &'l [u8]>) -> Option<Self> {
        let length = digest.length();
        let mut first = Vec::new();
        for leaf in leaves {
            if leaf.len() != length {
                return None;
            }
            first.extend_from_slice(leaf);
        }
        Self::from_joined(digest, first)
    }

    /// The same over leaves that stand one behind the other already.
    #[must_use]
    pub fn from_joined(digest: Digest, leaves: Vec<u8>) -> Option<Self> {
        let length = digest.length();
        if leaves.is_empty() || !leaves.len().is_multiple_of(length) {
            return None;
        }
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|below| below.len() > length) {
            levels.push(level_above(digest, below));
        }
        Some(Self { digest, length, levels })
    }

    /// How many leaves it has.
    #[must_use]
    pub fn leaves(&self) -> usize {
        self.levels[0].len() / self.length
    }

    /// The hash algorithm.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The hash value at the top, which the time stamp covers.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        self.levels.last().expect("a tree has a level")
    }

    /// The reduced tree of a leaf (RFC 4998, 4.2.2): the leaf with its sibling, then the sibling of each node on the
    /// way up. None where there is no such leaf. A tree of one leaf needs none and gives an empty one.
    #[must_use]
    pub fn reduced(&self, leaf: usize) -> Option<Vec<Vec<Vec<u8>>>> {
        if leaf >= self.leaves() {
            return None;
        }
        let mut lists: Vec<Vec<Vec<u8>>> = Vec::with_capacity(self.levels.len());
        let mut at = leaf;
        for level in &self.levels[..self.levels.len() - 1] {
            let node = |at: usize| level.get(at * self.length..(at + 1) * self.length);
            if let Some(sibling) = node(at ^ 1) {
                let mut list = vec![sibling.to_vec()];
                if lists.is_empty() {
                    list.push(self.levels[0][leaf * self.length..(leaf + 1) * self.length].to_vec());
                    list.sort_unstable();
                }
                lists.push(list);
            }
            at /= 2;
        }
        Some(lists)
    }
}

/// Bytes of a level from which on threads pay.
const LARGE: usize = 1 << 22;

/// The level above; a large one is made by all cores.
fn level_above(digest: Digest, below: &[u8]) -> Vec<u8> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(16);
    if below.len() < LARGE || cores == 1 {
        return above(digest, below);
    }
    // Whole pairs for each; the last part may end with a node that has no sibling.
    let pair = 2 * digest.length();
    let part = below.len().div_ceil(pair).div_ceil(cores) * pair;
    let mut joined = Vec::with_capacity(below.len() / 2 + digest.length());
    std::thread::scope(|scope| {
        let parts: Vec<_> = below.chunks(part).map(|part| scope.spawn(move || above(digest, part))).collect();
        for part in parts {
            joined.extend(part.join().expect("hashing does not panic"));
        }
    });
    joined
}

fn above(digest: Digest, below: &[u8]) -> Vec<u8> {
    let length = digest.length();
    let mut above = Vec::with_capacity(below.len() / 2 + length);
    for pair in below.chunks(2 * length) {
        if pair.len() == length {
            above.extend_from_slice(pair);
            continue;
        }
        let (left, right) = pair.split_at(length);
        let (first, second) = if left <= right { (left, right) } else { (right, left) };
        digest.append(&[first, second], &mut above);
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_leads_to_the_root_and_no_other_value_does() {
        let digest = Digest::Sha256;
        for count in 1..=17_u8 {
            let leaves: Vec<Vec<u8>> = (0..count).map(|number| digest.of(&[&[number]])).collect();
            let tree = Tree::new(digest, leaves.iter().map(Vec::as_slice)).unwrap();
            for (at, leaf) in leaves.iter().enumerate() {
                let mut lists = tree.reduced(at).unwrap();
                if count == 1 {
                    assert_eq!((lists.len(), tree.root()), (0, &leaf[..]));
                    continue;
                }
                assert!(lists[0].contains(leaf) && leads_to(&lists, digest, tree.root()), "{at} of {count}");
                lists[0][0][3] ^= 1;
                assert!(!leads_to(&lists, digest, tree.root()));
            }
            assert!(tree.reduced(leaves.len()).is_none());
        }
    }

    #[test]
    fn many_cores_make_the_same_level_as_one() {
        let digest = Digest::Sha256;
        for more in [0, 1, 31, 32, 33] {
            let below: Vec<u8> = (0..(LARGE / 32 + more) * 32).map(|at| (at * at % 251) as u8).collect();
            assert_eq!(level_above(digest, &below), above(digest, &below), "{more} more leaves");
        }
    }
}
