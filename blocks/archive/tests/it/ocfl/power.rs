//! Loss of power at every step of a depot's work, on one disk and on two: what was acknowledged is there, and
//! everything that is there is valid.
//!
//! `VIR_POWER_LOSSES` says how often the power goes at each step; each time another part of what was not synced stays.

use std::collections::BTreeMap;
use std::io::Read as _;

use vir_archive::ocfl::depot::{Change, Depot, DepotError, ROOT, recover, scrub};
use vir_archive::ocfl::inventory::User;
use vir_archive::ocfl::layout::Layout;
use vir_archive::ocfl::mirror::Mirror;
use vir_archive::ocfl::storage::Storage;
use vir_archive::ocfl::{self};

use super::disk::{Dice, Disk, Power};

pub fn change(message: &str) -> Change {
    let user = User { name: "Registratur".to_owned(), address: Some("mailto:registratur@example.org".to_owned()) };
    Change { created: "2026-02-03T04:05:06Z".to_owned(), message: message.to_owned(), user }
}

type Files = BTreeMap<String, Vec<u8>>;

/// What somebody who works with a depot knows of it.
#[derive(Default, Clone, Debug)]
struct Model {
    /// The states of each object, version by version, for which there was a receipt. None after its removal.
    objects: BTreeMap<String, Vec<Files>>,
    /// What was being done when the power went: the object, and the state that it would have; none for a removal.
    open: Option<(String, Option<Files>)>,
}

/// One thing that is done to a depot.
fn act<S: Storage>(depot: &Depot<S>, dice: &mut Dice, model: &mut Model) -> Result<(), DepotError> {
    let id = format!("urn:example:akte-{}", dice.below(4));
    let states = model.objects.get(&id).cloned().unwrap_or_default();
    if !states.is_empty() && dice.below(5) == 0 {
        model.open = Some((id.clone(), None));
        depot.purge(&id)?;
        model.objects.remove(&id);
        model.open = None;
        return Ok(());
    }
    let mut files = states.last().cloned().unwrap_or_default();
    let mut draft = depot.draft(&id, change("Ablage"))?;
    for _ in 0..=dice.below(3) {
        let path = format!("{}/datei {}.txt", ["a", "b/c"][dice.below(2) as usize], dice.below(4));
        match dice.below(4) {
            0 => assert_eq!(draft.remove(&path), files.remove(&path).is_some()),
            1 if files.contains_key(&path) => {
                let to = format!("umbenannt-{}.txt", dice.below(4));
                draft.rename(&path, &to)?;
                let content = files.remove(&path).unwrap();
                files.insert(to, content);
            }
            _ => {
                // Few contents, so that many are there already.
                let content = vec![b'x'; dice.below(5) as usize * 7];
                model.open = Some((id.clone(), Some(files.clone())));
                draft.put(&path, &mut content.as_slice())?;
                files.insert(path, content);
            }
        }
    }
    model.open = Some((id.clone(), Some(files.clone())));
    match draft.commit() {
        Err(DepotError::Unchanged) => {}
        other => {
            let receipt = other?;
            let states = model.objects.entry(id).or_default();
            states.push(files);
            assert_eq!(receipt.version.number() as usize, states.len());
        }
    }
    model.open = None;
    Ok(())
}

