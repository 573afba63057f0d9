//! The C libraries of this system, and whether the loader that a release asks for is among them.
//!
//! Takes the system's loaders and library directories; gives which library each loader belongs to, with its version.

use super::abi::{self, Needs};
use super::arch;
use super::elf_arch::Userland;
use super::libc_version::{self, Family};
use super::root::Root;
use super::verdict::{HostReason, Release};
use super::version_number::{self, Numbers};
use super::{Fact, Host, directories};
use gvmr_core::sys::interpreter;
use gvmr_core::sys::printable;
use std::path::{Path, PathBuf};

/// The C libraries that were found.
#[derive(Clone, Debug)]
pub(super) struct Libraries {
    /// What lies where official releases up to 1.20 look for glibc's loader.
    official: Option<Loader>,
    /// The loader that the system's own programs ask for.
    system: Option<Loader>,
    glibc: Option<Library>,
    musl: Option<Library>,
    /// `libresolv.so.2` where glibc's loader looks, and where musl's does.
    glibc_resolver: Option<PathBuf>,
    musl_resolver: Option<PathBuf>,
}

#[derive(Clone, Debug)]
struct Loader {
    /// Where it was found, links followed.
    path: PathBuf,
    family: Family,
}

#[derive(Clone, Debug)]
struct Library {
    path: PathBuf,
    version: Option<Numbers>,
}

impl Libraries {
    pub(super) fn look(root: &Root, userland: &Userland) -> Self {
        let arch = userland.platform.arch();
        let system = userland.loader().and_then(|path| Loader::at(root, path));
        let row = arch::of(arch);
        let official =
            row.and_then(|row| row.release_loader).and_then(|path| Loader::at(root, Path::new(path)));
        let other = row.and_then(|row| row.other_loader).and_then(|path| Loader::at(root, Path::new(path)));
        let loaders = [&system, &official, &other].into_iter().flatten();
        let beside: Vec<_> = loaders
            .filter(|loader| loader.family == Family::Glibc)
            .filter_map(|loader| loader.path.parent().map(Path::to_owned))
            .collect();
        let glibc_directories = directories::of_glibc(root, arch, beside);
        let musl_directories = directories::of_musl(root, arch);
        let find = |directories: &[PathBuf], name| find(root, arch, directories, name);
        Self {
            glibc: find(&glibc_directories, "libc.so.6").and_then(|path| Library::glibc(root, path)),
            glibc_resolver: find(&glibc_directories, "libresolv.so.2"),
            musl: Library::musl(root, arch, system.as_ref()),
            musl_resolver: find(&musl_directories, "libresolv.so.2"),
            official,
            system,
        }
    }

    /// Whether the system's own programs run on musl.
    pub(super) fn is_musl(&self) -> bool {
        match &self.system {
            Some(loader) => matches!(loader.family, Family::Musl | Family::Gcompat),
            None => self.glibc.is_none() && self.musl.is_some(), // its programs are static
        }
    }

    /// The glibc under the loader that official releases up to 1.20 ask for.
    pub(super) fn official_glibc(&self) -> Option<Numbers> {
        self.official.as_ref().filter(|loader| loader.family == Family::Glibc)?;
        self.glibc.as_ref()?.version
    }

    pub(super) fn facts(&self, arch: &str) -> Vec<Fact> {
        let mut facts: Vec<_> = [("glibc", &self.glibc), ("musl", &self.musl)]
            .into_iter()
            .filter_map(|(name, library)| Some((name, library.as_ref()?)))
            .map(|(name, library)| {
                let version =
                    library.version.map_or_else(|| "(unknown version)".to_owned(), version_number::text);
                Fact::new("c-library", format!("{name} {version}"), printable::path(&library.path))
            })
            .collect();
        if facts.is_empty() {
            let bionic = self.system.as_ref().filter(|loader| loader.family == Family::Bionic);
            let name = bionic.map_or_else(|| "none".to_owned(), |loader| loader.family.to_string());
            facts.push(Fact::new("c-library", name, "the usual loader paths"));
        }
        if let Some(path) = arch::of(arch).and_then(|row| row.release_loader) {
            let found = self.official.as_ref().map_or_else(
                || "missing (Go 1.21 and later do not need it)".to_owned(),
                |loader| loader.family.to_string(),
            );
            facts.push(Fact::new("release-loader", found, path));
        }
        facts
    }
}

impl Loader {
    fn at(root: &Root, path: &Path) -> Option<Self> {
        let place = root.file(path)?;
        let name = place.inside.file_name()?.to_string_lossy().into_owned();
        let bytes = root.bytes(&place.inside).unwrap_or_default();
        Some(Self { family: Family::of(&name, &bytes), path: place.inside })
    }
}

