//! The kinds of findings, in the order of causes: what comes first explains what comes later.

use super::checks::{self, Looked};
use super::facts::Examination;
use super::finding::area;
use crate::toml_file::nearest;
use gvmr_core::sys::printable;
use std::collections::BTreeSet;

/// One kind of finding, and how to look for it.
#[derive(Clone, Copy)]
pub struct Kind {
    /// `area.name`.
    pub id: &'static str,
    /// Kinds whose findings have this one as a consequence: after them it is not looked for.
    pub(super) after: &'static [&'static str],
    /// The check.
    pub(super) look: fn(&Examination<'_>) -> Looked,
}

const fn kind(id: &'static str, look: fn(&Examination<'_>) -> Looked) -> Kind {
    Kind { id, after: &[], look }
}

const fn after(after: &'static [&'static str], kind: Kind) -> Kind {
    Kind { after, ..kind }
}

/// Without these nothing that has a name is reached.
const NO_NAMES: &[&str] = &["net.no-route", "net.gateway-silent", "net.resolver"];
/// The same, and where go does not come to the server that answers, the others may fail.
const STOPPED: &[&str] = &["net.no-route", "net.gateway-silent", "net.resolver", "goproxy.stops-at-comma"];
/// The same, and where the direct way is not the one that was meant, it fails.
const NO_WAY: &[&str] =
    &["net.no-route", "net.gateway-silent", "net.resolver", "goproxy.stops-at-comma", "proxy.not-used"];
/// Without names, and without trusted certificates, every other fault of one is hidden.
const NO_TRUST: &[&str] = &["net.no-route", "net.gateway-silent", "net.resolver", "tls.no-roots"];
/// A file that cannot be read, and what follows from that.
const UNREAD: &[&str] = &["rc.unreadable", "rc.on-share"];
/// Why gvmr's lines may not be reached.
const BEFORE_BLOCK: &[&str] =
    &["rc.unreadable", "rc.on-share", "rc.hidden-profile", "rc.guard-above-block", "rc.stops-early"];
/// Why they may do nothing.
const READING: &[&str] = &[
    "rc.unreadable",
    "rc.on-share",
    "rc.hidden-profile",
    "rc.guard-above-block",
    "rc.stops-early",
    "rc.block-missing",
];
/// Why a session may have no go, or another one.
const NO_GO: &[&str] = &[
    "gvmr.home-unfit",
    "rc.unreadable",
    "rc.on-share",
    "rc.hidden-profile",
    "rc.guard-above-block",
    "rc.stops-early",
    "rc.block-missing",
    "path.overwritten",
    "path.unexpanded",
    "path.bad-entry",
    "gvmr.shim-broken",
    "gvmr.two-homes",
    "path.shim-not-first",
];

/// A module that cannot be fetched is not looked up in the checksum database.
const NO_MODULES: &[&str] =
    &["net.no-route", "net.gateway-silent", "net.resolver", "proxy.not-used", "goproxy.direct-without-dns"];

