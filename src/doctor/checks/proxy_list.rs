//! GOPROXY itself: what go refuses in it, where it ends too early, and `direct` where names are not known.

use super::network::{host_place, place, written_in_list};
use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::network::{EntryState, HostFault, ListFault, ModuleNeed, Says, list_fault};
use crate::doctor::place::FindingPlace;
use gvmr_core::sys::printable;

/// What go refuses, or takes for something else than it looks.
pub(in crate::doctor) fn malformed(facts: &Examination<'_>) -> Looked {
    facts.network_is_wanted()?;
    let setting = facts.setting("GOPROXY")?;
    let Some(value) = setting.value().filter(|_| !setting.is_told_as_quoted()) else { return NOTHING };
    let Some(ListFault { what, why, by_hand }) = list_fault(&value) else { return NOTHING };
    let finding = Finding::error("goproxy.malformed", written_in_list(facts));
    one(Some(finding.what(format!("GOPROXY {what}")).why(why).by_hand(by_hand)))
}

/// The hosts of modules are asked themselves, and have no address here.
pub(in crate::doctor) fn direct_without_dns(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let is_lost = |module: &&ModuleNeed| {
        module.is_fetched_directly()
            && !module.is_proxied
            && module.lookup.as_ref().is_some_and(|lookup| lookup.addresses().is_empty())
    };
    let lost: Vec<_> = network.modules.iter().filter(is_lost).collect();
    let Some(first) = lost.first() else { return NOTHING };
    let starts_direct =
        matches!(network.entries.first().map(|entry| &entry.answer), Some(EntryState::Direct));
    let variable = if starts_direct { "GOPROXY" } else { no_proxy_variable(facts) };
    let others = if lost.len() > 1 { format!(" (and {} more)", lost.len() - 1) } else { String::new() };
    let path = printable::word(&first.path);
    one(Some(
        Finding::error("goproxy.direct-without-dns", place(facts, variable))
            .and(FindingPlace::line(&first.file, Some(first.line)))
            .and(FindingPlace::host(&first.host, None, None))
            .what(format!("go fetches {path}{others} from its own host, which has no address here"))
            .why(format!("`unrecognized import path \"{path}\": … lookup {}: no such host`", first.host))
            .by_hand("name a proxy that this network reaches: GOPROXY=https://PROXY,direct"),
    ))
}

/// The variable whose patterns keep modules from proxies.
fn no_proxy_variable(facts: &Examination<'_>) -> &'static str {
    let is_written = facts.setting("GONOPROXY").is_ok_and(|setting| setting.written().is_some());
    if is_written { "GONOPROXY" } else { "GOPRIVATE" }
}

/// An entry that fails, where a later one would answer.
pub(in crate::doctor) fn stops_at_comma(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    for (index, entry) in network.entries.iter().enumerate() {
        match entry.says() {
            Says::Failure if entry.any_error_passes => continue,
            Says::Absent | Says::Unknown => continue,
            Says::Found => return NOTHING,
            Says::Failure => {}
        }
        let EntryState::Asked(answer) = &entry.answer else { return NOTHING };
        let Some(later) = network.answers_behind(index) else { return NOTHING };
        let says = match &answer.outcome {
            Ok(Some(status)) => format!("answers HTTP {status}"),
            Err(HostFault::NoModules(_)) => "answers with a web page".to_owned(),
            _ => "fails".to_owned(),
        };
        return one(Some(
            Finding::at("goproxy.stops-at-comma", Severity::Warning, written_in_list(facts))
                .and(host_place(answer))
                .what(format!("{} {says}, and go never asks {}, which answers", answer.host(), later.host()))
                .why("after a comma go goes on only where the answer is 404 or 410")
                .by_hand(format!("write `|` instead of the comma behind {}", answer.host()))
                .as_cause(),
        ));
    }
    NOTHING
}
