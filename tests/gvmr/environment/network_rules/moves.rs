//! Moves between sites, with no command between them and the next go.

use super::network::Network;
use super::sandbox::{INTERFACE, Machine, assert_asked, connect, done, ip, leave, move_to};
use std::fs;

/// Behind NAT modules come in the clear, at the bridge through a tunnel.
const RULES: &str = r#"
[[network]]
gateway = "10.0.2.2"
env.HTTP_PROXY = "http://10.0.2.2:3128"
env.GOPROXY = "http://goproxy.example/nat"

[[network]]
subnet = ["192.168.56.0/24", "192.168.57.0/24"]
interface = ["eth0", "ens3"]
env.HTTPS_PROXY = "192.168.56.1:3128"
env.GOPROXY = "https://goproxy.example/bridge"
"#;

fn to_nat(network: &Network) {
    move_to(network, "10.0.2.15", "10.0.2.2");
}

fn to_bridge(network: &Network) {
    move_to(network, "192.168.56.101", "192.168.56.1");
}

pub(super) fn from_site_to_site() {
    let mut machine = Machine::make();
    let [nat, bridge, elsewhere] = ["nat", "bridge", "elsewhere"].map(Network::make);
    machine.believe(&[&nat, &bridge]);
    machine.configure(RULES);
    let all = [&nat, &bridge, &elsewhere];
    machine.downloads_nothing(&all);
    for _ in 0..2 {
        to_nat(&nat);
        machine.downloads_from(&nat, "http://goproxy.example/nat", &[&bridge, &elsewhere]);
        leave();
        machine.downloads_nothing(&all);
        to_bridge(&bridge);
        machine.download().succeeds();
        let asked = bridge.asked();
        assert_eq!(asked[0], "CONNECT goproxy.example:443");
        assert!(asked.contains(&"GET /bridge/example.test/small/@v/v1.0.0.zip".to_owned()), "{asked:?}");
        assert_eq!([nat.asked(), elsewhere.asked()], [[""; 0]; 2]);
        leave();
        move_to(&elsewhere, "10.0.3.15", "10.0.3.2");
        machine.downloads_nothing(&all);
        leave();
    }
    // The cable stays, the addresses change.
    to_nat(&nat);
    machine.downloads_from(&nat, "/nat", &[&bridge]);
    done(ip(&["route", "replace", "default", "via", "10.0.2.3", "dev", INTERFACE, "metric", "100"]));
    machine.downloads_nothing(&all);
    done(ip(&["route", "add", "default", "via", "10.0.2.2", "dev", INTERFACE, "metric", "50"]));
    machine.downloads_from(&nat, "/nat", &[&bridge]);
    done(ip(&["link", "set", INTERFACE, "down"]));
    machine.downloads_nothing(&all);
}

pub(super) fn with_a_project() {
    let mut machine = Machine::make();
    let [nat, bridge] = ["nat", "bridge"].map(Network::make);
    machine.believe(&[&nat, &bridge]);
    machine.configure(RULES);
    let text = "[env]\nGOPROXY = \"http://goproxy.example/project\"\n\n[[network]]\ngateway = \"10.0.2.2\"\n\
                subnet = \"10.0.2.0/24\"\nenv.GOPROXY = \"http://goproxy.example/project-nat\"\n\n[[network]]\n\
                interface = \"ens3\"\ngateway = \"192.168.56.1\"\n\
                env.override.HTTP_PROXY = \"http://192.168.56.1:3128\"\n";
    let project = machine.world.project("project", &[("gvmr.toml", text)]);
    machine.world.set("HTTP_PROXY", ""); // an empty one is none
    to_nat(&nat);
    machine.download_in(&project).succeeds();
    assert_asked(&nat, "http://goproxy.example/nat", &[&bridge]);
    machine.world.gvmr_in(&project, ["trust"]).succeeds();
    machine.download_in(&project).succeeds();
    assert_asked(&nat, "http://goproxy.example/project-nat", &[&bridge]);
    leave();
    to_bridge(&bridge);
    machine.world.set("HTTP_PROXY", "http://10.0.2.2:3128"); // as a shell of yesterday has it
    machine.download_in(&project).succeeds();
    assert_asked(&bridge, "http://goproxy.example/project", &[&nat]);
    fs::remove_file(project.join("gvmr.toml")).unwrap();
    machine.download_in(&project).succeeds();
    assert_asked(&bridge, "GET /bridge", &[&nat]);
}

pub(super) fn into_a_vpn_and_out() {
    let machine = Machine::make();
    let [nat, vpn] = ["nat", "vpn"].map(Network::make);
    let rule = "[[network]]\ninterface = \"wg0\"\nenv.HTTP_PROXY = \"http://10.8.0.1:3128\"\n\
                env.GOPROXY = \"http://goproxy.example/vpn\"\n";
    machine.configure(&format!("{rule}{RULES}"));
    to_nat(&nat);
    machine.downloads_from(&nat, "/nat", &[&vpn]);
    connect("wg0", &vpn, &["10.8.0.6/32"], &["10.8.0.1/16"]);
    done(ip(&["route", "add", "10.8.0.0/16", "dev", "wg0"]));
    machine.downloads_from(&vpn, "/vpn", &[&nat]);
    done(ip(&["link", "set", "wg0", "down"]));
    machine.downloads_from(&nat, "/nat", &[&vpn]);
    done(ip(&["link", "set", "wg0", "up"]));
    done(ip(&["route", "add", "10.8.0.0/16", "dev", "wg0"]));
    machine.downloads_from(&vpn, "/vpn", &[&nat]);
    // All of the traffic goes there: the gateway of the site is not in use any more.
    machine.configure(RULES);
    machine.downloads_from(&nat, "/nat", &[&vpn]);
    done(ip(&["route", "add", "default", "dev", "wg0", "metric", "50"]));
    machine.downloads_nothing(&[&nat, &vpn]);
    done(ip(&["link", "delete", "wg0"]));
    machine.downloads_from(&nat, "/nat", &[]);
}

pub(super) fn into_a_network_of_ipv6() {
    let machine = Machine::make();
    let six = Network::make("six");
    machine.configure(
        "[[network]]\ngateway = \"fe80::1\"\nsubnet = \"fd00:56::/64\"\n\
         env.HTTP_PROXY = \"http://[fd00:56::1]:3128\"\nenv.GOPROXY = \"http://goproxy.example/six\"\n",
    );
    connect(INTERFACE, &six, &["fd00:56::15/64"], &["fe80::1/64", "fd00:56::1/64"]);
    machine.downloads_nothing(&[&six]);
    done(ip(&["-6", "route", "add", "default", "via", "fe80::1", "dev", INTERFACE]));
    machine.downloads_from(&six, "/six", &[]);
    done(ip(&["-6", "route", "add", "unreachable", "default", "metric", "10"]));
    machine.downloads_nothing(&[&six]);
}
