use proptest::prelude::*;

use super::*;

const KUBELET: &str = "/usr/bin/kubelet --config /etc/kubernetes/kubelet/kubelet-config.json \
                       --kubeconfig /var/lib/kubelet/kubeconfig --v=2";

fn read(text: &str, wide: bool) -> Listing {
    parse(text.as_bytes(), wide).unwrap_or_else(|| panic!("no header: {text}"))
}

/// The process of the last line of a listing that is one.
fn last(text: &str) -> PsProcess {
    read(text, true).processes.pop().unwrap()
}

#[test]
fn every_layout_gives_pid_user_and_command() {
    for (header, row, ppid, user) in [
        (
            "UID        PID  PPID  C STIME TTY          TIME CMD",
            "root     29136     1  1 Oct04 ?        00:09:22 ",
            Some(1),
            Some("root"),
        ),
        (
            "USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND",
            "root     29136  0.0  0.0 4002836 102804 ?      Ssl  19:48   0:21 ",
            None,
            Some("root"),
        ),
        ("    PID COMMAND", "  29136 ", None, None),
        ("    PID CMD", "  29136 ", None, None),
        (
            "USER         PID    PPID ELAPSED ARGS",
            "kube-admin-long 29136 17 1-02:03:04 ",
            Some(17),
            Some("kube-admin-long"),
        ),
        (
            "PID   USER     TIME  COMMAND",
            "29136 root      0:47 ",
            None,
            Some("root"),
        ),
        (
            "  PID USER       VSZ STAT COMMAND",
            "29136 root      712m S    ",
            None,
            Some("root"),
        ),
        (
            "    PID TTY      STAT   TIME COMMAND",
            "  29136 ?        Ssl    0:51 ",
            None,
            None,
        ),
        (
            "F S UID          PID    PPID  C PRI  NI ADDR SZ WCHAN  STIME TTY          TIME CMD",
            "4 S root       29136       1  1  80   0 - 500000 futex_ 02:27 ?        00:00:11 ",
            Some(1),
            Some("root"),
        ),
        (
            "    PID                  STARTED COMMAND",
            "  29136 Sat Nov 21 20:00:00 2026 ",
            None,
            None,
        ),
        ("    PID  STARTED COMMAND", "  29136   Oct 04 ", None, None),
        ("    PID  STARTED COMMAND", "  29136 20:00:00 ", None, None),
        ("UID PID STIME CMD", "0 29136 2026 ", None, Some("0")),
        (
            "LABEL                           UID          PID CMD",
            "system_u:system_r:kubelet_t:s0  root       29136 ",
            None,
            Some("root"),
        ),
    ] {
        let process = last(&format!("{header}\n{row}{KUBELET}\n"));
        let expected = PsProcess {
            pid: Some(29136),
            ppid,
            user: user.map(str::to_owned),
            // Its own test says when it is read.
            started: process.started,
            line: 2,
            command: KUBELET.to_owned(),
            cut: false,
            surely_cut: false,
        };
        assert_eq!(process, expected, "{header}");
    }
}

#[test]
fn a_start_is_read_where_it_has_its_second() {
    for (header, row, started) in [
        (
            "    PID                  STARTED CMD",
            "  29136 Sat Nov 21 20:00:09 2026 ",
            Some("2026-11-21T20:00:09"),
        ),
        (
            "PID LSTART CMD",
            "29136 Thu Nov  5 01:02:03 2026 ",
            Some("2026-11-05T01:02:03"),
        ),
        ("PID LSTART CMD", "29136 Thu Nov 41 01:02:03 2026 ", None),
        ("PID STIME CMD", "29136 20:00 ", None),
        ("PID STARTED CMD", "29136 Oct 04 ", None),
        ("PID STARTED CMD", "29136 20:00:00 ", None),
    ] {
        let process = last(&format!("{header}\n{row}{KUBELET}\n"));
        let found = process.started.map(|at| at.to_string());
        assert_eq!(found.as_deref(), started, "{row}");
        assert_eq!(process.command, KUBELET);
    }
}

#[test]
fn a_command_is_kept_as_printed() {
    for (printed, command) in [
        ("/k --cloud-provider  --v=2", "/k --cloud-provider  --v=2"),
        ("/k --node-labels= ", "/k --node-labels="),
        ("[kubelet] <defunct>", "[kubelet] <defunct>"),
        ("/k --x=4096 87380 6291456", "/k --x=4096 87380 6291456"),
        ("sh -c \"a b\"\r", "sh -c \"a b\""),
        ("|   \\_ /usr/bin/kubelet --v=2", "/usr/bin/kubelet --v=2"),
        ("{init} /sbin/init", "{init} /sbin/init"),
    ] {
        let text = format!("    PID COMMAND\n      1 /init -x\n   4769 {printed}\n");
        let process = last(&text);
        assert_eq!(
            (process.command.as_str(), process.line),
            (command, 3),
            "{printed:?}"
        );
    }
    let listing = parse(b"PID COMMAND\n1 /k --a=\xff -b\n", true).unwrap();
    assert_eq!(listing.processes[0].command, "/k --a=\u{fffd} -b");
}

