//! Claims about the scan station.

mod coming;
mod csc;
mod rules;
mod seals;
mod way;

use vir_archive::scan::class::{Class, Level};
use vir_archive::scan::documentation::Configuration;
use vir_archive_desk::permissions::{FILE, PLAN, SCAN, SEE, SEE_RESTRICTED};
use vir_archive_desk::records::{self, Taken};
use vir_archive_desk::scan::batch::{self, Channel, Stored};
use vir_archive_desk::scan::class::{self, Kept};
use vir_archive_desk::scan::intake::{self, NewBatch, Received};
use vir_archive_desk::scan::{ocr, procedure, read};
use vir_auth::Principal;
use vir_web::test::Reply;

use crate::desk::Desk;

/// Two pages of a letter, as a scanner sends them.
pub const LETTER: &[u8] = include_bytes!("../../../src/scan/demo.tif");

pub struct Station {
    pub desk: Desk,
    pub scanner: Principal,
    pub checker: Principal,
}

pub fn classes() -> Vec<Class> {
    let mut post = Class::new("post", "Posteingang", [Level::Normal; 3]);
    post.integrity_proof = Some("Hashwerte im Transfervermerk".into());
    let mut secret = post.clone();
    secret.id = "geheim".into();
    secret.confidentiality = Level::High;
    let high = Class::new("sozial", "Sozialakten", [Level::High, Level::Normal, Level::Normal]);
    let highest = Class::new("urkunde", "Urkunden", [Level::VeryHigh, Level::Normal, Level::Normal]);
    vec![post, secret, high, highest]
}

impl Station {
    pub async fn new() -> Self {
        Self::at(Desk::new().await).await
    }

    pub async fn at(desk: Desk) -> Self {
        let all = [SEE, SEE_RESTRICTED, FILE, SCAN, PLAN];
        let (scanner, checker) = (desk.site.person("Sina Scan", &all), desk.site.person("Peter Pruef", &all));
        desk.write(|tx| {
            Box::pin(async move {
                for class in classes() {
                    class::save(tx, &Kept { class, active: true }, "test").await?;
                }
                let configuration = Configuration {
                    organisation: "Stadt Musterstadt".into(),
                    version: "1.0".into(),
                    place: "Poststelle".into(),
                    devices: vec![("Scanner 1".into(), "Einzug, 300 dpi".into())],
                    ..Configuration::default()
                };
                procedure::save(tx, &configuration, "test").await
            })
        })
        .await;
        Self { desk, scanner, checker }
    }

    pub async fn taken(&self, name: &str, bytes: &[u8]) -> Taken {
        records::take_bytes(&self.desk.site.app, &self.desk.site.tenant, name, bytes.to_vec()).await.unwrap()
    }

    /// A batch by upload, of this class; gives its identifier. Its files are read.
    pub async fn batch(&self, class: &str, files: &[(&str, &[u8])]) -> String {
        let files: Vec<(&str, &str, &[u8])> = files.iter().map(|(name, bytes)| ("files", *name, *bytes)).collect();
        let fields = [("class", class), ("title", "Stapel 7"), ("device", "Scanner 1")];
        let reply = self.desk.site.upload(&self.scanner, "/scannen/neu", &fields, &files).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let id = reply.location().rsplit('/').next().unwrap().to_owned();
        self.read(&id, ocr::installed().await).await;
        id
    }

    pub async fn read(&self, id: &str, ocr: Option<ocr::Ocr>) {
        read::read(&self.desk.site.app.store, &self.desk.site.tenant, id, ocr).await.unwrap();
    }

    /// A batch that nobody answers for yet.
    pub async fn received(&self, files: Vec<Taken>) -> String {
        let new = NewBatch {
            title: String::new(),
            channel: Channel::Folder,
            class: None,
            expected: None,
            device: String::new(),
            files,
            request: None,
            creator: None,
        };
        let (store, tenant) = (&self.desk.site.app.store, &self.desk.site.tenant);
        let received = store.write(tenant, |tx| Box::pin(async move { intake::receive(tx, new).await })).await.unwrap();
        match received {
            Received::New(id) => id,
            other => panic!("{other:?}"),
        }
    }

    pub async fn stored(&self, id: &str) -> Stored {
        let id = id.to_owned();
        self.desk.read(move |tx| Box::pin(async move { batch::load(tx, &id).await })).await.unwrap()
    }

    /// Takes a step; gives what the person is told.
    pub async fn step(&self, who: &Principal, id: &str, step: &str, fields: &[(&str, &str)]) -> Reply {
        let mut all = vec![("step", step)];
        all.extend_from_slice(fields);
        self.desk.site.post(who, &format!("/scannen/{id}/schritt"), &all).await
    }

    /// What the batch came to: its state as the store writes it.
    pub async fn state(&self, id: &str) -> String {
        let stored = self.stored(id).await;
        let state = stored.batch.map(|batch| serde_json::to_value(batch.state).unwrap());
        state.map_or_else(|| "received".to_owned(), |state| state.as_str().unwrap().to_owned())
    }

    /// All that was drawn is looked at and good, by this person.
    pub async fn check_all(&self, who: &Principal, id: &str) {
        loop {
            let stored = self.stored(id).await;
            let Some(next) = stored.batch.unwrap().unchecked().next() else { return };
            let page = (next + 1).to_string();
            let fields = [("page", page.as_str()), ("good", "yes")];
            let reply = self.desk.site.post(who, &format!("/scannen/{id}/pruefen"), &fields).await;
            assert_eq!(reply.status, 303, "{}", reply.text());
            let after = self.stored(id).await.batch.unwrap();
            assert!(after.checked.contains_key(&next), "page {page} was refused");
        }
    }

    /// Up to the transfer note: complete, checked, approved, made, noted.
    pub async fn to_note(&self, id: &str) {
        let pages = self.stored(id).await.batch.unwrap().pages.len().to_string();
        self.step(&self.scanner, id, "complete", &[("counted", &pages)]).await;
        assert_eq!(self.state(id).await, "review");
        self.check_all(&self.checker, id).await;
        self.step(&self.checker, id, "approve", &[]).await;
        assert_eq!(self.state(id).await, "approved");
        self.desk.work().await;
        self.step(&self.scanner, id, "note", &[("identical", "on")]).await;
        assert_eq!(self.state(id).await, "noted");
    }
}
