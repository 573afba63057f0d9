//! The desktop's keyring: the freedesktop Secret Service on the user's session bus.
//!
//! Takes entries, keeps and gives their secrets. Never asks a person and so never opens a prompt: a keyring that is locked
//! is [`KeyringError::Locked`]. Never waits longer than [`LIMIT`], and talks over a socket of this machine only.

use super::{CredentialEntry, Secret};
use gvmr_core::sys::environment::Environment;
use std::collections::HashMap;
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use zbus::{Connection, ObjectPath, OwnedObjectPath, OwnedVariant, Variant};

/// How long all that is asked of a keyring at once may take; a bus starts one in less.
const LIMIT: Duration = Duration::from_millis(2500);

const NAME: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";
const ITEM: &str = "org.freedesktop.Secret.Item";
/// The path that means none.
const NOTHING: &str = "/";

/// The way to the user's keyring.
#[derive(Clone, Debug)]
pub struct Keyring {
    bus: String,
}

/// Why a keyring cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyringError {
    /// None runs, or none can be reached.
    Absent,
    /// It has no default collection.
    NoCollection,
    /// It is locked, and only its user can unlock it.
    Locked,
    /// It did not answer in time.
    Silent,
    /// It no longer has the secret.
    Gone,
    /// It answered with another error.
    Failed(String),
}

/// What the bus carries of a secret: the session, nothing for a plain one, the bytes and their type.
type Carried<'a> = (ObjectPath<'a>, Vec<u8>, Vec<u8>, &'a str);

impl Keyring {
    /// The one on the session bus that the environment names; `None` where it names none on this machine.
    pub fn of(environment: &dyn Environment) -> Option<Self> {
        let named = environment.text("DBUS_SESSION_BUS_ADDRESS").filter(|address| !address.is_empty());
        let bus = named.or_else(|| usual(environment))?;
        // Secrets are not encrypted once more on their way: the socket is this user's.
        let is_here = bus.split(';').all(|address| address.is_empty() || address.starts_with("unix:"));
        is_here.then_some(Self { bus })
    }

    /// Keeps a secret in the default collection, in place of an earlier one of the same entry.
    pub fn store(&self, entry: &CredentialEntry, secret: &Secret) -> Result<(), KeyringError> {
        let (entry, secret) = (entry.clone(), secret.clone());
        self.ask(async move |service: Service| service.store(&entry, &secret).await)
    }

    /// The secret of each entry.
    pub fn fetch(&self, wanted: Vec<CredentialEntry>) -> Vec<Result<Secret, KeyringError>> {
        let count = wanted.len();
        let answers = self.ask(async move |service: Service| {
            let mut answers = Vec::new();
            for entry in &wanted {
                answers.push(service.fetch(entry).await);
            }
            Ok(answers)
        });
        answers.unwrap_or_else(|error| (0..count).map(|_| Err(error.clone())).collect())
    }

    /// Removes an entry's secret, if there is one.
    pub fn forget(&self, entry: &CredentialEntry) -> Result<(), KeyringError> {
        let entry = entry.clone();
        self.ask(async move |service: Service| service.forget(&entry).await)
    }

    /// Does `work` in another thread, which is abandoned where it takes too long: this process soon ends.
    fn ask<T: Send + 'static>(
        &self,
        work: impl AsyncFnOnce(Service) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let (sender, receiver) = mpsc::channel();
        let bus = self.bus.clone();
        let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let answer = zbus::block_on(async { work(Service::reach(&bus).await?).await });
            let _ = sender.send(answer); // the receiver may have given up
        });
        thread.map_err(|error| KeyringError::Failed(error.to_string()))?;
        receiver.recv_timeout(LIMIT).map_err(|_| KeyringError::Silent)?
    }
}

/// The bus that systemd starts for each user.
fn usual(environment: &dyn Environment) -> Option<String> {
    let socket = Path::new(&environment.get("XDG_RUNTIME_DIR")?).join("bus");
    let found = std::fs::metadata(&socket).ok()?;
    let is_ours = found.file_type().is_socket() && found.uid() == rustix::process::geteuid().as_raw();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_/.".contains(byte);
    let path = socket.to_str().filter(|_| socket.as_os_str().as_bytes().iter().all(plain))?;
    is_ours.then(|| format!("unix:path={path}"))
}

/// A connection to the Secret Service, and a session there.
struct Service {
    connection: Connection,
    session: OwnedObjectPath,
}

impl Service {
    async fn reach(bus: &str) -> Result<Self, KeyringError> {
        let connection = zbus::connection::Builder::address(bus).method_timeout(LIMIT).build().await;
        let connection = connection.map_err(|_| KeyringError::Absent)?;
        let arguments = ("plain", Variant::from(""));
        let reply = connection.call_method(Some(NAME), ROOT, Some(SERVICE), "OpenSession", &arguments).await;
        let (_, session): (OwnedVariant, OwnedObjectPath) =
            reply.map_err(from_bus)?.body().deserialize().map_err(from_bus)?;
        Ok(Self { connection, session })
    }

