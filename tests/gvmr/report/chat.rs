//! The message for Slack, within its limits.

use super::{hostile, jq, sample, written};
use gvmr::report::slack;
use serde_json::{Value, json};

/// What Slack's reference says of blocks, and no mark that a text could make.
const LIMITS: &str = r#"
    (.text | type == "string" and length >= 1 and length <= 3000 and (test("[<>]") | not))
    and (.blocks | length <= 50)
    and ([.blocks[] |
        if .type == "header" then .text.type == "plain_text" and (.text.text | length >= 1 and length <= 150)
        else .type == "section" and .text.type == "mrkdwn"
            and (.text.text | length >= 1 and length <= 3000
                and (test("<[^h]|<h[^<>|]*<|[`@](?!\u200b)|\\*[^*]*\\*.*\\*[^\u200b]") | not)) end] | all)"#;

fn links() -> Vec<(String, String)> {
    let address = "https://grafana.example/d/orders?from=${START_MS}&to=${END_MS}";
    vec![("Grafana".to_owned(), address.to_owned())]
}

#[test]
fn a_message_names_figure_limit_last_pass_and_links() {
    let message: Value = serde_json::from_str(&slack(&sample(), &links())).unwrap();
    let texts: Vec<_> = message["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| block["text"]["text"].as_str().unwrap())
        .collect();
    let plain: Vec<_> = texts.iter().map(|text| text.replace('\u{200b}', "")).collect();
    assert_eq!(
        plain,
        [
            "order-service: FAIL",
            "ci-7, branch main, revision 9e1b7ac, Go 1.27.1, 2026-11-29 10:15 UTC, 3.1 s",
            "*FAIL* consistency.cache-hits is 92.07 %, &gt;= 98.5 % asked (last pass 99.1 %, 2026-11-28 14:02, 3fa9c1d)\n\
             share 92.07 %, limit &gt;= 98.5 %, -7.03 pp since the last pass\nhttps://wiki.example/cache?a=1&amp;b=2",
            "*FAIL* security.keys: found is 2, == 0 asked\nfound 2, limit == 0",
            "*ERROR* consistency.replica-lag is NULL, which is not a number",
            "*warn* consistency.dump: age is 27 h, &lt;= 26 h asked\nage 27 h, limit &lt;= 26 h",
            "<https://grafana.example/d/orders?from=1795947300000&amp;to=1795947303140|Grafana>",
        ]
    );
    let text = message["text"].as_str().unwrap();
    assert!(text.starts_with("order-service: FAIL on ci-7\ngvmr check: FAIL in 3.1 s: "), "{text}");
    assert!(
        text.ends_with("\nGrafana: https://grafana.example/d/orders?from=1795947300000&amp;to=1795947303140"),
        "{text}"
    );
}

#[test]
fn no_text_makes_a_mention_or_a_link() {
    let documents = hostile::documents();
    let messages = documents.iter().map(|document| slack(document, &links()));
    let directory = written(messages);
    let Some(values) = jq(LIMITS, directory.path()) else { return };
    let wrong: Vec<_> = values.iter().zip(&documents).filter(|(value, _)| **value != json!(true)).collect();
    assert!(wrong.is_empty(), "{} of {}: {:?}", wrong.len(), documents.len(), wrong[0].1);
}

#[test]
fn after_ten_probes_only_their_number_follows() {
    let mut document = sample();
    document.probes = vec![document.probes[2].clone(); 17];
    let message: Value = serde_json::from_str(&slack(&document, &[])).unwrap();
    let blocks = message["blocks"].as_array().unwrap();
    assert_eq!(blocks.len(), 13);
    assert_eq!(blocks[12]["text"]["text"], "and 7 more");
}
