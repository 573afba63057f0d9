//! Which certificate authorities are trusted: the system's, found where Go's `crypto/x509` finds them.
//!
//! `SSL_CERT_FILE` replaces the list of files, `SSL_CERT_DIR` (colon-separated) the list of directories. The
//! first file that can be read and all directories count. Certificates that do not parse are skipped.

use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::Environment;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The most that a file of certificates may hold; the usual ones have a few hundred KiB.
const BUNDLE_LIMIT: u64 = 16 << 20;
const FILES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
const DIRECTORIES: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/// The places that hold trusted certificates.
#[derive(Clone, Debug)]
pub struct Roots {
    /// The first of these that can be read counts.
    pub files: Vec<PathBuf>,
    /// All of these count.
    pub directories: Vec<PathBuf>,
}

impl Roots {
    /// The system's places, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    pub fn from_environment(environment: &dyn Environment) -> Self {
        let system = |places: &[&str]| places.iter().map(PathBuf::from).collect();
        let files = environment.get("SSL_CERT_FILE").map(|file| vec![PathBuf::from(file)]);
        let directories = environment
            .text("SSL_CERT_DIR")
            .map(|list| list.split(':').filter(|place| !place.is_empty()).map(PathBuf::from).collect());
        Self {
            files: files.unwrap_or_else(|| system(&FILES)),
            directories: directories.unwrap_or_else(|| system(&DIRECTORIES)),
        }
    }

    /// Reads every trusted certificate. An empty store is not an error: plain `http` works without.
    pub(super) fn load(&self) -> RootCertStore {
        let mut seen = HashSet::new();
        let mut store = RootCertStore::empty();
        let mut add = |data: &[u8]| {
            for certificate in CertificateDer::pem_slice_iter(data).flatten() {
                if seen.insert(certificate.as_ref().to_vec()) {
                    store.add_parsable_certificates([certificate]);
                }
            }
        };
        if let Some(data) =
            self.files.iter().find_map(|file| bounded::read(file, BUNDLE_LIMIT).ok().flatten())
        {
            add(&data);
        }
        for directory in &self.directories {
            for path in entries(directory) {
                if let Some(data) = super::file::read_small(&path) {
                    add(&data);
                }
            }
        }
        store
    }
}

/// The directory's entries, without links to a neighbour, which are the same certificate under its hash.
fn entries(directory: &Path) -> Vec<PathBuf> {
    let names_neighbour = |path: &Path| {
        std::fs::read_link(path)
            .is_ok_and(|target| target.parent().is_some_and(|at| at.as_os_str().is_empty()))
    };
    let listed = std::fs::read_dir(directory).into_iter().flatten().flatten();
    listed.map(|entry| entry.path()).filter(|path| !names_neighbour(path)).collect()
}
