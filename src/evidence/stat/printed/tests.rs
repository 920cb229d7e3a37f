use super::*;

#[test]
fn rows_are_read_from_what_the_commands_print() {
    let text = "\
$ ls -l /etc/kubernetes/kubelet.conf
-rw-r----- 1 root kube 1952 Nov 20 10:00 /etc/kubernetes/kubelet.conf
lrwxrwxrwx. 1 0 0 9 Nov 20  2024 /etc/kubernetes/link -> real file
-rwsr-xr-t+ 1 root root system_u:object_r:etc_t:s0 5 2026-11-20 10:00:01.000000000 +0100 /opt/a b
/etc/kubernetes/manifests:
total 8
drwxr-xr-x 2 root root 4096 Nov 20 10:00 .
-rw------- 1 root root 2000 Nov 20 10:00 kube-apiserver.yaml
  File: /var/lib/kubelet/config.yaml
  Size: 900       \tBlocks: 8          IO Block: 4096   regular file
Access: (0644/-rw-r--r--)  Uid: (    0/    root)   Gid: (  999/  kubelet)
600 /etc/kubernetes/a.conf
root:root /etc/kubernetes/b.conf
640 root adm /etc/kubernetes/c.conf
[root@n1 ~]# stat -c permissions=%a /etc/kubernetes/f.conf
permissions=666
$ stat -c %U:%G /etc/kubernetes/g.conf
kube:root
$ stat -c %a /etc/kubernetes/h.conf /etc/kubernetes/i.conf
600
ls: cannot access '/etc/kubernetes/d.conf': No such file or directory
stat: cannot statx '/etc/kubernetes/e.conf': No such file or directory
nothing /of this
";
    let stat = parse(&[text.as_bytes()], &Limits::default());
    let told: Vec<String> = (stat.rows().iter())
        .map(|row| {
            format!(
                "{} {:?} {:o} {:?}:{:?} {}",
                row.path,
                row.kind,
                row.mode.unwrap_or(0),
                row.uid,
                row.gid,
                row.line
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "/etc/kubernetes/kubelet.conf File 640 Some(0):None 2",
            "/etc/kubernetes/link Symlink 777 Some(0):Some(0) 3",
            "/opt/a b File 5755 Some(0):Some(0) 4",
            "/etc/kubernetes/manifests/kube-apiserver.yaml File 600 Some(0):Some(0) 8",
            "/var/lib/kubelet/config.yaml File 644 Some(0):Some(999) 11",
            "/etc/kubernetes/a.conf File 600 None:None 12",
            "/etc/kubernetes/b.conf File 0 Some(0):Some(0) 13",
            "/etc/kubernetes/c.conf File 640 Some(0):None 14",
            "/etc/kubernetes/f.conf File 666 None:None 16",
            "/etc/kubernetes/g.conf File 0 None:Some(0) 18",
            "/etc/kubernetes/d.conf Absent 0 None:None 21",
            "/etc/kubernetes/e.conf Absent 0 None:None 22",
        ]
    );
    assert!(looks_printed(text.as_bytes()));
    assert!(!looks_printed(
        b"-rw------- 1 root root 5 Nov 20 10:00 /etc/passwd\n"
    ));
    assert_eq!(
        stat.get("/etc/kubernetes/a.conf").unwrap().mode,
        Some(0o600)
    );
}
