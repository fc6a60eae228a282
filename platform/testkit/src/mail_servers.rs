//! Real mail servers as plain child processes: Dovecot for IMAP, Exim for SMTP, on ports of their own,
//! with all they write in one folder.
//!
//! Debian's packages `dovecot-imapd`, `exim4-daemon-light` and `openssl` are enough; neither needs to be
//! configured or started by the system. Exim delivers into the Maildir folders that Dovecot serves. Two
//! local parts are special: `refused@…` is refused for good (550), `later@…` for now (450).
//!
//! Both change to the user `mail`, so they are started as root, as in a container.
//!
//! Invariant: no server outlives the value that started it.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::server::free_port;

/// The password of every account. Dovecot takes what follows a blank for another setting.
pub const PASSWORD: &str = "hunter2-ist-kein-gutes-Kennwort";

/// User and group `mail` of every Debian system.
const MAIL: u32 = 8;

/// Running mail servers.
#[derive(Debug)]
pub struct MailServers {
    folder: PathBuf,
    dovecot: Child,
    exim: Child,
    /// IMAP, with STARTTLS.
    pub imap: u16,
    /// IMAP over TLS.
    pub imaps: u16,
    /// SMTP, with STARTTLS.
    pub smtp: u16,
    /// SMTP over TLS.
    pub smtps: u16,
    /// The servers' certificate for `localhost`, as PEM.
    pub certificate: String,
}

/// Why there are no mail servers.
#[derive(Debug)]
pub struct Unavailable(pub String);

impl std::fmt::Display for Unavailable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "no mail servers (Debian: dovecot-imapd exim4-daemon-light openssl): {}", self.0)
    }
}

impl std::error::Error for Unavailable {}

impl From<std::io::Error> for Unavailable {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl MailServers {
    /// Starts both in a new folder below the system's temporary one. Mail to `accounts` goes to their
    /// mailboxes (`+tag` included), mail to anybody else to the mailbox `other`.
    ///
    /// # Errors
    /// Where a program is missing, does not start, or this process is not root.
    pub fn start(accounts: &[&str]) -> Result<Self, Unavailable> {
        Self::start_with(accounts, None)
    }

    /// The same, where Dovecot lets nobody in but with an access token: a JWT of HS256 with this key (RFC 7519), whose
    /// `email` is the account; told by one of these mechanisms (`xoauth2 oauthbearer`). Dovecot itself verifies it.
    ///
    /// # Errors
    /// As [`MailServers::start`].
    pub fn start_with_tokens(accounts: &[&str], mechanisms: &str, key: &[u8]) -> Result<Self, Unavailable> {
        Self::start_with(accounts, Some((mechanisms, key)))
    }

    /// Ends all sessions of an account, as a server does that is restarted.
    ///
    /// # Errors
    /// Where `doveadm` is missing or refuses.
    pub fn kick(&self, account: &str) -> Result<(), Unavailable> {
        let config = self.folder.join("dovecot.conf");
        let done = Command::new("doveadm").arg("-c").arg(config).args(["kick", account]).output()?;
        if done.status.success() {
            Ok(())
        } else {
            Err(Unavailable(String::from_utf8_lossy(&done.stderr).into_owned()))
        }
    }

