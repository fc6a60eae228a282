//! What operators type: backup under load, restore, verify, tenants, configuration.

use std::path::{Path, PathBuf};
use std::process::Output;

use vir_testkit::server::unconfigured;

use crate::installation::{Installation, Storage};

const SAMPLE: &str = include_str!("../../../../blocks/invoice/samples/small-ubl.xml");

/// Runs the program with German messages.
fn vir(arguments: &[&str]) -> Output {
    let binary = std::env::var_os("VIR_BINARY").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_vir")), PathBuf::from);
    unconfigured(&binary).args(["--lang", "de"]).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_restored_whole_and_never_over_something_else() {
    let installation = Installation::start(Storage::Files).unwrap();
    let folder = installation.folder.clone();
    let (data, backup, restored) = (folder.join("data"), folder.join("backup"), folder.join("restored"));
    // Somebody uploads all the time.
    let mut clerk = installation.browser_of("imke.janssen").await;
    let load = tokio::spawn(async move {
        let mut uploaded = 0;
        for number in 0..40 {
            let page = clerk.get("/hochladen").await;
            let invoice = SAMPLE.replace(">2026-88<", &format!(">L-{number}<")).into_bytes();
            let after = clerk.send(page.form("files").file("files", &format!("{number}.xml"), invoice)).await;
            uploaded += usize::from(after.status.is_success());
        }
        uploaded
    });
    for round in 0..3 {
        let made = vir(&["backup", text(&backup), "--data", text(&data)]);
        assert!(made.status.success() && said(&made).contains("1 Mandant, "), "{round}: {}", said(&made));
    }
    assert_eq!(load.await.unwrap(), 40, "the backup disturbs nobody");

    let back = vir(&["restore", text(&backup), "--data", text(&restored)]);
    assert!(back.status.success(), "{}", said(&back));
    let verified = vir(&["audit", "verify", "--data", text(&restored)]);
    assert!(verified.status.success() && said(&verified).contains("unversehrt"), "{}", said(&verified));
    let again = vir(&["restore", text(&backup), "--data", text(&restored)]);
    assert!(!again.status.success() && said(&again).contains("ist nicht leer"), "{}", said(&again));

    // A backup that somebody has changed is not restored.
    let manifest = std::fs::read_to_string(backup.join("MANIFEST.sha256")).unwrap();
    let blob = manifest.lines().find_map(|line| line.split_once("  ")).unwrap().1;
    std::fs::write(backup.join(blob), "other").unwrap();
    let refused = vir(&["restore", text(&backup), "--data", text(&folder.join("other"))]);
    assert!(!refused.status.success() && said(&refused).contains("beschädigt"), "{}", said(&refused));
}

#[test]
fn tenants_and_configuration_on_the_command_line() {
    let folder = std::env::temp_dir().join(format!("vir-operation-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let data = folder.join("data");
    let create = |short: &str| {
        let person = ["--administrator", "Ada Admin", "--email", "ada@musterstadt.example", "--data", text(&data)];
        vir(&[&["tenant", "create", short, "Stadt Musterstadt"][..], &person].concat())
    };
    let made = create("musterstadt");
    assert!(made.status.success() && said(&made).contains("/zugang/musterstadt."), "{}", said(&made));
    assert!(!create("musterstadt").status.success(), "there is one of that name");
    assert!(!create("Muster Stadt").status.success(), "a short name has no blanks");
    let listed = said(&vir(&["tenant", "list", "--data", text(&data)]));
    assert_eq!(listed.lines().count(), 1, "{listed}");
    assert!(listed.starts_with("musterstadt\tStadt Musterstadt\t"), "{listed}");

    let file = folder.join("vir.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:8080\"\n[limits]\njobs = 2\n").unwrap();
    assert!(vir(&["config", "check", "--config", text(&file)]).status.success());
    let shown = said(&vir(&["config", "show", "--config", text(&file)]));
    assert!(shown.contains("jobs = 2") && shown.contains("[housekeeping]"), "{shown}");
    std::fs::write(&file, "listen = \"127.0.0.1:8080\"\n[limits]\njobbs = 2\n").unwrap();
    let wrong = vir(&["config", "check", "--config", text(&file)]);
    assert!(!wrong.status.success() && said(&wrong).contains("jobbs"), "{}", said(&wrong));
    let _ = std::fs::remove_dir_all(&folder);
}
