//! What is in a package, and how it is verified without us, in both languages.

use std::fmt::Write as _;

use vir_archive::package::Package;

use crate::parcel::{Edition, Form};

/// `README.txt`. `originals` are the paths in the depot, for each version in the order of its files.
pub fn text(package: &Package, editions: &[Edition], originals: &[Vec<String>], form: Form) -> String {
    let mut out = String::new();
    let title = package.label.as_deref().unwrap_or(&package.id);
    let _ = writeln!(out, "{title}\n{}\n{}\n", "=".repeat(title.chars().count()), package.id);
    for ((version, edition), originals) in package.versions.iter().zip(editions).zip(originals) {
        let name = if edition.folder.is_empty() { "" } else { &edition.folder };
        let by = version.submitter.as_deref().unwrap_or_default();
        let _ = writeln!(out, "{name} {} {by} {}", version.created, version.reason.as_deref().unwrap_or_default());
        for ((path, file), original) in version.files().zip(originals) {
            let _ = writeln!(out, "  {path}\n    {} Bytes, {} {}", file.size, file.hash.0.name(), hex(&file.hash.1));
            if path.split_once('/').is_some_and(|(_, path)| path != original) {
                let _ = writeln!(out, "    Name in der Ablage / name in the depot: {}", original.escape_debug());
            }
        }
        if edition.record.is_none() {
            let _ = writeln!(out, "  Noch ohne Beweisnachweis. / No evidence record yet.");
        }
        out.push('\n');
    }
    out.push_str("Prüfen\n------\nDer Beweisnachweis (evidence.ers, RFC 4998) jeder Fassung deckt ihr Bestandsverzeichnis (inventory.json), und das\nnennt den Hashwert jeder Datei dieser Fassung.\n");
    out.push_str(match form {
        Form::Xaip => "Im XAIP steht er im Abschnitt credentialsSection.\n",
        Form::Eark(_) => "Beide liegen im Ordner documentation.\n",
        _ => "Beide liegen im Ordner evidence.\n",
    });
    out.push_str("- vir evidence verify evidence.ers --data inventory.json --trust WURZELZERTIFIKAT\n- oder mit jedem anderen Werkzeug für RFC 4998, dann die Dateien mit sha512sum\n\n");
    out.push_str("Verifying\n---------\nThe evidence record (evidence.ers, RFC 4998) of each version covers its inventory (inventory.json), and that names the\nhash value of each file of this version.\n");
    out.push_str(match form {
        Form::Xaip => "In the XAIP it is in the section credentialsSection.\n",
        Form::Eark(_) => "Both are in the folder documentation.\n",
        _ => "Both are in the folder evidence.\n",
    });
    out.push_str("- vir evidence verify evidence.ers --data inventory.json --trust ROOT-CERTIFICATE\n- or with any other tool for RFC 4998, then the files with sha512sum\n");
    out
}

fn hex(bytes: &[u8]) -> String {
    vir_archive::ocfl::digest::hex(bytes)
}
