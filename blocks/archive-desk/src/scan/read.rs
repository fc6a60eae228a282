//! Files become pages: taken apart, separator sheets found, words recognised. A job, since it takes a while.
//!
//! A PDF is taken apart into its page images; a page of it that is more than one image is refused. Files that cannot be
//! read stay with the reason, and the batch says so as an irregularity.
//!
//! Invariant: running again goes on where it was: a file that is read is not read again, nor is a page that has words.

use vir_archive::lifecycle::Who;
use vir_archive::scan::barcode::{self, Sheet};
use vir_archive::scan::batch::{Command, Page, State};
use vir_archive::scan::image::Compression;
use vir_archive::scan::raster::{self, Colour, Kind, PageFile, Raster, RasterError};
use vir_core::Text;
use vir_pdf::Limits;
use vir_pdf::scan::{Coding, Image, PageImage, ScanError, Trouble, page_images};
use vir_store::{BlobId, Store, TenantId, Tx, args};
use vir_web::{JobCall, WorkError};

use super::batch::{self, BatchError, Stored, Work, refused};
use super::ocr::{self, Ocr};

/// A page that was found.
#[derive(Debug)]
pub enum Found {
    /// A page.
    Page(Box<PageFile>),
    /// A separator sheet.
    Sheet(Sheet),
}

/// Takes a file apart and hands each page on; the answer of `take` says whether to go on.
///
/// # Errors
/// What is wrong with the file, for people.
pub fn apart(bytes: &[u8], mut take: impl FnMut(Found) -> bool) -> Result<(), Text> {
    let mut hand_on = |page: PageFile| {
        let sheet = barcode::sheet(&page.raster);
        take(sheet.map_or_else(|| Found::Page(Box::new(page)), Found::Sheet))
    };
    if !bytes.get(..1024).unwrap_or(bytes).windows(5).any(|window| window == b"%PDF-") {
        for page in raster::pages(bytes).map_err(RasterError::text)? {
            if !hand_on(page.map_err(RasterError::text)?) {
                break;
            }
        }
        return Ok(());
    }
    let limits = Limits { stream_bytes: raster::MOST_BYTES, total_bytes: 8 << 30, ..Limits::default() };
    let mut broken = None;
    let taken = page_images(bytes, &limits, |image| match of_pdf(image) {
        Ok(page) => hand_on(page),
        Err(error) => {
            broken = Some(error.text());
            false
        }
    });
    match (broken, taken) {
        (Some(text), _) => Err(text),
        (None, Ok(())) => Ok(()),
        (None, Err(ScanError::Page { page, why })) => Err(on_page(page, why)),
        (None, Err(ScanError::Pdf(error))) => Err(error.text()),
        (None, Err(_)) => Err(Text::new("Das PDF kann nicht gelesen werden.", "The PDF cannot be read.")),
    }
}

fn on_page(page: usize, why: Trouble) -> Text {
    let (de, en) = match why {
        Trouble::NoImage => ("enthält kein Bild, das die Seite füllt", "has no image that fills the page"),
        Trouble::SeveralImages => ("besteht aus mehreren Bildern", "is made of several images"),
        Trouble::VisibleText => ("enthält sichtbaren Text", "has text that can be seen"),
        Trouble::Rotated => ("ist gedreht gespeichert", "is stored rotated"),
        Trouble::Symbols => (
            "ist mit Symbolcodierung (JBIG2) verdichtet, die Zeichen vertauschen kann (A.SC.12)",
            "is compressed with symbol coding (JBIG2), which can swap characters (A.SC.12)",
        ),
        Trouble::Coding => {
            ("ist auf eine Art verdichtet, die nicht angenommen wird", "is compressed in a way that is not taken")
        }
        _ => ("ist beschädigt", "is damaged"),
    };
    Text::owned(
        format!("Seite {page} {de}. Angenommen werden PDF, deren Seiten je ein Bild sind."),
        format!("Page {page} {en}. Taken are PDFs whose pages are one image each."),
    )
}

