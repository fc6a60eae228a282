//! Who seals transfer notes: a key of one's own, or a remote service.

use std::path::PathBuf;

use super::section;
use super::value::Secret;

section! {
    /// Who seals transfer notes of scans.
    Seal in "seal";
    /// The key and its certificate.
    key_file: Option<PathBuf> = None, "\"/run/credentials/vir/siegel.p12\"",
        "Datei mit Schlüssel und Zertifikat des Siegels: PKCS #12, oder PEM (RSA ab 2048 Bit, P-256, P-384, Ed25519). Ein solches Siegel ist höchstens ein fortgeschrittenes, wenn das Zertifikat nichts anderes sagt. Ohne diese Datei und ohne [seal] service wird nicht gesiegelt.";
    /// The certificate and its chain, where the key's file has none.
    certificate_file: Option<PathBuf> = None, "\"/etc/vir/siegel.pem\"",
        "Zertifikat (und Zwischenzertifikate) zum Schlüssel, wenn sie nicht in key_file stehen; PEM.";
    /// The password of the key's file.
    password: Option<Secret> = None, "\"…\"", "Passwort der Schlüsseldatei.";
    /// A file that holds the password.
    password_file: Option<PathBuf> = None, "\"/run/credentials/vir/siegel-passwort\"", "Datei, in der das Passwort steht.";
    /// A remote service after the Cloud Signature Consortium.
    service: Option<String> = None, "\"https://siegel.example/csc/v2\"",
        "Siegeldienst mit der Schnittstelle des Cloud Signature Consortium (CSC API 2), wie qualifizierte Anbieter sie haben: Adresse bis einschließlich „/csc/v2“. Statt key_file.";
    /// Where its tokens are had.
    token_url: Option<String> = None, "\"https://anmeldung.example/oauth2/token\"",
        "Adresse, an der es das Zugriffstoken gibt (OAuth 2, client_credentials). Ohne Angabe „oauth2/token“ unter service.";
    /// Who asks.
    client_id: Option<String> = None, "\"stadt-musterstadt\"", "Kennung beim Siegeldienst.";
    /// Its secret.
    client_secret: Option<Secret> = None, "\"…\"", "Geheimnis dazu.";
    /// A file that holds the secret.
    client_secret_file: Option<PathBuf> = None, "\"/run/credentials/vir/siegeldienst\"", "Datei, in der das Geheimnis steht.";
    /// Which of the keys there.
    credential: Option<String> = None, "\"siegel-2026\"",
        "Welcher Schlüssel beim Siegeldienst (credentialID). Ohne Angabe der eine, den er nennt.";
    /// What frees the key.
    pin: Option<Secret> = None, "\"…\"", "PIN des Schlüssels, wenn der Dienst eine verlangt.";
    /// A file that holds it.
    pin_file: Option<PathBuf> = None, "\"/run/credentials/vir/siegel-pin\"", "Datei, in der die PIN steht.";
    /// Whom to trust to be qualified.
    trust: Vec<PathBuf> = Vec::new(), "[\"/etc/vir/qualifizierte.pem\"]",
        "Zertifikate der qualifizierten Anbieter (Siegel und Zeitstempel) aus der Vertrauensliste der EU; PEM. Nur was zu ihnen führt, gilt als qualifiziert. Ohne Angabe gilt kein Siegel und kein Zeitstempel als qualifiziert.";
}
