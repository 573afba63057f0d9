//! What is searched, whole and cut.

use super::*;
use crate::check::file::{ProbeTarget, parsed};
use std::borrow::Cow;

/// What a search finds where the middle is missing; `whole` is both ends without a gap.
fn of(lines: &str, is_whole: bool) -> Result<f64, String> {
    let (head, tail) = ("n=1\nn=2\n", "n=3\nn=4\n");
    let text = if is_whole {
        SearchedText::Whole(Cow::Owned(format!("{head}{tail}")))
    } else {
        SearchedText::Ends { head: head.to_owned(), tail: tail.to_owned(), missing: "cut".to_owned() }
    };
    let file = parsed(&format!("[a.b]\ncommand = [\"x\"]\n{lines}\nvalue = \"== 0\"\n"));
    let probe = &file.dimensions[0].probes[0];
    let ProbeTarget::Command(target) = &probe.target else { panic!("not a command") };
    let mut measurement = Measurement::default();
    let secrets = SecretMask::default();
    extract(target.extraction.as_ref(), &text, &mut measurement, &secrets, &|figure| asks(probe, figure))
        .map_err(|why| why.to_string())?;
    Ok(measurement.figures["value"].value)
}

#[test]
fn of_a_cut_output_only_the_outermost_matches_are_known() {
    for (pick, whole, cut) in [
        ("first", 1.0, Ok(1.0)),
        ("last", 4.0, Ok(4.0)),
        ("count", 4.0, Err("cut")),
        ("max", 4.0, Err("cut")),
        ("min", 1.0, Err("cut")),
        ("sum", 10.0, Err("cut")),
        ("mean", 2.5, Err("cut")),
    ] {
        let lines = format!("pattern = 'n=(.*)'\npick = \"{pick}\"");
        assert_eq!(of(&lines, true), Ok(whole), "{pick}");
        assert_eq!(of(&lines, false), cut.map_err(str::to_owned), "{pick}");
    }
    for lines in [
        "pattern = 'n=(1)'",
        "pattern = 'n=(3)'\npick = \"first\"",
        "pattern = 'n=(1)'\npick = \"last\"",
        "json = \"/n\"\npick = \"first\"",
    ] {
        assert_eq!(of(lines, false), Err("cut".to_owned()), "{lines}");
    }
}

#[test]
fn a_cut_output_may_contain_what_its_ends_lack() {
    let text = SearchedText::Ends { head: "a".to_owned(), tail: "b".to_owned(), missing: "cut".to_owned() };
    let of = |wanted| contain(Some(wanted), &text, "it", &mut Measurement::default());
    assert_eq!((of("a"), of("b")), (Ok(()), Ok(())));
    assert_eq!(of("ab"), Err(failed("cut")), "what stands apart is not glued");
}
