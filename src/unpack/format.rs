//! The ways a release archive is packed, and the endings of file names that tell them.

/// How a release archive is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A tar in one gzip member: what is published for every platform but Windows.
    TarGz,
    /// A tar in one xz stream, as some mirrors pack it.
    TarXz,
    /// A zip, as it is published for Windows.
    Zip,
}

impl Format {
    const ALL: [Self; 3] = [Self::TarGz, Self::TarXz, Self::Zip];

    /// The format of a file with this name; `None` where its ending names none.
    pub fn of_name(file_name: &str) -> Option<Self> {
        let ends = |format: &Self| {
            file_name
                .strip_suffix(format.extension())
                .is_some_and(|stem| stem.len() > 1 && stem.ends_with('.'))
        };
        Self::ALL.into_iter().find(ends)
    }

    /// The ending of its files, without the dot before it: `tar.gz`.
    pub fn extension(self) -> &'static str {
        match self {
            Self::TarGz => "tar.gz",
            Self::TarXz => "tar.xz",
            Self::Zip => "zip",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn the_ending_tells_the_format() {
        for format in Format::ALL {
            let name = format!("go1.22.10.linux-amd64.{}", format.extension());
            assert_eq!(Format::of_name(&name), Some(format));
            assert_eq!(Format::of_name(&format!("{name}.asc")), None);
        }
        for name in ["", ".zip", "zip", "tar.gz", "go1.22.10.tgz", "go1.22.10.tar", "gotar.gz", "go.ZIP"] {
            assert_eq!(Format::of_name(name), None, "{name}");
        }
    }
}
