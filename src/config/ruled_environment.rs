//! The environment as the rules of a directory make it: what `go` would get there, for gvmr's own requests.

use gvmr_core::env::env_context::EnvContext;
use gvmr_core::env::rules::{self, Change};
use gvmr_core::env::variable;
use gvmr_core::sys::environment::Environment;
use std::ffi::OsString;
use std::path::PathBuf;

/// An environment, changed as the shim would change it. What means something to gvmr alone (`GVMR_…`) no rule can set.
pub struct RuledEnvironment<'a> {
    environment: &'a dyn Environment,
    changes: Vec<(Change, PathBuf, usize)>,
}

impl<'a> RuledEnvironment<'a> {
    /// `environment` where `env_context` is.
    pub fn of(env_context: &EnvContext, environment: &'a dyn Environment) -> Self {
        let applied = env_context.applied();
        let changes = rules::changes(&applied, environment).into_iter().filter_map(|change| {
            let rule = rules::decisive(&applied, variable::find(change.name.as_bytes())?)?;
            let (file, line) = (rule.record.source.clone(), rule.assignment.line);
            Some((change, file, line))
        });
        Self { environment, changes: changes.collect() }
    }

    /// The file and line of the rule that gives `name` its value, where one does.
    pub fn place(&self, name: &str) -> Option<(PathBuf, usize)> {
        let (_, file, line) = self.change(name)?;
        Some((file.clone(), *line))
    }

    fn change(&self, name: &str) -> Option<&(Change, PathBuf, usize)> {
        self.changes.iter().find(|(change, ..)| change.name == name || change.twin == Some(name))
    }
}

impl Environment for RuledEnvironment<'_> {
    fn get(&self, name: &str) -> Option<OsString> {
        match self.change(name) {
            Some((change, ..)) => change.value.clone(),
            None => self.environment.get(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gvmr_core::env::compiled_rules::CompiledRules;
    use gvmr_core::env::env_context::Config;
    use gvmr_core::env::gvmr_toml::ProjectRules;

    fn env_context(facts: &str) -> EnvContext {
        let record =
            CompiledRules::read(format!("gvmr rules 1\nsource /c/config.toml\n{facts}\n").as_bytes());
        let config = Config::Compiled(record.unwrap());
        EnvContext { own: None, directory: "/p".into(), project: ProjectRules::default(), config }
    }

    #[test]
    fn what_go_would_get_is_what_gvmr_sees() {
        let env_context = env_context(
            "fill 2 GOPROXY=http://fill\nfill 3 GOSUMDB=off\nfill 4 HTTPS_PROXY=http://p:1\n\
             override 6 GOSUMDB=sum.golang.org\noverride 7 NO_PROXY=\n",
        );
        let process =
            vec![("GOPROXY", "http://own"), ("no_proxy", "n"), ("GVMR_SOURCES", "goproxy"), ("GOSUMDB", "x")];
        let ruled = RuledEnvironment::of(&env_context, &process);
        let seen = |name| ruled.text(name).unwrap_or_default();
        assert_eq!((seen("GOPROXY"), ruled.place("GOPROXY")), ("http://own".to_owned(), None));
        assert_eq!(seen("GOSUMDB"), "sum.golang.org");
        assert_eq!(ruled.place("GOSUMDB"), Some(("/c/config.toml".into(), 6)));
        assert_eq!((seen("HTTPS_PROXY"), seen("https_proxy")), ("http://p:1".into(), "http://p:1".into()));
        assert_eq!((seen("NO_PROXY"), seen("no_proxy")), (String::new(), String::new()));
        assert_eq!(seen("GVMR_SOURCES"), "goproxy");
    }
}
