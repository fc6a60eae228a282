//! Decay: bits that flip, files that go or come; the scrubber finds each and repairs it from the replica. And the index
//! that is made from storage alone.
//!
//! `VIR_BIT_FLIPS` says how many bits flip.

use std::collections::BTreeSet;

use vir_archive::ocfl::depot::{Damage, Depot, Kinds, ROOT, scrub};
use vir_archive::ocfl::layout::Layout;
use vir_archive::ocfl::mirror::Mirror;
use vir_archive::ocfl::storage::Storage;

use super::disk::{Dice, Disk, Power};
use super::power::change;

/// Two disks with the same objects.
fn store(objects: u64) -> (Disk, Disk) {
    let (first, second) = (Disk::new(Power::default()), Disk::new(Power::default()));
    let depot = Depot::create(Mirror { first: &first, second: &second }, Layout::OURS).unwrap();
    let mut dice = Dice::new(objects);
    for number in 0..objects {
        let id = format!("urn:example:akte-{number}");
        for version in 0..=dice.below(3) {
            let mut draft = depot.draft(&id, change("Ablage")).unwrap();
            for file in 0..=dice.below(3) {
                let content: Vec<u8> = (0..1 + dice.below(300)).map(|_| dice.below(256) as u8).collect();
                draft.put(&format!("ordner/datei {version}-{file}.bin"), &mut content.as_slice()).unwrap();
            }
            draft.commit().unwrap();
        }
    }
    (first, second)
}

fn run(first: &Disk, second: &Disk) -> Vec<Damage> {
    let depot = Depot::open(first, Layout::OURS).unwrap();
    let mut found = Vec::new();
    scrub(&depot, &[first, second], &mut |damage| found.push(damage.clone())).unwrap();
    found
}

#[test]
fn every_flipped_bit_is_found_and_repaired() {
    let flips: u64 = std::env::var("VIR_BIT_FLIPS").ok().and_then(|number| number.parse().ok()).unwrap_or(400);
    let (first, second) = store(12);
    assert_eq!(run(&first, &second), []);
    let sound = first.files();
    let names: Vec<&String> =
        sound.keys().filter(|name| !sound[*name].is_empty() && name.starts_with("/root")).collect();
    let mut dice = Dice::new(5);
    let mut done = 0;
    while done < flips {
        // A few at a time, on either disk, but not the same file on both.
        let mut flipped = BTreeSet::new();
        for _ in 0..16.min(flips - done) {
            let name = names[dice.below(names.len() as u64) as usize];
            if flipped.iter().any(|(_, other)| other == name) {
                continue;
            }
            let replica = dice.below(2) as usize;
            flipped.insert((replica, name.clone()));
            let bits = sound[name].len() as u64 * 8;
            let bit = dice.below(bits);
            [&first, &second][replica].tamper(name, |bytes| bytes[(bit / 8) as usize] ^= 1 << (bit % 8));
            done += 1;
        }
        let found = run(&first, &second);
        let named: BTreeSet<(usize, String)> =
            found.iter().map(|damage| (damage.replica, format!("/{}", damage.path))).collect();
        assert_eq!(named, flipped);
        assert!(found.iter().all(|damage| damage.repaired && damage.kind == Kinds::Changed));
    }
    assert_eq!(first.files(), sound);
    assert_eq!(second.files(), sound);
    println!("decay: {done} flipped bits on two disks, all found, all repaired");
}

#[test]
fn what_is_gone_comes_back_and_what_nobody_knows_is_put_aside() {
    let (first, second) = store(3);
    let sound = first.files();
    let object = |suffix: &str| {
        let name = sound.keys().find(|name| name.ends_with(suffix)).unwrap();
        name.trim_start_matches('/').to_owned()
    };
    let content = sound.keys().find(|name| name.contains("/content/")).unwrap().trim_start_matches('/').to_owned();
    first.remove_file(&content).unwrap();
    second.remove_file(&object("v1/inventory.json.sha512")).unwrap();
    second.create(&format!("{content}.tmp")).unwrap();
    let found = run(&first, &second);
    let kinds: BTreeSet<String> = found.iter().map(|damage| format!("{:?}", damage.kind)).collect();
    assert_eq!(kinds, ["Missing", "Unknown"].map(str::to_owned).into());
    assert!(found.iter().all(|damage| damage.repaired));
    assert_eq!(first.files(), sound);
    let mut aside = second.files();
    assert_eq!(aside.remove("/found/1"), Some(Vec::new()));
    assert_eq!(aside, sound);

    // An object that one disk lost altogether.
    let place = content.split("/v1/").next().unwrap();
    second.make_folder("lost").unwrap();
    second.rename(place, "lost/object").unwrap();
    let found = run(&first, &second);
    assert!(matches!(found.as_slice(), [Damage { replica: 1, kind: Kinds::Missing, repaired: true, .. }]), "{found:?}");
    assert_eq!(second.files().iter().filter(|(name, _)| name.starts_with("/root")).count(), sound.len());

    // What is changed everywhere is said, and left as it is.
    for disk in [&first, &second] {
        disk.tamper(&content, |bytes| bytes[0] ^= 1);
    }
    let found = run(&first, &second);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|damage| !damage.repaired && damage.path == content));
}

#[test]
fn the_index_is_made_from_storage_alone() {
    let (first, second) = store(20);
    let index = |disk: &Disk| {
        let depot = Depot::open(disk, Layout::OURS).unwrap();
        let mut all = Vec::new();
        depot.index(&mut |_, indexed| all.push(indexed.unwrap())).unwrap();
        all
    };
    let whole = index(&first);
    assert_eq!(whole.len(), 20);
    assert_eq!(whole, index(&second));
    assert!(whole.is_sorted_by(|a, b| a.place < b.place));
    let files = first.files();
    for object in &whole {
        let inventory = &files[&format!("/{ROOT}/{}/inventory.json", object.place)];
        assert!(
            files[&format!("/{ROOT}/{}/inventory.json.sha512", object.place)]
                .starts_with(object.inventory_digest.as_bytes())
        );
        assert!(String::from_utf8_lossy(inventory).contains(&object.id));
        assert!(
            object
                .versions
                .iter()
                .all(|version| version.files.iter().all(|file| file.size.is_some_and(|size| size > 0)))
        );
    }
}
