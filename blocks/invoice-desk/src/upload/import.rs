//! An import in the database: what was handed in together, and what became of each file.
//!
//! Invariant: `finished` is the number of files that have a line in the report.

use serde_json::json;
use vir_core::Lang;
use vir_store::{Entry, Result, Row, Tx, args, new_id};

use crate::intake::Receipt;
use crate::invoice_row::{Kind, State, Verdict};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// The text in the column and in the report.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The one with this text.
            #[must_use]
            pub fn find(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// How far an import is.
    ImportState {
        /// The job has not begun.
        Waiting "waiting";
        /// It is at work.
        Running "running";
        /// Everything has its line.
        Done "done";
        /// The archive as a whole could not be taken.
        Failed "failed";
        /// Somebody stopped it; what was received until then stays.
        Cancelled "cancelled";
    }
}

words! {
    /// What became of a file.
    Outcome {
        /// It is a new invoice.
        Received "received";
        /// It was there already.
        Again "again";
        /// It is stored and waits in quarantine.
        Quarantined "quarantined";
        /// It was not taken.
        Refused "refused";
    }
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct Import {
    pub id: String,
    pub created_at: jiff::Timestamp,
    pub person_id: Option<String>,
    pub person_name: String,
    pub file_name: String,
    pub blob: String,
    pub state: ImportState,
    pub failure: Option<String>,
    pub total: i64,
    pub finished: i64,
    pub accepted: i64,
}

/// What a line of the report remarks on a file that was taken: codes, separated by blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// Another invoice may be the same one.
    Suspect,
    /// There is no data in it: a picture, or a PDF that a person has to read.
    NoData,
    /// The check had something to say, so many times.
    Findings(i64),
}

impl Remark {
    /// What there is to remark.
    fn of(receipt: &Receipt) -> Vec<Self> {
        let mut remarks = Vec::new();
        remarks.extend(receipt.duplicate_of.as_ref().map(|_| Self::Suspect));
        remarks.extend((receipt.kind == Kind::Unstructured).then_some(Self::NoData));
        remarks.extend((receipt.finding_count > 0).then_some(Self::Findings(receipt.finding_count)));
        remarks
    }

    /// The code in the column.
    fn code(self) -> String {
        match self {
            Self::Suspect => "suspect".to_owned(),
            Self::NoData => "no_data".to_owned(),
            Self::Findings(count) => format!("findings:{count}"),
        }
    }

    /// The remark of a code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        match code {
            "suspect" => Some(Self::Suspect),
            "no_data" => Some(Self::NoData),
            _ => code.strip_prefix("findings:")?.parse().ok().map(Self::Findings),
        }
    }

    /// For people.
    #[must_use]
    pub fn text(self, lang: Lang) -> String {
        match self {
            Self::Suspect => lang.tr("Vielleicht eine Dublette", "May be a duplicate").to_owned(),
            Self::NoData => lang.tr("Keine Daten darin; wird abgetippt", "No data in it; to be typed in").to_owned(),
            Self::Findings(1) => lang.tr("1 Befund", "1 finding").to_owned(),
            Self::Findings(count) => lang.tr(format!("{count} Befunde"), format!("{count} findings")),
        }
    }
}

/// The line of a file in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct ImportFile {
    pub position: i64,
    pub name: String,
    pub outcome: Outcome,
    pub invoice_id: Option<String>,
    pub verdict: Option<Verdict>,
    pub message: Option<String>,
}

/// How many files came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// New invoices.
    pub received: i64,
    /// There already.
    pub again: i64,
    /// In quarantine.
    pub quarantined: i64,
    /// Not taken.
    pub refused: i64,
}

