//! The list as a file: everything that the filter finds, in the order of the page.
//!
//! The file is read and sent piece by piece. Each piece is a page of the list, so a million rows
//! need no more memory than a thousand, and nobody's work waits for an export. The price: what
//! changes while the file is written may be in it as it was before or after.
//!
//! Invariant: an export shows nothing that the page does not show, and it is in the audit log
//! before the first byte leaves.

use std::io::Read as _;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use tokio::sync::mpsc;
use vir_core::Lang;
use vir_store::{Entry, Store, TenantId};
use vir_web::AppError;

use super::columns::{Cell, Column, Names, cells, headings};
use super::filter::Query;
use super::list::{Asking, Line, chosen, list};
use super::{csv_file, xlsx_file};

/// Rows that are read at once.
const PIECE: u16 = 1_000;
/// Bytes of a finished spreadsheet that are sent at once.
const CHUNK: usize = 64 * 1024;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CSV; with the byte order mark or without.
    Csv {
        /// Does it begin with the mark by which Excel knows UTF-8?
        mark: bool,
    },
    /// A spreadsheet.
    Xlsx,
}

impl Form {
    /// The form of this name.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        match text {
            "csv" => Some(Self::Csv { mark: true }),
            "csv-plain" => Some(Self::Csv { mark: false }),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Csv { .. } => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv { .. } => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Which invoices, in which order.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "there is one of it at a time")]
pub enum Which {
    /// All that a filter finds.
    Found(Query),
    /// Those of these identifiers.
    Chosen(Vec<String>),
}

/// What is to be exported, and who wants it.
#[derive(Clone)]
pub struct Order {
    /// Where from.
    pub store: Store,
    /// Whose data.
    pub tenant: TenantId,
    /// Which invoices, in which order.
    pub which: Which,
    /// Who asks.
    pub asking: Asking,
    /// Who asks, for the audit log.
    pub actor: String,
    /// Which columns.
    pub columns: Vec<Column>,
    /// Names for identifiers.
    pub names: Names,
}

/// Some bytes of a file, or why it ends early.
pub(crate) type Piece = Result<Vec<u8>, std::io::Error>;

/// Notes the export and begins to send it.
pub async fn export(order: Order, form: Form) -> Result<Response, AppError> {
    let which = match &order.which {
        Which::Found(query) => serde_json::json!({ "filter": query.filter.text(), "form": form.ending() }),
        Which::Chosen(ids) => serde_json::json!({ "invoices": ids, "form": form.ending() }),
    };
    let noted = Entry {
        actor: order.actor.clone(),
        action: "invoice.export".to_owned(),
        subject: "invoice".to_owned(),
        detail: which,
    };
    order
        .store
        .write(&order.tenant, move |tx| {
            Box::pin(async move {
                tx.audit(noted);
                Ok::<_, vir_store::Error>(())
            })
        })
        .await
        .map_err(AppError::internal)?;
    let name = format!("{}-{}.{}", order.names.lang.tr("rechnungen", "invoices"), order.asking.today, form.ending());
    // A slow reader holds two pieces, no more.
    let (send, receive) = mpsc::channel::<Piece>(2);
    match form {
        Form::Csv { mark } => drop(tokio::spawn(write_csv(order, mark, send))),
        Form::Xlsx => drop(tokio::spawn(write_xlsx(order, send))),
    }
    Ok(streamed(receive, form.media_type(), &name))
}

