//! Secret forms that people and programs write, and what only looks like one.

use super::*;
use proptest::prelude::*;

#[test]
fn a_secret_is_never_shown() {
    for (text, wanted) in [
        ("--token=abcdef", "--token=MARK"),
        ("--token abcdef --v=2", "--token MARK --v=2"),
        ("--token -abcdef --v=2", "--token MARK --v=2"),
        ("--password=a=b", "--password=MARK"),
        ("--password=\"a -b c\" --v=2", "--password=MARK --v=2"),
        ("password: hunter two", "password: MARK"),
        ("password: hunter -two --three", "password: MARK"),
        ("password: 123456", "password: MARK"),
        ("token: /9j4AAQSk", "token: MARK"),
        ("token:\tabc", "token: MARK"),
        ("  \"token\": \"abc\",", "\"token\": MARK"),
        ("client-key-data: LS0tLS1", "client-key-data: MARK"),
        ("certificateKey: 0a1b2c", "certificateKey: MARK"),
        ("Authorization: Bearer abc", "Authorization: MARK"),
        ("Authorization: Basic abc", "Authorization: MARK"),
        (
            "-H 'Proxy-Authorization: Basic -abc'",
            "-H 'Proxy-Authorization: MARK",
        ),
        ("Cookie: session=abc -x", "Cookie: MARK"),
        (
            r#"{"a":true,"staticPodURLHeader":{"Authorization":["Bearer abc","b"]},"c":1}"#,
            r#"{"a":true,"staticPodURLHeader":{"Authorization":[MARK"#,
        ),
        (r#"{"tokens":["abc","def"],"c":1}"#, r#"{"tokens":[MARK"#),
        ("p=http://u:p@proxy:3128/x", "p=http://MARK@proxy:3128/x"),
        ("--proxy u:p@proxy:3128", "--proxy MARK@proxy:3128"),
        ("http://u:p/w@h1,http://v:q@h2", "http://MARK@h2"),
        (
            "https://h/p?a=1&access_token=abc&b=2",
            "https://h/p?a=1&access_token=MARK",
        ),
        ("https://h/p?sv=1&sig=abc", "https://h/p?sv=1&sig=MARK"),
        ("x eyJhbGciOiJIUzI1NiJ9.e30.abc", "x MARK"),
        ("K3S_TOKEN=K10abc", "K3S_TOKEN=MARK"),
        (
            "k3s agent -t K10abc::server:xy --v=2",
            "k3s agent -t MARK --v=2",
        ),
        ("k3s agent -t secret", "k3s agent -t MARK"),
        ("x K10abcdef0123::server:xy", "x MARK"),
        ("join h:6443 abcdef.0123456789abcdef", "join h:6443 MARK"),
        (
            "KUBELET_ARGS=\"--v=2 --token=abc\"",
            "KUBELET_ARGS=\"--v=2 --token=MARK",
        ),
        (
            "KUBELET_ARGS=\"--token=abc --v=2\"",
            "KUBELET_ARGS=\"--token=MARK --v=2\"",
        ),
        (
            "Environment=\"K3S_TOKEN=abc\" \"B=1\"",
            "Environment=\"K3S_TOKEN=MARK",
        ),
        (
            "{\"kind\":\"x\",\"token\":\"abc\"}",
            "{\"kind\":\"x\",\"token\":MARK",
        ),
        (
            "x: {\"a\":1,\"password\":\"a -b\"}",
            "x: {\"a\":1,\"password\":MARK",
        ),
        ("--v=2,token=abc", "--v=2,token=MARK"),
        (
            "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
            "AWS_ACCESS_KEY_ID=MARK",
        ),
        ("x AKIAIOSFODNN7EXAMPLE", "x MARK"),
        ("API_KEY=abc", "API_KEY=MARK"),
        ("DB_PASS=abc", "DB_PASS=MARK"),
        ("x wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "x MARK"),
        ("\"auth\": \"dXNlcjpwYXNz\"", "\"auth\": MARK"),
        ("a\\n-----BEGIN PRIVATE KEY-----\\nMIIE -x", "MARK"),
        (
            "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7",
            "MARK",
        ),
        ("token: REDACTED-BY-NODEPROOF,abc:def", "token: MARK"),
        ("DB_PWD=abc", "DB_PWD=MARK"),
        ("TOKEN2=abc PASSWORD1=abc", "TOKEN2=MARK"),
        ("--bind-pw=abc --v=2", "--bind-pw=MARK --v=2"),
        ("--cred abc --v=2", "--cred MARK --v=2"),
        ("--cookie=abc --v=2", "--cookie=MARK"),
        ("--session=abc --v=2", "--session=MARK --v=2"),
        ("--signing-key=abc --v=2", "--signing-key=MARK --v=2"),
        ("--user=a:abc --v=2", "--user=MARK --v=2"),
        ("curl -u a:abc https://h", "curl -u MARK https://h"),
        ("mysql -p abc --v=2", "mysql -p MARK --v=2"),
        ("x ghp_AbCdEfGh0123456789", "x MARK"),
        ("x=github_pat_11ABCDEFGH", "x=MARK"),
        ("x xoxb-1234-abcdef", "x MARK"),
        ("x AIzaSyAbCdEfGh0123456", "x MARK"),
        ("x hvs.CAESIabcdef", "x MARK"),
        ("x s.AbCdEfGh0123456789aBcDeF", "x MARK"),
        ("x sk-AbCdEfGh0123456789", "x MARK"),
        ("x:$6$salt$abcdefghij/x", "x:MARK"),
        (
            "https://hooks.slack.com/services/T/B/abc",
            "https://hooks.slack.com/MARK",
        ),
        (
            "https://discord.com/api/webhooks/1/abc",
            "https://discord.com/MARK",
        ),
    ] {
        let shown = masked(text).trim().replace(REDACTED, "MARK");
        assert_eq!(shown, wanted, "{text}");
    }
}

#[test]
fn what_only_speaks_of_secrets_is_shown() {
    for text in [
        "--authentication-token-webhook=true",
        "--authentication-token-webhook --v=2",
        "--authorization-mode=Webhook --authorization-mode Webhook",
        "--authentication-token-webhook-cache-ttl=2m0s",
        "--service-account-private-key-file=/etc/kubernetes/pki/sa.key",
        "tokenAuthFile: /etc/tokens",
        "makeIPTablesUtilChains: false",
        "\"readOnlyPort\": 0,",
        "--image-credential-provider-config /etc/eks/x.json",
        "--image-credential-provider-bin-dir=/etc/eks/bin",
        "--feature-gates=BoundServiceAccountTokenVolume=true,RotateKubeletServerCertificate=false",
        "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_AES_128_GCM_SHA256",
        "--root-dir=/var/lib/KubeletDataOfTheNode01/pki/x.pem",
        "FLAG: --authentication-token-webhook-cache-ttl=\"2m0s\"",
        "pause:3.9@sha256:7031c1b283388d2c2e09b57badb803c05ebed362dc88d84b480cc47f72a21097",
        "{\"authentication\":{\"webhook\":{\"enabled\":true}}}",
        "user: system:node:n1",
        "--kubelet-client-key=/etc/kubernetes/pki/client.key",
        "disk-x.AbCdEfGh0123456789aBcDeF.mount",
        "$KUBELET_EXTRA_ARGS $6$x",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn a_value_on_another_line_than_its_key_is_a_secret_too() {
    for (text, is_secret) in [
        ("token: |\n  abc", true),
        ("a:\n  password: >-\n\n    x\n    y", true),
        ("stringData:\n- clientSecret:\n    x", true),
        ("\"token\":\n    \"abc\"", true),
        ("ExecStart=/usr/bin/kubelet \\\n  --token \\\n  abc", true),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nabc\nMIIEvQIBADANBgkq",
            true,
        ),
        ("-----END X-----\nkind: Config", false),
        ("authentication:\n  webhook:\n    enabled: true", false),
        ("authorization:\n  mode: Webhook", false),
        ("token: x\nreadOnlyPort: 0", false),
        ("a:\n  token: x\n  b: 0", false),
    ] {
        let lines: Vec<&str> = text.lines().collect();
        let (line, before) = lines.split_last().unwrap();
        assert_eq!(
            is_below_secret(before.iter().copied(), line),
            is_secret,
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn any_line_is_masked_once(line in "\\PC{0,80}") {
        let once = masked(&line);
        prop_assert_eq!(masked(&once), once);
    }

    #[test]
    fn a_telling_name_never_shows_its_value(before in "[a-z=:,\"'{ -]{0,20}", secret in "[a-zA-Z0-9+]{6,20}x") {
        let shown = masked(&format!("{before} --token={secret}"));
            prop_assert!(!shown.contains(&secret), "{}", shown);
    }
}
