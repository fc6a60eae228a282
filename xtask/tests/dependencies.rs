//! The rules of the house: who may know whom.
//!
//! 1. `vir-core` depends on nothing of ours.
//! 2. A pure block depends only on `vir-core`, and on no runtime, database or HTTP library.
//! 3. No block depends on another block, and the platform never depends on a block.
//! 4. Only `vir-pdf` names PDF libraries, only `vir-store` databases and object stores, only `vir-mail`
//!    mail libraries.
//! 5. Every third-party crate is named once, in the workspace table, with a reason above it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Package {
    name: String,
    folder: PathBuf,
    dependencies: Vec<String>,
}

/// Libraries that a pure block must not pull in: it takes bytes and values, and gives values.
const RUNTIMES: [&str; 10] =
    ["tokio", "async-std", "smol", "sqlx", "rusqlite", "axum", "hyper", "reqwest", "ureq", "object_store"];

/// Libraries that only the PDF crate names.
const PDF: [&str; 8] = ["krilla", "lopdf", "hayro", "hayro-syntax", "pdf-writer", "typst", "typst-pdf", "printpdf"];

/// Databases and object stores, which only `vir-store` names.
const STORES: [&str; 4] = ["sqlx", "rusqlite", "tokio-postgres", "object_store"];

/// Mail libraries, which only `vir-mail` names.
const MAIL: [&str; 5] = ["lettre", "async-imap", "imap", "mail-parser", "mail-builder"];

/// Whoever names one of `libraries` without being `owner`.
fn trespasses(package: &Package, dependency: &str, owner: &str, libraries: &[&str]) -> bool {
    libraries.contains(&dependency) && ![owner, "xtask", "vir-testkit"].contains(&package.name.as_str())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| Package {
            name: package["name"].as_str().unwrap().to_owned(),
            folder: Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned(),
            dependencies: package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
                .collect(),
        })
        .collect()
}

fn is_in(package: &Package, folder: &str) -> bool {
    package.folder.strip_prefix(root()).unwrap().starts_with(folder)
}

#[test]
fn everybody_knows_only_whom_they_may_know() {
    let packages = packages();
    let ours: BTreeMap<&str, &Package> = packages.iter().map(|package| (package.name.as_str(), package)).collect();
    let mut broken = Vec::new();
    for package in &packages {
        for dependency in &package.dependencies {
            let name = (package.name.as_str(), dependency.as_str());
            let other = ours.get(dependency.as_str());
            let is_block = other.is_some_and(|other| is_in(other, "blocks"));
            let desk = package.name.ends_with("-desk") || package.name.ends_with("-hub");
            let wrong = (package.name == "vir-core" && other.is_some())
                || (is_in(package, "platform") && is_block)
                || (is_in(package, "blocks") && !desk && other.is_some() && dependency != "vir-core")
                || (is_in(package, "blocks") && !desk && RUNTIMES.contains(&dependency.as_str()))
                || (is_in(package, "blocks")
                    && desk
                    && is_block
                    && Some(dependency.as_str()) != pure_of(&package.name))
                || trespasses(package, dependency, "vir-pdf", &PDF)
                || trespasses(package, dependency, "vir-store", &STORES)
                || trespasses(package, dependency, "vir-mail", &MAIL);
            if wrong {
                broken.push(name.0.to_owned() + " → " + name.1);
            }
        }
    }
    assert!(broken.is_empty(), "against the rules of the house: {broken:?}");
}

fn pure_of(desk: &str) -> Option<&str> {
    desk.strip_suffix("-desk").or_else(|| desk.strip_suffix("-hub"))
}

#[test]
fn every_crate_is_named_after_its_folder() {
    for package in packages() {
        let folder = package.folder.file_name().unwrap().to_string_lossy().into_owned();
        if is_in(&package, "blocks") || is_in(&package, "platform") {
            assert_eq!(package.name, format!("vir-{folder}"));
        }
    }
}

#[test]
fn every_third_party_crate_has_its_reason() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let table = manifest.split("[workspace.dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let mut reason = false;
    for line in table.lines() {
        if line.starts_with('#') {
            reason = true;
        } else if line.contains('=') && !line.contains("path = ") {
            assert!(reason, "no reason stands above: {line}");
        } else if line.is_empty() {
            reason = false;
        }
    }
    for package in packages() {
        let own = std::fs::read_to_string(package.folder.join("Cargo.toml")).unwrap();
        let named: Vec<&str> = own.lines().filter(|line| line.contains("version = \"") && line.contains('{')).collect();
        assert!(named.is_empty(), "{}: {named:?} belong into the workspace table", package.name);
    }
}