impl ImportFile {
    /// The line of a file that was taken.
    #[must_use]
    pub fn taken(position: i64, name: String, receipt: &Receipt) -> Self {
        let outcome = match (receipt.again, receipt.state) {
            (true, _) => Outcome::Again,
            (false, State::Quarantined) => Outcome::Quarantined,
            (false, _) => Outcome::Received,
        };
        let remarks = || {
            let codes: Vec<String> = Remark::of(receipt).into_iter().map(Remark::code).collect();
            (!codes.is_empty() && !receipt.again).then(|| codes.join(" "))
        };
        Self {
            position,
            name,
            outcome,
            invoice_id: Some(receipt.id.0.clone()),
            verdict: receipt.verdict,
            message: receipt.trouble.map(|trouble| trouble.text().to_owned()).or_else(remarks),
        }
    }

    /// The line of a file that was not taken.
    #[must_use]
    pub fn refused(position: i64, name: String, code: &str) -> Self {
        Self {
            position,
            name,
            outcome: Outcome::Refused,
            invoice_id: None,
            verdict: None,
            message: Some(code.to_owned()),
        }
    }
}

const COLUMNS: &str =
    "id, created_at, person_id, person_name, file_name, blob, state, failure, total, finished, accepted";

impl Import {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            created_at: row.time("created_at")?,
            person_id: row.optional_text("person_id")?,
            person_name: row.text("person_name")?,
            file_name: row.text("file_name")?,
            blob: row.optional_text("blob")?.unwrap_or_default(),
            state: ImportState::find(&row.text("state")?).unwrap_or(ImportState::Failed),
            failure: row.optional_text("failure")?,
            total: row.int("total")?,
            finished: row.int("finished")?,
            accepted: row.int("accepted")?,
        })
    }

    /// Is there something to wait for?
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        matches!(self.state, ImportState::Waiting | ImportState::Running)
    }
}

/// A new import of so many files; `blob` is its archive, empty where the files came one by one.
pub async fn create(
    tx: &mut Tx,
    person: (&str, &str, &str),
    file_name: &str,
    blob: &str,
    state: ImportState,
    total: i64,
) -> Result<String> {
    const CREATE: &str = "insert into import
        (id, created_at, person_id, person_name, file_name, blob, state, total, finished, accepted, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $2)";
    let (id, now) = (new_id(tx.now()), tx.now());
    let (actor, person_id, person_name) = person;
    let blob = Some(blob).filter(|blob| !blob.is_empty());
    tx.execute(CREATE, &args![&id, now, person_id, person_name, file_name, blob, state.text(), total]).await?;
    tx.audit(Entry {
        actor: actor.to_owned(),
        action: "import.create".to_owned(),
        subject: format!("import/{id}"),
        detail: json!({ "blob": blob, "files": total }),
    });
    Ok(id)
}

/// The import with this identifier.
pub async fn load(tx: &mut Tx, id: &str) -> Result<Option<Import>> {
    let sql = format!("select {COLUMNS} from import where id = $1");
    tx.optional(sql, &args![id]).await?.as_ref().map(Import::read).transpose()
}

/// The last imports of a person, newest first.
pub async fn recent(tx: &mut Tx, person_id: &str) -> Result<Vec<Import>> {
    let sql = format!("select {COLUMNS} from import where person_id = $1 order by id desc limit 20");
    tx.all(sql, &args![person_id]).await?.iter().map(Import::read).collect()
}

/// How far it is. One that was cancelled stays so.
pub async fn progress(tx: &mut Tx, id: &str, state: ImportState, total: i64, failure: Option<&str>) -> Result<()> {
    const PROGRESS: &str = "update import set state = $2, total = $3, failure = $4, changed_at = $5
        where id = $1 and state <> 'cancelled'";
    tx.execute(PROGRESS, &args![id, state.text(), total, failure, tx.now()]).await?;
    Ok(())
}

