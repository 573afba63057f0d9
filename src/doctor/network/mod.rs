//! What each server that Go would ask here says, layer by layer: found out once, all at the same time, in ten seconds at most.
//!
//! Takes the settings as the next go sees them, gives for each entry of GOPROXY how far a request to it comes; for the
//! checksum database and for the hosts of modules only where Go would ask those too. Judges nothing. Asks nobody else, sends no
//! credentials but those that Go would send, and ends when everybody has answered.

pub(in crate::doctor) mod dns;
mod go_environment;
mod host_answer;
mod module_needs;
pub(in crate::doctor) mod resolver;
pub(in crate::doctor) mod routes;
mod written_values;

pub(in crate::doctor) use go_environment::GoEnvironment;
pub(in crate::doctor) use host_answer::{HostAnswer, HostFault, NotModules};
pub(in crate::doctor) use module_needs::ModuleNeed;
pub(in crate::doctor) use written_values::{ListFault, list_fault, unusable_proxy};

use super::finding::Severity;
use crate::config::RuledEnvironment;
use crate::context::Context;
use crate::install;
use crate::net::{self, NetSettings, Trial, Url};
use crate::process;
use crate::sources::{ProxyList, ProxyTarget};
use crate::terminal::Bar;
use crate::verify::Database;
use gvmr_core::sys::environment::Process;
use host_answer::Asker;
use resolver::{Lookup, Resolver};
use std::collections::BTreeMap;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// All that is asked has answered by then.
const DEADLINE: Duration = Duration::from_secs(10);
/// Hosts that are asked at once.
const AT_ONCE: usize = 8;
/// Hosts of modules whose names are asked for.
const MAX_MODULE_HOSTS: usize = 16;

/// What was found out.
pub(in crate::doctor) struct NetworkFacts {
    /// The entries of GOPROXY, in their order.
    pub entries: Vec<EntryAnswer>,
    /// How names become addresses here.
    pub resolver: Resolver,
    /// The modules that go.mod requires.
    pub modules: Vec<ModuleNeed>,
    /// The checksum database, where it was asked at its own address.
    pub log: Option<HostAnswer>,
    /// The database's name; `None` where it is off.
    pub log_name: Option<String>,
    /// Whether the name servers lead public names to public addresses: `None` where they know none.
    pub knows_public_names: Option<bool>,
    /// Whether no certificate is trusted at all; looked at where one was refused.
    pub has_no_roots: bool,
}

/// An entry of GOPROXY.
pub(in crate::doctor) struct EntryAnswer {
    /// Whether any error goes on to the next entry.
    pub any_error_passes: bool,
    /// What was found out.
    pub answer: EntryState,
}

/// What is known of an entry.
pub(in crate::doctor) enum EntryState {
    /// A server was asked.
    Asked(Box<HostAnswer>),
    /// A directory; nothing is asked.
    Directory,
    /// The hosts of the modules themselves.
    Direct,
    /// None.
    Off,
}

/// One thing to find out.
enum Task {
    Entry(Url),
    Name(String),
}

enum Outcome {
    Entry(Box<HostAnswer>),
    Name(Lookup),
}

