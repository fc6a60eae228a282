//! The job: makes the note's file, has it sealed and stamped, judges what came back, and keeps it.
//!
//! Invariant: running again gives the same file the same seal, or none where it has one.

use tokio::runtime::Handle;
use vir_archive::certificate::path::{Judgement, Trust};
use vir_archive::digest::Digest;
use vir_archive::evidence::write::request;
use vir_archive::moment::Moment;
use vir_archive::scan::batch::{Command, SealAbout, State};
use vir_archive::scan::class::Class;
use vir_archive::seal::verify::Content;
use vir_archive::seal::{Options, Report, Sealed, verify};
use vir_archive::stamping::TimeStamps as _;
use vir_archive::token::{Token, token_of_response};
use vir_core::{Lang, Text};
use vir_store::{TenantId, Tx, args};
use vir_web::{App, JobCall, WorkError};

use super::service::{SealTrouble, Sealer, trusted};
use super::{Kept, NOTE, SEALED, kept, nobody};
use crate::keep::{Services, program};
use crate::scan::batch::{self, Stored, Work};
use crate::scan::note;
use crate::scan::read::sha512;

/// How far the clock of a time-stamp service may be ahead of ours.
const SKEW: i64 = 300;

pub(super) async fn run(call: JobCall) -> Result<(), WorkError> {
    let id = call.payload["batch"].as_str().unwrap_or_default().to_owned();
    seal(&call.app, &call.tenant, &id).await
}

/// Seals the note of a batch, if it lacks a seal.
///
/// # Errors
/// Where nobody seals, a service does not answer, or the seal is worth less than the class demands; the batch says why.
pub async fn seal(app: &App, tenant: &TenantId, id: &str) -> Result<(), WorkError> {
    let key = id.to_owned();
    let read = app.store.read(tenant, move |tx: &mut Tx| {
        Box::pin(async move { Ok::<_, vir_store::Error>((batch::load(tx, &key).await?, kept(tx, &key).await?)) })
    });
    let (Some(stored), kept) = read.await? else { return Ok(()) };
    let needs = stored.is(State::Noted)
        && stored.record.is_none()
        && stored.batch.as_ref().is_some_and(|batch| !batch.is_sealed_enough());
    if !needs {
        return if stored.work == Work::Sealing { say(app, tenant, id, Work::None, None).await } else { Ok(()) };
    }
    match sealed(app, tenant, &stored, kept).await {
        Ok(()) => Ok(()),
        Err(Failed::Store(error)) => Err(error),
        Err(Failed::Trouble(trouble)) => {
            let work = if trouble.retry { Work::Sealing } else { Work::None };
            say(app, tenant, id, work, Some(trouble.text.clone())).await?;
            let why = trouble.text.get(Lang::En).to_owned();
            Err(if trouble.retry { WorkError::later(why) } else { WorkError::hopeless(why) })
        }
    }
}

enum Failed {
    Trouble(SealTrouble),
    Store(WorkError),
}

impl From<SealTrouble> for Failed {
    fn from(trouble: SealTrouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

async fn say(app: &App, tenant: &TenantId, id: &str, work: Work, trouble: Option<Text>) -> Result<(), WorkError> {
    let key = id.to_owned();
    let said = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move { batch::working(tx, &key, work, trouble.as_ref()).await })
    });
    Ok(said.await?)
}