impl Library {
    /// glibc, unless the file is another library under glibc's name.
    fn glibc(root: &Root, path: PathBuf) -> Option<Self> {
        let bytes = root.bytes(&path)?;
        if matches!(Family::of("", &bytes), Family::Musl | Family::Gcompat) {
            return None;
        }
        Some(Self { version: libc_version::glibc_version(&bytes), path })
    }

    fn musl(root: &Root, arch: &str, system: Option<&Loader>) -> Option<Self> {
        let system = system.filter(|loader| loader.family == Family::Musl).map(|loader| loader.path.clone());
        let usual = arch::musl_names(arch).iter().map(|name| format!("/lib/ld-musl-{name}.so.1").into());
        system.into_iter().chain(usual).find_map(|path: PathBuf| {
            let bytes = root.bytes(&path)?;
            let is_musl = Family::of("", &bytes) == Family::Musl;
            is_musl.then(|| Self { version: libc_version::musl_version(&bytes), path })
        })
    }
}

/// The first library called `name` that is for this architecture.
fn find(root: &Root, arch: &str, directories: &[PathBuf], name: &str) -> Option<PathBuf> {
    directories.iter().map(|directory| directory.join(name)).find(|path| {
        let machine = root.file(path).and_then(|place| interpreter::machine(&place.real));
        machine.and_then(arch::of_elf) == Some(arch)
    })
}

/// What speaks against a release whose go command is dynamic.
pub(super) fn reasons(host: &Host, release: &Release<'_>) -> Vec<HostReason> {
    let libraries = &host.libraries;
    let Some(needs) = abi::of(release) else {
        return android(libraries).into_iter().collect();
    };
    let reason = match &libraries.official {
        None => Some(HostReason::cannot("loader-missing", missing(libraries, &needs)).build_helps(true)),
        Some(loader) => match loader.family {
            Family::Glibc => on_glibc(libraries, &needs),
            Family::Musl | Family::Gcompat => Some(on_musl(libraries, &needs, loader)),
            Family::Bionic | Family::Unknown => Some(HostReason::warning(
                "loader-unknown",
                format!(
                    "its go command needs the loader {}, and the one there is {}, which may not run it",
                    needs.loader, loader.family
                ),
            )),
        },
    };
    reason.into_iter().collect()
}

fn missing(libraries: &Libraries, needs: &Needs) -> String {
    let loader = needs.loader;
    let here = match (&libraries.glibc, libraries.is_musl()) {
        (None, true) => " (the C library is musl)",
        (None, false) => " (there is no C library)",
        (Some(_), _) => " (glibc has its loader elsewhere)",
    };
    let doubt = if needs.glibc.is_none() { " (not measured on this platform; cgo programs do)" } else { "" };
    format!(
        "its go command needs glibc's loader{doubt}, and {loader} does not exist on this host{here}; there is no \
         official musl archive, and Go 1.21 and later need none"
    )
}

fn on_glibc(libraries: &Libraries, needs: &Needs) -> Option<HostReason> {
    let lacks = |name: &str| {
        let text = format!(
            "its go command needs {name}, which no library directory of this host has; the loader {} exists",
            needs.loader
        );
        HostReason::cannot("library-missing", text).build_helps(true)
    };
    let Some(glibc) = &libraries.glibc else { return Some(lacks("libc.so.6")) };
    if let (Some(minimum), Some(found)) = (needs.glibc, glibc.version)
        && found < minimum
    {
        let (minimum, found, path) =
            (version_number::text(minimum), version_number::text(found), printable::path(&glibc.path));
        let text = format!("its go command needs glibc {minimum} or later, and {path} is glibc {found}");
        return Some(HostReason::cannot("glibc-old", text).build_helps(true));
    }
    (needs.resolver && libraries.glibc_resolver.is_none()).then(|| lacks("libresolv.so.2"))
}

fn on_musl(libraries: &Libraries, needs: &Needs, loader: &Loader) -> HostReason {
    let there = format!("{} is {} ({})", needs.loader, loader.family, printable::path(&loader.path));
    if needs.resolver && libraries.musl_resolver.is_none() {
        let text = format!(
            "its go command needs libresolv.so.2, which musl lacks and no library directory has; {there}"
        );
        return HostReason::cannot("library-missing", text).build_helps(true);
    }
    let text = format!("its go command is built for glibc, and {there}; it works with CGO_ENABLED=0");
    HostReason::warning("loader-is-musl", text)
}

fn android(libraries: &Libraries) -> Option<HostReason> {
    let bionic = libraries.system.as_ref().is_some_and(|loader| loader.family == Family::Bionic);
    let text = "it is a release for Linux, and this is Android; it starts, but Android's seccomp filter may kill it at \
                a system call";
    bionic.then(|| HostReason::warning("android", text))
}
