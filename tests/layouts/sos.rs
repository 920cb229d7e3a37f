//! sos report: modes are real where its headers say when files were changed, before it ended.

use super::*;

const END: i64 = 1_795_637_051;
const CONFIG_PATH: &str = "var/lib/kubelet/config.yaml";

/// A report in the making.
struct Report {
    sysroot: &'static str,
    hostname: &'static str,
    cleaned: bool,
    ctime: Option<i64>,
    mode: u32,
    /// Versions before 4.3 log when they ended, in the time of the machine, and no times of commands.
    old: bool,
    /// Somebody unpacked it and packed it again.
    repacked: bool,
    /// What `date` and `date --utc` printed.
    dates: Option<(&'static str, &'static str)>,
    /// A list of processes with the times at which they started.
    starts: Option<String>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            sysroot: "/",
            hostname: "n1.example.org",
            cleaned: false,
            ctime: Some(END - 100),
            mode: 0o600,
            old: false,
            repacked: false,
            dates: None,
            starts: None,
        }
    }
}

impl Report {
    fn members(&self) -> Vec<(String, String)> {
        let mut log = serde_json::json!({
            "version": "4.12.0",
            "components": {"report": {"sysroot": self.sysroot, "plugins": {"process": {"commands": [{
                "exec": "ps auxwwwm", "filepath": "sos_commands/process/ps_auxwwwm",
                "return_code": 0, "truncated": false, "end_time": END as f64 - 0.5,
            }]}}}},
        });
        if self.old {
            log["version"] = "4.0".into();
            log["end_time"] = "2026-11-26 19:58:05.752963".into();
            let command = "/components/report/plugins/process/commands/0";
            let command = log.pointer_mut(command).unwrap();
            command.as_object_mut().unwrap().remove("end_time");
        }
        if self.cleaned {
            log["components"]["cleaner"] = serde_json::json!({});
        }
        let kubelet = "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml";
        let (date, in_utc) = self.dates.unwrap_or(("Thu Nov 26 19:58:03 UTC 2026\n", ""));
        let starts = "sos_commands/process/ps_axo_uid_pid_ppid_lstart_tty_time_cmd";
        let mut members = vec![
            ("version.txt", "sos report: 4.12.0".to_owned()),
            ("sos_reports/manifest.json", log.to_string()),
            ("sos_commands/host/hostname", format!("{}\n", self.hostname)),
            (
                "sos_commands/process/ps_auxwwwm",
                list(&[kubelet, "ps auxwwwm"]),
            ),
            (CONFIG_PATH, config("readOnlyPort: 0\n")),
            ("sos_commands/date/date", date.to_owned()),
            ("sos_commands/date/date_--utc", in_utc.to_owned()),
        ];
        members.extend(self.starts.clone().map(|list| (starts, list)));
        let members = members.into_iter();
        members
            .map(|(name, text)| (name.to_owned(), text))
            .collect()
    }

    fn tar(&self) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        // What the tool packs for itself is no bundle.
        let inner = gzip(&archive(&[("x/var/lib/kubelet/config.yaml", CONFIG)]));
        let inner = ("sos_reports/sos_reports.tgz".to_owned(), inner);
        let members = self.members().into_iter();
        let members = members.map(|(name, text)| (name, text.into_bytes()));
        for (name, bytes) in members.chain([inner]) {
            let is_file = name == CONFIG_PATH;
            let is_own = name.starts_with("sos_") && self.old && !self.repacked;
            if let Some(ctime) = self.ctime.filter(|_| !is_own) {
                let ctime = format!("{ctime}.25");
                tar.append_pax_extensions([("ctime", ctime.as_bytes())])
                    .unwrap();
            }
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(if is_file { self.mode } else { 0o644 });
            header.set_uid(0);
            header.set_gid(0);
            header.set_username("root").unwrap();
            header.set_groupname("root").unwrap();
            let path = format!("sosreport-n1-2026-11-25-abcdefg/{name}");
            tar.append_data(&mut header, path, &bytes[..]).unwrap();
        }
        tar.into_inner().unwrap()
    }

    fn judged(&self) -> (BTreeMap<(String, String), String>, Ran) {
        let name = "sosreport-n1-2026-11-25-abcdefg.tar.xz";
        judged(name, &xz(&self.tar()), &["-b", "cis-1.12"])
    }
}

