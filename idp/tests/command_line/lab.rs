//! CAs of the OpenSSL command line, in the operator's folder: certificates and lists under short names.

use std::process::Command;

use super::Operator;

/// OpenSSL's configuration; `EXTENSIONS` are those of the certificate.
const CONFIGURATION: &str = "\
[req]\ndistinguished_name=dn\n[dn]\n[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\n\
policy=any\ndefault_md=sha256\ncrl_extensions=crlext\nunique_subject=no\n[any]\ncommonName=supplied\n\
[crlext]\nauthorityKeyIdentifier=keyid\n\
[ca_ext]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n\
[end_ext]\nbasicConstraints=CA:FALSE\nsubjectKeyIdentifier=hash\n\
[lock_ext]\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n";

const VALID: [&str; 4] = [
    "-startdate",
    "20260101000000Z",
    "-enddate",
    "20560101000000Z",
];

impl Operator {
    /// A CA named `name`, issued by `issuer` or by itself: `name.pem`.
    pub(crate) fn ca(&self, name: &str, issuer: &str) {
        self.issue(name, issuer, ("ca_ext", &VALID));
    }

    /// With these extensions and this validity.
    pub(crate) fn issue(&self, name: &str, issuer: &str, how: (&str, &[&str])) {
        self.write("ca.cnf", CONFIGURATION);
        self.write("index", "");
        let [key, request, own] = ["key", "csr", "pem"].map(|end| format!("{name}.{end}"));
        let (ca_key, ca) = (format!("{issuer}.key"), format!("{issuer}.pem"));
        let subject = format!("/CN={name}");
        self.openssl(&[
            "req",
            "-new",
            "-config",
            "ca.cnf",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            &key,
            "-out",
            &request,
            "-subj",
            &subject,
        ]);
        let mut words = vec![
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            "-in",
            &request,
            "-out",
            &own,
            "-extensions",
            how.0,
            "-keyfile",
            &ca_key,
        ];
        words.extend(how.1);
        if issuer == name {
            words.push("-selfsign");
        } else {
            words.extend(["-cert", &ca]);
        }
        self.openssl(&words);
    }

    /// A list of `issuer` in `file`, in force for thirty years from 2026.
    pub(crate) fn list(&self, issuer: &str, file: &str) {
        self.list_of_time(issuer, file, ("20260101000000Z", "20560101000000Z"));
    }

    /// With its thisUpdate and nextUpdate.
    pub(crate) fn list_of_time(&self, issuer: &str, file: &str, time: (&str, &str)) {
        let (key, ca) = (format!("{issuer}.key"), format!("{issuer}.pem"));
        self.openssl(&[
            "ca",
            "-gencrl",
            "-config",
            "ca.cnf",
            "-keyfile",
            &key,
            "-cert",
            &ca,
            "-out",
            file,
            "-crl_lastupdate",
            time.0,
            "-crl_nextupdate",
            time.1,
        ]);
    }

    pub(crate) fn openssl(&self, words: &[&str]) {
        let mut command = Command::new("openssl");
        let output = command.current_dir(&self.folder).args(words).output();
        let output = output.expect("the openssl command line is installed");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {said}");
    }
}