    fn start_with(accounts: &[&str], tokens: Option<(&str, &[u8])>) -> Result<Self, Unavailable> {
        let [imap, imaps, smtp, smtps] = [free_port()?, free_port()?, free_port()?, free_port()?];
        // Paths of Unix sockets are short.
        let folder = std::env::temp_dir().join(format!("vir-mail-{}-{imap}", std::process::id()));
        for part in ["mail", "exim/spool", "exim/log", "dovecot/run", "dovecot/state"] {
            fs::create_dir_all(folder.join(part))?;
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        let certificate = certificate(&folder)?;
        let list: String = accounts.iter().map(|account| format!("{account}: {account}\n")).collect();
        fs::write(folder.join("accounts"), format!("{list}*: other\n"))?;
        fs::write(
            folder.join("dovecot.conf"),
            dovecot(&folder, imap, imaps, tokens.map(|(mechanisms, _)| mechanisms)),
        )?;
        if let Some((_, key)) = tokens {
            let keys = folder.join("keys/default/HS256");
            fs::create_dir_all(&keys)?;
            fs::write(keys.join("default"), base64(key))?;
            let folder = folder.display();
            fs::write(
                PathBuf::from(format!("{folder}/oauth2.conf")),
                format!(
                    "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={folder}/keys/\nusername_attribute = email\n"
                ),
            )?;
        }
        fs::write(folder.join("exim.conf"), exim(&folder, smtp, smtps))?;
        for part in ["mail", "exim", "exim/spool", "exim/log", "key.pem", "cert.pem", "accounts"] {
            chown(folder.join(part), Some(MAIL), Some(MAIL))
                .map_err(|error| Unavailable(format!("not root: {error}")))?;
        }
        let start = |program: &str, arguments: &[&str], config: &str| {
            Command::new(program)
                .args(arguments)
                .arg(folder.join(config))
                .args(if program.ends_with("exim4") { &["-bdf"][..] } else { &[] })
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(fs::File::create(folder.join(format!("{config}.log"))).map_err(Unavailable::from)?)
                .spawn()
                .map_err(|error| Unavailable(format!("{program}: {error}")))
        };
        let dovecot = start("/usr/sbin/dovecot", &["-F", "-c"], "dovecot.conf")?;
        let exim = match start("/usr/sbin/exim4", &["-C"], "exim.conf") {
            Ok(exim) => exim,
            Err(error) => {
                end(dovecot);
                return Err(error);
            }
        };
        let servers = Self { folder, dovecot, exim, imap, imaps, smtp, smtps, certificate };
        for port in [imap, smtp] {
            if !listens(port) {
                let said = ["dovecot.conf.log", "exim.conf.log", "dovecot/log", "exim/log/paniclog"]
                    .map(|name| fs::read_to_string(servers.folder.join(name)).unwrap_or_default());
                return Err(Unavailable(format!("nobody listens on port {port}: {}", said.join(" "))));
            }
        }
        Ok(servers)
    }

    /// How many mails lie in a folder of an account, whatever their flags; `None` is the inbox. Of other
    /// folders the name as IMAP encodes it.
    #[must_use]
    pub fn count(&self, account: &str, folder: Option<&str>) -> usize {
        let mut path = self.folder.join("mail").join(account);
        if let Some(folder) = folder {
            path.push(format!(".{folder}"));
        }
        ["new", "cur"].iter().filter_map(|part| fs::read_dir(path.join(part)).ok()).map(Iterator::count).sum()
    }

    /// The mails in a folder of an account, in no order.
    #[must_use]
    pub fn mails(&self, account: &str, folder: Option<&str>) -> Vec<Vec<u8>> {
        let mut path = self.folder.join("mail").join(account);
        if let Some(folder) = folder {
            path.push(format!(".{folder}"));
        }
        let files = ["new", "cur"].into_iter().filter_map(|part| fs::read_dir(path.join(part)).ok()).flatten();
        files.filter_map(|file| fs::read(file.ok()?.path()).ok()).collect()
    }

    /// Waits until an account's folder has at least `expect` mails; false after ten seconds.
    #[must_use]
    pub fn wait_for(&self, account: &str, folder: Option<&str>, expect: usize) -> bool {
        for _ in 0..500 {
            if self.count(account, folder) >= expect {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// What the servers logged, for messages of failed tests.
    #[must_use]
    pub fn log(&self) -> String {
        ["dovecot/log", "exim/log/mainlog"]
            .map(|name| fs::read_to_string(self.folder.join(name)).unwrap_or_default())
            .join("\n")
    }
}

impl Drop for MailServers {
    fn drop(&mut self) {
        for child in [&mut self.dovecot, &mut self.exim] {
            terminate(child);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn end(mut child: Child) {
    terminate(&mut child);
}

/// Dovecot ends its own children only where it is asked politely.
fn terminate(child: &mut Child) {
    let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    for _ in 0..150 {
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn listens(port: u16) -> bool {
    for _ in 0..500 {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            let _ = stream.write_all(b"QUIT\r\n");
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

fn certificate(folder: &Path) -> Result<String, Unavailable> {
    let output = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| Unavailable(format!("openssl: {error}")))?;
    if !output.status.success() {
        return Err(Unavailable(format!("openssl: {}", String::from_utf8_lossy(&output.stderr))));
    }
    Ok(fs::read_to_string(folder.join("cert.pem"))?)
}

/// Base64 with padding, as Dovecot reads keys.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = char::from(LETTERS[(word >> (18 - 6 * place) & 63) as usize]);
            out.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

fn dovecot(folder: &Path, imap: u16, imaps: u16, tokens: Option<&str>) -> String {
    let folder = folder.display();
    let mechanisms = tokens.unwrap_or("plain login");
    let passdb = match tokens {
        None => format!("  driver = static\n  args = \"password={PASSWORD}\""),
        Some(mechanisms) => {
            format!("  driver = oauth2\n  mechanisms = {mechanisms}\n  args = {folder}/oauth2.conf")
        }
    };
    format!(
        "base_dir = {folder}/dovecot/run
state_dir = {folder}/dovecot/state
log_path = {folder}/dovecot/log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{folder}/mail/%u
mail_uid = mail
mail_gid = mail
first_valid_uid = {MAIL}
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
mail_max_userip_connections = 100
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service stats {{
  chroot =
}}
passdb {{
{passdb}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u
}}
"
    )
}

fn exim(folder: &Path, smtp: u16, smtps: u16) -> String {
    let folder = folder.display();
    format!(
        "primary_hostname = localhost
exim_user = mail
exim_group = mail
never_users = root
keep_environment =
notifier_socket =
spool_directory = {folder}/exim/spool
log_file_path = {folder}/exim/log/%slog
pid_file_path = {folder}/exim/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp} : {smtps}
tls_on_connect_ports = {smtps}
tls_advertise_hosts = *
tls_certificate = {folder}/cert.pem
tls_privatekey = {folder}/key.pem
acl_smtp_rcpt = check_recipient
acl_smtp_data = check_data
message_size_limit = 120M
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
received_headers_max = 100
begin acl
check_recipient:
  deny local_parts = refused
       message = nobody here by that name
  defer local_parts = later
       message = try again later
  accept
check_data:
  accept
begin routers
all:
  driver = accept
  local_part_suffix = +*
  local_part_suffix_optional
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = {folder}/mail/${{lookup{{$local_part@$domain}}lsearch*{{{folder}/accounts}}}}
  create_directory
  envelope_to_add
  return_path_add
  user = mail
  group = mail
  mode = 0600
begin retry
* * F,2h,15m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{{PASSWORD}}}}}
  server_set_id = $auth2
"
    )
}