fn of_pdf(image: PageImage) -> Result<PageFile, RasterError> {
    let PageImage { image, width, height, dpi } = image;
    let page = match image {
        Image::Coded(Coding::Jpeg { bytes, .. }) => raster::jpeg_file(bytes, dpi)?,
        Image::Coded(Coding::Fax4 { data, black_is_1 }) => raster::fax_file(&data, width, height, black_is_1, dpi)?,
        Image::Rows { rows, bits, components } => {
            let colour = match (bits, components) {
                (1, _) => Colour::Bilevel,
                (_, 1) => Colour::Gray,
                _ => Colour::Rgb,
            };
            raster::png_file(Raster { width, height, colour, rows }, dpi, Compression::Deflate)?
        }
        Image::Coded(Coding::Png { .. }) => return Err(RasterError::Colours),
    };
    // The image counts, not what the page says of it.
    if (page.width, page.height) == (width, height) { Ok(page) } else { Err(RasterError::Damaged) }
}

/// A page as the rules know it.
#[must_use]
pub fn page_of(file: &PageFile) -> Page {
    Page {
        raw: sha512(&file.bytes),
        treated: None,
        compression: file.compression,
        dpi: file.dpi.map(|(across, down)| across.min(down)),
    }
}

pub(super) fn sha512(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    vir_archive::ocfl::digest::hex(&sha2::Sha512::digest(bytes))
}

pub(super) fn kind_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Jpeg => "jpeg",
        Kind::Tiff => "tiff",
        Kind::Png => "png",
    }
}

const FILES: &str = "select no, file_name, blob from scan_file where batch_id = $1 and not is_read order by no";
const READ: &str = "update scan_file set is_read = true, trouble = $3 where batch_id = $1 and no = $2";
const PAGE: &str =
    "insert into scan_page (batch_id, position, file_no, document, blob, kind, width, height, dpi_x, dpi_y,
    sha512, words) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, null)";
const DOCUMENT: &str =
    "insert into scan_document (batch_id, no, target, class_id, blob, sha512, size_bytes, document_id)
    values ($1, $2, $3, $4, null, null, null, null) on conflict ({t}batch_id, no) do nothing";
const LAST: &str = "select max(no) as no from scan_document where batch_id = $1";
const SILENT: &str =
    "select position, blob, dpi_x, sha512 from scan_page where batch_id = $1 and words is null and blob is not null
    order by position";
const WORDS: &str = "update scan_page set words = $3 where batch_id = $1 and position = $2 and sha512 = $4";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[FILES, READ, PAGE, DOCUMENT, LAST, SILENT, WORDS];

/// The job.
pub(super) async fn run(call: JobCall) -> Result<(), WorkError> {
    let id = call.payload["batch"].as_str().unwrap_or_default().to_owned();
    read(&call.app.store, &call.tenant, &id, ocr::installed().await).await
}

/// Reads what is still to be read of a batch.
///
/// # Errors
/// Where the store fails; what is wrong with files is noted with them.
pub async fn read(store: &Store, tenant: &TenantId, id: &str, ocr: Option<Ocr>) -> Result<(), WorkError> {
    let key = id.to_owned();
    let (stored, files) = store
        .read(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let files = tx.all(FILES, &args![key.as_str()]).await?;
                Ok::<_, vir_store::Error>((batch::load(tx, &key).await?, files))
            })
        })
        .await?;
    let Some(stored) = stored else { return Err(WorkError::hopeless("there is no such batch")) };
    let Some(who) = stored.creator.clone().filter(|_| stored.batch.is_some()) else { return Ok(()) };
    for row in files {
        let (no, name) = (row.int("no")?, row.text("file_name")?);
        let Some(blob) = row.optional_text("blob")? else { continue };
        let blob: BlobId = blob.parse()?;
        let bytes = store.blobs().get(tenant, &blob).await?;
        file(store, tenant, id, no, &name, bytes.to_vec(), &who).await?;
    }
    recognise(store, tenant, id, ocr.as_ref()).await?;
    let key = id.to_owned();
    let done = store
        .write(tenant, move |tx: &mut Tx| Box::pin(async move { batch::working(tx, &key, Work::None, None).await }));
    Ok(done.await?)
}

