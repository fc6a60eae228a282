//! A disk that forgets: after a loss of power only what was synced is certain. Of everything else any part may be
//! there: entries of folders one by one, files empty, cut short, or as they were.
//!
//! Every call counts as a step, every piece that is written too; at a given step the power goes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use vir_archive::ocfl::storage::{Entry, Kind, Source, Storage, parent};

/// Numbers that look random and are the same every time.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % end
    }
}

/// What counts the steps of one or more disks, and when the power goes.
#[derive(Clone, Default)]
pub struct Power {
    pub steps: Arc<AtomicU64>,
    pub until: Option<u64>,
}

enum Node {
    File { now: Vec<u8>, durable: Vec<u8> },
    Folder { now: BTreeMap<String, usize>, durable: BTreeMap<String, usize> },
}

pub struct Disk {
    nodes: Mutex<Vec<Node>>,
    power: Power,
    /// Does it rename folders? Object storage does not.
    renames: bool,
}

fn folder(nodes: &[Node], path: &str) -> io::Result<usize> {
    match node(nodes, path)? {
        found if matches!(nodes[found], Node::Folder { .. }) => Ok(found),
        _ => Err(io::ErrorKind::NotADirectory.into()),
    }
}

fn node(nodes: &[Node], path: &str) -> io::Result<usize> {
    let mut at = 0;
    for name in path.split('/').filter(|name| !name.is_empty()) {
        assert!(name != "..", "{path} leads out");
        let Node::Folder { now, .. } = &nodes[at] else { return Err(io::ErrorKind::NotFound.into()) };
        at = *now.get(name).ok_or(io::ErrorKind::NotFound)?;
    }
    Ok(at)
}

fn entries(nodes: &mut [Node], at: usize) -> &mut BTreeMap<String, usize> {
    match &mut nodes[at] {
        Node::Folder { now, .. } => now,
        Node::File { .. } => panic!("a file has no entries"),
    }
}

impl Disk {
    pub fn new(power: Power) -> Self {
        let root = Node::Folder { now: BTreeMap::new(), durable: BTreeMap::new() };
        Self { nodes: Mutex::new(vec![root]), power, renames: true }
    }

    /// One that renames no folders.
    pub fn without_renames(power: Power) -> Self {
        Self { renames: false, ..Self::new(power) }
    }

    fn step(&self) -> io::Result<()> {
        let step = self.power.steps.fetch_add(1, Ordering::Relaxed);
        if self.power.until.is_some_and(|until| step >= until) {
            Err(io::Error::other("the power is gone"))
        } else {
            Ok(())
        }
    }

    /// What the disk holds when the power is back.
    pub fn after_loss(&self, dice: &mut Dice, power: Power) -> Self {
        let nodes = self.nodes.lock().unwrap();
        let mut kept = vec![Node::Folder { now: BTreeMap::new(), durable: BTreeMap::new() }];
        let mut waiting = vec![(0, 0)];
        let mut seen = BTreeSet::from([0]);
        while let Some((old, new)) = waiting.pop() {
            let Node::Folder { now, durable } = &nodes[old] else { continue };
            let names: BTreeSet<&String> = now.keys().chain(durable.keys()).collect();
            let mut entries = BTreeMap::new();
            for name in names {
                let (certain, last) = (durable.get(name), now.get(name));
                let found = if certain == last || dice.below(2) == 0 { certain } else { last };
                let Some(found) = found else { continue };
                kept.push(match &nodes[*found] {
                    Node::File { now, durable } => {
                        let bytes = match dice.below(3) {
                            0 => durable.clone(),
                            1 => now.clone(),
                            // Cut short, and what was not written yet reads as zeros.
                            _ if now != durable => {
                                let mut bytes = now.clone();
                                let cut = dice.below(bytes.len() as u64 + 1) as usize;
                                if dice.below(2) == 0 {
                                    bytes.truncate(cut)
                                } else {
                                    bytes[cut..].fill(0)
                                }
                                bytes
                            }
                            _ => now.clone(),
                        };
                        Node::File { now: bytes.clone(), durable: bytes }
                    }
                    Node::Folder { .. } => {
                        // A folder that was on its way is at one place only.
                        if !seen.insert(*found) {
                            continue;
                        }
                        waiting.push((*found, kept.len()));
                        Node::Folder { now: BTreeMap::new(), durable: BTreeMap::new() }
                    }
                });
                entries.insert(name.clone(), kept.len() - 1);
            }
            kept[new] = Node::Folder { now: entries.clone(), durable: entries };
        }
        Self { nodes: Mutex::new(kept), power, renames: self.renames }
    }

