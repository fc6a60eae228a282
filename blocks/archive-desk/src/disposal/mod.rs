//! *Aussonderung*: what is due, offers to the archive, its answers, hand-over, deletion by two people; and the archive's
//! part: appraising what is offered, taking over what is handed over.
//!
//! Messages are those of xdomea, as ZIP containers that people upload and download. The same desk plays both parts: the
//! office on `/aussonderung` ([`office`]), the archive on `/archiv` ([`archive`]).
//!
//! Invariant: a record changes only as [`crate::records::act`] lets it, in the same write as the message that says so; a
//! message that was kept is never changed.

mod archive;
mod archive_page;
mod build;
mod office;
mod office_page;
mod receive;
mod settings;
mod store;
mod take_over;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use vir_web::App;

pub use settings::{Exchange, exchange};
pub use store::{Direction, Kept, Side, messages, process_records};

/// The section of the navigation.
pub const SECTION: &str = "disposal";
/// That of the archive.
pub const ARCHIVE_SECTION: &str = "archive";

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/aussonderung", get(office_page::due))
        .route("/aussonderung/anbieten", post(office_page::offer))
        .route("/aussonderung/antwort", post(office_page::answer).layer(DefaultBodyLimit::max(receive::MOST_ANSWER)))
        .route("/aussonderung/loeschung", post(office_page::deletion))
        .route("/aussonderung/einstellungen", get(settings::show).post(settings::save))
        .route("/aussonderung/vorgang/{process}", get(office_page::process))
        .route("/aussonderung/vorgang/{process}/abgeben", post(office_page::hand_over))
        .route("/aussonderung/nachricht/{message}", get(office_page::download))
        .route("/archiv", get(archive_page::list).post(archive_page::upload).layer(DefaultBodyLimit::disable()))
        .route("/archiv/vorgang/{process}", get(archive_page::process))
        .route("/archiv/vorgang/{process}/bewerten", post(archive_page::appraise))
        .route("/archiv/vorgang/{process}/uebernehmen", post(archive_page::take_over))
        .route("/archiv/nachricht/{message}", get(archive_page::download))
}
