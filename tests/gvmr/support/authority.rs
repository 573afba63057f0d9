//! A throwaway certificate authority for servers on 127.0.0.1, made with the `openssl` program.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

/// The name in every certificate it issues.
pub(crate) const NAME: &str = "Intranet Test Authority";

/// An authority, its certificate as a file, and a server's configuration.
pub(crate) struct Authority {
    directory: TempDir,
}

/// The test run's authority, `None` with a printed reason where `openssl` is missing.
pub(crate) fn authority() -> Option<&'static Authority> {
    static MADE: OnceLock<Option<Authority>> = OnceLock::new();
    let made = MADE
        .get_or_init(|| Command::new("openssl").arg("version").output().ok().map(|_| Authority::of(NAME)));
    if made.is_none() {
        super::skip("the openssl program is missing");
    }
    made.as_ref()
}

impl Authority {
    /// An authority with this name, which is in every certificate that it issues.
    pub(crate) fn of(name: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path();
        std::fs::write(
            at.join("names"),
            "basicConstraints=CA:FALSE\nsubjectAltName=IP:127.0.0.1,DNS:goproxy.example\n",
        )
        .unwrap();
        let new_key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        openssl(at, &format!("req -x509 {new_key} -keyout ca.key -out ca.pem -days 2"), Some(name));
        openssl(at, &format!("req {new_key} -keyout leaf.key -out leaf.csr"), Some("127.0.0.1"));
        let sign = "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names";
        openssl(at, &format!("{sign} -out leaf.pem"), None);
        Self { directory }
    }

    /// The same with another server's certificate: for `names`, between two dates such as `20250101000000Z`.
    pub(crate) fn server_for(&self, names: &str, from: &str, to: &str) -> Arc<rustls::ServerConfig> {
        let at = tempfile::tempdir_in(self.directory.path()).unwrap();
        let at = at.path();
        let ca = self.directory.path().display();
        let settings = format!(
            "[ca]\ndefault_ca=it\n[it]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ncertificate={ca}/ca.pem\n\
             private_key={ca}/ca.key\ndefault_md=sha256\npolicy=any\nx509_extensions=leaf\n[any]\n\
             organizationName=optional\ncommonName=optional\n[leaf]\nsubjectAltName={names}\n"
        );
        std::fs::write(at.join("settings"), settings).unwrap();
        std::fs::write(at.join("index"), "").unwrap();
        std::fs::write(at.join("serial"), "01\n").unwrap();
        openssl(
            at,
            &format!(
                "ca -batch -notext -config settings -in {ca}/leaf.csr -out leaf.pem -startdate {from} -enddate {to}"
            ),
            None,
        );
        configuration(&at.join("leaf.pem"), &self.directory.path().join("leaf.key"))
    }

    /// A server that shows the authority's own certificate.
    pub(crate) fn itself(&self) -> Arc<rustls::ServerConfig> {
        let at = self.directory.path();
        configuration(&at.join("ca.pem"), &at.join("ca.key"))
    }

    /// The authority's certificate, for `SSL_CERT_FILE`.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// The certificate of a server on 127.0.0.1, good for two days, and its key, for servers that are programs.
    pub(crate) fn leaf(&self) -> (PathBuf, PathBuf) {
        let at = self.directory.path();
        (at.join("leaf.pem"), at.join("leaf.key"))
    }

    /// What a TLS server on 127.0.0.1 needs.
    pub(crate) fn server(&self) -> Arc<rustls::ServerConfig> {
        let at = self.directory.path();
        configuration(&at.join("leaf.pem"), &at.join("leaf.key"))
    }
}

fn configuration(certificate: &Path, key: &Path) -> Arc<rustls::ServerConfig> {
    let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}

fn openssl(directory: &Path, arguments: &str, name: Option<&str>) {
    let mut command = Command::new("openssl");
    command.current_dir(directory).args(arguments.split(' '));
    if let Some(name) = name {
        command.args(["-subj", &format!("/O=Example/CN={name}")]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}
