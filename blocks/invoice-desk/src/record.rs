//! A closed invoice as a record: the original, its XML, pages to read (PDF/A-3), and a sheet with its voucher, its
//! coding and every decision.
//!
//! Invariant: the same closed invoice gives the same record, byte for byte, whenever it is asked for.

use jiff::Timestamp;
use vir_core::{Lang, Phrase};
use vir_invoice::check::Options;
use vir_invoice::{bindings, show, xml};
use vir_pdf::write::{Align, Block, Cell, Column, Document, Field, Level, Row as Line, Table, Width, render};
use vir_store::{Result, Row, TenantId, Tx, args};
use vir_web::{App, RecordDocument, RecordParts, RecordSource, WorkError, format};

use crate::intake::{original, workshop};
use crate::invoice_row::{InvoiceId, InvoiceRow, State};
use crate::limits;
use crate::sheet;
use crate::workflow::state::Kind;

/// Closed invoices.
pub const CLOSED: RecordSource = RecordSource {
    name: "invoice",
    title: Phrase::new("Abgeschlossene Rechnungen", "Closed invoices"),
    event: "invoice.close",
    make: |app, tenant, event| {
        Box::pin(async move {
            let id = InvoiceId(event["invoice_id"].as_str().unwrap_or_default().to_owned());
            make(&app, &tenant, id).await
        })
    },
};

const DECISIONS: &str = "select kind, person_name, for_person_name, at, reason, warnings from invoice_decision
    where invoice_id = $1 order by version";
const CODING: &str = "select cost_centre, account, product, amount_cents, note from coding_line where invoice_id = $1
    and version = (select max(version) from coding_line where invoice_id = $1) order by position";

async fn make(app: &App, tenant: &TenantId, id: InvoiceId) -> std::result::Result<Option<RecordParts>, WorkError> {
    let read = app.store.read(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let row = InvoiceRow::load(tx, &id).await?;
            let decisions = tx.all(DECISIONS, &args![id.as_str()]).await?;
            let coding = tx.all(CODING, &args![id.as_str()]).await?;
            Ok::<_, vir_store::Error>((row, decisions, coding))
        })
    });
    let (row, decisions, coding) = read.await?;
    // It may have been reopened since.
    let Some(row) = row.filter(|row| row.state == State::Closed) else { return Ok(None) };
    let mut documents = vec![RecordDocument {
        title: "Original".to_owned(),
        file_name: row.file_name.clone(),
        bytes: original::original(&app.store, tenant, &row).await?.to_vec(),
    }];
    if let Some(bytes) = original::xml(&app.store, tenant, &row).await? {
        if row.xml_blob.as_deref() != Some(row.original_blob.as_str()) {
            documents.push(RecordDocument {
                title: "Rechnungsdaten (XML)".to_owned(),
                file_name: "rechnung.xml".to_owned(),
                bytes: bytes.to_vec(),
            });
        }
        let date = row.received_at;
        let pages = workshop().run(move |checker| {
            let report = checker.check(&bytes, &Options::default());
            let document = xml::parse_with(&bytes, &limits::xml()).ok()?;
            let invoice = bindings::read(&document);
            let view = show::View::new(&invoice, Some(&report), Lang::De);
            render(&sheet::document(&view, &bytes, None, sheet::timestamp(date))).ok().map(|rendered| rendered.pdf)
        });
        if let Some(bytes) = pages.await? {
            documents.push(RecordDocument {
                title: "Lesbare Fassung (PDF/A)".to_owned(),
                file_name: "rechnung.pdf".to_owned(),
                bytes,
            });
        }
    }
    let sheet = vouched(&row, &decisions, &coding)?;
    let bytes = render(&sheet).map_err(|error| WorkError::hopeless(error.to_string()))?.pdf;
    documents.push(RecordDocument {
        title: "Laufzettel: Kontierung und Entscheidungen".to_owned(),
        file_name: "laufzettel.pdf".to_owned(),
        bytes,
    });
    let seller = row.seller_name.clone();
    Ok(Some(RecordParts {
        reference: match &row.voucher_number {
            Some(voucher) => format!("Beleg {voucher}"),
            None => format!("Rechnung {}", row.id),
        },
        title: row.caption(Lang::De),
        subjects: seller.into_iter().collect(),
        documents,
    }))
}

