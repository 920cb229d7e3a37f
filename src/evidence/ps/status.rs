//! What `systemctl status` printed → the processes of its units, with their arguments.

use super::{Listing, PsProcess};
use crate::bundle::encoding::without_mark;

/// Lines in which the state of a unit is looked for.
const STATE_WITHIN: usize = 20;

/// Whether a member's first lines are of `systemctl status`.
#[must_use]
pub fn looks_like_status(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(without_mark(head));
    let mut lines = text.lines().take(STATE_WITHIN).map(str::trim_start);
    lines.any(|line| line.starts_with("Loaded: ")) && lines.any(|line| line.starts_with("Active: "))
}

/// Reads the control groups of all units; `None` where there is none. Where an ellipsis stands in
/// a line, the rest of it is missing.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Listing> {
    let text = crate::evidence::text(without_mark(bytes));
    let mut is_of_host = true;
    let lines = text.lines().zip(1..).filter(|(line, _)| {
        if let Some(group) = line.trim_start().strip_prefix("CGroup: ") {
            is_of_host = !is_of_user_or_container(group);
        }
        is_of_host
    });
    let processes: Vec<PsProcess> = lines.filter_map(|(line, at)| process(line, at)).collect();
    (!processes.is_empty()).then(|| Listing {
        processes,
        header: "CGroup".to_owned(),
        names_only: false,
        of_several: false,
    })
}

/// Whether a control group is of a user's session or of a container: what runs there is no component of the host.
fn is_of_user_or_container(group: &str) -> bool {
    group.trim().split('/').any(|part| {
        let containers = [
            "kubepods",
            "docker",
            "libpod",
            "crio-",
            "cri-containerd-",
            "lxc",
        ];
        let is_service = part.ends_with(".service");
        matches!(part, "user.slice" | "machine.slice")
            || !is_service && containers.iter().any(|name| part.starts_with(name))
    })
}

/// `├─901 /usr/bin/kubelet …`, also as `|-901 …` where the terminal has no such characters.
fn process(line: &str, number: u32) -> Option<PsProcess> {
    let line = line.trim_end();
    let drawn = line.trim_start_matches([' ', '│', '|']);
    let branches = ["├─", "└─", "|-", "`-", "-"];
    let rest = branches
        .iter()
        .find_map(|branch| drawn.strip_prefix(branch))?;
    let (pid, command) = rest.trim_start().split_once(' ')?;
    let pid = pid.parse().ok()?;
    let ends = ["…", "..."].iter().filter_map(|mark| command.find(mark));
    let end = ends.min();
    // The word that the ellipsis stands in is not known, nor is what follows it.
    let shown = end.and_then(|end| command.get(..end));
    let whole_words = shown.and_then(|shown| Some(shown.rsplit_once(' ')?.0));
    Some(PsProcess {
        pid: Some(pid),
        ppid: None,
        user: None,
        started: None,
        line: number,
        command: whole_words.or(shown).unwrap_or(command).trim().to_owned(),
        cut: end.is_some(),
        surely_cut: end.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "● kubelet.service - kubelet: The Kubernetes Node Agent
     Loaded: loaded (/lib/systemd/system/kubelet.service; enabled; preset: enabled)
    Drop-In: /usr/lib/systemd/system/kubelet.service.d
             └─10-kubeadm.conf
     Active: active (running) since Fri 2026-11-20 09:14:11 UTC; 6 days ago
   Main PID: 901 (kubelet)
     CGroup: /system.slice/kubelet.service
             ├─901 /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --v=2
             └─977 /usr/bin/helper --a=b --node-labels=x…

Nov 20 09:14:12 n1 kubelet[901]: I1120 09:14:12.000000     901 server.go:1]
";

    #[test]
    fn the_processes_of_a_unit_are_in_its_control_group() {
        assert!(looks_like_status(STATUS.as_bytes()));
        let listing = parse(STATUS.as_bytes()).unwrap();
        let told: Vec<_> = listing.processes.iter().collect();
        assert_eq!(told.len(), 2);
        assert_eq!((told[0].pid, told[0].line), (Some(901), 8));
        assert!(!told[0].cut && told[0].command.ends_with("--v=2"));
        assert!(told[1].surely_cut);
        assert_eq!(told[1].command, "/usr/bin/helper --a=b");
        let ascii = STATUS.replace("├─", "|-").replace("└─", "`-");
        let commands = |listing: Listing| {
            let all = listing.processes.into_iter();
            all.map(|process| process.command).collect::<Vec<_>>()
        };
        assert_eq!(
            commands(parse(ascii.as_bytes()).unwrap()),
            commands(listing)
        );
        assert!(parse(b"Loaded: x\nActive: y\n").is_none());
    }

    #[test]
    fn what_runs_for_a_user_or_in_a_container_is_no_component_of_the_host() {
        for (group, is_read) in [
            ("/system.slice/kubelet.service", true),
            ("/runtime.slice/kubelet.service", true),
            ("/system.slice/docker.service", true),
            (
                "/user.slice/user-1000.slice/user@1000.service/app.slice/kubelet.service",
                false,
            ),
            (
                "/system.slice/docker-0a1b.scope/kubelet.slice/kubelet.service",
                false,
            ),
            (
                "/kubepods.slice/kubepods-pod1.slice/cri-containerd-0a1b.scope",
                false,
            ),
            ("/machine.slice/libpod-0a1b.scope", false),
        ] {
            let status = STATUS.replace("/system.slice/kubelet.service", group);
            assert_eq!(parse(status.as_bytes()).is_some(), is_read, "{group}");
        }
    }
}