/// A file that is sent piece by piece, as it is made. The name is one of ours.
pub(crate) fn streamed(receive: mpsc::Receiver<Piece>, media_type: &'static str, name: &str) -> Response {
    let pieces =
        stream::unfold(receive, |mut receive| async move { receive.recv().await.map(|piece| (piece, receive)) });
    let mut response = Response::new(Body::from_stream(pieces));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Reads the list piece by piece and hands the rows over; ends when nobody takes them any more.
async fn pieces(order: &Order, to: mpsc::Sender<Result<Vec<Vec<Cell>>, std::io::Error>>) {
    let mut place = match &order.which {
        Which::Found(query) => Place::At(Query { limit: Some(PIECE), ..query.first() }),
        Which::Chosen(ids) => Place::Rest(ids.clone()),
    };
    loop {
        let (lines, next) = match piece(order, place).await {
            Ok(read) => read,
            Err(error) => {
                tracing::error!(%error, "an export ends early");
                // The reader sees a broken transfer, not a short file that looks whole.
                let _ = to.send(Err(std::io::Error::other("the export ended early"))).await;
                return;
            }
        };
        let rows = lines.iter().map(|line| cells(line, &order.columns, &order.names)).collect();
        if to.send(Ok(rows)).await.is_err() {
            return;
        }
        match next {
            Some(next) => place = next,
            None => return,
        }
    }
}

/// How far an export is.
#[allow(clippy::large_enum_variant, reason = "there is one of it at a time")]
enum Place {
    At(Query),
    Rest(Vec<String>),
}

/// Reads a piece, and says where the next one begins.
async fn piece(order: &Order, place: Place) -> Result<(Vec<Line>, Option<Place>), vir_store::Error> {
    let asking = order.asking.clone();
    match place {
        Place::At(query) => {
            let asked = query.clone();
            let read =
                order.store.read(&order.tenant, move |tx| Box::pin(async move { list(tx, &asked, &asking).await }));
            let page = read.await?;
            Ok((page.lines, page.next.map(|next| Place::At(query.at(next)))))
        }
        Place::Rest(mut ids) => {
            let rest = ids.split_off(ids.len().min(usize::from(PIECE)));
            let read =
                order.store.read(&order.tenant, move |tx| Box::pin(async move { chosen(tx, &ids, &asking).await }));
            let lines = read.await?;
            Ok((lines, (!rest.is_empty()).then_some(Place::Rest(rest))))
        }
    }
}

async fn write_csv(order: Order, mark: bool, send: mpsc::Sender<Piece>) {
    let lang: Lang = order.names.lang;
    let mut text = if mark { csv_file::MARK.to_owned() } else { String::new() };
    text.push_str(&csv_file::heading(&headings(&order.columns, lang), lang));
    if send.send(Ok(text.into_bytes())).await.is_err() {
        return;
    }
    let (rows, mut come) = mpsc::channel(1);
    let reading = async {
        pieces(&order, rows).await;
    };
    let writing = async {
        while let Some(piece) = come.recv().await {
            let text =
                piece.map(|rows| rows.iter().map(|cells| csv_file::row(cells, lang)).collect::<String>().into_bytes());
            if send.send(text).await.is_err() {
                // Nobody listens: the reading ends at its next piece.
                come.close();
                return;
            }
        }
    };
    tokio::join!(reading, writing);
}

async fn write_xlsx(order: Order, send: mpsc::Sender<Piece>) {
    let lang = order.names.lang;
    let titles = headings(&order.columns, lang);
    let (rows, mut come) = mpsc::channel::<Result<Vec<Vec<Cell>>, std::io::Error>>(1);
    // Writing packs as well: computation, so on a thread of its own.
    let writing = tokio::task::spawn_blocking(move || {
        let make = || -> Result<(), std::io::Error> {
            let mut sheet = xlsx_file::Sheet::new(lang.tr("Rechnungen", "Invoices"), titles, lang)
                .map_err(std::io::Error::other)?;
            while let Some(piece) = come.blocking_recv() {
                for cells in piece? {
                    sheet.add(&cells).map_err(std::io::Error::other)?;
                }
                if send.is_closed() {
                    return Ok(());
                }
            }
            let mut file = sheet.finish().map_err(std::io::Error::other)?;
            loop {
                let mut chunk = Vec::with_capacity(CHUNK);
                std::io::Read::by_ref(&mut file).take(CHUNK as u64).read_to_end(&mut chunk)?;
                if chunk.is_empty() || send.blocking_send(Ok(chunk)).is_err() {
                    return Ok(());
                }
            }
        };
        if let Err(error) = make() {
            tracing::error!(%error, "an export ends early");
            let _ = send.blocking_send(Err(std::io::Error::other("the export ended early")));
        }
    });
    pieces(&order, rows).await;
    let _ = writing.await;
}