/// A page whose file is a blob.
struct Kept {
    page: Page,
    kind: Kind,
    size: (u32, u32),
    dpi: Option<(u32, u32)>,
    blob: BlobId,
}

/// One file: all its pages in one transaction, or its reason.
async fn file(
    store: &Store,
    tenant: &TenantId,
    id: &str,
    no: i64,
    name: &str,
    bytes: Vec<u8>,
    who: &Who,
) -> Result<(), WorkError> {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Found>(2);
    let work = tokio::task::spawn_blocking(move || apart(&bytes, |found| sender.blocking_send(found).is_ok()));
    let mut found: Vec<Result<Kept, Sheet>> = Vec::new();
    while let Some(one) = receiver.recv().await {
        match one {
            Found::Sheet(sheet) => found.push(Err(sheet)),
            Found::Page(file) => {
                let (page, kind, size, dpi) = (page_of(&file), file.kind, (file.width, file.height), file.dpi);
                let blob = store.blobs().put(tenant, file.bytes).await?;
                found.push(Ok(Kept { page, kind, size, dpi, blob }));
            }
        }
    }
    let mut trouble = work.await?.err();
    if trouble.is_none() && found.is_empty() {
        trouble = Some(Text::new("Die Datei enthält keine Seite.", "The file has no page."));
    }
    let (id, name, who) = (id.to_owned(), name.to_owned(), who.clone());
    let written = store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move { keep(tx, &id, no, &name, &found, trouble, &who).await })
    });
    written.await.map_err(|error: BatchError| WorkError::later(error.to_string()))
}

async fn keep(
    tx: &mut Tx,
    id: &str,
    no: i64,
    name: &str,
    found: &[Result<Kept, Sheet>],
    mut trouble: Option<Text>,
    who: &Who,
) -> Result<(), BatchError> {
    tx.lock(&batch::lock(id)).await?;
    let Some(stored) = batch::load(tx, id).await? else { return Err(BatchError::Unknown) };
    // Somebody may have cancelled it meanwhile, or another run has read this file.
    let open = tx.all(FILES, &args![id]).await?;
    let mut waits = false;
    for row in &open {
        waits |= row.int("no")? == no;
    }
    if !stored.is(State::Scanning) || !waits {
        return Ok(());
    }
    if trouble.is_none() {
        trouble = match pages(tx, &stored, no, found, who).await {
            Err(BatchError::Refused(refusal)) => Some(refused(&refusal)),
            other => other.map(|()| None)?,
        };
    }
    if let Some(text) = &trouble {
        let remark = Command::Remark { text: format!("Datei „{name}“ nicht angenommen: {}", text.de) };
        batch::act(tx, id, &[remark], who).await?;
    }
    let trouble = trouble.map(|text| serde_json::json!([text.de, text.en]).to_string());
    tx.execute(READ, &args![id, no, trouble]).await?;
    Ok(())
}

