//! The keys of `prometheus = 'QUERY'`.

use super::extraction::Pick;
use super::model::{ProbeTarget, PrometheusTarget};
use super::probe::ProbeReader;
use super::reader::number;

impl ProbeReader<'_, '_, '_, '_> {
    pub(super) fn prometheus(&mut self) -> Option<ProbeTarget> {
        let (query, span) = self.table.secret_text("prometheus")?;
        let baseline = self.table.secret_text("baseline").map(|(text, _)| text);
        let pick = self.table.one_of("pick", &Pick::NAMES).unwrap_or(Pick::Only);
        let unit = self.valued_unit();
        let absent = self.table.value("absent").and_then(|value| {
            let found = number(value.get_ref());
            if found.is_none() {
                self.table
                    .mistake(&value.span(), "absent is the number that no series stands for, such as 0");
            }
            found
        });
        if !self.table.has("value") {
            self.table.mistake(&span, "the answer has no condition; add value = \"<= …\"");
        }
        let compares = self.figures.iter().any(|figure| figure.condition.needs_baseline());
        if baseline.is_some() && !compares {
            let span = self.table.span("baseline");
            self.table.mistake(&span, "nothing is compared with this; write value = \"<= baseline + 10%\"");
        }
        let own = if self.table.has("server") { self.url("server") } else { None };
        let Some(server) = own.or_else(|| self.defaults.prometheus.cloned()) else {
            if !self.table.has("server") {
                self.table
                    .mistake(&span, "no server; add prometheus = \"http://…\" to [check], or server here");
            }
            return None;
        };
        self.table.measures("prometheus", &format!("{query} at {server}"));
        Some(ProbeTarget::Prometheus(PrometheusTarget { server, query, baseline, pick, absent, unit }))
    }
}