#[test]
fn busybox_rows_are_read_with_their_gaps() {
    let text = "PID   USER     VSZ STAT COMMAND\n\
                \x20   1 root      1628 S    {systemd} /sbin/init -x\n\
                \x20   2 root           SW   [kthreadd]\n\
                \x20   3 root         0 SW<  [kworker/0:0H]\n\
                \x20  14 root      1628 S <  /usr/bin/kubelet --v=2\n\
                \x20  15 root      1628 S N  /usr/bin/kubelet --v=3\n\
                \x20  16 root      1628 R    N --v=4\n\
                \x20  17 root      1.2g S    {not a name because long} x\n";
    let listing = read(text, false);
    let commands: Vec<&str> = listing
        .processes
        .iter()
        .map(|p| p.command.as_str())
        .collect();
    assert_eq!(
        commands,
        [
            "/sbin/init -x",
            "[kthreadd]",
            "[kworker/0:0H]",
            "/usr/bin/kubelet --v=2",
            "/usr/bin/kubelet --v=3",
            "N --v=4",
            "{not a name because long} x",
        ]
    );
    assert!(listing.processes.iter().all(|process| !process.cut));
}

#[test]
fn what_stands_around_a_listing_is_skipped() {
    let text = "node$ ps -efww\r\n\r\n  UID PID PPID C STIME TTY TIME CMD\r\n\
                root 1 0 0 02:27 ? 00:00:01 /sbin/init -x -y\r\n\
                UID PID PPID C STIME TTY TIME CMD\r\n\
                root 7 1 0 02:27 ? 00:00:01 /usr/bin/kubelet\r\n\
                node$ exit\r\n";
    let listing = read(text, true);
    assert_eq!(listing.header, "UID PID PPID C STIME TTY TIME CMD");
    let found: Vec<(Option<u32>, u32, bool)> = listing
        .processes
        .iter()
        .map(|process| (process.pid, process.line, process.cut))
        .collect();
    assert_eq!(found, [(Some(1), 4, false), (Some(7), 6, false)]);
}

#[test]
fn a_line_that_a_terminal_wrapped_is_cut() {
    let rest = "r/lib/kubelet/config.yaml --read-only-port=0";
    let text = format!("PID COMMAND\n1 /init -x\n7 /usr/bin/kubelet --config=/va\n{rest}\n8 sh\n");
    let cut: Vec<bool> = read(&text, true).processes.iter().map(|p| p.cut).collect();
    assert_eq!(cut, [false, true, false]);
    for next in [
        "",
        "$ exit",
        "root@node:~# ",
        "[root@node ~]# ls",
        "=== df ===",
        "--- df",
    ] {
        let text = format!("PID COMMAND\n7 /usr/bin/kubelet --config=/va\n{next}\n");
        assert!(!last(&text).cut, "{next:?}");
    }
}

#[test]
fn threads_count_as_one_process() {
    let text = "UID PID PPID LWP C NLWP STIME TTY TIME CMD\n\
                root 7 1 7 0 2 02:27 ? 00:00:01 /usr/bin/kubelet --v=2\n\
                root 7 1 9 0 2 02:27 ? 00:00:01 /usr/bin/kubelet --v=2\n\
                root 8 1 8 0 1 02:27 ? 00:00:01 /bin/sh\n";
    let pids: Vec<Option<u32>> = read(text, true).processes.iter().map(|p| p.pid).collect();
    assert_eq!(pids, [Some(7), Some(8)]);
    let text =
        "USER PID STAT COMMAND\nroot 7 - /usr/bin/kubelet --v=2\nroot - Ssl -\nroot - Ssl -\n";
    let listing = read(text, true);
    assert_eq!(listing.processes.len(), 1);
    assert!(!listing.processes[0].cut);
}

#[test]
fn names_without_arguments_are_all_cut() {
    for text in [
        "    PID TTY          TIME CMD\n      1 ?        00:00:01 systemd\n      7 ? 0:01 kubelet\n",
        "F S   UID     PID    PPID  C PRI  NI ADDR SZ WCHAN  TTY          TIME CMD\n\
         4 S     0       7       1  0  80   0 - 43     -     ?        00:00:01 kubelet\n",
        "    PID COMMAND\n      2 kworker/0:1-events\n      7 kubelet\n",
    ] {
        let listing = read(text, true);
        assert!(listing.names_only, "{text}");
        assert!(
            listing.processes.iter().all(|process| process.cut),
            "{text}"
        );
    }
    assert!(!read("    PID COMMAND\n", true).names_only);
}