/// All of them, causes first.
pub const KINDS: &[Kind] = &[
    kind("host.home", checks::user_home::unusable),
    after(&["host.home"], kind("gvmr.home-unfit", checks::home::unfit)),
    kind("gvmr.rules", checks::rules::mistakes),
    kind("gvmr.shim-broken", checks::shims::broken),
    kind("gvmr.default-missing", checks::home::default_missing),
    kind("host.limits", checks::limits::too_low),
    after(&["gvmr.home-unfit", "host.limits"], kind("host.cannot-run", checks::machine::cannot_run)),
    kind("host.seccomp-clone3", checks::machine::seccomp_clone3),
    kind("host.tmpdir", checks::user_home::temporary),
    kind("host.cgroup-quota", checks::machine::cgroup_quota),
    kind("rc.unreadable", checks::unreadable::here),
    kind("rc.on-share", checks::unreadable::on_share),
    kind("rc.block-unterminated", checks::rc_files::block_unterminated),
    after(UNREAD, kind("rc.hidden-profile", checks::rc_files::hidden_profile)),
    after(UNREAD, kind("rc.guard-above-block", checks::rc_reading::guard_above_block)),
    after(UNREAD, kind("rc.stops-early", checks::rc_reading::stops_early)),
    after(BEFORE_BLOCK, kind("rc.block-missing", checks::rc_files::block_missing)),
    kind("rc.prints", checks::rc_reading::prints),
    after(READING, kind("path.overwritten", checks::path::overwritten)),
    kind("path.unexpanded", checks::path_elements::unexpanded),
    kind("path.bad-entry", checks::path_elements::bad_entry),
    kind("gvmr.two-homes", checks::two_homes::another_first),
    after(&["gvmr.shim-broken", "gvmr.two-homes"], kind("path.shim-not-first", checks::path::shim_not_first)),
    kind("path.alias", checks::alias::stands_for_go),
    after(NO_GO, kind("session.without-go", checks::session::without_go)),
    kind("session.stale", checks::stale_session::stale),
    kind("session.cron", checks::crontab::jobs),
    kind("goroot.exported", checks::goroot::exported),
    kind("goroot.in-env-file", checks::goroot::in_env_file),
    kind("goenv.quoted", checks::env_file::quoted),
    kind("goenv.bad-flags", checks::flags::bad_flags),
    kind("goenv.stale-target", checks::target::stale),
    after(
        &["host.home", "gvmr.home-unfit", "gvmr.default-missing"],
        kind("toolchain.not-available", checks::toolchain::not_available),
    ),
    kind("toolchain.env-file", checks::toolchain::in_env_file),
    kind("toolchain.overridden", checks::toolchain::in_process),
    kind("toolchain.below-minimum", checks::toolchain::below_minimum),
    kind("gopath.is-module-root", checks::gopath::is_module_root),
    kind("gopath.unusable", checks::gopath::unusable),
    kind("gopath.src-shadows", checks::gopath::src_shadows),
    kind("modules.switched-off", checks::modules::switched_off),
    kind("modules.stray-root", checks::modules::stray_root),
    after(&["goenv.bad-flags", "host.cannot-run"], kind("vendor.inconsistent", checks::vendor::inconsistent)),
    after(&["host.home", "gopath.unusable"], kind("cache.not-writable", checks::caches::not_writable)),
    kind("net.no-route", checks::network::no_route),
    after(&["net.no-route"], kind("net.gateway-silent", checks::network::gateway_silent)),
    after(&["net.no-route", "net.gateway-silent"], kind("net.resolver", checks::network::resolver)),
    after(NO_NAMES, kind("goproxy.stops-at-comma", checks::proxy_list::stops_at_comma)),
    after(STOPPED, kind("proxy.not-used", checks::unused_proxy::set_elsewhere)),
    after(NO_WAY, kind("net.name-unknown", checks::network::name_unknown)),
    after(NO_WAY, kind("net.refused", checks::connections::refused)),
    after(NO_WAY, kind("net.reset", checks::connections::reset)),
    after(NO_WAY, kind("net.timeout", checks::connections::timeout)),
    after(&["net.no-route"], kind("goproxy.malformed", checks::proxy_list::malformed)),
    after(NO_WAY, kind("goproxy.direct-without-dns", checks::proxy_list::direct_without_dns)),
    after(&["net.no-route"], kind("proxy.malformed", checks::http_proxies::malformed)),
    after(NO_NAMES, kind("proxy.unreachable", checks::http_proxies::unreachable)),
    after(NO_NAMES, kind("proxy.login", checks::http_proxies::login)),
    after(NO_NAMES, kind("proxy.no-proxy-misses", checks::http_proxies::no_proxy_misses)),
    after(NO_NAMES, kind("tls.no-roots", checks::certificates::no_roots)),
    after(NO_TRUST, kind("tls.expired", checks::certificates::expired)),
    after(NO_TRUST, kind("tls.wrong-name", checks::certificates::wrong_name)),
    after(NO_TRUST, kind("tls.foreign-issuer", checks::certificates::foreign_issuer)),
    after(NO_MODULES, kind("sumdb.unreachable", checks::checksum_log::unreachable)),
    after(NO_MODULES, kind("private.not-covered", checks::checksum_log::not_covered)),
    kind("secret.in-rc-file", checks::rc_secrets::in_files),
    kind("secret.in-go-env", checks::secrets::in_go_env),
    kind("secret.in-git-config", checks::secrets::in_git_config),
    kind("secret.file-mode", checks::secrets::file_mode),
    kind("secret.in-environment", checks::rc_secrets::in_environment),
    after(&["host.cannot-run"], kind("gvmr.tree-changed", checks::tree::changed)),
    kind("gvmr.no-receipt", checks::home::no_receipt),
    kind("gvmr.leftovers", checks::home::leftovers),
    after(&["path.unexpanded", "path.bad-entry"], kind("gvmr.nothing-here", checks::home::nothing_here)),
];

/// A word that names no kind and no area.
#[derive(Debug, thiserror::Error)]
#[error("unknown check {}", printable::typed(word))]
pub struct UnknownKind {
    word: String,
    /// The id or area that was probably meant.
    nearest: Option<&'static str>,
}

impl UnknownKind {
    /// The next step.
    pub fn hint(&self) -> String {
        match self.nearest {
            Some(nearest) => format!("did you mean {nearest}?"),
            None => "run `gvmr doctor --json` for the ids of all checks".to_owned(),
        }
    }
}

/// The kinds that these words name, each an id or an area; all without a word.
pub fn select(words: &[String]) -> Result<BTreeSet<&'static str>, UnknownKind> {
    if words.is_empty() {
        return Ok(KINDS.iter().map(|kind| kind.id).collect());
    }
    let mut selected = BTreeSet::new();
    for word in words {
        let named = KINDS.iter().filter(|kind| kind.id == word || kind.area() == word);
        let mut found = false;
        for kind in named {
            found = true;
            selected.insert(kind.id);
        }
        if !found {
            let words = KINDS.iter().flat_map(|kind| [kind.id, kind.area()]);
            return Err(UnknownKind { word: word.clone(), nearest: nearest(word, words) });
        }
    }
    Ok(selected)
}

impl Kind {
    /// The part of the id before the dot.
    pub fn area(&self) -> &'static str {
        area(self.id)
    }
}