#[test]
fn modes_of_a_report_are_those_of_the_machine_or_nothing() {
    let of_report = |report: Report| {
        let (found, ran) = report.judged();
        assert_eq!(nodes(&found).len(), 1, "{}", ran.stderr);
        let node = nodes(&found)[0].to_owned();
        assert_eq!(of(&found, &node, "4.2.4"), "pass config-file-sets-it");
        (node.clone(), of(&found, &node, "4.1.9").to_owned())
    };
    let name = || "n1.example.org".to_owned();
    let top = || "sosreport-n1-2026-11-25-abcdefg".to_owned();
    let (pass, unknown) = ("pass file-metadata-shows", "unknown file-not-collected");
    for (report, node, wanted) in [
        (Report::default(), name(), pass),
        (
            Report {
                mode: 0o666,
                ..Report::default()
            },
            name(),
            "fail file-metadata-shows",
        ),
        (
            Report {
                ctime: None,
                ..Report::default()
            },
            name(),
            unknown,
        ),
        // Somebody unpacked it and packed it again.
        (
            Report {
                ctime: Some(END + 100),
                ..Report::default()
            },
            name(),
            unknown,
        ),
        (
            Report {
                cleaned: true,
                ..Report::default()
            },
            top(),
            unknown,
        ),
        (
            Report {
                old: true,
                ..Report::default()
            },
            name(),
            pass,
        ),
        (
            Report {
                old: true,
                repacked: true,
                ..Report::default()
            },
            name(),
            unknown,
        ),
        (
            Report {
                old: true,
                ctime: None,
                ..Report::default()
            },
            name(),
            unknown,
        ),
        (
            Report {
                sysroot: "/host",
                ..Report::default()
            },
            name(),
            pass,
        ),
        (
            Report {
                hostname: "localhost.localdomain",
                ..Report::default()
            },
            top(),
            pass,
        ),
    ] {
        assert_eq!(of_report(report), (node, wanted.to_owned()));
    }
}

