//! What programs need to start: a loader, and a version of glibc.

use super::programs::{GoPrograms, NamedProgram};
use super::project::GoProject;
use crate::check::file::{BinaryPlatform, BinarySource};
use crate::check::{Measurement, NotMeasured};
use crate::go_program::LoaderNeeds;
use crate::probe::failed;
use gvmr_core::sys::printable;
use std::path::Path;

const GLIBC: &str = "GLIBC_";
/// glibc since 2.36 gives this name to programs whose relocations are packed.
const PACKED_RELOCATIONS: (&str, [u64; 2]) = ("GLIBC_ABI_DT_RELR", [2, 36]);

pub(super) fn measure(
    project: &GoProject<'_>,
    source: &BinarySource,
    target: Option<BinaryPlatform>,
) -> Result<Measurement, NotMeasured> {
    let programs = GoPrograms::of(project, source)?;
    let mut measurement = Measurement::default();
    for program in &programs.programs {
        let opened = program.open()?;
        let (needs, newest) = (opened.needs(), newest(opened.needs()));
        measurement.remarks.push(format!("{}: {}", program.name, told(needs, newest.as_deref())));
        if let Some(target) = target {
            measurement.unmet.extend(missing(program, needs, target)?);
        }
    }
    Ok(measurement)
}

/// `/lib64/ld-linux-x86-64.so.2, GLIBC_2.34`, or `static`.
fn told(needs: &LoaderNeeds, newest: Option<&[u64]>) -> String {
    let mut parts: Vec<String> = needs.loader.as_deref().map(printable::path).into_iter().collect();
    parts.extend(newest.map(|numbers| format!("{GLIBC}{}", dotted(numbers))));
    if parts.is_empty() {
        parts.extend(needs.libraries.iter().map(|library| printable::text(library)));
    }
    if parts.is_empty() { "static".to_owned() } else { parts.join(", ") }
}

/// The numbers of a version of glibc.
fn numbers(version: &str) -> Option<Vec<u64>> {
    if version == PACKED_RELOCATIONS.0 {
        return Some(PACKED_RELOCATIONS.1.to_vec());
    }
    version.strip_prefix(GLIBC)?.split('.').map(|number| number.parse().ok()).collect()
}

/// The newest glibc that is asked for.
fn newest(needs: &LoaderNeeds) -> Option<Vec<u64>> {
    needs.versions.iter().filter_map(|version| numbers(version)).max()
}

