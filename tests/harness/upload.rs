//! Forms with a file, as browsers send them (RFC 7578).

use super::answer::Answer;
use super::browser::Browser;

/// Between the parts: stands in none of them.
const BOUNDARY: &str = "----e2eFormBoundary7MA4YWxkTrZu0gW";

/// A form with a file: its media type and its octets.
pub fn multipart(
    fields: &[(String, String)],
    file: Option<(&str, &str, &[u8])>,
) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((field, name, content)) = file {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/pdf\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

impl Browser {
    /// Posts a form with a file; redirects are not followed.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(String, String)],
        file: Option<(&str, &str, &[u8])>,
    ) -> Answer {
        let (kind, body) = multipart(fields, file);
        self.post_octets(path, &kind, body).await
    }
}