#[test]
fn a_report_names_its_tool_its_time_and_its_member() {
    let lab = Lab::new();
    lab.put("r.tar.xz", &xz(&Report::default().tar()));
    let ran = lab.run(&["analyze", "r.tar.xz", "-b", "cis-1.12", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let bundle = &report["bundles"][0];
    assert_eq!(bundle["collector"]["name"], "sos report", "{report}");
    assert_eq!(bundle["collector"]["version"], "4.12.0");
    assert_eq!(bundle["collected_at"], "2026-11-25T20:04:10Z");
    assert!(
        ran.stderr
            .contains("Made by other tools: sos report 4.12.0 (1 bundle)"),
        "{}",
        ran.stderr
    );
    let old = Report {
        old: true,
        ..Report::default()
    };
    lab.put("r.tar.xz", &xz(&old.tar()));
    let ran = lab.run(&["analyze", "r.tar.xz", "-b", "cis-1.12", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["bundles"][0]["collected_at"], "2026-11-26T19:58:05Z");
}

#[test]
fn an_unpacked_report_gives_the_same_but_modes() {
    let lab = Lab::new();
    let report = Report::default();
    for (name, text) in report.members() {
        lab.put(&format!("in/sosreport-n1/{name}"), text.as_bytes());
    }
    // What bzip2 packs below /etc is no bundle.
    let module = "in/sosreport-n1/etc/selinux/targeted/active/modules/100/x/cil";
    lab.put(module, &bzip2(b"(type x)"));
    let arguments = ["analyze", "in", "--format", "jsonl", "-b", "cis-1.12"];
    let ran = nodeproof(lab.folder.path(), &arguments);
    let unpacked = by_control(&ran);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let (packed, _) = report.judged();
    assert_eq!(nodes(&unpacked), nodes(&packed));
    for (key, outcome) in &packed {
        if !key.1.starts_with("4.1.") {
            assert_eq!(unpacked.get(key), Some(outcome), "{key:?}");
        }
    }
}

#[test]
fn reports_of_a_collection_are_machines_of_their_own() {
    let other = Report {
        hostname: "n2.example.org",
        mode: 0o666,
        ..Report::default()
    };
    let mut outer = tar::Builder::new(Vec::new());
    append(
        &mut outer,
        "sos-collector-x/sosreport-n1.tar.xz",
        &xz(&Report::default().tar()),
    );
    append(
        &mut outer,
        "sos-collector-x/sosreport-n2.tar.xz",
        &xz(&other.tar()),
    );
    append(&mut outer, "sos-collector-x/sos_logs/sos.log", b"done");
    let tar = outer.into_inner().unwrap();
    let (found, ran) = judged("sos-collector-x.tar", &tar, &["-b", "cis-1.12"]);
    assert_eq!(
        nodes(&found),
        ["n1.example.org", "n2.example.org"],
        "{}",
        ran.stderr
    );
    assert_eq!(
        of(&found, "n1.example.org", "4.1.9"),
        "pass file-metadata-shows"
    );
    assert_eq!(
        of(&found, "n2.example.org", "4.1.9"),
        "fail file-metadata-shows"
    );
}

#[test]
fn a_drop_in_of_a_report_counts_wherever_its_folder_is() {
    let report = Report::default();
    let kubelet = "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --config-dir=/etc/node.d";
    let processes = list(&[kubelet, "ps auxwwwm"]);
    let mut members = report.members();
    for (name, text) in &mut members {
        if name.ends_with("ps_auxwwwm") {
            text.clone_from(&processes);
        }
    }
    members.push((
        "etc/node.d/90-x.conf".to_owned(),
        "readOnlyPort: 10255\n".to_owned(),
    ));
    let members: Vec<(String, String)> = members
        .into_iter()
        .map(|(name, text)| (format!("sosreport-n1/{name}"), text))
        .collect();
    let members: Vec<(&str, &str)> = members
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    let (found, ran) = judged("r.tar", &archive(&members), &["-b", "cis-1.12"]);
    // It is no configuration by what it says of itself, and the kubelet reads it all the same.
    let outcome = of(&found, "n1.example.org", "4.2.4");
    assert!(!outcome.starts_with("pass"), "{outcome} {}", ran.stderr);
}

#[test]
fn the_commands_of_explain_print_what_a_report_shows() {
    let lab = Lab::new();
    let mode = |name: &str, bytes: &[u8], control: &str| {
        lab.put(name, bytes);
        let arguments = ["explain", name, "--node", "n1.example.org", "-c", control];
        let ran = lab.run(&[&arguments[..], &["--format", "json"]].concat());
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        let evidence = &document["stories"][0]["evidence"][0];
        let command = evidence["command"].as_str().unwrap().to_owned();
        let printed = std::process::Command::new("sh")
            .args(["-c", &command])
            .current_dir(lab.folder.path())
            .output()
            .unwrap();
        (command, String::from_utf8(printed.stdout).unwrap())
    };
    let tar = Report::default().tar();
    // A mode stands in the header, and not in the file.
    for (name, bytes) in [
        ("r.tar.xz", xz(&tar)),
        ("r.tar.gz", gzip(&tar)),
        ("r.tar.bz2", bzip2(&tar)),
    ] {
        let (command, printed) = mode(name, &bytes, "cis-1.12:4.1.9");
        assert!(
            printed.starts_with("-rw------- root/root"),
            "{command}: {printed}"
        );
        let (command, printed) = mode(name, &bytes, "cis-1.12:4.2.4");
        assert_eq!(printed, "readOnlyPort: 0\n", "{command}");
    }
}

#[test]
fn a_file_that_changed_after_a_listed_start_is_not_what_runs() {
    let kubelet = "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml";
    // The file changed at 20:02:31 UTC; times of start are by the clock of the machine.
    let (pending, decided) = ("unknown restart-pending", "pass config-file-sets-it");
    let utc = "Wed Nov 25 20:04:10 UTC 2026\n";
    let cet = "Wed Nov 25 21:04:10 CET 2026\n";
    let est = "Wed Nov 25 15:04:09 EST 2026\n";
    for (date, in_utc, started, wanted) in [
        (utc, utc, "Wed Nov 25 20:02:30 2026", pending),
        (utc, "", "Sat Nov 21 20:00:00 2026", pending),
        (utc, utc, "Wed Nov 25 20:02:31 2026", decided),
        (cet, utc, "Wed Nov 25 21:02:30 2026", pending),
        (cet, utc, "Wed Nov 25 21:02:32 2026", decided),
        (est, utc, "Wed Nov 25 15:02:30 2026", pending),
        (est, utc, "Wed Nov 25 15:02:32 2026", decided),
        // Of a clock that nobody names, what is later on all clocks is later.
        (est, "", "Wed Nov 25 08:02:30 2026", pending),
        (est, "", "Wed Nov 25 08:02:32 2026", decided),
    ] {
        let list = format!(
            "F S   UID     PID    PPID                  STARTED TT           TIME CMD\n\
             4 S     0       1       0 Sat Nov 21 10:00:00 2026 ?        00:00:00 /usr/lib/systemd/systemd\n\
             4 S     0      40       1 {started} ?        00:00:00 {kubelet}\n"
        );
        let report = Report {
            dates: Some((date, in_utc)),
            starts: Some(list),
            ..Report::default()
        };
        let (found, ran) = report.judged();
        let found = of(&found, "n1.example.org", "4.2.4");
        assert_eq!(found, wanted, "{date}{started} {}", ran.stderr);
    }
}