/// The sheet.
fn vouched(row: &InvoiceRow, decisions: &[Row], coding: &[Row]) -> Result<Document> {
    let lang = Lang::De;
    let last = decisions.last().map(|row| row.time("at")).transpose()?.unwrap_or(row.received_at);
    let mut sheet = Document::new(&format!("Laufzettel: {}", row.caption(lang)), lang, sheet::timestamp(last));
    let mut fields = Vec::new();
    let mut add = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            fields.push(Field::new(label, None, &value));
        }
    };
    add("Belegnummer", row.voucher_number.clone());
    add("Rechnungssteller", row.seller_name.clone());
    add("Rechnungsnummer", row.number.clone());
    add("Rechnungsdatum", row.issue_date.map(|date| format::date(date, lang)));
    add("Betrag", row.payable_cents.map(|cents| money(cents, row, lang)));
    add("Gekürzt um", row.reduced_cents.map(|cents| money(cents, row, lang)));
    add("Eingegangen", Some(moment(row.received_at)));
    add("SHA-256 des Originals", Some(row.original_blob.clone()));
    sheet.blocks.push(Block::Heading(Level::One, sheet.title.clone()));
    sheet.blocks.push(Block::Fields(fields));
    if !coding.is_empty() {
        sheet.blocks.push(Block::Heading(Level::Two, "Kontierung".to_owned()));
        let rows: Result<Vec<Line>> = coding
            .iter()
            .map(|line| {
                Ok(cells([
                    line.text("cost_centre")?.into(),
                    line.text("account")?.into(),
                    line.text("product")?.into(),
                    line.optional_text("note")?.unwrap_or_default().into(),
                    money(line.int("amount_cents")?, row, lang).into(),
                ]))
            })
            .collect();
        sheet.blocks.push(Block::Table(Table {
            summary: "Kontierung".to_owned(),
            columns: vec![
                column("Kostenstelle", Width::Fit),
                column("Konto", Width::Fit),
                column("Produkt", Width::Fit),
                column("Vermerk", Width::Share(1.0)),
                Column { align: Align::Right, ..column("Betrag", Width::Fit) },
            ],
            rows: rows?,
        }));
    }
    sheet.blocks.push(Block::Heading(Level::Two, "Entscheidungen".to_owned()));
    let rows: Result<Vec<Line>> = decisions.iter().map(decision).collect();
    sheet.blocks.push(Block::Table(Table {
        summary: "Entscheidungen".to_owned(),
        columns: vec![
            column("Wann", Width::Fit),
            column("Wer", Width::Fit),
            column("Was", Width::Fit),
            column("Begründung", Width::Share(1.0)),
        ],
        rows: rows?,
    }));
    Ok(sheet)
}

fn decision(row: &Row) -> Result<Line> {
    let kind = row.text("kind")?;
    let done = Kind::parse(&kind).map_or(kind, |kind| kind.done().get(Lang::De).to_owned());
    let who = match row.optional_text("for_person_name")? {
        Some(other) => format!("{} für {other}", row.text("person_name")?),
        None => row.text("person_name")?,
    };
    let reason = row.optional_text("reason")?.unwrap_or_default();
    let warnings = row.optional_text("warnings")?;
    Ok(cells([
        moment(row.time("at")?).into(),
        who.into(),
        done.into(),
        Cell { text: reason, detail: warnings.map(|rules| format!("trotz Hinweis: {rules}")) },
    ]))
}

fn column(title: &str, width: Width) -> Column {
    Column { title: title.to_owned(), term: None, align: Align::Left, width }
}

fn cells<const N: usize>(cells: [Cell; N]) -> Line {
    Line { cells: cells.into(), ..Line::default() }
}

fn money(cents: i64, row: &InvoiceRow, lang: Lang) -> String {
    format::amount(cents, row.currency.as_deref().unwrap_or("EUR"), lang)
}

fn moment(at: Timestamp) -> String {
    format::date_time(at, Lang::De)
}
