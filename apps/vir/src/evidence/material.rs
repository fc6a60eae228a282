//! What a record may be about: the files that the user named, and what lies beside a package.
//!
//! Invariant: only files that the user named are read, and those that a named package refers to beside itself.

use std::path::{Component, Path, PathBuf};

use anyhow::{Result, anyhow};
use vir_archive::evidence::submission::{self, File, Limits, Material};

use crate::invoice::input::Source;
use crate::language::language;

/// The records in a file, each with what it may be about.
pub fn gather(source: &Source, bytes: Vec<u8>, data: &[PathBuf]) -> Result<Vec<Material>> {
    let files = read(data)?;
    let beside = |uri: &str| beside(source, uri);
    submission::gather(&source.title(), bytes, &files, &beside, Limits::OWN)
        .map_err(|error| anyhow!("{}: {}", source.title(), error.text().get(language())))
}

/// The files that the user named.
pub fn read(paths: &[PathBuf]) -> Result<Vec<File>> {
    paths
        .iter()
        .map(|path| {
            let source = Source::of(path);
            Ok((source.title(), source.read()?))
        })
        .collect()
}

/// A file to which a package refers, in its folder.
fn beside(source: &Source, uri: &str) -> Option<Vec<u8>> {
    let relative = Path::new(uri);
    let is_below = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let label = source.label();
    let folder = Path::new(&label).parent().filter(|_| is_below && label != "-")?;
    std::fs::read(folder.join(relative)).ok()
}
