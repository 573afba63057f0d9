//! The hashes of go.sum, and the modules in a program that have others.

use super::project::GoProject;
use crate::check::{Measurement, NotMeasured};
use crate::go_program::{BuildInfo, BuiltModule};
use crate::probe::failed;
use gvmr_core::select::main_module::{self, ModuleFile};
use gvmr_core::sys::{bounded, printable};
use std::collections::BTreeMap;
use std::path::Path;

/// The most bytes of a go.sum.
const MAX_SUMS: u64 = 64 << 20;

/// Modules with their versions, and the hashes that go.sum has of each.
#[derive(Default)]
pub(super) struct ModuleSums {
    sums: BTreeMap<(String, String), Vec<String>>,
}

impl ModuleSums {
    /// Those of the modules that go works on here.
    pub(super) fn of_modules(project: &GoProject<'_>) -> Result<Self, NotMeasured> {
        let mut sums = Self::default();
        for module in project.modules()? {
            sums.read(&module.join("go.sum"))?;
        }
        sums.read(&project.root()?.join("go.work.sum"))?;
        Ok(sums)
    }

    /// Those that are here, on a machine that may have no Go; says why there are none.
    pub(super) fn found(
        project: &GoProject<'_>,
        measurement: &mut Measurement,
    ) -> Result<Option<Self>, NotMeasured> {
        let surroundings = project.surroundings;
        let home = &surroundings.context.settings.home;
        let module = main_module::find(project.directory(), surroundings.environment, home);
        let Some(module) = module.map_err(|error| failed(error.to_string()))? else {
            if let Some(file) = project.module_file() {
                let file = project.told(&file);
                return Err(failed(format!("modules are off here, and there is {file}; see GO111MODULE")));
            }
            measurement.remarks.push("no go.sum here".to_owned());
            return Ok(None);
        };
        if module.kind == ModuleFile::Workspace {
            return match Self::of_modules(project) {
                Ok(sums) => Ok(Some(sums)),
                Err(NotMeasured::Failed(why)) => {
                    measurement.remarks.push(format!("no go.sum of a workspace without Go: {why}"));
                    Ok(None)
                }
                Err(other) => Err(other),
            };
        }
        let mut sums = Self::default();
        sums.read(&module.file.with_file_name("go.sum"))?;
        Ok(Some(sums))
    }

    /// Adds a file; none is a project without dependencies.
    fn read(&mut self, file: &Path) -> Result<(), NotMeasured> {
        let bytes = bounded::read(file, MAX_SUMS)
            .map_err(|error| failed(format!("{}: {error}", printable::path(file))))?;
        self.add(&String::from_utf8_lossy(&bytes.unwrap_or_default()));
        Ok(())
    }

    fn add(&mut self, text: &str) {
        for line in text.lines() {
            let mut words = line.split_whitespace().map(str::to_owned);
            if let (Some(path), Some(version), Some(sum)) = (words.next(), words.next(), words.next()) {
                self.sums.entry((path, version)).or_default().push(sum);
            }
        }
    }

    /// How many modules have versions and no hash: those of vendored sources.
    pub(super) fn without_hash(info: &BuildInfo) -> usize {
        let effective = info.deps.iter().map(|module| module.replace.as_deref().unwrap_or(module));
        effective.filter(|module| has_version(module) && module.sum.is_empty()).count()
    }

    /// The modules in a program that are not those of go.sum.
    pub(super) fn differences(&self, info: &BuildInfo) -> Vec<String> {
        info.deps.iter().filter_map(|module| self.difference(module)).collect()
    }

    fn difference(&self, module: &BuiltModule) -> Option<String> {
        let module = module.replace.as_deref().unwrap_or(module);
        let BuiltModule { path, version, sum, .. } = module;
        if !has_version(module) {
            return None;
        }
        let name = printable::text(&format!("{path} {version}"));
        let Some(known) = self.sums.get(&(path.clone(), version.clone())) else {
            return Some(format!("{name} is not in go.sum"));
        };
        // A program of vendored sources has no hashes.
        if sum.is_empty() || known.contains(sum) {
            return None;
        }
        let (known, sum) = (printable::text(&known.join(" or ")), printable::text(sum));
        Some(format!("{name} has {sum}, and go.sum has {known}"))
    }
}

/// A directory, of a `replace` or of a workspace, has no version that go.sum could have.
fn has_version(module: &BuiltModule) -> bool {
    !module.version.is_empty() && module.version != "(devel)"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_those_of_go_sum_or_named() {
        let mut sums = ModuleSums::default();
        sums.add("rsc.io/quote v1.5.2 h1:A=\nrsc.io/quote v1.5.2/go.mod h1:B=\n\nhalf line\n");
        let module = |path: &str, version: &str, sum: &str| BuiltModule {
            path: path.to_owned(),
            version: version.to_owned(),
            sum: sum.to_owned(),
            replace: None,
        };
        let replaced =
            |by| BuiltModule { replace: Some(Box::new(by)), ..module("a.example/b", "v1.0.0", "") };
        for (module, expected) in [
            (module("rsc.io/quote", "v1.5.2", "h1:A="), None),
            (module("a.example/work", "(devel)", ""), None),
            (replaced(module("./local dir", "", "")), None),
            (replaced(module("./local", "(devel)", "")), None),
            (replaced(module("rsc.io/quote", "v1.5.2", "h1:A=")), None),
            (
                module("rsc.io/quote", "v1.5.2", "h1:B="),
                Some("rsc.io/quote v1.5.2 has h1:B=, and go.sum has h1:A="),
            ),
            (module("rsc.io/quote", "v1.5.2", ""), None),
            (module("rsc.io/quote", "v1.5.3", ""), Some("rsc.io/quote v1.5.3 is not in go.sum")),
            (module("rsc.io/quote", "v1.5.3", "h1:A="), Some("rsc.io/quote v1.5.3 is not in go.sum")),
            (replaced(module("c.example/d", "v2.0.0", "h1:C=")), Some("c.example/d v2.0.0 is not in go.sum")),
        ] {
            assert_eq!(sums.difference(&module).as_deref(), expected);
        }
    }
}
