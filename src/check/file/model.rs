//! A check file as it is meant: what is asked, in which order, and what must hold.

use super::extraction::Extraction;
use super::go_target::GoTarget;
use super::secret_text::SecretText;
use crate::check::condition::{Condition, Operator};
use crate::check::quantity::Measure;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// The most connections of a run at once, and of each of its probes.
pub const MAX_CONNECTIONS: usize = 64;

/// A whole file, without mistakes.
#[derive(Clone, Debug)]
pub struct CheckFile {
    /// The title of reports.
    pub name: String,
    /// How long the whole run may take.
    pub deadline: Duration,
    /// How many probes run at once; at least 1.
    pub jobs: usize,
    /// The series of runs that this one belongs to.
    pub series: String,
    /// Of how many passing runs a baseline is the median; at least 1.
    pub baseline_runs: usize,
    /// What `${NAME}` stands for, in the order of the file.
    pub variables: Vec<CheckVariable>,
    /// Where runs are kept.
    pub archive: ArchiveOptions,
    /// Who is told of a run.
    pub notifications: Vec<Notification>,
    /// In the order in which they run.
    pub dimensions: Vec<Dimension>,
}

/// A declared variable and what it stands for in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckVariable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Who says so.
    pub origin: VariableOrigin,
}

/// Where a variable's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableOrigin {
    /// `--var NAME=VALUE`
    Flag,
    /// The environment's variable of that name.
    Environment,
    /// The file's line, counted from 1.
    Default(usize),
}

/// `[check.archive]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveOptions {
    /// How many runs of a series are kept; at least 1.
    pub keep: usize,
    /// Where, if the file says so.
    pub directory: Option<PathBuf>,
}

/// `[[check.notify]]`
#[derive(Clone, Debug)]
pub struct Notification {
    /// Where to; all of it is a secret.
    pub url: SecretText,
    /// What is sent.
    pub format: NotificationFormat,
    /// When.
    pub on: NotificationEvent,
    /// Headers of the request.
    pub headers: Vec<(String, SecretText)>,
    /// Names and addresses; `${START_MS}` and `${END_MS}` are put in at the end of a run.
    pub links: Vec<(String, String)>,
    /// The line, counted from 1.
    pub line: usize,
}

/// What a notification sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationFormat {
    /// The run's document.
    Json,
    /// A message that Slack, Mattermost and Rocket.Chat show.
    Slack,
}

/// After which runs a notification is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationEvent {
    /// Those that do not pass.
    Failure,
    /// Those whose verdict is another one than that of the last run.
    Change,
    /// All.
    Always,
}

/// Probes that run at the same time, and end the run where one does not hold.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// The line of its first probe, counted from 1.
    pub line: usize,
    /// At least one.
    pub probes: Vec<ProbeDefinition>,
}

/// One question and what must hold of the answer.
#[derive(Clone, Debug)]
pub struct ProbeDefinition {
    /// `dimension.name`
    pub id: String,
    /// Its name.
    pub name: String,
    /// The line of its table, counted from 1.
    pub line: usize,
    /// What is asked.
    pub target: ProbeTarget,
    /// Limits on what is measured; may be empty where the target expects something by itself.
    pub figures: Vec<FigureCondition>,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// The time between the starts of two attempts.
    pub every: Duration,
    /// How long it is tried again until it holds.
    pub within: Option<Duration>,
    /// How long it must hold at every attempt.
    pub hold_for: Option<Duration>,
    /// The ids of probes that must have passed.
    pub needs: Vec<String>,
    /// Whether it never blocks.
    pub advisory: bool,
    /// What to do where it does not hold.
    pub why: Option<String>,
    /// What is measured, as a digest: probes with equal ones can be compared. Without limits and secrets.
    pub definition: String,
}

/// A figure and the condition on it.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureCondition {
    /// `p95`, `used`, or the JSON pointer of a number.
    pub figure: String,
    /// In what it is measured.
    pub measure: Measure,
    /// What must hold.
    pub condition: Condition,
    /// The line, counted from 1.
    pub line: usize,
}

/// What a probe asks.
#[derive(Clone, Debug)]
pub enum ProbeTarget {
    /// Requests to a web server.
    Http(Box<HttpTarget>),
    /// A connection.
    Tcp(TcpTarget),
    /// A server's certificate and protocol versions.
    Tls(TlsTarget),
    /// A program.
    Command(CommandTarget),
    /// A file or directory.
    File(FileTarget),
    /// The file system of a path.
    Disk(PathBuf),
    /// Memory.
    Memory(ResourceScope),
    /// Processors, and over how long their use is measured.
    Cpu(ResourceScope, Duration),
    /// A query to Prometheus.
    Prometheus(PrometheusTarget),
    /// Credentials in files.
    Secrets(SecretsTarget),
    /// A question about a Go project.
    Go(GoTarget),
}