    async fn store(&self, entry: &CredentialEntry, secret: &Secret) -> Result<(), KeyringError> {
        let collection: OwnedObjectPath = self.call(ROOT, SERVICE, "ReadAlias", &("default",)).await?;
        if collection.as_str() == NOTHING {
            return Err(KeyringError::NoCollection);
        }
        self.unlock(&collection).await?;
        let properties = HashMap::from([
            (
                "org.freedesktop.Secret.Item.Label",
                Variant::from(format!("gvmr: {} at {}", entry.login, entry.machine)),
            ),
            ("org.freedesktop.Secret.Item.Attributes", Variant::from(attributes(entry))),
        ]);
        let carried: Carried<'_> =
            (self.session.as_ref(), Vec::new(), secret.reveal().as_bytes().to_vec(), "text/plain");
        let (_, prompt): (OwnedObjectPath, OwnedObjectPath) =
            self.call(collection.as_str(), COLLECTION, "CreateItem", &(properties, carried, true)).await?;
        no_prompt(&prompt)
    }

    async fn fetch(&self, entry: &CredentialEntry) -> Result<Secret, KeyringError> {
        let item = self.items(entry).await?.into_iter().next().ok_or(KeyringError::Gone)?;
        self.unlock(&item).await?;
        let ((_, _, bytes, _),): ((OwnedObjectPath, Vec<u8>, Vec<u8>, String),) =
            self.call(item.as_str(), ITEM, "GetSecret", &(&self.session,)).await?;
        Secret::parse(&bytes).map_err(|_| KeyringError::Gone) // another program's, under our name
    }

    async fn forget(&self, entry: &CredentialEntry) -> Result<(), KeyringError> {
        for item in self.items(entry).await? {
            self.unlock(&item).await?;
            let prompt: OwnedObjectPath = self.call(item.as_str(), ITEM, "Delete", &()).await?;
            no_prompt(&prompt)?;
        }
        Ok(())
    }

    /// The items of the entry, those that are unlocked first.
    async fn items(&self, entry: &CredentialEntry) -> Result<Vec<OwnedObjectPath>, KeyringError> {
        let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            self.call(ROOT, SERVICE, "SearchItems", &(attributes(entry),)).await?;
        Ok(unlocked.into_iter().chain(locked).collect())
    }

    /// Unlocks what needs no prompt.
    async fn unlock(&self, object: &OwnedObjectPath) -> Result<(), KeyringError> {
        let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.call(ROOT, SERVICE, "Unlock", &(vec![object],)).await?;
        no_prompt(&prompt)
    }

    async fn call<T>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        arguments: &(impl serde::Serialize + zbus::wire::DynamicType),
    ) -> Result<T, KeyringError>
    where
        T: serde::de::DeserializeOwned + zbus::Type,
    {
        let reply = self.connection.call_method(Some(NAME), path, Some(interface), method, arguments).await;
        reply.map_err(from_bus)?.body().deserialize().map_err(from_bus)
    }
}

/// How an item is found again, by gvmr and by a person in the keyring's program.
fn attributes(entry: &CredentialEntry) -> HashMap<&'static str, String> {
    HashMap::from([
        ("application", "gvmr".to_owned()),
        ("kind", entry.kind.word().to_owned()),
        ("machine", entry.machine.clone()),
        ("login", entry.login.clone()),
    ])
}

fn no_prompt(prompt: &OwnedObjectPath) -> Result<(), KeyringError> {
    if prompt.as_str() == NOTHING { Ok(()) } else { Err(KeyringError::Locked) }
}

#[allow(clippy::needless_pass_by_value)] // for `map_err`
fn from_bus(error: zbus::Error) -> KeyringError {
    match &error {
        zbus::Error::MethodError(name, ..) => match name.as_str() {
            "org.freedesktop.Secret.Error.IsLocked" => KeyringError::Locked,
            "org.freedesktop.Secret.Error.NoSuchObject" => KeyringError::Gone,
            name if name.starts_with("org.freedesktop.DBus.Error.Spawn") => KeyringError::Absent,
            "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner" => {
                KeyringError::Absent
            }
            "org.freedesktop.DBus.Error.NoReply" | "org.freedesktop.DBus.Error.TimedOut" => {
                KeyringError::Silent
            }
            name => KeyringError::Failed(name.to_owned()),
        },
        zbus::Error::InputOutput(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            KeyringError::Silent
        }
        error => KeyringError::Failed(error.to_string()),
    }
}

impl fmt::Display for KeyringError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("no keyring is running"),
            Self::NoCollection => formatter.write_str("the keyring has no default collection"),
            Self::Locked => formatter.write_str("the keyring is locked"),
            Self::Silent => formatter.write_str("the keyring did not answer"),
            Self::Gone => formatter.write_str("the keyring no longer has the secret"),
            Self::Failed(why) => write!(formatter, "the keyring failed: {why}"),
        }
    }
}