    /// All files with their bytes.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let nodes = self.nodes.lock().unwrap();
        let mut files = BTreeMap::new();
        let mut waiting = vec![(String::new(), 0)];
        while let Some((path, at)) = waiting.pop() {
            match &nodes[at] {
                Node::File { now, .. } => _ = files.insert(path, now.clone()),
                Node::Folder { now, .. } => {
                    waiting.extend(now.iter().map(|(name, at)| (format!("{path}/{name}"), *at)))
                }
            }
        }
        files
    }

    /// Changes the bytes of a file behind everybody's back.
    pub fn tamper(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut nodes = self.nodes.lock().unwrap();
        let at = node(&nodes, path).unwrap();
        let Node::File { now, durable } = &mut nodes[at] else { panic!("{path} is no file") };
        change(now);
        durable.clone_from(now);
    }
}

impl Source for Disk {
    fn list(&self, path: &str) -> io::Result<Vec<Entry>> {
        self.step()?;
        let nodes = self.nodes.lock().unwrap();
        let at = folder(&nodes, path)?;
        let Node::Folder { now, .. } = &nodes[at] else { panic!("it is a folder") };
        let kind = |at: usize| match &nodes[at] {
            Node::File { now, .. } => Kind::File(now.len() as u64),
            Node::Folder { .. } => Kind::Folder,
        };
        Ok(now.iter().map(|(name, at)| Entry { name: name.clone(), kind: kind(*at) }).collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        self.step()?;
        let nodes = self.nodes.lock().unwrap();
        match &nodes[node(&nodes, path)?] {
            Node::File { now, .. } => Ok(Box::new(io::Cursor::new(now.clone()))),
            Node::Folder { .. } => Err(io::ErrorKind::IsADirectory.into()),
        }
    }
}

impl Storage for Disk {
    fn create(&self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        self.step()?;
        let mut nodes = self.nodes.lock().unwrap();
        let (above, name) = parent(path);
        let above = folder(&nodes, above)?;
        let new = nodes.len();
        if entries(&mut nodes, above).contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        entries(&mut nodes, above).insert(name.to_owned(), new);
        nodes.push(Node::File { now: Vec::new(), durable: Vec::new() });
        Ok(Box::new(Pen { disk: self, at: new }))
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        self.step()?;
        let mut nodes = self.nodes.lock().unwrap();
        let (above, name) = parent(path);
        let above = folder(&nodes, above)?;
        let new = nodes.len();
        if !entries(&mut nodes, above).contains_key(name) {
            entries(&mut nodes, above).insert(name.to_owned(), new);
            nodes.push(Node::Folder { now: BTreeMap::new(), durable: BTreeMap::new() });
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.step()?;
        let mut nodes = self.nodes.lock().unwrap();
        let found = node(&nodes, from)?;
        let ((source, source_name), (target, target_name)) = (parent(from), parent(to));
        let (source, target) = (folder(&nodes, source)?, folder(&nodes, target)?);
        assert!(self.renames || matches!(nodes[found], Node::File { .. }), "{from} is a folder");
        if let Some(there) = entries(&mut nodes, target).get(target_name).copied()
            && (matches!(nodes[there], Node::Folder { .. }) || matches!(nodes[found], Node::Folder { .. }))
        {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        entries(&mut nodes, source).remove(source_name);
        entries(&mut nodes, target).insert(target_name.to_owned(), found);
        Ok(())
    }

    fn remove_file(&self, path: &str) -> io::Result<()> {
        self.step()?;
        let mut nodes = self.nodes.lock().unwrap();
        node(&nodes, path)?;
        let (above, name) = parent(path);
        let above = folder(&nodes, above)?;
        entries(&mut nodes, above).remove(name);
        Ok(())
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        self.step()?;
        let mut nodes = self.nodes.lock().unwrap();
        let at = folder(&nodes, path)?;
        if !entries(&mut nodes, at).is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        let (above, name) = parent(path);
        let above = folder(&nodes, above)?;
        entries(&mut nodes, above).remove(name);
        Ok(())
    }

    fn renames_folders(&self) -> bool {
        self.renames
    }

    fn sync(&self, files: &[String], folders: &[String]) -> io::Result<()> {
        // One by one, and the power may go between them.
        for path in files.iter().chain(folders) {
            self.step()?;
            let mut nodes = self.nodes.lock().unwrap();
            let at = node(&nodes, path)?;
            match &mut nodes[at] {
                Node::File { now, durable } => durable.clone_from(now),
                Node::Folder { now, durable } => durable.clone_from(now),
            }
        }
        Ok(())
    }
}

struct Pen<'d> {
    disk: &'d Disk,
    at: usize,
}

impl Write for Pen<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.step()?;
        if let Node::File { now, .. } = &mut self.disk.nodes.lock().unwrap()[self.at] {
            now.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
