//! The language holds: what people read uses none of the words that a Go user has to read twice.
//!
//! Read are the string literals of both programs, the help that clap makes of comments, and every page.

use crate::support::passage::Passage;
use crate::support::rust;
use crate::support::sources::{files, program, root, shown, text_of};
use std::path::Path;

/// What may not be written, and the longer phrases in which it may. `*` stands for any ending.
const BANNED: &[(&str, &[&str])] = &[
    ("nobody", &[]),
    ("whoever", &[]),
    ("anew", &[]),
    ("so that", &[]),
    ("is told", &[]),
    ("look whether", &[]),
    ("of its own", &[]),
    ("what changes that", &[]),
    ("is no", &["there is no", "is no longer"]),
    ("passed over", &[]),
    ("vouch*", &[]),
    ("strangers", &[]),
];

/// Pages, and other text that people read as it is.
const PAGES: &[&str] = &["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "completions", "man"];

#[test]
fn what_people_read_is_plain() {
    let mut found = Vec::new();
    for source in ["src", "shims/src"] {
        found.extend(in_sources(&root().join(source)));
    }
    for page in PAGES {
        for file in files(&root().join(page)) {
            found.extend(findings(&file, &[Passage::of_page(&text_of(&file))]));
        }
    }
    assert!(found.is_empty(), "{} banned phrases:\n{}", found.len(), found.join("\n"));
}

/// What is wrong in the program whose sources are in a directory.
fn in_sources(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for file in files(directory) {
        if file.extension().is_some_and(|extension| extension == "template") {
            found.extend(findings(&file, &[Passage::of_page(&text_of(&file))]));
        }
    }
    for (file, readable) in program(directory) {
        found.extend(findings(&file, &readable.strings));
        if shown(&file).starts_with("src/cli") {
            found.extend(findings(&file, &readable.documentation));
        }
    }
    found
}

fn findings(file: &Path, passages: &[Passage]) -> Vec<String> {
    let mut found = Vec::new();
    for passage in passages {
        for (phrase, but_not) in BANNED {
            for line in passage.lines_with(phrase, but_not) {
                found.push(format!("{}:{line}: {phrase}", shown(file)));
            }
        }
    }
    found
}

/// What the scanner finds in the literals of a source.
fn in_rust(source: &str) -> Vec<String> {
    findings(Path::new("file"), &rust::read(source).strings)
}

#[test]
fn each_banned_phrase_is_found_however_it_is_written() {
    for (phrase, _) in BANNED {
        let words = phrase.replace('*', "ed");
        let expected = |line: usize| vec![format!("file:{line}: {phrase}")];
        let (first, last) = words.trim_end().split_once(' ').unwrap_or((&words, ""));
        let broken = |between: &str| format!("{first}{between}{last} ");
        for (source, line) in [
            (format!("f(\"{words}\")"), 1),
            (format!("\nf(\"It {}\")", words.to_uppercase()), 2),
            (format!("let a = '\"'; f(r#\"so \"quoted\" {words} \"#)"), 1),
            (format!("fn f<'a>() {{ g(b\"\\\"{words}\\u{{41}}\\x20\") }}").replace("\\u{41}", " "), 1),
            (format!("// \"\nf(\"one \\\n      {}\")", broken(" \\\n     ")), 3),
            (format!("#[error(\"x{words} {words}\")] enum E {{}}"), 1),
            (format!("#[cfg(test)] mod tests;\nf(\"{words}\")"), 2),
            (format!("#[cfg(test)] mod tests {{ f(\"{words} }}\") }}\nf(\"{words}\")"), 2),
        ] {
            assert_eq!(in_rust(&source), expected(line), "{source}");
        }
        let page = Passage::of_page(&format!("# Title\n\nIt {}\n", broken("\n  ")));
        assert_eq!(findings(Path::new("file"), &[page]), expected(3), "{phrase}");
    }
}

#[test]
fn nothing_else_is_found() {
    for source in [
        "// nobody\n/* whoever /* anew */ so that */ f(\"fine\")",
        "f(\"there is no Go; it is no longer there; this no doubt is not\")",
        "f(\"renewed anewton\")",
        "#[cfg(test)]\n#[allow(x)]\nmod tests { const A: &str = \"nobody } \"; }\nf(\"fine\")",
        "#[cfg(test)] const A: [&str; 1] = [\"nobody\"];",
        "let nobody = 'n'; let a: &'a str = \"fine\"; let b = '\\'';",
    ] {
        assert_eq!(in_rust(source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn literals_and_comments_are_read_as_rust_reads_them() {
    let source = "/// One\n/// two.\n//// three\n//! four\nfn f() { g(\"a\\tb \\\"c\\\" \\x41\\u{42}\"); h(br##\"d\"#e\"##, '\"', \"f\\\n   g\") }";
    let readable = rust::read(source);
    let texts = |passages: &[Passage]| passages.iter().map(Passage::text).collect::<Vec<_>>();
    assert_eq!(texts(&readable.strings), ["a\tb \"c\" AB", "d\"#e", "fg"]);
    assert_eq!(texts(&readable.documentation), [" One  two. "]);
    let readable = rust::read("#[cfg(test)]\nmod tests;\nmod others;");
    assert_eq!(readable.test_modules, ["tests"]);
}
