//! The page: one self-contained, printable HTML file without script.
//!
//! Everything from the document is hostile text: it reaches the page only through [`escape`], and
//! attachments only as downloads of a type that no browser runs.
//!
//! Invariant: the page loads nothing, its headings are nested without gaps, and every id is unique.

use std::fmt::Write;

use vir_core::{Actor, Lang, Severity};

use super::view::{AttachmentView, Field, LINE_COLUMNS, LineView, Section, View};
use crate::check::{Reason, Verdict};
use crate::safe_name::safe_name;

/// Renders a view as a complete HTML page.
#[must_use]
pub fn html(view: &View<'_>) -> String {
    let mut page = Page { out: String::with_capacity(64 * 1024), view, lang: view.lang };
    page.document();
    page.out
}

/// Types of attachments that are offered under their own name; anything else is only bytes.
const SAFE_TYPES: [&str; 7] = [
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/csv",
    "application/xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
];

struct Page<'a> {
    out: String,
    view: &'a View<'a>,
    lang: Lang,
}

impl Page<'_> {
    fn t(&self, de: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::De => de,
            Lang::En => en,
        }
    }

    fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    fn document(&mut self) {
        let view = self.view;
        self.raw("<!doctype html>\n<html lang=\"");
        self.raw(self.lang.tag());
        self.raw("\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
        self.text(&view.title);
        self.raw("</title>\n<style>\n");
        self.raw(include_str!("style.css"));
        self.raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">");
        self.raw(self.t("Zum Inhalt", "Skip to content"));
        self.raw("</a>\n<header>\n<h1>");
        self.text(&view.title);
        self.raw("</h1>\n");
        self.verdict();
        self.raw("</header>\n<main id=\"main\">\n");
        self.key();
        self.findings();
        self.lines();
        self.totals();
        self.heading("details", self.t("Alle Angaben", "All details"));
        self.raw("<div class=\"cards\">\n");
        for section in &view.sections {
            self.section(section, 3);
        }
        self.raw("</div>\n</section>\n");
        self.attachments();
        self.further();
        self.raw("</main>\n<footer><p>");
        self.raw(self.t(
            "Angezeigt wird der Inhalt der elektronischen Rechnung. Maßgeblich ist die Originaldatei. BT- und BG-Nummern nach EN 16931-1.",
            "This shows the content of the electronic invoice. The original file is authoritative. BT and BG numbers after EN 16931-1.",
        ));
        self.raw("</p></footer>\n</body>\n</html>\n");
    }

    fn heading(&mut self, id: &str, title: &str) {
        let _ = write!(self.out, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">");
        self.text(title);
        self.raw("</h2>\n");
    }

    fn verdict(&mut self) {
        let Some(report) = self.view.report else { return };
        let (class, word) = match report.verdict {
            Verdict::Accept => ("good", self.t("Angenommen", "Accepted")),
            Verdict::Reject => ("bad", self.t("Abgelehnt", "Rejected")),
            Verdict::Undefined => ("open", self.t("Unbestimmt", "Undefined")),
        };
        let reason = match report.reason {
            None if report.findings.is_empty() => self.t("ohne Beanstandung", "nothing to report"),
            None => self.t("mit Hinweisen", "with remarks"),
            Some(Reason::NotWellFormed) => self.t("nicht lesbar", "not readable"),
            Some(Reason::NoProfile) => self.t("kein bekanntes Format", "no known format"),
            Some(Reason::Schema) => self.t("Aufbau der Datei falsch", "structure of the file is wrong"),
            Some(Reason::Rules) => self.t("Regeln verletzt", "rules violated"),
            Some(Reason::RuleError) => self.t("amtliche Prüfung bricht ab", "the official check breaks off"),
        };
        let _ = write!(self.out, "<p class=\"verdict {class}\"><strong>{word}</strong> <span>{reason}</span>");
        if let Some(profile) = report.profile {
            let _ = write!(self.out, " <span class=\"profile\">{}</span>", profile.title());
        }
        self.raw("</p>\n");
    }

    fn key(&mut self) {
        self.raw("<dl class=\"key\">\n");
        for field in &self.view.key {
            self.raw("<div");
            if field.numeric {
                self.raw(" class=\"amount\"");
            }
            self.raw("><dt>");
            self.label(field);
            self.raw("</dt><dd>");
            self.text(&field.value);
            self.raw("</dd></div>\n");
        }
        self.raw("</dl>\n");
    }

    fn label(&mut self, field: &Field) {
        self.raw(field.label);
        let _ = write!(self.out, " <span class=\"term\">{}</span>", field.term);
    }

    /// The findings by who has to act, each with a link to its field.
    fn findings(&mut self) {
        let Some(report) = self.view.report.filter(|report| !report.findings.is_empty()) else { return };
        self.heading("findings", self.t("Was zu tun ist", "What is to be done"));
        for (actor, title) in [
            (Actor::Issuer, self.t("Rechnungssteller", "Issuer")),
            (Actor::Software, self.t("Software des Rechnungsstellers", "Issuer's software")),
            (Actor::Buyer, self.t("Rechnungsempfänger", "Buyer")),
        ] {
            let concerned = report.findings.iter().enumerate().filter(|(_, finding)| finding.actor == actor);
            let mut concerned = concerned.peekable();
            if concerned.peek().is_none() {
                continue;
            }
            let _ = write!(self.out, "<h3>{title}</h3>\n<ul class=\"findings\">\n");
            for (index, finding) in concerned {
                let _ = write!(self.out, "<li id=\"finding-{index}\" class=\"{}\"><p>", class(finding.severity));
                self.severity(finding.severity);
                self.raw(" ");
                self.text(finding.message.get(self.lang));
                self.raw("</p><p class=\"repair\">");
                self.text(finding.repair.get(self.lang));
                self.raw("</p><p class=\"source\"><code>");
                self.text(&finding.rule);
                self.raw("</code>");
                if let Some(anchor) = self.view.finding_anchors.get(index).and_then(Option::as_ref) {
                    self.raw(" <a href=\"#");
                    self.text(anchor);
                    self.raw("\">");
                    self.raw(self.t("zur Angabe", "go to field"));
                    let _ = write!(self.out, " <span class=\"hidden\">{}</span></a>", index + 1);
                }
                if finding.place.line > 0 {
                    let word = self.t("Zeile", "line");
                    let _ = write!(self.out, " <span>{word} {}</span>", finding.place.line);
                }
                if let Some(value) = &finding.value {
                    self.raw(" <q>");
                    self.text(value);
                    self.raw("</q>");
                }
                self.raw("</p></li>\n");
            }
            self.raw("</ul>\n");
        }
        self.raw("</section>\n");
    }

    fn severity(&mut self, severity: Severity) {
        let word = match severity {
            Severity::Error => self.t("Fehler", "Error"),
            Severity::Warning => self.t("Warnung", "Warning"),
            Severity::Information => self.t("Hinweis", "Note"),
        };
        let _ = write!(self.out, "<strong class=\"severity\">{word}</strong>");
    }

    /// The findings at a field, line or section: short, with a link to the full text at the top.
    fn marks(&mut self, findings: &[usize]) {
        for index in findings {
            let Some(finding) = self.view.finding(*index) else { continue };
            let _ = write!(self.out, "<span class=\"mark {}\">", class(finding.severity));
            self.severity(finding.severity);
            let _ = write!(self.out, " <a href=\"#finding-{index}\">");
            self.text(finding.message.get(self.lang));
            self.raw("</a></span>");
        }
    }

    fn lines(&mut self) {
        if self.view.lines.is_empty() {
            return;
        }
        self.heading("lines", self.t("Positionen", "Lines"));
        self.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
        self.raw(self.t("Tabelle der Positionen", "Table of lines"));
        self.raw("\">\n<table>\n<thead><tr>");
        for (column, (de, en, number)) in [
            ("Nr.", "No.", false),
            ("Bezeichnung", "Description", false),
            ("Menge", "Quantity", true),
            ("Einzelpreis", "Unit price", true),
            ("USt", "VAT", false),
            ("Netto", "Net", true),
        ]
        .into_iter()
        .enumerate()
        {
            let class = if number { " class=\"number\"" } else { "" };
            let (word, terms) = (self.t(de, en), LINE_COLUMNS[column].join(" "));
            let _ = write!(self.out, "<th scope=\"col\"{class}>{word} <span class=\"term\">{terms}</span></th>");
        }
        self.raw("</tr></thead>\n");
        for line in &self.view.lines {
            self.line(line);
        }
        self.raw("</table>\n</div>\n</section>\n");
    }

    fn line(&mut self, line: &LineView) {
        self.raw("<tbody id=\"");
        self.text(&line.anchor);
        let _ = write!(self.out, "\" class=\"depth-{}\">\n<tr>", line.depth.min(4));
        let cells = [&line.number, &line.name, &line.quantity, &line.price, &line.vat, &line.net];
        for (column, cell) in cells.into_iter().enumerate() {
            let (open, close) = match column {
                0 => ("<th scope=\"row\">", "</th>"),
                1 | 4 => ("<td>", "</td>"),
                _ => ("<td class=\"number\">", "</td>"),
            };
            self.raw(open);
            self.column(line, column, cell);
            self.raw(close);
        }
        self.raw("</tr>\n");
        if line.further_fields().next().is_some() {
            self.raw("<tr class=\"more\"><td></td><td colspan=\"5\"><dl class=\"inline\">");
            for field in line.further_fields() {
                self.field(field);
            }
            self.raw("</dl></td></tr>\n");
        }
        self.raw("</tbody>\n");
    }

    /// A cell of the table of lines: what it shows, where links to its terms lead, and the findings.
    fn column(&mut self, line: &LineView, column: usize, shown: &str) {
        for field in line.column_fields(column) {
            self.raw("<span id=\"");
            self.text(&field.anchor);
            self.raw("\"></span>");
        }
        self.text(shown);
        if column == 1 {
            self.marks(&line.findings);
        }
        for field in line.column_fields(column) {
            self.marks(&field.findings);
        }
    }

    fn totals(&mut self) {
        if self.view.totals.is_empty() {
            return;
        }
        self.heading("totals", self.t("Beträge", "Amounts"));
        self.raw("<div class=\"cards\">\n");
        for section in &self.view.totals {
            self.section(section, 3);
        }
        self.raw("</div>\n</section>\n");
    }

    fn section(&mut self, section: &Section, level: usize) {
        self.raw("<div class=\"card\" id=\"");
        self.text(&section.anchor);
        let level = level.min(6);
        let _ = write!(self.out, "\">\n<h{level}>");
        self.text(&section.title);
        let _ = writeln!(self.out, " <span class=\"term\">{}</span></h{level}>", section.group);
        self.marks(&section.findings);
        if !section.fields.is_empty() {
            self.raw("<dl>\n");
            for field in &section.fields {
                self.field(field);
            }
            self.raw("</dl>\n");
        }
        for inner in &section.sections {
            self.section(inner, level + 1);
        }
        self.raw("</div>\n");
    }

    fn field(&mut self, field: &Field) {
        self.raw("<div id=\"");
        self.text(&field.anchor);
        self.raw(if field.numeric { "\" class=\"amount\"><dt>" } else { "\"><dt>" });
        self.label(field);
        self.raw("</dt><dd>");
        self.text(&field.value);
        for hint in &field.hints {
            self.raw(" <span class=\"hint\">");
            self.text(hint);
            self.raw("</span>");
        }
        self.marks(&field.findings);
        self.raw("</dd></div>\n");
    }

    fn attachments(&mut self) {
        if self.view.attachments.is_empty() {
            return;
        }
        self.heading("attachments", self.t("Anlagen", "Attachments"));
        self.raw("<div class=\"cards\">\n");
        for attachment in &self.view.attachments {
            self.attachment(attachment);
        }
        self.raw("</div>\n</section>\n");
    }

    fn attachment(&mut self, attachment: &AttachmentView<'_>) {
        self.section(&attachment.section, 3);
        let Some(base64) = attachment.base64 else { return };
        let mime = SAFE_TYPES.iter().find(|safe| **safe == attachment.mime).unwrap_or(&"application/octet-stream");
        let name = safe_name(&attachment.filename, "anlage");
        let _ = write!(self.out, "<p class=\"download\"><a download=\"");
        self.text(&name);
        let _ = write!(self.out, "\" href=\"data:{mime};base64,");
        // Only the alphabet of base64 goes into the address, whatever the document holds.
        self.out.extend(base64.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')));
        self.raw("\">");
        self.raw(self.t("Herunterladen: ", "Download: "));
        self.text(&name);
        self.raw("</a></p>\n");
    }

    fn further(&mut self) {
        if self.view.further.is_empty() {
            return;
        }
        self.heading("further", self.t("Weitere Angaben der Datei", "Further content of the file"));
        self.raw("<p>");
        self.raw(self.t(
            "Für diese Angaben hat EN 16931 kein Feld; sie gehen bei einer Umwandlung verloren.",
            "EN 16931 has no field for these; they are lost in a conversion.",
        ));
        self.raw("</p>\n<dl class=\"paths\">\n");
        for (path, value) in &self.view.further {
            self.raw("<div><dt><code>");
            self.text(path);
            self.raw("</code></dt><dd>");
            self.text(value);
            self.raw("</dd></div>\n");
        }
        self.raw("</dl>\n");
        if self.view.further_omitted > 0 {
            let word = self.t("weitere Angaben sind nicht gezeigt.", "further entries are not shown.");
            let _ = writeln!(self.out, "<p>{} {word}</p>", self.view.further_omitted);
        }
        self.raw("</section>\n");
    }
}

fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "information",
    }
}

/// Text as HTML text or attribute value.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Characters that reverse the direction of text can make an amount read differently.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}