fn dotted(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

/// Why it does not start there. A static program starts anywhere.
fn missing(
    program: &NamedProgram,
    needs: &LoaderNeeds,
    target: BinaryPlatform,
) -> Result<Option<String>, NotMeasured> {
    let name = &program.name;
    let asked = needs.loader.as_deref().map(printable::path).or_else(|| needs.libraries.first().cloned());
    let Some(asked) = asked else { return Ok(None) };
    let family = needs.loader.as_deref().and_then(family);
    let lacks = |library: &str| Ok(Some(format!("{name} asks for {asked}, which {library} does not have")));
    let (major, minor) = match target {
        BinaryPlatform::Static => return Ok(Some(format!("{name} asks for {asked} (target: static)"))),
        BinaryPlatform::Musl => {
            let is_for_musl = match family {
                Some(family) => family == "musl",
                None => needs.loader.is_none() && needs.versions.is_empty(), // a library; musl has no versions
            };
            return if is_for_musl { Ok(None) } else { lacks("musl") };
        }
        BinaryPlatform::Glibc(major, minor) => (major, minor),
    };
    if needs.loader.is_some() && family != Some("glibc") || asked.starts_with("libc.musl-") {
        return lacks("glibc");
    }
    let unknown = |version: &&String| version.starts_with(GLIBC) && numbers(version).is_none();
    if let Some(version) = needs.versions.iter().find(unknown) {
        let version = printable::text(version);
        return Err(failed(format!("{name} needs {version}, and which glibc has that is not known")));
    }
    let too_new = newest(needs).filter(|newest| newest.as_slice() > [major, minor].as_slice());
    Ok(too_new
        .map(|newest| format!("{name} needs {GLIBC}{} (target: glibc {major}.{minor})", dotted(&newest))))
}

/// The C library that a loader belongs to, by its name.
fn family(loader: &Path) -> Option<&'static str> {
    let name = loader.file_name()?.to_str()?;
    if name.starts_with("ld-musl-") {
        return Some("musl");
    }
    let is_glibc = ["ld-linux", "ld64.so.", "ld.so.1"].iter().any(|start| name.starts_with(start));
    is_glibc.then_some("glibc")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const X86: &str = "/lib64/ld-linux-x86-64.so.2";
    const MUSL: &str = "/lib/ld-musl-x86_64.so.1";

    fn verdict(loader: &str, libraries: &[&str], versions: &[&str], target: BinaryPlatform) -> String {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let loader = Some(loader).filter(|loader| !loader.is_empty()).map(PathBuf::from);
        let needs = LoaderNeeds { loader, libraries: owned(libraries), versions: owned(versions) };
        let program = NamedProgram { name: "orders".to_owned(), path: PathBuf::new() };
        match missing(&program, &needs, target) {
            Ok(why) => why.unwrap_or_default(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn loaders_and_versions_decide() {
        use BinaryPlatform::{Glibc, Musl, Static};
        let libc = &["libc.so.6"];
        for (loader, libraries, versions, target, expected) in [
            ("", &[][..], &[][..], Musl, ""),
            ("", &[], &[], Static, ""),
            ("", &[], &[], Glibc(2, 17), ""),
            (X86, libc, &["GLIBC_2.2.5", "GLIBC_2.34"], Glibc(2, 34), ""),
            (
                X86,
                libc,
                &["GLIBC_2.4", "GLIBC_2.34"],
                Glibc(2, 28),
                "orders needs GLIBC_2.34 (target: glibc 2.28)",
            ),
            (X86, libc, &["GLIBC_2.2.5"], Glibc(2, 2), "orders needs GLIBC_2.2.5 (target: glibc 2.2)"),
            (X86, libc, &["GLIBC_ABI_DT_RELR"], Glibc(2, 35), "orders needs GLIBC_2.36 (target: glibc 2.35)"),
            (X86, &[], &[], Glibc(2, 17), ""),
            (X86, &[], &[], Musl, "orders asks for /lib64/ld-linux-x86-64.so.2, which musl does not have"),
            (X86, &[], &[], Static, "orders asks for /lib64/ld-linux-x86-64.so.2 (target: static)"),
            (MUSL, &["libc.so"], &[], Musl, ""),
            (
                MUSL,
                &["libc.so"],
                &[],
                Glibc(2, 40),
                "orders asks for /lib/ld-musl-x86_64.so.1, which glibc does not have",
            ),
            ("", libc, &["GLIBC_2.3"], Musl, "orders asks for libc.so.6, which musl does not have"),
            (
                "/system/bin/linker64",
                &["libc.so"],
                &[],
                Glibc(2, 40),
                "orders asks for /system/bin/linker64, which glibc does not have",
            ),
            (
                "/system/bin/linker64",
                &["libc.so"],
                &[],
                Musl,
                "orders asks for /system/bin/linker64, which musl does not have",
            ),
        ] {
            assert_eq!(verdict(loader, libraries, versions, target), expected);
        }
        let private = verdict(X86, libc, &["GLIBC_PRIVATE"], Glibc(2, 40));
        assert_eq!(private, "error: orders needs GLIBC_PRIVATE, and which glibc has that is not known");
    }

    #[test]
    fn what_is_told_is_short() {
        let needs = LoaderNeeds {
            loader: Some(X86.into()),
            libraries: vec!["libc.so.6".to_owned()],
            versions: vec!["GLIBC_2.10".to_owned(), "GLIBC_2.9".to_owned()],
        };
        assert_eq!(told(&needs, newest(&needs).as_deref()), "/lib64/ld-linux-x86-64.so.2, GLIBC_2.10");
        assert_eq!(told(&LoaderNeeds::default(), None), "static");
    }
}