/// A listing whose lines have these lengths; the last line's `cut`.
fn cut_of(header: &str, lengths: &[usize], wide: bool) -> bool {
    let mut text = header.to_owned();
    for (n, length) in lengths.iter().enumerate() {
        let start = format!("\n{:>5} /k --{n}", n + 10);
        text.push_str(&start);
        text.push_str(&"x".repeat(length + 1 - start.len()));
    }
    read(&text, wide).processes.pop().unwrap().cut
}

#[test]
fn a_command_is_cut_where_a_width_could_have_cut_it() {
    let procps = "  PID COMMAND";
    let busybox = "PID   COMMAND";
    for (header, lengths, wide, cut) in [
        // Shorter than the longest: nothing cut it.
        (procps, &[90, 70][..], false, false),
        (procps, &[81, 80], false, false),
        // The longest, alone, and of no known width.
        (procps, &[70, 90], false, false),
        (procps, &[333], false, false),
        // The longest, and not alone.
        (procps, &[90, 90], false, true),
        (procps, &[333, 100, 333], false, true),
        // Of a known width, or one less.
        (procps, &[70, 80], false, true),
        (procps, &[70, 79], false, true),
        (procps, &[70, 132], false, true),
        (procps, &[70, 239], false, true),
        (procps, &[70, 78], false, false),
        (procps, &[2048], false, true),
        // Width options lift all of this but what the kernel and the buffer cut.
        (procps, &[70, 80], true, false),
        (procps, &[90, 90], true, false),
        (procps, &[2048], true, false),
        (procps, &[4096], true, true),
        (procps, &[131_072], true, true),
        (procps, &[4095 + 6], true, true),
        // A kernel that shows more of another did not cut this one.
        (procps, &[200_000, 4095 + 6], true, false),
        (procps, &[200_000, 4097 + 6], true, false),
        // busybox: two less too, and its own limit whatever the options.
        (busybox, &[78], false, true),
        (busybox, &[78], true, false),
        (busybox, &[2047], true, true),
        (busybox, &[2048], true, true),
        (busybox, &[2040], true, false),
        (busybox, &[3000, 2048], true, false),
    ] {
        assert_eq!(
            cut_of(header, lengths, wide),
            cut,
            "{header} {lengths:?} {wide}"
        );
    }
}

#[test]
fn the_mark_of_a_shortened_line_is_cut() {
    for (command, cut) in [
        ("/usr/bin/kubelet --config=/var --conta>", true),
        ("/usr/bin/kubelet --config=/var --conta…", true),
        ("[kubelet] <defunct>", false),
        ("/usr/bin/kubelet --eviction-hard=memory<5%", false),
    ] {
        assert_eq!(
            last(&format!("  PID COMMAND\n    1 /i -x\n   7 {command}\n")).cut,
            cut
        );
    }
    let longer = format!("  PID COMMAND\n    1 {KUBELET}\n   7 /k --a=b>\n");
    assert!(!last(&longer).cut);
    assert!(last("  PID PPID COMMAND\n    1 0 /i -x\n   7 1\n").cut);
}

#[test]
fn only_headers_of_ps_are_taken_for_one() {
    for head in [
        "UID        PID  PPID  C STIME TTY          TIME CMD\n",
        "$ ps aux\n\nUSER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n",
        "PID   USER     TIME  COMMAND\r\n",
        "+ ps -o pid,args\n    PID COMMAND",
    ] {
        assert!(looks_like_ps(head.as_bytes()), "{head:?}");
    }
    for head in [
        "",
        "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n",
        "  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n",
        "COMMAND     PID   USER   FD      TYPE DEVICE SIZE/OFF     NODE NAME\n",
        "USER TTY FROM LOGIN@ IDLE JCPU PCPU WHAT\n",
        "the PID is the last CMD\n",
        "echo \"PID CMD\"\n",
        "CMD PID\n",
        "\n\n\n\n\n\n\n\n\n\n\nPID CMD\n",
    ] {
        assert!(!looks_like_ps(head.as_bytes()), "{head:?}");
        assert_eq!(parse(head.as_bytes(), true), None, "{head:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200), wide: bool
    ) {
        for header in ["PID USER VSZ STAT COMMAND\n", " UID PID STARTED LWP CMD\n"] {
            let text = [header.as_bytes(), &bytes].concat();
            prop_assert!(parse(&text, wide).is_some());
        }
    }

    #[test]
    fn a_row_reads_back_as_it_was_printed(
        pid: u32, words in prop::collection::vec("[!-z]{1,10}", 1..8)
    ) {
        let command = format!("/bin/{}", words.join("  "));
        let text = format!("UID PID STIME CMD\nroot {pid} Oct04 {command}\n");
        let process = last(&text);
        prop_assert_eq!((process.pid, process.command), (Some(pid), command));
    }
}
