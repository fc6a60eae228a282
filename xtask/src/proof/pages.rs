//! Pages in a real browser, PDFs by independent readers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use vir_core::Lang;
use vir_invoice::{bindings, check, show, xml};
use vir_testkit::verapdf::{Flavour, validate};

use super::{Figure, output, print, release_binary, root};
use crate::corpus::{corpora, unpack};

/// Our own samples, and the official test suite where it is at hand.
fn invoices() -> Result<Vec<PathBuf>, String> {
    let mut found = xml_files(&root().join("blocks/invoice/samples"))?;
    if let Some(corpora) = corpora() {
        found.extend(xml_files(&unpack(&corpora, "corpus-dev")?.join("xml/xrechnung-testsuite"))?);
    }
    Ok(found)
}

fn xml_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) = found.drain(..).partition(|path| path.is_dir());
    for folder in folders {
        files.extend(xml_files(&folder)?);
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    Ok(files)
}

fn target(name: &str) -> Result<PathBuf, String> {
    let folder = root().join("target").join(name);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// A Chromium of the system.
pub(super) fn browser() -> Result<&'static str, String> {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .find(|path| Path::new(path).is_file())
        .ok_or_else(|| "no Chromium here".to_owned())
}

/// The folder with the scripts that drive it, and with what they need.
pub(super) fn browser_checks() -> Result<PathBuf, String> {
    let folder = target("browser")?;
    for file in ["package.json", "axe.mjs", "first.mjs", "site.mjs"] {
        fs::copy(root().join("xtask/browser").join(file), folder.join(file)).map_err(|error| error.to_string())?;
    }
    if !folder.join("node_modules/axe-core").is_dir() {
        output(Command::new("npm").args(["install", "--silent", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    }
    Ok(folder)
}

/// axe-core on the page of every invoice.
pub(super) fn axe() -> Result<Figure, String> {
    let (browser, folder) = (browser()?, browser_checks()?);
    let mut pages = Vec::new();
    for (index, path) in invoices()?.iter().enumerate() {
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        let report = check::check(&bytes, &check::Options::default());
        let Ok(doc) = xml::parse(&bytes) else { continue };
        let invoice = bindings::read(&doc);
        let lang = if index % 2 == 0 { Lang::De } else { Lang::En };
        let page = folder.join(format!("page-{index}.html"));
        let html = show::html(&show::View::new(&invoice, Some(&report), lang));
        fs::write(&page, html).map_err(|error| error.to_string())?;
        pages.push(page);
    }
    let text = output(Command::new("node").arg("axe.mjs").arg(browser).args(&pages).current_dir(&folder))?;
    let last = text.lines().last().unwrap_or_default().to_owned();
    for line in text.lines().filter(|line| *line != last).take(10) {
        print(line);
    }
    Ok(Figure::new(last.clone(), last.ends_with(" 0 violations") && !pages.is_empty()))
}

/// The PDF of every invoice, made by the program itself.
fn pdfs() -> Result<Vec<(PathBuf, PathBuf)>, String> {
    let vir = release_binary("vir", "vir")?;
    let folder = target("pdf-proof")?;
    let mut made = Vec::new();
    for (index, path) in invoices()?.into_iter().enumerate() {
        let pdf = folder.join(format!("{index}.pdf"));
        output(Command::new(&vir).args(["--lang", "de", "invoice", "show", "--pdf", "-o"]).arg(&pdf).arg(&path))?;
        made.push((path, pdf));
    }
    Ok(made)
}

/// veraPDF on the PDF of every invoice, and on a ZUGFeRD PDF of every sample.
pub(super) fn verapdf() -> Result<Figure, String> {
    let vir = release_binary("vir", "vir")?;
    let mut files: Vec<PathBuf> = pdfs()?.into_iter().map(|(_, pdf)| pdf).collect();
    let folder = target("pdf-proof")?;
    for path in xml_files(&root().join("blocks/invoice/samples"))? {
        let pdf = folder.join(path.file_stem().unwrap_or_default()).with_extension("zugferd.pdf");
        let mut command = Command::new(&vir);
        command.args(["invoice", "convert", "--to", "zugferd", "--allow-loss", "-o"]).arg(&pdf).arg(&path);
        // An invoice that is rejected is not converted; the rest is judged.
        if output(&mut command).is_ok() {
            files.push(pdf);
        }
    }
    let verdicts = validate(&files, &[Flavour::Pdfa3b, Flavour::Pdfua1]).map_err(|error| error.to_string())?;
    let good = verdicts.iter().filter(|verdict| verdict.compliant).count();
    for verdict in verdicts.iter().filter(|verdict| !verdict.compliant).take(5) {
        print(&format!("{} {}: {}", verdict.flavour, verdict.file.display(), verdict.broken.join("; ")));
    }
    let text = format!("{good} of {} verdicts on {} files", verdicts.len(), files.len());
    Ok(Figure::new(text, good == verdicts.len() && !verdicts.is_empty()))
}

/// Every amount of every invoice in the text that `pdftotext` finds.
pub(super) fn pdf_text() -> Result<Figure, String> {
    let (mut amounts, mut missing) = (0, 0);
    for (path, pdf) in pdfs()? {
        let bytes = fs::read(&path).map_err(|error| error.to_string())?;
        let Ok(doc) = xml::parse(&bytes) else { continue };
        let invoice = bindings::read(&doc);
        // Columns may break an amount from its currency, so blanks do not count.
        let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let text = squeeze(&output(Command::new("pdftotext").arg("-layout").arg(&pdf).arg("-"))?);
        for (_, value) in invoice.root.walk() {
            if let Some(number) = value.number().filter(|_| value.term.data_type().is_money()) {
                amounts += 1;
                let shown = squeeze(&show::amount(&number, "", Lang::De));
                if !text.contains(&shown) {
                    missing += 1;
                    print(&format!("{}: {} {shown} is not in the PDF's text", path.display(), value.term));
                }
            }
        }
    }
    Ok(Figure::new(format!("{} of {amounts} amounts", amounts - missing), missing == 0 && amounts > 0))
}
