//! Argo Rollouts: the schemas of its own resources take the recipe, and its container blocks what does not hold.

use super::{documents, machine, recipe, text, texts, tool};
use crate::support::server::{Reply, Server};
use crate::support::world::{Run, World, gvmr};
use serde_json::Value;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Fails with the first field that a resource's schema does not have, or takes otherwise. A cluster drops unknown fields in
/// silence, so each object is closed here.
const VALIDATE: &str = "
import jsonschema, sys, yaml
read = lambda text: yaml.load_all(text, getattr(yaml, 'CSafeLoader', yaml.SafeLoader))
def close(schema):
    if isinstance(schema, dict):
        if schema.get('properties') and not schema.get('x-kubernetes-preserve-unknown-fields'):
            schema.setdefault('additionalProperties', False)
        [close(value) for value in schema.values()]
    elif isinstance(schema, list):
        [close(value) for value in schema]
schemas = {}
for path in sys.argv[2:]:
    crd = next(read(open(path)))['spec']
    for version in crd['versions']:
        schema = version['schema']['openAPIV3Schema']
        close(schema)
        schemas[crd['group'] + '/' + version['name'], crd['names']['kind']] = schema
for document in read(sys.argv[1]):
    jsonschema.validate(document, schemas[document['apiVersion'], document['kind']])
";
/// The user in the recipe.
const USER: u32 = 65532;

/// What is wrong with these resources; nothing where they are as asked.
fn faults(yaml: &str) -> Option<String> {
    let mut command = Command::new(tool("bin/python")?);
    command.args(["-c", VALIDATE, yaml]);
    command.arg(tool("analysis-template-crd.yaml")?).arg(tool("rollout-crd.yaml")?);
    let run = Run::of(&mut command);
    Some(if run.code == Some(0) { String::new() } else { run.stderr })
}

#[test]
fn the_schemas_of_argo_rollouts_take_the_recipe() {
    let yaml = recipe("rollout.yaml");
    let Some(faults_found) = faults(&yaml) else { return };
    assert_eq!(faults_found, "");
    let wrong = faults(&yaml.replace("failureLimit", "failureLimits")).unwrap();
    assert!(wrong.contains("failureLimits"), "{wrong}");
}

#[test]
fn its_container_blocks_a_promotion_unless_all_holds() {
    let Some(documents) = documents(&recipe("rollout.yaml")) else { return };
    let [template, rollout] = documents.as_slice() else { panic!("{documents:#?}") };
    let metric = &template["spec"]["metrics"][0];
    let job = &metric["provider"]["job"]["spec"];
    let pod = &job["template"]["spec"];
    // One Job, tried once: neither of these repeats what failed.
    assert_eq!((&metric["count"], &metric["failureLimit"]), (&Value::from(1), &Value::from(0)));
    assert_eq!((&job["backoffLimit"], text(&pod["restartPolicy"])), (&Value::from(0), "Never"));
    assert_eq!(pod["securityContext"]["runAsUser"], USER);
    let analysis = &rollout["spec"]["strategy"]["blueGreen"]["prePromotionAnalysis"];
    assert_eq!(analysis["templates"][0]["templateName"], template["metadata"]["name"]);
    assert_eq!(analysis["args"][0]["name"], template["spec"]["args"][0]["name"]);

    let server = Server::start(|request| match request.target.as_str() {
        "/new/health" => Reply::ok("fine"),
        _ => Reply::status(503),
    });
    let gate = Gate::new(&pod["containers"][0]);
    gate.runs(&server.url("/new")).succeeds();
    let blocked = gate.runs(&server.url("/old")).exits(1, &[]);
    assert!(blocked.stdout.contains("status 503, 2xx asked"), "{blocked:#?}");
    assert_eq!(fs::read_dir(gate.archive.join("orders-prod")).unwrap().count(), 3, "two runs and their lock");
}

/// The container of the recipe, with its volumes.
struct Gate<'v> {
    world: World,
    container: &'v Value,
    configuration: PathBuf,
    archive: PathBuf,
}

impl<'v> Gate<'v> {
    fn new(container: &'v Value) -> Self {
        let world = machine();
        // A ConfigMap is mounted as links to a directory that is exchanged as a whole.
        let check = "[check]\nvars = { SERVICE = \"\" }\n[a.b]\nhttp = \"${SERVICE}/health\"\n";
        let configuration = world.project("gate", &[("..2026_11_30/gvmr-check.toml", check)]);
        symlink("..2026_11_30", configuration.join("..data")).unwrap();
        symlink("..data/gvmr-check.toml", configuration.join("gvmr-check.toml")).unwrap();
        let archive = world.project("archive", &[]);
        if rustix::process::geteuid().is_root() {
            fs::set_permissions(world.path("."), Permissions::from_mode(0o755)).unwrap();
            fs::set_permissions(&archive, Permissions::from_mode(0o2775)).unwrap();
            chown(&archive, None, Some(USER)).unwrap(); // fsGroup
        }
        Self { world, container, configuration, archive }
    }

    /// What it does where the rollout's argument is this address: as its user, where the test may become that one.
    fn runs(&self, service: &str) -> Run {
        let place = |text: &str| match text.strip_prefix("/gate/") {
            Some(name) => self.configuration.join(name).display().to_string(),
            None => text.replace("{{args.service}}", service),
        };
        let words: Vec<String> = texts(&self.container["command"]).into_iter().map(place).collect();
        assert_eq!(words[0], "gvmr");
        let user = USER.to_string();
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = self.world.command(Path::new("setpriv"), Path::new("/"));
            command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]).arg(gvmr());
            command
        } else {
            self.world.command(gvmr(), Path::new("/"))
        };
        for variable in self.container["env"].as_array().unwrap() {
            let value = match text(&variable["value"]) {
                "/archive" => self.archive.display().to_string(),
                other => other.to_owned(),
            };
            command.env(text(&variable["name"]), value);
        }
        Run::of(command.args(&words[1..]))
    }
}
