//! Writes answers.

use super::{API, DSS, Major, Outcome, Soap, XAIP};

/// Text as XML has it; characters that XML cannot carry become U+FFFD.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// An element of the interface with a text.
#[must_use]
pub fn element(name: &str, text: &str) -> String {
    format!("<tr:{name}>{}</tr:{name}>", escape(text))
}

/// A response: the outcome, and what the operation gives, as XML with the prefixes `tr`, `xaip` and `dss`.
#[must_use]
pub fn response(soap: Soap, operation: &str, outcome: &Outcome, content: &str) -> String {
    let major = match outcome.major {
        Major::Ok => "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#ok",
        Major::Warning => "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#warning",
        Major::Error => "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#error",
    };
    let minor = outcome.minor.map(|minor| format!("<dss:ResultMinor>{}</dss:ResultMinor>", minor.address()));
    let message = outcome
        .message
        .as_deref()
        .map(|message| format!("<dss:ResultMessage xml:lang=\"de\">{}</dss:ResultMessage>", escape(message)));
    let prefix = if operation == "Verify" { "dss" } else { "tr" };
    let body = format!(
        "<{prefix}:{operation}Response xmlns:tr=\"{API}\" xmlns:xaip=\"{XAIP}\" xmlns:dss=\"{DSS}\"><dss:Result><dss:ResultMajor>{major}</dss:ResultMajor>{}{}</dss:Result>{content}</{prefix}:{operation}Response>",
        minor.unwrap_or_default(),
        message.unwrap_or_default(),
    );
    envelope(soap, &body)
}

/// The answer to what is no request.
#[must_use]
pub fn fault(soap: Soap, message: &str) -> String {
    let text = escape(message);
    envelope(
        soap,
        &match soap {
            Soap::V1_1 => {
                format!("<s:Fault><faultcode>s:Client</faultcode><faultstring>{text}</faultstring></s:Fault>")
            }
            Soap::V1_2 => format!(
                "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang=\"en\">{text}</s:Text></s:Reason></s:Fault>"
            ),
        },
    )
}

fn envelope(soap: Soap, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:Envelope xmlns:s=\"{}\"><s:Body>{body}</s:Body></s:Envelope>",
        soap.namespace()
    )
}