/// What a depot holds of an object, version by version.
fn held<S: Storage>(depot: &Depot<S>, id: &str) -> Vec<Files> {
    let Some(inventory) = depot.inventory(id).unwrap() else { return Vec::new() };
    let read = |version, path: &str| {
        let mut bytes = Vec::new();
        depot.file(id, Some(version), path).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let versions = inventory.versions.keys();
    versions
        .map(|name| inventory.files(*name).map(|(path, _)| (path.to_owned(), read(*name, path))).collect())
        .collect()
}

fn judge<S: Storage>(depot: &Depot<S>, model: &Model, context: &str) {
    depot.sweep_folders().unwrap();
    let mut said = Vec::new();
    let report = ocfl::root(depot.storage(), ROOT, &mut |path, report| {
        said.extend(report.findings.iter().map(|finding| format!("{path}: {finding}")));
    });
    let report = report.unwrap();
    assert!(report.is_valid() && report.findings.is_empty() && said.is_empty(), "{context}: {report:?} {said:?}");
    for number in 0..4 {
        let id = format!("urn:example:akte-{number}");
        let expected = model.objects.get(&id).cloned().unwrap_or_default();
        let mut allowed = vec![expected.clone()];
        if let Some((open, state)) = &model.open
            && *open == id
        {
            allowed.push(match state {
                None => Vec::new(),
                Some(state) => [expected, vec![state.clone()]].concat(),
            });
        }
        let found = held(depot, &id);
        assert!(allowed.contains(&found), "{context}: {id} has {found:?} instead of {allowed:?}");
    }
}

fn losses() -> u64 {
    std::env::var("VIR_POWER_LOSSES").ok().and_then(|number| number.parse().ok()).unwrap_or(1)
}

const ACTS: u64 = 6;

#[test]
fn no_loss_of_power_takes_what_was_acknowledged() {
    let points = one(Disk::new);
    println!("power-one: lost at {points} points of one disk, nothing lost that was acknowledged, nothing invalid");
}

#[test]
fn no_loss_takes_what_was_acknowledged_where_folders_are_not_renamed() {
    let points = one(Disk::without_renames);
    println!("power-flat: lost at {points} points of a storage without folders, nothing lost, nothing invalid");
}

fn one(new: fn(Power) -> Disk) -> u64 {
    let mut points = 0;
    for seed in 1..=4 * losses() {
        let mut steps = None;
        let mut at = 0;
        while steps.is_none_or(|steps| at <= steps) {
            // At first without a loss, to see how many steps there are.
            let until = steps.is_some().then_some(at);
            let power = Power { until, ..Power::default() };
            let disk = new(power.clone());
            let mut model = Model::default();
            let mut dice = Dice::new(seed);
            let mut work = || -> Result<(), DepotError> {
                let depot = Depot::create(&disk, Layout::OURS)?;
                (0..ACTS).try_for_each(|_| act(&depot, &mut dice, &mut model))
            };
            let outcome = work();
            if steps.is_none() {
                outcome.unwrap();
                steps = Some(power.steps.load(std::sync::atomic::Ordering::Relaxed));
                continue;
            }
            let context = format!("seed {seed}, step {at}");
            let mut dice = Dice::new(seed * 1_000_003 + at);
            let mut disk = disk.after_loss(&mut dice, Power::default());
            // Now and then the power goes again while the depot is recovered.
            if dice.below(3) == 0 {
                let power = Power { until: Some(dice.below(60)), ..Power::default() };
                disk = disk.after_loss(&mut dice, power);
                let _ = recover(&[&disk], Layout::OURS);
                disk = disk.after_loss(&mut dice, Power::default());
            }
            recover(&[&disk], Layout::OURS).unwrap();
            let depot = Depot::create(&disk, Layout::OURS).unwrap();
            judge(&depot, &model, &context);
            points += 1;
            // What was acknowledged does not end the work.
            model = Model { open: None, ..model };
            for (id, states) in
                (0..4).map(|number| format!("urn:example:akte-{number}")).map(|id| (id.clone(), held(&depot, &id)))
            {
                if states.is_empty() {
                    model.objects.remove(&id)
                } else {
                    model.objects.insert(id, states)
                };
            }
            act(&depot, &mut dice, &mut model).unwrap();
            judge(&depot, &model, &context);
            at += 1;
        }
    }
    points
}

#[test]
fn two_disks_are_alike_after_a_loss_of_power() {
    let points = two([Disk::new, Disk::new]) + two([Disk::new, Disk::without_renames]);
    println!("power-two: lost at {points} points of two disks, which are alike afterwards");
}

fn two(new: [fn(Power) -> Disk; 2]) -> u64 {
    let mut points = 0;
    for seed in 1..=2 * losses() {
        let mut steps = None;
        let mut at = 0;
        while steps.is_none_or(|steps| at <= steps) {
            let until = steps.is_some().then_some(at);
            let power = Power { until, ..Power::default() };
            let (first, second) = (new[0](power.clone()), new[1](power.clone()));
            let mut model = Model::default();
            let mut dice = Dice::new(seed + 100);
            let mut work = || -> Result<(), DepotError> {
                let depot = Depot::create(Mirror { first: &first, second: &second }, Layout::OURS)?;
                (0..ACTS).try_for_each(|_| act(&depot, &mut dice, &mut model))
            };
            let outcome = work();
            if steps.is_none() {
                outcome.unwrap();
                steps = Some(power.steps.load(std::sync::atomic::Ordering::Relaxed));
                continue;
            }
            let context = format!("seed {seed}, step {at}");
            let mut dice = Dice::new(seed * 2_000_003 + at);
            let first = first.after_loss(&mut dice, Power::default());
            let second = second.after_loss(&mut dice, Power::default());
            Depot::create(&first, Layout::OURS).unwrap();
            Depot::create(&second, Layout::OURS).unwrap();
            recover(&[&first, &second], Layout::OURS).unwrap();
            for disk in [&first, &second] {
                judge(&Depot::open(disk, Layout::OURS).unwrap(), &model, &context);
            }
            // What has no receipt may have come to one disk only, without a trace on the other.
            let depot = Depot::open(&first, Layout::OURS).unwrap();
            let scrubbed = scrub(&depot, &[&first, &second], &mut |_| {}).unwrap();
            assert_eq!(scrubbed.damaged, scrubbed.repaired, "{context}");
            assert_eq!(first.files(), second.files(), "{context}");
            judge(&Depot::open(&second, Layout::OURS).unwrap(), &model, &context);
            points += 1;
            at += 1;
        }
    }
    points
}
