//! Reading and writing cookies.
//!
//! Invariant: every cookie is `HttpOnly` and `SameSite=Lax`; on https it is `Secure` and, where it
//! says who somebody is, bound to this host by its name.

use axum::http::{HeaderMap, HeaderValue, header};

/// The value of the first cookie with this name.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// A `Set-Cookie` line. `seconds` of `None` lasts until the browser is closed; 0 removes it.
pub(crate) fn write(name: &str, value: &str, seconds: Option<u32>, https: bool) -> HeaderValue {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if https { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}"))
        .expect("names are ours and values are base64, hex or words")
}

/// The name of a cookie that says who somebody is: bound to the host where that is possible.
pub(crate) fn bound_name(name: &'static str, https: bool) -> String {
    if https { format!("__Host-{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_counts() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; vir=x.y ;b=2; vir=z"));
        assert_eq!(read(&headers, "vir"), Some("x.y"));
        assert_eq!(read(&headers, "vi"), None);
    }
}