async fn sealed(app: &App, tenant: &TenantId, stored: &Stored, kept: Option<Kept>) -> Result<(), Failed> {
    let config = &app.config.seal;
    let none = || SealTrouble::lasting(Text::new(nobody(Lang::De), nobody(Lang::En)));
    let sealer = Sealer::of(config).await?.ok_or_else(none)?;
    let anchors = trusted(config).await?;
    let (pdf, note_sha512) = file(app, tenant, stored, kept).await?;
    let now = Moment::from_unix(app.now().as_second());
    let bare = sealer.seal(&pdf, now).await?;
    // Only those are judged as qualified who are named; without any, paths are not judged.
    let trust = Trust { anchors: anchors.iter().map(Vec::as_slice).collect(), ..Trust::default() };
    let mut options = Options { at: now, existed: None, catalogue: true, trust };
    let mut bytes = bare.encode();
    if !app.config.archive.time_stamps.is_empty() {
        let (stamped, time) = stamped(app, bare).await?;
        let is_close = time > now && time.unix() <= now.unix() + SKEW;
        let with = Options { at: if is_close { time } else { now }, ..options.clone() };
        let stamped = stamped.encode();
        // A time stamp of a service that is not named would spoil the seal for everybody who judges by those names.
        let report = verify(&stamped, Content::Bytes(&pdf), &with);
        if !report.stamps.iter().any(|stamp| is_broken(&stamp.path)) {
            (bytes, options) = (stamped, with);
        }
    }
    let mut report = verify(&bytes, Content::Bytes(&pdf), &options);
    if is_broken(&report.path) {
        // Whoever is not named may still seal for classes that ask for no qualified seal.
        let options = Options { trust: Trust::default(), ..options };
        report = verify(&bytes, Content::Bytes(&pdf), &options);
    }
    let batch = stored.batch.as_ref().expect("a batch that needs a seal has events");
    enough(&report, &batch.class)?;
    let seal_sha512 = sha512(&bytes);
    let about = SealAbout {
        note: note_sha512.clone(),
        seal: seal_sha512.clone(),
        form: report.form.name().to_owned(),
        signer: report.signer.clone().unwrap_or_default(),
        issuer: report.issuer.clone().unwrap_or_default(),
        serial: report.serial.clone().unwrap_or_default(),
        algorithm: report.signature.clone().unwrap_or_default(),
        stamp: report.stamps.first().map(|stamp| (stamp.time, stamp.service.clone().unwrap_or_default())),
    };
    let command = Command::SealWith { seal: report.level, time_stamp: report.qualified_stamp, about: Box::new(about) };
    let blob = app.store.blobs().put(tenant, bytes).await?;
    let id = stored.id.clone();
    let written = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.lock(&batch::lock(&id)).await?;
            tx.execute(SEALED, &args![id.as_str(), blob.as_str(), seal_sha512, note_sha512]).await?;
            batch::act(tx, &id, &[command], &program()).await?;
            batch::working(tx, &id, Work::None, None).await?;
            Ok::<_, batch::BatchError>(())
        })
    });
    match written.await {
        // Somebody has cancelled or filed it meanwhile.
        Ok(()) | Err(batch::BatchError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Does it not lead to anybody who is named?
fn is_broken(path: &Judgement) -> bool {
    matches!(path, Judgement::Broken(_))
}

/// The note's file: the one that was made before, or a new one.
async fn file(app: &App, tenant: &TenantId, stored: &Stored, kept: Option<Kept>) -> Result<(Vec<u8>, String), Failed> {
    if let Some(Kept { note_blob: Some(blob), note_sha512, .. }) = kept {
        let bytes = app.store.blobs().get(tenant, &blob.parse()?).await?;
        if sha512(&bytes) == note_sha512 {
            return Ok((bytes.to_vec(), note_sha512));
        }
    }
    let note = stored.batch.as_ref().and_then(|batch| batch.note.clone()).expect("a noted batch has its note");
    let (title, now) = (stored.title.clone(), app.now());
    let pdf = tokio::task::spawn_blocking(move || note::pdf(&note, &title, now)).await??;
    let sha = sha512(&pdf);
    let blob = app.store.blobs().put(tenant, pdf.clone()).await?;
    let (id, digest) = (stored.id.clone(), sha.clone());
    let written = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move { tx.execute(NOTE, &args![id, blob.as_str(), digest]).await })
    });
    written.await?;
    Ok((pdf, sha))
}