/// `http = URL`
#[derive(Clone, Debug)]
pub struct HttpTarget {
    /// http or https.
    pub url: SecretText,
    /// In capitals.
    pub method: String,
    /// Names and values.
    pub headers: Vec<(String, SecretText)>,
    /// The body that is sent.
    pub body: Option<String>,
    /// The statuses that are as asked.
    pub status: Vec<StatusRange>,
    /// What the answer's body must hold at a JSON pointer, where that is no figure.
    pub json: Vec<JsonExpectation>,
    /// Numbers at JSON pointers that are figures.
    pub json_figures: Vec<String>,
    /// What the body must contain.
    pub contains: Option<String>,
    /// A number from the body.
    pub extraction: Option<Extraction>,
    /// How many requests count; at least 1.
    pub requests: usize,
    /// How many at once; at least 1.
    pub concurrency: usize,
    /// How many each worker makes before, that do not count.
    pub warmup: usize,
    /// How many redirects are followed.
    pub redirects: usize,
    /// `host:port` to connect to instead of the URL's.
    pub address: Option<String>,
    /// A PEM file with further authorities.
    pub authorities: Option<PathBuf>,
    /// Whether certificates are not verified.
    pub insecure: bool,
    /// Whether the login that `gvmr auth` keeps is sent.
    pub login: bool,
}

/// Statuses of HTTP, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRange {
    /// The lowest.
    pub first: u16,
    /// The highest.
    pub last: u16,
}

/// What a JSON document must hold at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonExpectation {
    /// RFC 6901.
    pub pointer: String,
    /// `==` or `!=`
    pub operator: Operator,
    /// A string, number, boolean or null.
    pub value: serde_json::Value,
}

/// `tcp = "host:port"` or `"unix:/path"`
#[derive(Clone, Debug)]
pub struct TcpTarget {
    /// Where to.
    pub address: SocketTarget,
    /// What is sent.
    pub send: Option<String>,
    /// A pattern that must come.
    pub expect: Option<regex_lite::Regex>,
    /// Whether a connection must fail.
    pub closed: bool,
}

/// Where a connection goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketTarget {
    /// A name or address, and a port.
    Tcp(String, u16),
    /// A socket's path.
    Unix(PathBuf),
}

/// `tls = "host:port"`
#[derive(Clone, Debug)]
pub struct TlsTarget {
    /// The name or address to connect to.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The name that is asked for, and that the certificate must have.
    pub name: String,
    /// A PEM file with further authorities.
    pub authorities: Option<PathBuf>,
    /// Whether the chain must be trusted.
    pub trusted: bool,
}

/// `command = ["program", "argument"…]`
#[derive(Clone, Debug)]
pub struct CommandTarget {
    /// The program and its arguments; at least one word.
    pub words: Vec<String>,
    /// Variables that are added.
    pub env: BTreeMap<String, String>,
    /// The exit codes that hold.
    pub exit: Vec<i32>,
    /// What the output must contain.
    pub contains: Option<String>,
    /// Whether stderr is read in place of stdout.
    pub reads_stderr: bool,
    /// A number from the output.
    pub extraction: Option<Extraction>,
}

/// `file = PATH`
#[derive(Clone, Debug)]
pub struct FileTarget {
    /// Absolute.
    pub path: PathBuf,
    /// Whether it must be there.
    pub exists: bool,
    /// Its permission bits.
    pub mode: Option<ModeLimit>,
    /// The user's name or id.
    pub owner: Option<String>,
    /// The group's name or id.
    pub group: Option<String>,
    /// What it must contain.
    pub contains: Option<String>,
    /// A number from its text.
    pub extraction: Option<Extraction>,
}

/// What the permission bits of a file must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModeLimit {
    /// These.
    Exactly(u32),
    /// No bit beyond these.
    AtMost(u32),
}

/// Of what a resource is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceScope {
    /// The machine.
    Host,
    /// The control group of this process.
    Cgroup,
}

/// `prometheus = 'QUERY'`
#[derive(Clone, Debug)]
pub struct PrometheusTarget {
    /// The server's address.
    pub server: SecretText,
    /// The query.
    pub query: SecretText,
    /// A query whose answer is the baseline.
    pub baseline: Option<SecretText>,
    /// How one number comes of several series.
    pub pick: super::extraction::Pick,
    /// What no series means.
    pub absent: Option<f64>,
    /// The unit of the answer; empty of a plain number.
    pub unit: String,
}

/// `secrets = PATH`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretsTarget {
    /// A directory or a file; absolute.
    pub path: PathBuf,
    /// Fingerprints that are known and meant.
    pub allow: Vec<String>,
}

impl std::fmt::Display for StatusRange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            write!(formatter, "{}", self.first)
        } else {
            write!(formatter, "{}xx", self.first / 100)
        }
    }
}

impl ProbeTarget {
    /// The key by which a file asks it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Tcp(_) => "tcp",
            Self::Tls(_) => "tls",
            Self::Command(_) => "command",
            Self::File(_) => "file",
            Self::Disk(_) => "disk",
            Self::Memory(_) => "memory",
            Self::Cpu(..) => "cpu",
            Self::Prometheus(_) => "prometheus",
            Self::Secrets(_) => "secrets",
            Self::Go(_) => "go",
        }
    }
}
