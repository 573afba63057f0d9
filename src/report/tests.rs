//! What people read of one run, word for word.

use super::*;
use crate::check::{ProbeState, RunVerdict};

/// A run in which probes end in every state.
pub(super) fn document() -> RunDocument {
    serde_json::from_str(include_str!("sample.json")).unwrap()
}

fn piped(rows: &[crate::terminal::Row]) -> String {
    rows.iter().map(|row| row.piped().replace('\t', " ; ") + "\n").collect()
}

#[test]
fn formats_are_found_by_their_names() {
    for format in ReportFormat::ALL {
        assert_eq!(ReportFormat::parse(format.name()), Some(format));
    }
    assert_eq!(ReportFormat::parse("sarif"), None);
}

#[test]
fn the_table_has_figures_limits_and_the_last_pass() {
    let expected = "\
availability ; health ; p95 212 ms ; <= 500 ms, <= 241.6 ms (baseline 215.1 ms + 10% + 5ms) ;  ; pass
consistency ; replica-lag ;  ;  ;  ; ERROR
consistency ; cache-hits ; share 92.07 % ; >= 98.5 % ; (99.1 %) ; FAIL
consistency ; dump ; age 27 h ; <= 26 h ;  ; warn
security ; keys ; found 2 ; == 0 ;  ; FAIL
security ; tls ; expires 60 d ; >= 14 d ;  ; pass
resources ;  ; not run: consistency did not hold
go ;  ; not applicable: no test files
consistency.replica-lag: value is NULL, which is not a number   gvmr-check.toml:11
  | Seconds_Behind_Master: NULL
  |     Slave_SQL_Running: No
consistency.cache-hits: share is 92.07 %, >= 98.5 % asked   gvmr-check.toml:17
  why: https://wiki.example/cache?a=1&b=2
  note: redis-cli 7.0
consistency.dump: age is 27 h, <= 26 h asked   gvmr-check.toml:23
security.keys: found is 2, == 0 asked   gvmr-check.toml:30
  deploy/prod.env:3:9  aws-access-key (fingerprint f1)
  /etc/orders/key.pem  private-key (fingerprint f2)
baseline: 2026-11-28 14:02 UTC, 20.21 h before, revision 3fa9c1d, on ci-7
options: --keep-going
";
    assert_eq!(piped(&table(&document())), expected);
}

#[test]
fn the_last_line_says_what_broke_which_limit() {
    let mut document = document();
    assert_eq!(
        last_line(&document),
        "gvmr check: FAIL in 3.1 s: consistency.cache-hits is 92.07 %, >= 98.5 % asked \
         (last pass 99.1 %, 2026-11-28 14:02, 3fa9c1d); 2 more   gvmr-check.toml:17"
    );
    document.probes[2].limit_line = Some(20);
    assert!(last_line(&document).ends_with("2 more   gvmr-check.toml:20"));
    assert!(report(ReportFormat::Github, &document).contains("gvmr-check.toml,line=20,"));
    assert!(report(ReportFormat::Gitlab, &document).contains("\"begin\": 20"));
    document.verdict = RunVerdict::Interrupted;
    let counts = "2 probes hold, 2 do not hold, 1 could not be measured, 1 warn, 2 not run";
    assert_eq!(last_line(&document), format!("gvmr check: interrupted after 3.1 s: {counts}"));
    document.verdict = RunVerdict::Fail;
    document.probes.retain(|probe| !probe.state.holds());
    document.probes.truncate(1);
    assert_eq!(
        last_line(&document),
        "gvmr check: FAIL in 3.1 s: consistency.replica-lag is NULL, which is not a number   gvmr-check.toml:11"
    );
    document.probes.clear();
    assert_eq!(last_line(&document), "gvmr check: FAIL in 3.1 s: nothing ran");
}

#[test]
fn how_a_run_was_run_is_said() {
    let mut document = document();
    document.accepted = true;
    document.skipped = vec!["latency".to_owned(), "a.b".to_owned()];
    document.selected = vec!["c".to_owned()];
    document.place.host = "ci-8".to_owned();
    let rows = piped(&table(&document));
    assert!(rows.ends_with(
        "baseline: 2026-11-28 14:02 UTC, 20.21 h before, revision 3fa9c1d, on ci-7, which is another host\n\
         options: c --skip latency --skip a.b --keep-going --accept\n"
    ), "{rows}");
    (document.baseline, document.accepted, document.keep_going) = (None, false, false);
    (document.skipped, document.selected) = (Vec::new(), Vec::new());
    assert!(piped(&table(&document)).ends_with("private-key (fingerprint f2)\n"));
    document.owner = Some(54_322);
    assert!(piped(&table(&document)).ends_with("\nfile: belongs to user 54322\n"));
    assert!(report(ReportFormat::Markdown, &document).contains("\nfile: belongs to user 54322\n"));
}

