//! Wrong credentials for the proxy: what go and gvmr say.

use super::network::Network;
use super::sandbox::{Machine, move_to};
use crate::support::world::Run;

pub(super) fn by_the_proxy() {
    let mut machine = Machine::make();
    let nat = Network::make("nat");
    machine.believe(&[&nat]);
    move_to(&nat, "10.0.2.15", "10.0.2.2");
    for scheme in ["http", "https"] {
        machine.configure(&format!(
            "[[network]]\ngateway = \"10.0.2.2\"\nenv.HTTP_PROXY = \"http://joe:canary@10.0.2.2:3128\"\n\
             env.HTTPS_PROXY = \"http://joe:canary@10.0.2.2:3128\"\n\
             env.GOPROXY = \"{scheme}://goproxy.example/nat\"\n"
        ));
        let run = machine.download();
        // Which proxy it was go never says; what it asked for it does.
        assert!(run.code != Some(0) && run.stderr.contains("//goproxy.example/nat/"), "{run:#?}");
        assert_eq!(nat.asked().len(), 1);
        has_no_secret(&run);
    }
    let proxy = "http://joe:canary@10.0.2.2:3128";
    machine.world.set("HTTP_PROXY", proxy).set("HTTPS_PROXY", proxy).set("GOSUMDB", "sum.golang.org");
    // What is known here of releases is listed all the same.
    for (words, code) in [(&["install", "1.22.1"][..], 4), (&["ls-remote", "1.22"], 0)] {
        for goproxy in ["http://goproxy.example/nat", "https://goproxy.example/nat"] {
            machine.world.set("GOPROXY", goproxy);
            let run = machine.world.gvmr(words);
            assert_eq!(run.code, Some(code), "{run:#?}");
            for word in ["407", "goproxy.example", "http://***@10.0.2.2:3128"] {
                assert!(run.stderr.contains(word), "{run:#?}");
            }
            has_no_secret(&run);
        }
    }
}

fn has_no_secret(run: &Run) {
    for secret in ["canary", "am9lOmNhbmFyeQ"] {
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{run:#?}");
    }
}