/// With a time stamp of the configured services.
async fn stamped(app: &App, made: Sealed) -> Result<(Sealed, Moment), SealTrouble> {
    let services = Services::new(&app.config.archive.time_stamps, Handle::current(), Lang::De);
    let services = services.map_err(SealTrouble::lasting)?;
    let late = |why: &str| {
        SealTrouble::passing(Text::owned(
            format!("Kein Zeitstempel zum Siegel ({why}). Es wird von selbst wieder versucht."),
            format!("No time stamp for the seal ({why}). It is tried again without anybody's doing."),
        ))
    };
    let asked = tokio::task::spawn_blocking(move || {
        let (digest, nonce) = (Digest::Sha512, services.nonce());
        let answer = services.ask(&request(digest, &made.imprint(digest), Some(nonce)))?;
        let time = token_of_response(&answer).and_then(Token::read).map_err(|error| error.to_string())?.time;
        let stamped = made.stamped(&answer, digest, Some(nonce)).map_err(|error| error.to_string())?;
        Ok::<_, String>((stamped, time))
    });
    asked.await.map_err(|error| late(&error.to_string()))?.map_err(|why| late(&why))
}

/// Is the seal worth what the class demands?
fn enough(report: &Report, class: &Class) -> Result<(), SealTrouble> {
    let errors: Vec<Text> = report
        .findings
        .iter()
        .filter(|finding| finding.0.severity() == vir_core::Severity::Error)
        .map(|finding| finding.0.message())
        .collect();
    let join = |texts: &[Text], of: fn(&Text) -> &str| texts.iter().map(of).collect::<Vec<_>>().join(" ");
    if !errors.is_empty() {
        return Err(SealTrouble::lasting(Text::owned(
            format!("Das Siegel hält der eigenen Prüfung nicht stand: {}", join(&errors, |text| &text.de)),
            format!("The seal does not stand our own verification: {}", join(&errors, |text| &text.en)),
        )));
    }
    if report.level < class.least_seal() {
        let why = lacks(report);
        return Err(SealTrouble::lasting(Text::owned(
            format!(
                "Die Klasse verlangt ein qualifiziertes Siegel (A.AM.IN.H.1); dieses gilt nur als fortgeschrittenes: {} Der Betrieb muss ein qualifiziertes beschaffen und einrichten ([seal]).",
                join(&why, |text| &text.de)
            ),
            format!(
                "The class demands a qualified seal (A.AM.IN.H.1); this one counts as advanced only: {} The operator has to buy and set up a qualified one ([seal]).",
                join(&why, |text| &text.en)
            ),
        )));
    }
    if class.needs_time_stamp() && !report.qualified_stamp {
        return Err(SealTrouble::lasting(Text::new(
            "Die Klasse verlangt einen qualifizierten Zeitstempel (A.AM.IN.SH.2). Der Betrieb muss einen qualifizierten Dienst einrichten ([archive] time_stamps), der in seinen Zeitstempeln sagt, dass er es ist (ETSI EN 319 422), und dessen Zertifikat unter [seal] trust steht.",
            "The class demands a qualified time stamp (A.AM.IN.SH.2). The operator has to set up a qualified service ([archive] time_stamps) that says in its time stamps that it is one (ETSI EN 319 422), and whose certificate stands under [seal] trust.",
        )));
    }
    Ok(())
}

/// Why a seal does not count as qualified.
fn lacks(report: &Report) -> Vec<Text> {
    let mut why = Vec::new();
    let statements = report.statements.clone().unwrap_or_default();
    let mut says = |holds: bool, de: &'static str, en: &'static str| {
        if !holds {
            why.push(Text::new(de, en));
        }
    };
    says(
        statements.compliance && statements.countries.is_empty(),
        "Das Zertifikat sagt nicht, dass es ein qualifiziertes der EU ist (QcCompliance).",
        "The certificate does not say that it is a qualified one of the EU (QcCompliance).",
    );
    says(
        statements.purposes.contains(&vir_archive::seal::qualified::Purpose::Seal),
        "Das Zertifikat ist keines für Siegel (QcType eseal).",
        "The certificate is none for seals (QcType eseal).",
    );
    says(
        statements.device,
        "Der Schlüssel liegt nach seinem Zertifikat nicht in einer qualifizierten Einheit (QcSSCD).",
        "By its certificate the key does not lie in a qualified device (QcSSCD).",
    );
    says(
        matches!(report.path, Judgement::Trusted { .. }),
        "Sein Aussteller steht nicht unter den qualifizierten Anbietern ([seal] trust).",
        "Its issuer is not among the qualified providers ([seal] trust).",
    );
    why
}
