//! The configuration says where it is wrong.

use std::path::PathBuf;

use vir_web::config::{ConfigError, LogForm, read_with};

fn file(name: &str, text: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vir-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn nothing_is_needed() {
    let empty = file("leer.toml", "");
    let config = read_with(Some(&empty), []).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.url(), "http://localhost:8080");
}

#[test]
fn the_environment_goes_before_the_file() {
    let path = file("eins.toml", "name = \"Datei\"\n[log]\nform = \"json\"\n[limits]\njobs = 3\n");
    let config = read_with(
        Some(&path),
        variables(&[
            ("VIR_NAME", "8080"),
            ("VIR_LIMITS_JOBS", "8"),
            ("VIR_LISTEN", "0.0.0.0:9000"),
            ("VIR_PROXY_TRUSTED", "[\"10.0.0.0/8\"]"),
            ("VIR_DATABASE_URL", "postgres://vir:geheim@db/vir"),
        ]),
    )
    .unwrap();
    assert_eq!((config.name.as_str(), config.limits.jobs, config.log.form), ("8080", 8, LogForm::Json));
    assert_eq!((config.listen.port(), config.proxy.trusted.len()), (9000, 1));
    assert!(!format!("{config:?}").contains("geheim") && !toml::to_string(&config).unwrap().contains("geheim"));
}

#[test]
fn an_error_names_file_line_and_rule() {
    for (text, line, words) in [
        ("name = \"x\"\nlisten = \"nirgends\"\n", 2, "socket address"),
        ("[limits]\n\nrequest_bytes = \"viel\"\n", 3, "expected u64"),
        ("[limits]\nrequest_bites = 5\n", 2, "unknown field `request_bites`, expected one of `request_bytes`"),
        // Of an entry in a list the reader knows where the list begins.
        ("[proxy]\ntrusted = [\n  \"10.0.0.0/8\",\n  \"zehn\",\n]\n", 2, "`zehn` is no network"),
        ("name = \"x\nlisten = 1", 1, "invalid basic string"),
    ] {
        let path = file("fehler.toml", text);
        let error = read_with(Some(&path), []).unwrap_err();
        let ConfigError::Line { line: at, message, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*at, line, "{error}");
        assert!(message.contains(words), "{error}");
        assert!(error.to_string().contains(&format!("fehler.toml:{line}:")), "{error}");
    }
    let empty = file("leer2.toml", "");
    for (pair, words) in [
        (("VIR_LISTEN", "nirgends"), "VIR_LISTEN: "),
        (("VIR_LISTENN", "x"), "no such setting"),
        (("VIR_PUBLIC_URL", "rechnung.example"), "public_url: expected scheme"),
        (("VIR_TLS_KEY", "/k"), "tls: certificate and key"),
        (("VIR_LIMITS_JOBS", "0"), "more than 0"),
        (("VIR_MAIL_PASSWORD_FILE", "/gibt/es/nicht"), "/gibt/es/nicht"),
    ] {
        let error = read_with(Some(&empty), variables(&[pair])).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_secret_may_stand_in_a_file() {
    let secret = file("geheimnis", "postgres://vir:pass@db/vir\n");
    let empty = file("leer3.toml", "");
    let config = read_with(Some(&empty), variables(&[("VIR_DATABASE_URL_FILE", secret.to_str().unwrap())])).unwrap();
    assert_eq!(config.database.url.unwrap().reveal(), "postgres://vir:pass@db/vir");
}

#[test]
fn the_reference_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/betrieb/konfiguration.md");
    let fresh = vir_web::config::reference();
    if std::env::var_os("VIR_UPDATE").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == fresh, "stale: run `VIR_UPDATE=1 cargo test -p vir-web --test it reference`");
}