/// Writes the pages of a file. All are judged before the first is written.
async fn pages(
    tx: &mut Tx,
    stored: &Stored,
    no: i64,
    found: &[Result<Kept, Sheet>],
    who: &Who,
) -> Result<(), BatchError> {
    let id = stored.id.as_str();
    let commands: Vec<Command> = found.iter().flatten().map(|kept| Command::Add { page: kept.page.clone() }).collect();
    let mut trial = stored.batch.clone();
    for command in &commands {
        let at = trial.as_ref().map_or_else(|| batch::moment(tx.now()), |batch| batch.last);
        let logged = vir_archive::scan::batch::decide(trial.as_ref(), command, who, at)?;
        if let Some(batch) = &mut trial {
            batch.apply(&logged);
        }
    }
    let mut position = stored.batch.as_ref().map_or(0, |batch| batch.pages.len());
    let mut document = tx.one(LAST, &args![id]).await?.optional_int("no")?.unwrap_or(-1);
    for one in found {
        match one {
            Err(sheet) => {
                document += 1;
                let target = sheet.pages.map(i64::from);
                tx.execute(DOCUMENT, &args![id, document, target, sheet.class.as_str()]).await?;
            }
            Ok(Kept { page, kind, size, dpi, blob }) => {
                if document < 0 {
                    document = 0;
                    tx.execute(DOCUMENT, &args![id, document, None::<i64>, None::<String>]).await?;
                }
                let (across, down) = dpi.unzip();
                let place = i64::try_from(position).unwrap_or(i64::MAX);
                let values = args![
                    id,
                    place,
                    no,
                    document,
                    blob.as_str(),
                    kind_code(*kind),
                    i64::from(size.0),
                    i64::from(size.1),
                    across.map(i64::from),
                    down.map(i64::from),
                    page.raw.as_str()
                ];
                tx.execute(PAGE, &values).await?;
                position += 1;
            }
        }
    }
    batch::act(tx, id, &commands, who).await?;
    Ok(())
}

/// Has the words of pages recognised that have none yet. Without the program a page counts as tried, and the batch
/// says once that it has no words.
async fn recognise(store: &Store, tenant: &TenantId, id: &str, ocr: Option<&Ocr>) -> Result<(), WorkError> {
    let key = id.to_owned();
    let rows = store.read(tenant, move |tx: &mut Tx| Box::pin(async move { tx.all(SILENT, &args![key]).await }));
    let rows = rows.await?;
    let mut untold = true;
    for row in rows {
        let (position, sha) = (row.int("position")?, row.text("sha512")?);
        let blob: BlobId = row.text("blob")?.parse()?;
        let (words, remark) = match ocr {
            None => (Vec::new(), untold.then(|| NO_PROGRAM.to_owned())),
            Some(ocr) => {
                let bytes = store.blobs().get(tenant, &blob).await?;
                let dpi = row.optional_int("dpi_x")?.and_then(|dpi| u32::try_from(dpi).ok());
                match ocr.words(bytes.to_vec(), dpi).await {
                    Ok(words) => (words, None),
                    Err(error) => {
                        tracing::warn!(%error, batch = id, position, "a page has no words");
                        (Vec::new(), Some(format!("Seite {}: {}", position + 1, error.text().de)))
                    }
                }
            }
        };
        untold &= remark.is_none() || ocr.is_some();
        let words = serde_json::to_string(&words)?;
        let key = id.to_owned();
        let written = store.write(tenant, move |tx: &mut Tx| {
            Box::pin(async move { spoken(tx, &key, (position, &sha), &words, remark).await })
        });
        written.await.map_err(|error: BatchError| WorkError::later(error.to_string()))?;
    }
    Ok(())
}

/// What a batch says of itself where the program is missing.
pub const NO_PROGRAM: &str = "Texterkennung nicht verfügbar: Die PDF/A-Dateien haben keine Textebene.";

async fn spoken(
    tx: &mut Tx,
    id: &str,
    (position, sha): (i64, &str),
    words: &str,
    remark: Option<String>,
) -> Result<(), BatchError> {
    // Of a page that was replaced meanwhile these are not the words.
    tx.execute(WORDS, &args![id, position, words, sha]).await?;
    let Some(text) = remark else { return Ok(()) };
    let Some(stored) = batch::load(tx, id).await? else { return Ok(()) };
    let known = stored.batch.as_ref().is_some_and(|batch| batch.remarks.contains(&text));
    if !known && (stored.is(State::Scanning) || stored.is(State::Review)) {
        batch::act(tx, id, &[Command::Remark { text }], &crate::keep::program()).await?;
    }
    Ok(())
}
