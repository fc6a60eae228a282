//! PDF/A files of a batch, one per document: page images as they are, words invisibly over them.
//!
//! Invariant: a file is made of the pages that quality assurance approved, and its digest stands beside it.

use vir_archive::scan::batch::State;
use vir_archive::scan::raster::{self, Held};
use vir_core::Text;
use vir_pdf::scan::{About, Coding, Page, Word as PdfWord, Writer};
use vir_store::{BlobId, Job, Store, TenantId, Tx, args};
use vir_web::{JobCall, WorkError};

use super::batch::{self, Stored, Work};
use super::kind;
use super::ocr::Word;
use super::read::sha512;

/// Resolution of pages that say none.
const USUAL_DPI: i64 = 300;

const DOCUMENTS: &str = "select no from scan_document where batch_id = $1 and sha512 is null order by no";
const PAGES: &str = "select position, blob, width, height, dpi_x, dpi_y, words, sha512 from scan_page
    where batch_id = $1 and document = $2 order by position";
const MADE: &str = "update scan_document set blob = $3, sha512 = $4, size_bytes = $5 where batch_id = $1 and no = $2";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[DOCUMENTS, PAGES, MADE];

/// Leaves the job.
///
/// # Errors
/// Where the store fails.
pub async fn enqueue(tx: &mut Tx, id: &str) -> Result<(), vir_store::Error> {
    batch::working(tx, id, Work::Making, None).await?;
    tx.enqueue(Job::now(kind::MAKE, serde_json::json!({ "batch": id })).keyed(id)).await
}

pub(super) async fn run(call: JobCall) -> Result<(), WorkError> {
    let id = call.payload["batch"].as_str().unwrap_or_default().to_owned();
    make(&call.app.store, &call.tenant, &id).await
}

/// Makes what is still missing.
///
/// # Errors
/// Where the store fails, or a page cannot be put into a PDF.
pub async fn make(store: &Store, tenant: &TenantId, id: &str) -> Result<(), WorkError> {
    let key = id.to_owned();
    let (stored, documents) = store
        .read(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let documents = tx.all(DOCUMENTS, &args![key.as_str()]).await?;
                Ok::<_, vir_store::Error>((batch::load(tx, &key).await?, documents))
            })
        })
        .await?;
    let Some(stored) = stored else { return Ok(()) };
    if !stored.is(State::Approved) {
        // Somebody has cancelled it meanwhile.
        return if stored.work == Work::Making { finished(store, tenant, id).await } else { Ok(()) };
    }
    for row in documents {
        let no = row.int("no")?;
        match document(store, tenant, &stored, no).await {
            Ok(()) => {}
            Err(Failed::Page(text)) => {
                let key = id.to_owned();
                let noted = store.write(tenant, move |tx: &mut Tx| {
                    Box::pin(async move { batch::working(tx, &key, Work::None, Some(&text)).await })
                });
                return Ok(noted.await?);
            }
            Err(Failed::Later(error)) => return Err(error),
        }
    }
    finished(store, tenant, id).await
}

async fn finished(store: &Store, tenant: &TenantId, id: &str) -> Result<(), WorkError> {
    let key = id.to_owned();
    let done = store
        .write(tenant, move |tx: &mut Tx| Box::pin(async move { batch::working(tx, &key, Work::None, None).await }));
    Ok(done.await?)
}

enum Failed {
    Page(Text),
    Later(WorkError),
}

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Later(error.into())
    }
}

async fn document(store: &Store, tenant: &TenantId, stored: &Stored, no: i64) -> Result<(), Failed> {
    let key = stored.id.clone();
    let rows = store.read(tenant, move |tx: &mut Tx| Box::pin(async move { tx.all(PAGES, &args![key, no]).await }));
    let rows: Vec<vir_store::Row> = rows.await?;
    if rows.is_empty() {
        // A separator sheet without pages after it.
        return Ok(());
    }
    let mut writer = Writer::new(About {
        title: format!("{} – {}", stored.title, no + 1),
        lang: "de".to_owned(),
        creator: concat!("vir ", env!("CARGO_PKG_VERSION")).to_owned(),
        date: pdf_time(store.clock().now()),
    });
    for row in &rows {
        let position = row.int("position")?;
        let Some(blob) = row.optional_text("blob")? else {
            return Err(Failed::Page(Text::new("Die Seitenbilder sind gelöscht.", "The page images are deleted.")));
        };
        let bytes = store.blobs().get(tenant, &blob.parse::<BlobId>()?).await?;
        let words: Vec<Word> = match row.optional_text("words")? {
            Some(words) => serde_json::from_str(&words)?,
            None => Vec::new(),
        };
        let number = |value: i64| u32::try_from(value).unwrap_or(0);
        let dpi = (
            number(row.optional_int("dpi_x")?.unwrap_or(USUAL_DPI)),
            number(row.optional_int("dpi_y")?.unwrap_or(USUAL_DPI)),
        );
        let size = (number(row.int("width")?), number(row.int("height")?));
        let sha = row.text("sha512")?;
        let added = tokio::task::spawn_blocking(move || {
            let outcome = (sha512(&bytes) == sha)
                .then(|| page(&bytes, size, dpi, words))
                .flatten()
                .is_some_and(|page| writer.page(&page).is_ok());
            (writer, outcome)
        });
        let (back, outcome) = added.await?;
        writer = back;
        if !outcome {
            return Err(Failed::Page(Text::owned(
                format!("Seite {} lässt sich nicht in ein PDF übernehmen.", position + 1),
                format!("Page {} cannot be put into a PDF.", position + 1),
            )));
        }
    }
    let (pdf, sha) = tokio::task::spawn_blocking(move || {
        writer.finish().map(|pdf| {
            let sha = sha512(&pdf);
            (pdf, sha)
        })
    })
    .await??;
    let size = i64::try_from(pdf.len()).unwrap_or(i64::MAX);
    let blob = store.blobs().put(tenant, pdf).await?;
    let key = stored.id.clone();
    let written = store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move { tx.execute(MADE, &args![key, no, blob.as_str(), sha, size]).await })
    });
    written.await?;
    Ok(())
}

/// A page's file as a page of a PDF.
fn page(bytes: &[u8], (width, height): (u32, u32), dpi: (u32, u32), words: Vec<Word>) -> Option<Page> {
    let coding = match raster::held(bytes)? {
        Held::Jpeg { components } => Coding::Jpeg { bytes: bytes.to_vec(), components },
        Held::Fax4 { data, black_is_1 } => Coding::Fax4 { data: data.to_vec(), black_is_1 },
        Held::Png { data, bits, components } => Coding::Png { data: data.into_owned(), bits, components },
    };
    let words = words.into_iter().map(|word| {
        let [left, top, width, height] = word.at;
        PdfWord { text: word.text, left, top, width, height, ends_line: word.ends_line }
    });
    Some(Page { coding, width, height, dpi, words: words.collect() })
}

/// A moment as PDF writes it.
pub(super) fn pdf_time(now: jiff::Timestamp) -> vir_pdf::Timestamp {
    let utc = now.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let small = |value: i8| u8::try_from(value).unwrap_or(0);
    let year = u16::try_from(utc.year()).unwrap_or(1970);
    vir_pdf::Timestamp::utc(
        year,
        small(utc.month()),
        small(utc.day()),
        small(utc.hour()),
        small(utc.minute()),
        small(utc.second()),
    )
    .expect("a moment of the calendar is one of PDF")
}
