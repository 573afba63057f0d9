//! Which certificate authorities are trusted: the system's, found where Go's `crypto/x509` finds them.
//!
//! `SSL_CERT_FILE` replaces the list of files, `SSL_CERT_DIR` (colon-separated) the list of directories. The
//! first file that can be read and all directories count. Certificates that do not parse are skipped.

use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;
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

const FILE_VARIABLE: &str = "SSL_CERT_FILE";
const DIRECTORY_VARIABLE: &str = "SSL_CERT_DIR";

/// The places that hold trusted certificates.
#[derive(Clone, Debug)]
pub struct Roots {
    /// The first of these that can be read counts.
    pub files: Vec<PathBuf>,
    /// All of these count.
    pub directories: Vec<PathBuf>,
    /// The variables that name them instead of the system.
    pub named_by: Vec<&'static str>,
    /// A file that counts besides all of these.
    pub further: Option<PathBuf>,
}

impl Roots {
    /// The system's places, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    pub fn from_environment(environment: &dyn Environment) -> Self {
        let system = |places: &[&str]| places.iter().map(PathBuf::from).collect();
        let files = environment.get(FILE_VARIABLE).map(|file| vec![PathBuf::from(file)]);
        let directories = environment
            .text(DIRECTORY_VARIABLE)
            .map(|list| list.split(':').filter(|place| !place.is_empty()).map(PathBuf::from).collect());
        let named_by = [(files.is_some(), FILE_VARIABLE), (directories.is_some(), DIRECTORY_VARIABLE)];
        let named_by = named_by.into_iter().filter_map(|(is_set, variable)| is_set.then_some(variable));
        Self {
            named_by: named_by.collect(),
            files: files.unwrap_or_else(|| system(&FILES)),
            directories: directories.unwrap_or_else(|| system(&DIRECTORIES)),
            further: None,
        }
    }

    /// What is wrong with the places that variables name: one that gives no certificate.
    pub(super) fn fault(&self) -> Option<String> {
        let of_directory = |directory: &PathBuf| match std::fs::read_dir(directory) {
            Err(error) => Some(format!("cannot be read: {error}")),
            Ok(mut entries) => entries.next().is_none().then(|| "is empty".to_owned()),
        };
        let said = |variable: &str, path: &PathBuf, what: Option<String>| {
            what.map(|what| format!("{variable} names {}, which {what}", printable::path(path)))
        };
        self.named_by.iter().find_map(|variable| match *variable {
            FILE_VARIABLE => self.files.iter().find_map(|file| said(variable, file, fault_of_file(file))),
            _ => self
                .directories
                .iter()
                .find_map(|directory| said(variable, directory, of_directory(directory))),
        })
    }

    /// Reads every trusted certificate. An empty store is not an error: plain `http` works without.
    pub(super) fn load(&self) -> RootCertStore {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(self.certificates());
        store
    }

    /// Every trusted certificate, each once.
    pub(super) fn certificates(&self) -> Vec<CertificateDer<'static>> {
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        let mut add = |data: &[u8]| {
            all.extend(certificates(data).filter(|certificate| seen.insert(certificate.as_ref().to_vec())));
        };
        if let Some(data) =
            self.files.iter().find_map(|file| bounded::read(file, BUNDLE_LIMIT).ok().flatten())
        {
            add(&data);
        }
        if let Some(data) =
            self.further.as_ref().and_then(|file| bounded::read(file, BUNDLE_LIMIT).ok().flatten())
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
        all
    }
}

/// What is wrong with a file of authorities that is to be trusted.
pub fn fault_of_authorities(file: &Path) -> Option<String> {
    fault_of_file(file).map(|what| format!("{} {what}", printable::path(file)))
}

fn fault_of_file(file: &Path) -> Option<String> {
    match bounded::read(file, BUNDLE_LIMIT) {
        Err(error) => Some(format!("cannot be read: {error}")),
        Ok(None) => Some("does not exist".to_owned()),
        Ok(Some(data)) if data.trim_ascii().is_empty() => Some("is empty".to_owned()),
        Ok(Some(data)) if certificates(&data).next().is_none() => Some("holds no PEM certificate".to_owned()),
        Ok(Some(_)) => None,
    }
}

fn certificates(data: &[u8]) -> impl Iterator<Item = CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(data).flatten()
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