/// Stops it, if it is at work. What was received stays; the job ends at its next batch.
pub async fn cancel(tx: &mut Tx, id: &str, actor: &str) -> Result<bool> {
    const CANCEL: &str = "update import set state = 'cancelled', changed_at = $2
        where id = $1 and state in ('waiting', 'running')";
    let stopped = tx.execute(CANCEL, &args![id, tx.now()]).await? == 1;
    if stopped {
        tx.audit(Entry {
            actor: actor.to_owned(),
            action: "import.cancel".to_owned(),
            subject: format!("import/{id}"),
            detail: json!({}),
        });
    }
    Ok(stopped)
}

/// Adds lines to the report. A line that is there already (the job was interrupted) stays.
pub async fn record(tx: &mut Tx, id: &str, files: &[ImportFile]) -> Result<()> {
    const RECORD: &str = "insert into import_file (import_id, position, name, outcome, invoice_id, verdict, message)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict ({t}import_id, position) do nothing";
    const COUNT: &str = "update import set finished = finished + $2, accepted = accepted + $3, changed_at = $4
        where id = $1";
    let (mut finished, mut accepted) = (0_i64, 0_i64);
    for file in files {
        let values = args![
            id,
            file.position,
            &file.name,
            file.outcome.text(),
            &file.invoice_id,
            file.verdict.map(Verdict::text),
            &file.message,
        ];
        if tx.execute(RECORD, &values).await? == 1 {
            finished += 1;
            accepted += i64::from(file.outcome != Outcome::Refused);
        }
    }
    tx.execute(COUNT, &args![id, finished, accepted, tx.now()]).await?;
    Ok(())
}

/// The lines from a place on, at most so many; only of one outcome, where one is given.
pub async fn files(tx: &mut Tx, id: &str, only: Option<Outcome>, from: i64, most: u32) -> Result<Vec<ImportFile>> {
    let sql = format!(
        "select position, name, outcome, invoice_id, verdict, message from import_file
         where import_id = $1 and position >= $2 and ($3 = '' or outcome = $3) order by position limit {most}"
    );
    let rows = tx.all(sql, &args![id, from, only.map_or("", Outcome::text)]).await?;
    rows.iter()
        .map(|row| {
            Ok(ImportFile {
                position: row.int("position")?,
                name: row.text("name")?,
                outcome: Outcome::find(&row.text("outcome")?).unwrap_or(Outcome::Refused),
                invoice_id: row.optional_text("invoice_id")?,
                verdict: row.optional_text("verdict")?.as_deref().and_then(Verdict::find),
                message: row.optional_text("message")?,
            })
        })
        .collect()
}

/// The units of the invoices on these lines.
pub async fn units(tx: &mut Tx, id: &str, from: i64, most: u32) -> Result<Vec<(String, Option<String>)>> {
    let sql = format!(
        "select i.id, i.unit_id from import_file f join invoice i on i.id = f.invoice_id
         where f.import_id = $1 and f.position >= $2 order by f.position limit {most}"
    );
    let rows = tx.all(sql, &args![id, from]).await?;
    rows.iter().map(|row| Ok((row.text("id")?, row.optional_text("unit_id")?))).collect()
}

/// The places of an archive that have their line.
pub async fn done(tx: &mut Tx, id: &str) -> Result<std::collections::HashSet<i64>> {
    let rows = tx.all("select position from import_file where import_id = $1", &args![id]).await?;
    rows.iter().map(|row| row.int("position")).collect()
}

/// How many files came to what.
pub async fn counts(tx: &mut Tx, id: &str) -> Result<Counts> {
    const COUNTS: &str = "select outcome, count(*) as n from import_file where import_id = $1 group by outcome";
    let mut counts = Counts::default();
    for row in tx.all(COUNTS, &args![id]).await? {
        let n = row.int("n")?;
        match Outcome::find(&row.text("outcome")?) {
            Some(Outcome::Received) => counts.received = n,
            Some(Outcome::Again) => counts.again = n,
            Some(Outcome::Quarantined) => counts.quarantined = n,
            Some(Outcome::Refused) | None => counts.refused = n,
        }
    }
    Ok(counts)
}
