//! Each `tests/mails/NAME.eml` is taken apart; what is found stands in `tests/mails/expect.txt`, one
//! paragraph a mail, as a person would describe it. `VIR_BLESS=1` writes the file anew.

use std::fmt::Write;
use std::path::Path;

use vir_mail::message::{Limits, Mail, take_apart};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails")
}

fn described(name: &str, mail: &Mail<'_>) -> String {
    let mut out = format!("{name}\n");
    let header = &mail.header;
    let mut line = |label: &str, text: String| {
        if !text.is_empty() {
            writeln!(out, "  {label}: {text}").unwrap();
        }
    };
    line(
        "from",
        header
            .from
            .as_ref()
            .map(|a| format!("{a} {:?}", a.name().unwrap_or_default()))
            .unwrap_or_else(|| format!("? {}", header.from_text)),
    );
    line("subject", header.subject.clone());
    line("nature", format!("{:?}", mail.nature));
    line("answers", header.ancestors().collect::<Vec<_>>().join(" "));
    line("authentication", header.authentication_results.join(" | "));
    line("returned", mail.returned.clone().unwrap_or_default());
    line("signed", if mail.signed { "yes".into() } else { String::new() });
    line("obstacle", mail.obstacle.map(|o| format!("{o:?}")).unwrap_or_default());
    line("text", mail.text.replace('\n', " / "));
    for part in mail.parts.iter().take(6) {
        let aside = part.aside.map(|a| format!(" ({a:?})")).unwrap_or_default();
        let nested = if part.nested > 0 { format!(" nested {}", part.nested) } else { String::new() };
        line(
            "part",
            format!(
                "{} {:?}{aside} {} {:?} {} bytes{nested}",
                part.number,
                part.kind,
                part.media_type,
                part.name.as_deref().unwrap_or_default(),
                part.bytes.len()
            ),
        );
    }
    if mail.parts.len() > 6 {
        line("parts", mail.parts.len().to_string());
    }
    out
}

#[test]
fn every_mail_is_taken_apart_as_described() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".eml").map(str::to_owned))
        .collect();
    names.sort();
    let mut all = String::new();
    for name in &names {
        let bytes = std::fs::read(folder().join(format!("{name}.eml"))).unwrap();
        all.push_str(&described(name, &take_apart(&bytes, &Limits::default())));
        all.push('\n');
    }
    let path = folder().join("expect.txt");
    if std::env::var_os("VIR_BLESS").is_some() {
        std::fs::write(&path, &all).unwrap();
    }
    let expect = std::fs::read_to_string(&path).unwrap();
    for (found, expect) in all.split("\n\n").zip(expect.split("\n\n")) {
        assert_eq!(found, expect);
    }
    assert_eq!(all, expect);
}
