//! Taking a file in: its bytes into a blob, its digest, and its format.
//!
//! Invariant: what [`take`] gives is durable; a file without a row that names it is swept away later.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Mutex;

use futures_util::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha512};
use thiserror::Error;
use vir_archive::format::risk::{Level, risks};
use vir_archive::format::source::Source;
use vir_core::Text;
use vir_store::BlobId;
use vir_web::App;

use crate::formats;

/// The longest file name.
const LONGEST: usize = 120;

/// A file that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// How it was called.
    pub file_name: String,
    /// Its bytes.
    pub blob: BlobId,
    /// SHA-512 in hexadecimal digits.
    pub sha512: String,
    /// How many bytes.
    pub size: u64,
    /// The media type.
    pub media_type: String,
    /// The format in the register PRONOM, where it is certain.
    pub puid: Option<String>,
    /// The format's name and version.
    pub format: Option<String>,
    /// How risky the format is.
    pub risk: Option<String>,
    /// Its words, for full text.
    pub text: Option<String>,
}

impl Taken {
    /// The name as a package may have it: no folders, nothing that a file system or a person trips over.
    #[must_use]
    pub fn safe_name(&self) -> String {
        safe_name(&self.file_name)
    }
}

fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')') { c } else { '_' };
    let name: String = last.chars().map(kept).collect();
    let name = name.trim_matches(['.', ' ']);
    // The end has the extension, which matters most.
    let mut start = name.len().saturating_sub(LONGEST);
    while !name.is_char_boundary(start) {
        start += 1;
    }
    match &name[start..] {
        "" => "datei".to_owned(),
        name => name.to_owned(),
    }
}

/// Why a file was not taken in.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TakeError {
    /// It did not arrive whole.
    #[error("the file did not arrive whole: {0}")]
    Broken(String),
    /// It is larger than allowed.
    #[error("the file has more than {0} bytes")]
    Large(u64),
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
    /// The temporary copy.
    #[error("no temporary copy: {0}")]
    Copy(#[from] std::io::Error),
}

impl TakeError {
    /// For people; none for faults of ours.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        match self {
            Self::Broken(_) => Some(Text::new("Die Datei kam nicht vollständig an.", "The file did not arrive whole.")),
            Self::Large(most) => Some(Text::owned(
                format!("Die Datei ist größer als {} MB.", most / 1_000_000),
                format!("The file is larger than {} MB.", most / 1_000_000),
            )),
            Self::Store(_) | Self::Copy(_) => None,
        }
    }
}

/// Takes a file in from a stream, of at most so many bytes.
///
/// # Errors
/// Where the stream breaks, is too long, or the store fails.
pub async fn take<S, B, E>(
    app: &App,
    tenant: &vir_store::TenantId,
    file_name: &str,
    most: u64,
    stream: S,
) -> Result<Taken, TakeError>
where
    S: Stream<Item = Result<B, E>> + Send,
    B: Into<axum::body::Bytes>,
    E: std::fmt::Display,
{
    // A copy, since the format is told by places all over the file.
    let copy = Mutex::new((tempfile::tempfile()?, Sha512::new(), 0_u64));
    let pieces = stream.map(|piece| {
        let piece: axum::body::Bytes = piece.map_err(|error| TakeError::Broken(error.to_string()))?.into();
        let mut copy = copy.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        copy.2 += piece.len() as u64;
        if copy.2 > most {
            return Err(TakeError::Large(most));
        }
        copy.0.write_all(&piece)?;
        copy.1.update(&piece);
        Ok(piece)
    });
    let (blob, size) = app.store.blobs().put_stream::<_, TakeError>(tenant, pieces).await?;
    let (copy, digest, _) = copy.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let name = file_name.chars().filter(|c| !c.is_control()).take(255).collect::<String>();
    let sha512 = vir_archive::ocfl::digest::hex(&digest.finalize());
    let identifier = formats::identifier(&app.config.archive);
    let (name, known, media_type, text) = tokio::task::spawn_blocking(move || {
        let file = File::new(copy, size);
        let known = identifier.and_then(|identifier| identifier.identify(&file, &name).ok());
        let said = known.as_ref().and_then(|known| known.certain()).and_then(|found| found.mime.clone());
        let media_type = said.unwrap_or_else(|| formats::media_type(&name));
        let mut copy = file.file.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let text = formats::text(&media_type, &mut copy);
        (name, known, media_type, text)
    })
    .await
    .map_err(|error| TakeError::Broken(error.to_string()))?;
    let gravest = known.as_ref().and_then(|known| risks(known).iter().map(|risk| risk.level()).max());
    let certain = known.as_ref().and_then(|known| known.certain());
    Ok(Taken {
        blob,
        sha512,
        size,
        media_type,
        text,
        puid: certain.map(|found| found.puid.clone()),
        format: certain.map(|found| match &found.version {
            Some(version) => format!("{} {version}", found.name),
            None => found.name.clone(),
        }),
        risk: gravest.map(|level| match level {
            Level::High => "high".to_owned(),
            Level::Medium => "medium".to_owned(),
            Level::Low => "low".to_owned(),
        }),
        file_name: name,
    })
}

/// Takes a file in that is in memory.
///
/// # Errors
/// Where the store fails.
pub async fn take_bytes(
    app: &App,
    tenant: &vir_store::TenantId,
    file_name: &str,
    bytes: Vec<u8>,
) -> Result<Taken, TakeError> {
    let stream = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
    take(app, tenant, file_name, u64::MAX, stream).await
}

/// A file with random access.
struct File {
    file: Mutex<std::fs::File>,
    size: u64,
}

impl File {
    fn new(file: std::fs::File, size: u64) -> Self {
        Self { file: Mutex::new(file), size }
    }
}

impl Source for File {
    fn length(&self) -> u64 {
        self.size
    }

    fn read(&self, at: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::safe_name;

    #[test]
    fn names_have_no_folders_and_no_tricks() {
        for (given, expect) in [
            ("Bescheid.pdf", "Bescheid.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Akten\\Vermerk (2).docx", "Vermerk (2).docx"),
            ("Über:mut?.txt", "Über_mut_.txt"),
            ("..", "datei"),
            ("", "datei"),
        ] {
            assert_eq!(safe_name(given), expect);
        }
        assert!(safe_name(&format!("{}ä.pdf", "ü".repeat(200))).ends_with("ä.pdf"));
    }
}