impl NetworkFacts {
    /// Asks everybody, by these settings; an error is the reason why there is nobody to ask.
    pub(in crate::doctor) fn gather(context: &Context, settings: &GoEnvironment<'_>) -> Result<Self, String> {
        let list = settings.value("GOPROXY");
        let Some(list) = list else { return Err("no go runs here, and nothing sets GOPROXY".to_owned()) };
        let (None, Ok(list)) = (list_fault(&list), ProxyList::parse(&list, "")) else {
            return Err("GOPROXY is malformed".to_owned());
        };
        let gosumdb = settings.value("GOSUMDB");
        let database = gosumdb.and_then(|setting| Database::from_setting(&setting).ok());
        let mut modules = module_needs::of(settings);
        let is_direct =
            matches!(list.entries().first().map(|entry| &entry.place), Some(ProxyTarget::Direct(_)));
        for module in &mut modules {
            module.is_direct |= is_direct;
        }
        let needs_log = database.is_some() && modules.iter().any(ModuleNeed::needs_log);
        let env_context = context.env_context().map_err(|error| error.to_string())?;
        let environment = RuledEnvironment::of(&env_context, &Process);
        let requests = install::with_credentials(NetSettings::from_environment(&environment), context);
        let asker = Asker {
            trial: Trial::new(requests)?,
            resolver: Resolver::read(),
            until: Instant::now() + DEADLINE,
            malformed: malformed_proxies(settings),
            log: database
                .as_ref()
                .filter(|database| needs_log && database.url().is_none())
                .map(Database::name),
        };
        let tasks = tasks(&list, &modules, database.as_ref().filter(|_| needs_log));
        let bar = context.terminal.bar("");
        let outcomes = watched(&bar, &tasks, || process::in_order(&tasks, AT_ONCE, |task| task.run(&asker)));
        let mut names = BTreeMap::new();
        let mut answers = Vec::new();
        for (task, outcome) in tasks.into_iter().zip(outcomes) {
            match (task, outcome) {
                (Task::Name(name), Outcome::Name(lookup)) => drop(names.insert(name, lookup)),
                (_, Outcome::Entry(answer)) => answers.push(answer),
                _ => {}
            }
        }
        let mut answers = answers.into_iter();
        let entries = list.entries().iter().map(|entry| EntryAnswer {
            any_error_passes: entry.any_error_passes,
            answer: match &entry.place {
                ProxyTarget::Proxy(url) if url.scheme() == "file" => EntryState::Directory,
                ProxyTarget::Proxy(_) => answers.next().map_or(EntryState::Off, EntryState::Asked),
                ProxyTarget::Direct(_) | ProxyTarget::Private(_) => EntryState::Direct,
                ProxyTarget::Off => EntryState::Off,
            },
        });
        let entries: Vec<_> = entries.collect();
        for module in &mut modules {
            module.lookup = names.get(&module.host).cloned();
            let host = net::parse(&format!("https://{}/", module.host));
            module.is_proxied = host.is_ok_and(|host| matches!(asker.trial.proxy(&host), Ok(Some(_))));
        }
        let log_name = database.as_ref().map(|database| database.name().to_owned());
        let public = log_name.as_deref().and_then(|name| names.get(name.split('/').next()?));
        let knows_public_names = public
            .filter(|lookup| !lookup.addresses().is_empty())
            .map(|lookup| !lookup.addresses().iter().all(module_needs::is_of_network));
        let mut facts = Self {
            entries,
            modules,
            log: None,
            log_name,
            knows_public_names,
            has_no_roots: false,
            resolver: Resolver::default(),
        };
        let is_asked = is_asked_itself(&facts.entries) && facts.modules.iter().any(|one| facts.asks_log(one));
        if let Some(log) =
            database.as_ref().filter(|_| is_asked).and_then(|one| net::parse(&one.direct_url()).ok())
        {
            facts.log = Some(asker.ask(&log, "latest"));
        }
        bar.finish();
        facts.has_no_roots =
            facts.hosts().any(|(_, answer)| answer.certificate().is_some()) && asker.trial.has_no_roots();
        facts.resolver = asker.resolver;
        Ok(facts)
    }

    /// Whether only this network knows the host of a module.
    pub(in crate::doctor) fn is_private(&self, module: &ModuleNeed) -> bool {
        module.is_private(self.knows_public_names)
    }

    /// Whether the checksum database would be asked about a module, and could know it.
    pub(in crate::doctor) fn asks_log(&self, module: &ModuleNeed) -> bool {
        module.needs_log() && !self.is_private(module)
    }

    /// The servers of GOPROXY, with their place in the list.
    pub(in crate::doctor) fn hosts(&self) -> impl Iterator<Item = (usize, &HostAnswer)> {
        self.entries.iter().enumerate().filter_map(|(index, entry)| match &entry.answer {
            EntryState::Asked(answer) => Some((index, &**answer)),
            _ => None,
        })
    }

    /// The servers that failed, and how much that matters to Go.
    pub(in crate::doctor) fn failed(&self) -> impl Iterator<Item = (&HostAnswer, &HostFault, Severity)> {
        self.hosts().filter_map(|(index, answer)| {
            let fault = answer.outcome.as_ref().err()?;
            Some((answer, fault, self.severity(index)?))
        })
    }

    /// The server that would answer, had Go not ended at the entry at `index`.
    pub(in crate::doctor) fn answers_behind(&self, index: usize) -> Option<&HostAnswer> {
        let later = self.hosts().filter(|(at, _)| *at > index);
        later.map(|(_, answer)| answer).find(|answer| answer.is_answered())
    }

    /// How much it matters that the entry at `index` fails: an error where Go ends there, a note where another one answers
    /// Go, nothing where Go ends before it.
    pub(in crate::doctor) fn severity(&self, index: usize) -> Option<Severity> {
        for entry in self.entries.iter().take(index) {
            match entry.says() {
                Says::Found | Says::Absent => return Some(Severity::Note),
                Says::Unknown => {}
                Says::Failure if entry.any_error_passes => {}
                Says::Failure => return None,
            }
        }
        let passes = |at: usize| self.entries.get(at).is_some_and(|entry| entry.any_error_passes);
        let later = self.entries.iter().enumerate().skip(index + 1).take_while(|(at, _)| passes(at - 1));
        let is_answered =
            later.into_iter().any(|(_, entry)| matches!(entry.says(), Says::Found | Says::Absent));
        Some(if is_answered { Severity::Note } else { Severity::Error })
    }

