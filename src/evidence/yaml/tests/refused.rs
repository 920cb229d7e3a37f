//! What the kubelet cannot read, or reads as something else than YAML 1.2.

use super::*;

#[test]
fn what_the_kubelet_cannot_read_is_an_error_with_its_line() {
    for (text, line) in [
        ("a: 1\n\tb: 2\n", 2),
        ("a:\n\tb: 2\n", 2),
        ("a: 1\n\t\nb: 2\n", 2),
        ("a: 1\n\t# c\nb: 2\n", 2),
        ("a:\n-\tb\n", 2),
        ("a:\n  - -\tb\n", 2),
        ("a: 1\nb: *no\n", 2),
        ("a: &a [*a]\n", 1),
        ("a: 1\nb: .inf\n", 2),
        ("a: 1\n? [x]\n: 2\n", 2),
        ("a: 1\n~: 2\n", 2),
        ("a: !!bool 5\n", 1),
        ("a: !!binary a\n", 1),
        ("a: !!timestamp 2001-01-01\n", 1),
        ("a: 1\nb: \"x\\/y\"\n", 2),
        ("a: {b:{}}\n", 1),
        ("a: [http://x?y]\n", 1),
        ("a: 1\nb: !!#str 1\n", 2),
        ("a: !x#y [1]\n", 1),
        ("a: {\"b\"::, c: d}\n", 1),
        ("a: [\"b\"::]\n", 1),
        ("a: {b: ::}\n", 1),
        ("a: &x.y 1\n", 1),
        ("a: [&a[&b]]\n", 1),
        ("a: [b\n\n\t\n c]\n", 1),
        ("a: [b\n\t]\n", 2),
        ("a: [b\n\n\t\n]\n", 1),
        ("a: {b,\n  !!str\n  c: d}\n", 3),
        ("a: {b,\n  &x\n  c: d}\n", 2),
        ("a: 1\nb: \u{1}\n", 2),
        ("# c\u{2028}a: 1\n", 1),
        ("a: 1\u{feff}\n", 1),
        ("%YAML 1.2\n---\na: 1\n", 1),
        ("a: b: c\n", 1),
        ("a: 1\n b: 2\n", 2),
        ("# c\n...\na: 1\n", 2),
        ("a: {b\n  c: 1}\n", 1),
        ("a: {\"b\"\n  : 1}\n", 1),
        ("a: |\n  b\n \tc\n", 2),
        ("a: |\n  b\n \t\nc: 1\n", 2),
        ("a: {b # c\n  : 1}\n", 1),
        ("a: |\n  b\n  ", 2),
        ("--- {a: 1}\n*x.y\n", 2),
        ("--- {a: 1}\n[b,**]\n", 2),
        ("--- {a: 1}\n[b,\n**]\n", 2),
        ("--- {a: 1}\n[b]\n\t\n", 2),
        ("a: &b\n\n\t\n", 3),
    ] {
        let error = read(text).expect_err(text);
        assert_eq!(error.line, line, "{text:?}: {error}");
    }
    assert!(read("a: [\n").is_err());
    assert!(read("a: 'x\n").is_err());
    let error = parse(b"a: 1\nb: \xff\n", &Limits::default()).unwrap_err();
    assert_eq!((error.line, error.what.as_str()), (2, "is not UTF-8"));
}