#[test]
fn a_run_that_did_not_pass_has_a_failure_in_each_report() {
    let mut document = document();
    document.probes.retain(|probe| probe.state.holds());
    for (verdict, message) in [
        (RunVerdict::Interrupted, "interrupted after 3.1 s"),
        (RunVerdict::Fail, "resources.disk was not run: consistency did not hold"),
    ] {
        document.verdict = verdict;
        for format in ReportFormat::ALL.into_iter().filter(|format| *format != ReportFormat::Openmetrics) {
            let text = report(format, &document);
            let is_document = format == ReportFormat::Json;
            assert_eq!(text.contains(message), !is_document, "{format:?}: {text}");
        }
        assert!(report(ReportFormat::Junit, &document).contains("<error type=\"error\""));
        assert!(slack(&document, &[]).contains(message));
    }
    document.verdict = RunVerdict::Pass;
    assert!(!report(ReportFormat::Junit, &document).contains("<error "));
}

#[test]
fn a_diff_has_figures_and_what_else_changed() {
    let newest = document();
    let mut before = document();
    before.place.go = Some("go1.26.0".to_owned());
    before.place.dirty = Some(true);
    before.probes.remove(0);
    before.probes[1].figures[0].value = 99.1;
    before.probes[1].figures[0].shown = "99.1 %".to_owned();
    before.probes[1].definition = "other".to_owned();
    before.probes[2].id = "consistency.gone".to_owned();
    let expected = "\
last pass: 2026-11-29 10:15 UTC, FAIL in 3.1 s, 2026-11-29T10-15-00Z-0f3a9c1d
newest: 2026-11-29 10:15 UTC, FAIL in 3.1 s, 2026-11-29T10-15-00Z-0f3a9c1d
availability.health p95 ;  ; 212 ms ;  ; pass
availability.health max ;  ; 300 ms ;  ; 
consistency.replica-lag ; ERROR ; value is NULL, which is not a number ;  ; ERROR
consistency.cache-hits share ; 99.1 % ; 92.07 % ; -7.03 pp ; FAIL
consistency.cache-hits: measures something else than in the last pass
consistency.dump age ;  ; 27 h ;  ; warn
security.keys found ; 2 ; 2 ;  ; FAIL
security.tls expires ; 60 d ; 60 d ;  ; pass
resources.disk ; not run ; consistency did not hold ;  ; not run
resources.memory ; not run ; consistency did not hold ;  ; not run
go.tests ; not applicable ; no test files ;  ; not applicable
consistency.gone ;  ;  ;  ; not asked any more
go ; go1.26.0 ; go1.27.1 ;  ; changed
tree ; changed files ; no changed files ;  ; changed
";
    assert_eq!(piped(&diff(&newest, Some(&before))), expected);
    // A figure without a limit breaks nothing, and what no figure shows is still there.
    let mut broken = document();
    broken.probes.truncate(1);
    broken.probes[0].state = ProbeState::Fail;
    broken.probes[0].message = "x".to_owned();
    assert!(piped(&diff(&broken, None)).ends_with(
        "health p95 ;  ; 212 ms ;  ; pass\navailability.health max ;  ; 300 ms ;  ; \navailability.health ;  ; x ;  ; FAIL\n"
    ));
    assert!(piped(&diff(&newest, None)).starts_with("last pass: none under this key\nnewest: "));
}

#[test]
fn a_diff_names_each_circumstance_that_changed() {
    let (mut before, mut newest) = (document(), document());
    for (run, mark) in [(&mut before, "1"), (&mut newest, "2")] {
        let some = Some(mark.to_owned());
        run.probes.clear();
        (run.file, run.file_digest) = (some.clone(), some.clone());
        (run.place.go, run.place.revision, run.place.branch) = (some.clone(), some.clone(), some);
        (run.place.host, run.place.kernel) = (mark.to_owned(), mark.to_owned());
    }
    let rows = piped(&diff(&newest, Some(&before)));
    let names = ["go", "revision", "branch", "file", "file's text", "host", "kernel"];
    let expected = names.join(" ; 1 ; 2 ;  ; changed\n") + " ; 1 ; 2 ;  ; changed\n";
    assert!(rows.ends_with(&expected), "{rows}");
}

#[test]
fn a_history_has_a_row_for_each_run() {
    let mut passed = document();
    passed.verdict = RunVerdict::Pass;
    passed.probes.clear();
    let accepted = RunDocument { accepted: true, ..passed.clone() };
    let skipping = RunDocument { skipped: vec!["a".to_owned()], ..passed.clone() };
    let partial = RunDocument { selected: vec!["a".to_owned()], ..skipping.clone() };
    let counts = "3.1 s ; 2 pass, 1 warn, 2 fail, 1 error, 2 not run ; 9e1b7ac ; ci-7";
    let expected = format!(
        "2026-11-29 10:15 ; FAIL ; {counts} ; consistency.cache-hits: share is 92.07 %, >= 98.5 % asked\n\
         2026-11-29 10:15 ; pass ; {counts}\n\
         2026-11-29 10:15 ; accepted ; {counts}\n\
         2026-11-29 10:15 ; pass ; {counts} ; --skip a\n\
         2026-11-29 10:15 ; pass in part ; {counts} ; a --skip a\n"
    );
    assert_eq!(piped(&history(&[document(), passed, accepted, skipping, partial])), expected);
}