    /// The lookups that Go needs: of servers that it asks, and of the hosts of modules that it fetches from there.
    pub(in crate::doctor) fn needed_names(&self) -> impl Iterator<Item = &Lookup> {
        let modules = self.modules.iter().filter(|module| module.is_fetched_directly());
        let servers = self.hosts().filter_map(|(index, answer)| {
            let counts = answer.outcome.is_ok() || self.severity(index) == Some(Severity::Error);
            answer.lookup.as_ref().filter(|_| counts)
        });
        servers.chain(modules.filter_map(|module| module.lookup.as_ref()))
    }
}

/// What an entry means to the walk along the list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::doctor) enum Says {
    /// It has what was asked for.
    Found,
    /// It says that there is no such thing, and Go goes on.
    Absent,
    /// It fails, or refuses.
    Failure,
    /// It was not asked.
    Unknown,
}

impl EntryAnswer {
    /// What Go takes its answer for.
    pub(in crate::doctor) fn says(&self) -> Says {
        match &self.answer {
            EntryState::Asked(answer) => match &answer.outcome {
                Ok(None | Some(200..400)) => Says::Found,
                Ok(Some(404 | 410)) => Says::Absent,
                Err(_) if answer.fails_only_here().is_some() => Says::Unknown,
                Ok(Some(_)) | Err(_) => Says::Failure,
            },
            EntryState::Directory | EntryState::Direct | EntryState::Off => Says::Unknown,
        }
    }
}

impl Task {
    fn run(&self, asker: &Asker<'_>) -> Outcome {
        match self {
            Self::Entry(url) => Outcome::Entry(Box::new(asker.ask_entry(url))),
            Self::Name(name) => Outcome::Name(asker.look_up(name)),
        }
    }
}

/// The schemes whose proxy's variable holds no address.
fn malformed_proxies(settings: &GoEnvironment<'_>) -> Vec<&'static str> {
    let is_malformed =
        |name: &str| settings.written(name).is_some_and(|value| unusable_proxy(&value).is_some());
    let both = [("https", "HTTPS_PROXY"), ("http", "HTTP_PROXY")];
    both.into_iter().filter(|(_, name)| is_malformed(name)).map(|(scheme, _)| scheme).collect()
}

/// Whom Go would ask: the servers of the list; by name the hosts of modules that nothing else is known of, and for
/// comparison the log.
fn tasks(list: &ProxyList, modules: &[ModuleNeed], database: Option<&Database>) -> Vec<Task> {
    let servers = list.entries().iter().filter_map(|entry| match &entry.place {
        ProxyTarget::Proxy(url) if url.scheme() != "file" => Some(Task::Entry(url.clone())),
        _ => None,
    });
    let mut hosts: Vec<String> =
        modules.iter().filter(|module| module.wants_lookup()).map(|module| module.host.clone()).collect();
    hosts.sort();
    hosts.dedup();
    hosts.truncate(MAX_MODULE_HOSTS);
    let log = database.and_then(|database| database.name().split('/').next()).filter(|_| !hosts.is_empty());
    let log = log.filter(|log| !hosts.iter().any(|host| host == log)).map(str::to_owned);
    servers.chain(hosts.iter().cloned().chain(log).map(Task::Name)).collect()
}

/// Whether Go reads the checksum database at its own address: no server that it asks offers it, and none fails before.
fn is_asked_itself(entries: &[EntryAnswer]) -> bool {
    let mut has_answered = false;
    for entry in entries {
        match &entry.answer {
            EntryState::Asked(answer) => match (&answer.outcome, answer.serves_log) {
                (_, Some(true)) => return false,
                (Ok(_), _) => has_answered = true,
                (Err(_), _) if entry.any_error_passes => {}
                (Err(_), _) => return false,
            },
            EntryState::Direct => return true,
            EntryState::Directory | EntryState::Off => {}
        }
    }
    has_answered
}

/// Runs `work`, and tells a terminal meanwhile how many are asked and for how long.
fn watched<T>(bar: &Bar, tasks: &[Task], work: impl FnOnce() -> T) -> T {
    let count = tasks.iter().filter(|task| matches!(task, Task::Entry(_))).count();
    if bar.is_hidden() || count == 0 {
        return work();
    }
    let words = if count == 1 { "asking 1 host".to_owned() } else { format!("asking {count} hosts") };
    let (done, ended) = channel::<()>();
    std::thread::scope(|scope| {
        let began = Instant::now();
        let tell = move || {
            loop {
                bar.set_label(format!("{words} … {} s", began.elapsed().as_secs()));
                if ended.recv_timeout(Duration::from_millis(500)) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
        };
        // Without another thread there are only no words.
        let _ = std::thread::Builder::new().spawn_scoped(scope, tell);
        let result = work();
        drop(done);
        result
    })
}
