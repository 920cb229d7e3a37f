#!/bin/sh
# collect-node.sh: gathers the configuration evidence of one Kubernetes node into one archive,
# to be judged elsewhere, offline, by nodeproof.
#
# What it does: reads files, process arguments and file modes; runs the few commands that
#   `sh collect-node.sh --list` prints; writes one archive below --out. Nothing else.
# What it never does: change the node, use the network, read a private key or the system's passwords,
#   read a process's environment (but for the named etcd variables below), follow a link out of a
#   container, or out of the folder it lies in unless a component's own argument names that link.
# Secrets in what it reads (tokens, passwords, key data, credentials in URLs ...) are replaced
#   by REDACTED-BY-NODEPROOF before anything is written to disk, and counted in bundle.json.
# It runs as any user. As root it sees everything; otherwise bundle.json says what it could not see.
# It needs sh and the usual tools (awk sed grep find stat readlink tar gzip sha256sum timeout ...), GNU or busybox.

NODEPROOF_COLLECTOR_VERSION=0.1.0
MAX_BYTES=1048576   # a larger file is no configuration file
MAX_ENTRIES=5000    # rows per directory tree
MAX_DEPTH=16        # levels per directory tree
SECONDS_PER_COMMAND=20
MARK=REDACTED-BY-NODEPROOF

# ---------------------------------------------------------------- what is looked at
# A component is a process whose first argument has one of these names.
COMPONENTS='kubelet openshift hyperkube kubelite k3s rke2 kube-proxy kube-apiserver kube-controller-manager kube-scheduler etcd'
# Of every other process in the process list the arguments are masked, except of these.
RELATIVES='containerd dockerd crio flanneld openshift hypershift kubenswrapper apiserver controller-manager scheduler proxy'
# etcd takes its settings from variables too; only these are read.
ETCD_VARIABLES='ETCD_CONFIG_FILE ETCD_DATA_DIR ETCD_WAL_DIR ETCD_LISTEN_CLIENT_URLS ETCD_LISTEN_PEER_URLS ETCD_CERT_FILE ETCD_KEY_FILE ETCD_CLIENT_CERT_AUTH ETCD_TRUSTED_CA_FILE ETCD_AUTO_TLS ETCD_PEER_CERT_FILE ETCD_PEER_KEY_FILE ETCD_PEER_CLIENT_CERT_AUTH ETCD_PEER_TRUSTED_CA_FILE ETCD_PEER_AUTO_TLS ETCD_TLS_MIN_VERSION ETCD_TLS_MAX_VERSION ETCD_CIPHER_SUITES'

BIN_DIRS='/usr/local/bin /usr/bin /usr/local/sbin /usr/sbin /opt/bin /opt/rke2/bin /home/kubernetes/bin /var/lib/rancher/rke2/bin'
UNIT_DIRS='/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system'
UNITS='kubelet kube-proxy kube-apiserver kube-controller-manager kube-scheduler etcd k3s k3s-agent rke2-server rke2-agent
  snap.kubelet.daemon snap.microk8s.daemon-kubelet snap.microk8s.daemon-kubelite snap.microk8s.daemon-proxy
  atomic-openshift-node origin-node'

# Read (secrets masked), with a row in stat.tsv.
READ='/etc/os-release /usr/lib/os-release
  /proc/sys/kernel/osrelease /proc/sys/vm/overcommit_memory /proc/sys/vm/panic_on_oom /proc/sys/kernel/panic
  /proc/sys/kernel/panic_on_oops /proc/sys/kernel/keys/root_maxkeys /proc/sys/kernel/keys/root_maxbytes
  /proc/sys/net/ipv4/ip_forward /proc/sys/net/bridge/bridge-nf-call-iptables /sys/fs/cgroup/cgroup.controllers
  /var/lib/kubelet/config.yaml /var/lib/kubelet/config.yml /var/lib/kubelet/kubelet.conf
  /var/lib/kubelet/instance-config.yaml /var/lib/kubelet/kubeadm-flags.env
  /etc/default/kubelet /etc/default/kubeletconfig.json /etc/sysconfig/kubelet /etc/default/kube-proxy /etc/sysconfig/kube-proxy
  /etc/eks/kubelet/environment /etc/eksctl/kubelet.yaml
  /etc/kubernetes/kubelet-config.yaml /etc/kubernetes/kubelet.yaml /etc/kubernetes/kubelet/config
  /etc/kubernetes/kubelet/config.json /etc/kubernetes/kubelet/kubelet-config.json /etc/kubernetes/kubelet/kubelet-config.yaml
  /home/kubernetes/kubelet-config.yaml /home/kubernetes/kubelet-config.yml /var/data/kubelet/config.json
  /etc/kubernetes/config /etc/kubernetes/proxy /config/kube-proxy-config.yaml
  /etc/kubernetes/addons/kube-proxy-daemonset.yaml /etc/kubernetes/addons/kube-proxy-daemonset.yml
  /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/kubelet-kubeconfig
  /etc/kubernetes/kubelet-kubeconfig.conf /etc/kubernetes/kubeconfig-kubelet /etc/kubernetes/kubelet/kubeconfig
  /var/lib/kubelet/kubeconfig /var/lib/kubelet/bootstrap-kubeconfig
  /etc/kubernetes/proxy.conf /etc/kubernetes/scheduler.conf /etc/kubernetes/controller-manager.conf
  /etc/kubernetes/ssl/kubecfg-kube-node.yaml /etc/kubernetes/ssl/kubecfg-kube-proxy.yaml
  /var/lib/kube-scheduler/config.yaml /var/lib/kube-scheduler/kubeconfig /var/lib/kube-controller-manager/kubeconfig
  /system/secrets/kubernetes/kube-controller-manager/kubeconfig /system/secrets/kubernetes/kube-scheduler/kubeconfig
  /etc/etcd/etcd.conf /etc/default/etcd /etc/sysconfig/etcd /etc/sysconfig/flanneld
  /var/snap/etcd/common/etcd.conf.yaml /var/snap/etcd/common/etcd.conf.yml
  /var/snap/kube-apiserver/current/args /var/snap/kube-controller-manager/current/args
  /var/snap/kube-proxy/current/args /var/snap/kube-scheduler/current/args /var/snap/kubelet/current/args
  /snap/microk8s/current/meta/snap.yaml
  /var/snap/microk8s/current/credentials/kubelet.config /var/snap/microk8s/current/credentials/proxy.config
  /etc/default/k3s /etc/sysconfig/k3s /etc/systemd/system/k3s.service.env /etc/systemd/system/k3s-agent.service.env
  /etc/default/rke2-server /etc/default/rke2-agent /etc/sysconfig/rke2-server /etc/sysconfig/rke2-agent
  /usr/local/lib/systemd/system/rke2-server.env /usr/local/lib/systemd/system/rke2-agent.env
  /usr/lib/systemd/system/rke2-server.env /usr/lib/systemd/system/rke2-agent.env
  /etc/rancher/k3s/config.yaml /etc/rancher/rke2/config.yaml
  /etc/origin/node/node-config.yaml /etc/origin/master/master-config.yaml /etc/origin/master/scheduler.json
  /etc/kubernetes/static-pod-resources/kube-apiserver-pod.yaml
  /etc/kubernetes/static-pod-resources/kube-controller-manager-pod.yaml
  /etc/kubernetes/static-pod-resources/kube-scheduler-pod.yaml /etc/kubernetes/static-pod-resources/etcd-pod.yaml
  /var/vcap/jobs/kubelet/config/kubeletconfig.yml /var/vcap/jobs/kubelet/monit /var/vcap/jobs/kube-proxy/config/kubeconfig
  /var/vcap/jobs/etcd/config/bpm.yml /var/vcap/jobs/kube-apiserver/config/bpm.yml
  /var/vcap/jobs/kube-controller-manager/config/bpm.yml /var/vcap/jobs/kube-scheduler/config/bpm.yml'

# Only a row in stat.tsv: mode, owner, size, times. Never opened.
STAT='/etc/kubernetes/pki/ca.crt /etc/kubernetes/certs/ca.crt /etc/kubernetes/ssl/kube-ca.pem
  /var/lib/etcd/default.etcd /var/lib/etcd/data.etcd /etc/systemd/system/kubelet.service.d/10-kubeadm.conf
  /etc/kubernetes/manifests/talos-kube-apiserver.yaml /etc/kubernetes/manifests/talos-kube-controller-manager.yaml
  /etc/kubernetes/manifests/talos-kube-scheduler.yaml /var/snap/microk8s/current/certs/ca.crt
  /var/snap/microk8s/current/args/etcd /var/snap/microk8s/current/args/kubelet /var/snap/microk8s/current/args/kube-proxy
  /var/snap/microk8s/current/args/kube-apiserver /var/snap/microk8s/current/args/kube-controller-manager
  /var/snap/microk8s/current/args/kube-scheduler
  /var/lib/kubelet/config.json /etc/kubernetes/azure.json
  /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubeconfig
  /etc/kubernetes/kubelet-ca.crt /etc/kubernetes/cert/ca.pem
  /etc/origin/master/admin.kubeconfig /etc/origin/master/openshift-master.kubeconfig /etc/origin/master/ca-bundle.crt
  /etc/origin/master/master.etcd-ca.crt /etc/origin/node/node.kubeconfig /etc/origin/node/client-ca.crt
  /var/snap/microk8s/current/credentials/client.config /snap/microk8s/current/kubelite
  /etc/rancher/k3s/k3s.yaml /etc/rancher/rke2/rke2.yaml /etc/rancher/k3s/registries.yaml /etc/rancher/rke2/registries.yaml
  /run/containerd/containerd.sock /var/log/kube-apiserver/audit.log /var/log/openshift-apiserver/audit.log
  /var/vcap/jobs/kubelet/config/kubelet-client-ca.pem'

# A row for the directory and for everything below it; after the colon, which of its files are
# read as well (conf: *.conf; manifest: *.yaml *.yml *.json *.manifest; cni: *.conf *.conflist; args: all).
TREES='/etc/kubernetes/pki: /etc/kubernetes/ssl: /etc/kubernetes/certs: /var/lib/kubelet/pki: /etc/ssl/etcd:
  /etc/kubernetes/static-pod-certs: /etc/kubernetes/static-pod-resources: /etc/origin/node/certificates:
  /etc/kubernetes/manifests:manifest /etc/origin/node/pods:manifest
  /etc/kubernetes/kubelet/config.json.d:conf /etc/openshift/kubelet.conf.d:conf /etc/kubernetes/kubelet.conf.d:conf
  /etc/cni/net.d:cni /var/run/multus/cni/net.d:cni /var/lib/cni/networks:
  /etc/origin/openvswitch: /etc/openvswitch: /run/openvswitch: /var/run/openvswitch: /var/run/openshift-sdn:
  /etc/etcd: /var/lib/etcd: /var/vcap/store/etcd: /var/vcap/jobs/kube-apiserver/config:
  /var/vcap/jobs/kube-controller-manager/config: /var/vcap/jobs/kube-scheduler/config: /var/vcap/jobs/etcd/config:
  /etc/rancher/k3s/config.yaml.d:manifest /etc/rancher/rke2/config.yaml.d:manifest
  /var/snap/microk8s/current/args:args /var/snap/microk8s/current/certs: /var/snap/microk8s/current/var/kubernetes/backend:'

# Below the data directory of k3s and RKE2 (/var/lib/rancher/k3s, /var/lib/rancher/rke2, or what --data-dir says).
RANCHER_READ='agent/kubelet.kubeconfig agent/kubeproxy.kubeconfig server/cred/scheduler.kubeconfig server/cred/controller.kubeconfig
  server/cred/cloud-controller.kubeconfig server/cred/encryption-config.json server/db/etcd/config'
RANCHER_STAT='agent/client-ca.crt agent/server-ca.crt agent/server.crt agent/serving-kubelet.crt agent/serving-kubelet.key
  server/cred/admin.kubeconfig server/tls/server-ca.crt server/tls/etcd/server-client.crt server/tls/etcd/server-client.key
  agent/etc/kubelet.conf.d/00-k3s-defaults.conf agent/etc/kubelet.conf.d/00-rke2-defaults.conf agent/pod-manifests/etcd.yaml
  agent/pod-manifests/kube-apiserver.yaml agent/pod-manifests/kube-controller-manager.yaml agent/pod-manifests/kube-scheduler.yaml'
RANCHER_TREES='agent/etc/kubelet.conf.d:conf agent/etc/cni/net.d:cni agent/pod-manifests:manifest server/tls: server/db/etcd:'

# ---------------------------------------------------------------- small things
unset COLUMNS CDPATH IFS TAR_OPTIONS GZIP POSIXLY_CORRECT
LC_ALL=C TZ=UTC0 PATH="${PATH:-/usr/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export LC_ALL TZ PATH
umask 077
TAB=$(printf '\t')
CR=$(printf '\r')
NL='
'
WORK=''
LIST=''

say() { printf 'collect-node: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
full() { die "cannot write below $OUT_DIR (disk full or read-only?); nothing was left behind: free some space, or choose another --out"; }

usage() {
  cat <<'END'
usage: sh collect-node.sh [--out PLACE] [--cluster NAME] [--node NAME] [--operator NAME] [--assessment NAME]
                          [--sign KEY]
       sh collect-node.sh --list | --help

  --out PLACE        a folder, where nodeproof-<cluster>-<node>-<time>.tar.gz is written, or a new file ending in
                     .tar.gz or .tgz (default: this folder)
  --cluster NAME     the cluster this node belongs to, as the cluster's own bundle will name it
  --node NAME        the node's name in Kubernetes (default: the kubelet's --hostname-override, else the host name)
  --operator NAME    who runs this; written into the bundle
  --assessment NAME  what it is run for; written into the bundle
  --sign KEY         sign the bundle's checksums with this private key of OpenSSH, or with the agent's key to this .pub file
  --list             print every path and command that would be used here, and collect nothing

With NODEPROOF_ROOT set to a mounted image, reads below it and runs no command about this host.
The last line printed is the bundle's path, size and SHA-256.
END
}

# escape FORM TEXT: TEXT for stat.tsv (tsv), for SHA256SUMS (sums), or as a JSON string (json).
# JSON has to be UTF-8: bytes that are not are written as %XX.
escape() {
  case $1:$2 in
    json:*[!\ -~]* | *[\\\"]* | *"$NL"* | *"$TAB"* | *"$CR"*) ;;
    json:*) printf '"%s"' "$2"; return ;;
    *) printf '%s' "$2"; return ;;
  esac
  printf '%s\n' "$2" | awk -v form="$1" '
    BEGIN { for (i = 1; i < 256; i++) ord[sprintf("%c", i)] = i; if (form == "json") printf "\"" }
    NR > 1 { printf "\\n" }
    { n = length($0)
      for (i = 1; i <= n; i++) {
        c = substr($0, i, 1); o = ord[c]
        if (c == "\\") printf "\\\\"
        else if (c == "\t" && form != "sums") printf "\\t"
        else if (c == "\r" && form == "sums") printf "\\r"
        else if (form != "json") printf "%s", c
        else if (c == "\"") printf "\\\""
        else if (o < 32 || o == 127) printf "\\u%04x", o
        else if (o < 128) printf "%s", c
        else {
          need = o < 194 ? 0 : o < 224 ? 1 : o < 240 ? 2 : o < 245 ? 3 : 0
          for (k = 1; k <= need; k++) { t = ord[substr($0, i + k, 1)]; if (t < 128 || t > 191) need = 0 }
          t = ord[substr($0, i + 1, 1)]
          if ((o == 224 && t < 160) || (o == 237 && t > 159) || (o == 240 && t < 144) || (o == 244 && t > 143)) need = 0
          if (need) { printf "%s", substr($0, i, need + 1); i += need } else printf "%%%02X", o
        }
      }
    }
    END { if (form == "json") printf "\"" }'
}
json() { escape json "$1"; }
json_or_null() { if [ -n "$1" ]; then json "$1"; else printf null; fi; }

# clean PATH: CLEAN is the absolute path without //, . and .. (what Go components make of it).
clean() {
  CLEAN='' cl_rest=$1
  while [ -n "$cl_rest" ]; do
    cl_part=${cl_rest%%/*}
    case $cl_rest in */*) cl_rest=${cl_rest#*/} ;; *) cl_rest='' ;; esac
    case $cl_part in
      '' | .) ;;
      ..) CLEAN=${CLEAN%/*} ;;
      *) CLEAN=$CLEAN/$cl_part ;;
    esac
  done
  [ -n "$CLEAN" ] || CLEAN=/
}

# ---------------------------------------------------------------- redaction
# redact FORM MEMBER [LAST]: stdin, with secrets masked, to $SCRATCH/masked; counts them for bundle.json. What is read
# reaches the disk through here alone. LAST is a newline unless a text ended without one. Returns 3 if a hostile text
# (one line of a hundred thousand keys) takes too long.
# FORM is text (YAML and argument files), unit, env (variables), json, cni (JSON of which little is shown), args (one
# argument per line), line (arguments joined by blanks, as in a journal), show (systemctl show) or ps (a process list).
redact() {
  : >"$SCRATCH/counts" || full
  # shellcheck disable=SC2086,SC2016 # the limit is two or three words; the program is not for the shell
  $LIMIT awk -v form="$1" -v pids="$PIDS " -v keep=" $COMPONENTS $RELATIVES " -v allowed=" $ETCD_VARIABLES " \
    -v mark="$MARK" -v counts="$SCRATCH/counts" -v sq="'" -v last="${3-newline}" '
  # What kind of secret a key, argument or variable of this name holds; "" for none.
  function secret(name,   n) {
    if (name == "Authorization" || name == "Proxy-Authorization") return "header"
    if (name in kind_of) return kind_of[name]
    n = tolower(name); gsub(/[^a-z0-9]/, "", n); sub(/[0-9]+$/, "", n)
    return kind_of[name] = kind_by_name(n, words_of(name))
  }
  # The words of a name, each between two underscores: dbPwd2_prod is _db_pwd_prod_.
  function words_of(name,   out) {
    while (match(name, /[a-z0-9][A-Z]/)) { out = out substr(name, 1, RSTART) "_"; name = substr(name, RSTART + 1) }
    out = "_" tolower(out name) "_"; gsub(/[^a-z]+/, "_", out)
    return out
  }
  function kind_by_name(n, words) {
    if (n ~ /clientkeydata$/) return "client-key-data"
    if (n ~ /privatekey(data|pem|base)?$/) return "private-key"
    if (n ~ /urlheader$|^(http|extra|custom|proxy)?headers?$/) return "header"
    if (n ~ /datastoreendpoint$/) return "datastore-endpoint"
    if (n == "authprovider") return "auth-provider"
    if (n ~ /^(proxy|http|ftp|curl)?user(name)?$|^userspec$/) return "user"
    # What only speaks of a secret: its file, its age, who checks it.
    if (n ~ /(files?|filename|paths?|dirs?|directory|folder|names?|refs?|modes?|types?|ttl|timeout|expiration|expirationseconds|expiry|lifetime|age|versions?|webhook|enabled|syncs|controllers?|providers?|plugins?|config|issuers?|audiences?|length|size|count|policy|affinity|volumes?|namespace)$/) return n ~ /(slack|teams|discord|mattermost|alert|notify|notification|chat)[a-z]*webhook$/ ? "webhook" : ""
    if (n ~ /webhookur[il]$|hookur[il]$/) return "webhook"
    if (n ~ /passw|passphrase|passcode|^pw|(pwd|pass|pw|psk)$|^pwd/ && n !~ /(by|com|sur|tres)pass$/) return "password"
    if (words ~ /_(pwd|pass|pw|psk)_/ && words !~ /_pass_(env|environment|through)_/) return "password"
    if (n ~ /token|tkn$|jwt|bearer/) return "token"
    if (n ~ /secret/) return "secret"
    if (n ~ /cookie/) return "header"
    if (n ~ /cred(s|entials?)?$|credential|session(id|data)?$|signature$|^sig$|connectionstring|connstr|dsn$|vpnauth$|^(auth|authstr|basicauth|userpass|htpasswd|pat|otp|totp|seed|salt|mnemonic|sas|sasl)$|accesskeyid$/ || words ~ /_(creds?|session|sig|jwt|sas|pat|otp|totp|seed|auth_(header|string|key|value|data))_/ || words ~ /_auth_$/ && words !~ /_(anonymous|cert|client)_auth_$/) return "credential"
    if (n ~ ("(" key_of ")key(data|base|pem)?$") || n ~ /^(keydata|keybase)$/ || words ~ ("_(" key_of ")_?key_")) return "key"
    return ""
  }
  function hit(kind) { count[kind]++; return mark }
  # Nothing, a boolean, masked already, a key in a file, a user without a password: evidence worth keeping.
  function harmless(v, kind) {
    sub(/[ \t]#.*$/, "", v); gsub(/[\\"]/, "", v); gsub(sq, "", v); gsub(/[ \t\r]/, "", v)
    if (v == "" || v == "~" || v == mark || tolower(v) ~ /^(true|false|null|yes|no|on|off|[01])$/) return 1
    if (kind == "key") return v ~ /^(file:)?\/(etc|var|opt|run|home|usr|root|srv|data|tmp|snap|mnt|app|config|secrets|pki|certs|k8s|kubernetes|system|proc)\/[A-Za-z0-9._\/@-]+$/ || v ~ /^[A-Za-z0-9._-]+[.](key|pem)$/
    if (kind == "short") return v ~ /^\/[A-Za-z0-9._\/-]*$/ || v ~ /^https?:/
    if (kind == "user") return v !~ /^[^:\/]+:./ || v ~ /^(system|arn|urn|oidc|svc):/ || v ~ /^[0-9]+:[0-9]+$/
    return 0
  }
  # Replaces every match of re after its first `skip` regular expression, up to `tail`.
  function every(s, re, skip, kind, tail,   out, m, head, p, l) {
    out = ""
    while (match(s, re)) {
      p = RSTART; l = RLENGTH
      m = substr(s, p, l); head = ""
      if (skip != "" && match(m, skip) == 1) head = substr(m, 1, RLENGTH)
      if (length(head) == l) out = out substr(s, 1, p - 1) m
      else out = out substr(s, 1, p - 1) head (substr(m, length(head) + 1, length(mark)) == mark ? substr(m, length(head) + 1) : hit(kind) (tail == "" ? "" : " " tail))
      s = substr(s, p + l)
    }
    return out s
  }
  # Secrets that show by their form, wherever they stand.
  function shapes(s,   out, p, n, before, after) {
    if (index(s, "@") && s ~ /:.*@|\/\/.*@/) s = userinfo(urls(s), "[A-Za-z0-9._%+-]+:[^ \t\"/,@" sq "]+@")
    if (index(s, "LS0tLS1CRUdJTi")) s = pem(s)
    if (index(s, "://")) {
      s = every(s, "https?://[^ \t\"<>" sq "/]*(hooks?[.]|webhook|logic[.]azure|telegram[.]org/bot|pagerduty)[^ \t\"<>" sq "]*", "https?://[^/ \t\"" sq "]*/?", "webhook")
      s = every(s, "https?://[^ \t\"<>" sq "]*(/web-?hooks?/|/hooks?/)[^ \t\"<>" sq "]+", "https?://[^/ \t\"" sq "]*/", "webhook")
      s = every(s, "([?&;]|u0026)[A-Za-z0-9_.%-]*([Kk]ey|[Cc]ode|[Ss]ig|[Ss]ignature|[Cc]redential|[Tt]oken|[Aa]uth|[Pp]wd|[Pp]ass)=[^&# \\\\\t\"<>" sq "]+", "([?&;]|u0026)[^=]*=", "url-query")
    }
    if (s ~ /(echo|printf)[ \t].*[|]/) s = every(s, "(echo|printf)[ \t]+[^|]*[^| \t][ \t]*[|]", "(echo|printf)[ \t]+", "password", "|")
    if (index(s, "<<<")) s = every(s, "<<<[ \t]*[^ \t]+", "<<<[ \t]*", "password")
    if (s ~ /[Bb](earer|asic)[ \t]/) s = every(s, "[Bb](earer|asic)[ \t]+" times("[A-Za-z0-9._~+/=-]", 6) "[A-Za-z0-9._~+/=-]*", "[A-Za-z]+[ \t]+", "header")
    for (n = 1; n <= tokens; n++) if (index(s, sign[n])) s = standing(s, token[n], token_kind[n])
    if (!index(s, ".")) return s
    out = ""
    while (match(s, bootstrap)) {
      p = RSTART; before = p > 1 ? substr(s, p - 1, 1) : substr(out, length(out), 1); after = substr(s, p + 23, 2)
      if (before !~ /[A-Za-z0-9_.-]/ && after !~ /^([A-Za-z0-9_-]|[.][A-Za-z0-9])/) { out = out substr(s, 1, p - 1) hit("token"); s = substr(s, p + 23) }
      else { out = out substr(s, 1, p); s = substr(s, p + 1) }
    }
    return out s
  }
  # Tokens of services that begin with a sign of their own: what stands in front of them is no part of a word.
  function known(first, rest, kind) { sign[++tokens] = first; token[tokens] = rest; token_kind[tokens] = kind }
  function know(   w, w8, w16, a16) {
    w = "[A-Za-z0-9_-]"; w8 = times(w, 8); w16 = w8 w8; a16 = times("[A-Za-z0-9]", 16)
    known("eyJ", "eyJ" w8 "[A-Za-z0-9_+/=-]*([.]" w "*)*", "token")
    known("K10", "K10[0-9a-f][0-9a-f]+::[^ \t\",]+", "token")
    known("AKIA", "AKIA" a16, "credential"); known("ASIA", "ASIA" a16, "credential"); known("AROA", "AROA" a16, "credential")
    known("gh", "gh[pousr]_" w16 w "*", "token"); known("github_pat_", "github_pat_" w8 w "*", "token")
    known("gl", "gl(pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-" w8 "[A-Za-z0-9_.-]*", "token"); known("glsa_", "glsa_" w8 w "*", "token"); known("glc_", "glc_" w8 "[A-Za-z0-9_=+/-]*", "token")
    known("xox", "xox[a-z]-" w8 w "*", "token"); known("xapp-", "xapp-" w8 w "*", "token")
    known("AIza", "AIza" w16 w "*", "token"); known("ya29.", "ya29[.]" w8 w "*", "token"); known("GOCSPX-", "GOCSPX-" w8 w "*", "token")
    known("hv", "hv[sbr][.]" w8 "[A-Za-z0-9_.-]*", "token"); known("s.", "s[.]" a16 times("[A-Za-z0-9]", 8), "token"); known("b.AAAA", "b[.]AAAA" w "*", "token")
    known("sk-", "sk-" w16 w "*", "token"); known("k_live_", "[a-z]k_live_" w8 w "*", "token"); known("k_test_", "[a-z]k_test_" w8 w "*", "token"); known("whsec_", "whsec_" w8 "[A-Za-z0-9_+/=-]*", "token")
    known("npm_", "npm_" w16 w "*", "token"); known("pypi-", "pypi-" w16 w "*", "token"); known("_v1_", "do[por]_v1_" w8 w "*", "token")
    known("SG.", "SG[.]" w8 w "*[.]" w8 w "*", "token"); known("shp", "shp(at|ca|pa|ss)_" w8 w "*", "token"); known("dckr_", "dckr_(pat|oat)_" w8 w "*", "token")
    known("hf_", "hf_" w16 w "*", "token"); known("tskey-", "tskey-" w8 w "*", "token"); known("dapi", "dapi" times("[0-9a-f]", 32) w "*", "token"); known("atlasv1", a16 "*[.]atlasv1[.]" w8 w "*", "token")
    known("ATATT3", "ATATT3" w16 "[A-Za-z0-9_=-]*", "token"); known("NRAK-", "NRAK-" w8 w "*", "token"); known("lin_api_", "lin_api_" w8 w "*", "token"); known("PMAK-", "PMAK-" w8 w "*", "token"); known("sntry", "sntry[a-z]_" w8 "[A-Za-z0-9_+/=-]*", "token")
    known("AGE-SECRET-KEY-", "AGE-SECRET-KEY-1[0-9A-Z]+", "private-key"); known("b3BlbnNzaC1rZXktdjE", "b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]*", "private-key")
    known(":AA", times("[0-9]", 8) "[0-9]*:AA" times(w, 28) w "*", "token")
    known("$", "[$](1|2[abxy]?|5|6|7|y|gy|md5|sha1|apr1|argon2[id]*|scrypt|pbkdf2[a-z0-9-]*)[$][^ \t\"" sq ":,\\\\]+", "password-hash")
  }
  function standing(s, re, kind,   out, p, l, before) {
    out = ""
    while (match(s, re)) {
      p = RSTART; l = RLENGTH; before = p > 1 ? substr(s, p - 1, 1) : substr(out, length(out), 1)
      if (before ~ /[A-Za-z0-9]/) { out = out substr(s, 1, p); s = substr(s, p + 1) }
      else { out = out substr(s, 1, p - 1) hit(kind); s = substr(s, p + l) }
    }
    return out s
  }
  function plain(s, i) { return pairs(flags(shapes(s)), i) }
  function times(re, n,   out) { while (n-- > 0) out = out re; return out }
  # What stands between :// and the last @ of each URL of a list; passwords may hold any sign.
  function urls(s,   out, url, n, at, i) {
    out = ""
    while ((n = index(s, "://")) > 0) {
      out = out substr(s, 1, n + 2); s = substr(s, n + 3)
      url = match(s, "[ \t\"<>\\\\" sq "]") ? substr(s, 1, RSTART - 1) : s
      if (match(url, /,[A-Za-z][A-Za-z0-9+.-]*:\/\//)) url = substr(url, 1, RSTART - 1)
      at = 0; for (i = length(url); i > 0; i--) if (substr(url, i, 1) == "@") { at = i; break }
      if (at > 1 && substr(url, 1, at - 1) != mark && substr(url, at + 1) !~ /^sha[0-9]+:/) { out = out hit("url-userinfo"); s = substr(s, at) }
    }
    return out s
  }
  # user:password@host without a scheme. An image has a digest there.
  function userinfo(s, re,   out, m) {
    out = ""
    while (match(s, re)) {
      m = substr(s, RSTART, RLENGTH)
      out = out substr(s, 1, RSTART - 1); s = substr(s, RSTART + RLENGTH)
      if (s ~ /^sha[0-9]+:/ || m ~ /^system:/) out = out m
      else out = out hit("url-userinfo") "@"
    }
    return out s
  }
  # Base64 of a PEM block that is no certificate.
  function pem(s,   out, m) {
    out = ""
    while (match(s, "LS0tLS1CRUdJTi[A-Za-z0-9+/=]*")) {
      m = substr(s, RSTART, RLENGTH)
      out = out substr(s, 1, RSTART - 1) (substr(m, 15, 6) == "BDRVJU" ? m : hit("private-key"))
      s = substr(s, RSTART + RLENGTH)
    }
    return out s
  }
  # `--flag value` with blanks or list punctuation between. A value on the next line is awaited.
  # Of short ones only those of k3s, RKE2 and the kubelet are known to hold no secret.
  function flag_kind(name) {
    if (name == "-t") return rancher ? "token" : ""
    if (name ~ /^-[pPwWaAkKxX]$/) return "short"
    if (name ~ /^-[uU]$/) return "user"
    if (name == "-H") return "header"
    return secret(name)
  }
  function flags(s,   out, name, kind, boundary, gap, q, n, l) {
    out = ""
    while (match(s, /--?[A-Za-z][A-Za-z0-9_.-]*/)) {
      name = substr(s, RSTART, RLENGTH)
      boundary = RSTART > 1 ? substr(s, RSTART - 1, 1) : substr(out, length(out), 1)
      out = out substr(s, 1, RSTART + RLENGTH - 1); s = substr(s, RSTART + RLENGTH)
      if (boundary ~ /[A-Za-z0-9_.=\/:-]/) continue
      kind = flag_kind(name)
      if (name ~ /^-p./ && kind == "" && name !~ glued && s !~ /^=/) {
        out = substr(out, 1, length(out) - length(name)) "-p" hit("password"); s = substr(s, extent(s) + 1)
        continue
      }
      if (kind == "") continue
      if (name ~ /^-[A-Za-z]$/ && match(s, "^[=\"" sq "$!#%&*+./:;<>?@^_`{|}~0-9]")) {
        q = substr(s, 1, 1); n = q == "=" ? 1 : 0; q = substr(s, n + 1, 1)
        if (q == "\"" || q == sq) { if (boundary == q || !closing(substr(s, n + 1), q)) n = 0; else { out = out substr(s, 1, n) hit(kind); s = substr(s, n + closing(substr(s, n + 1), q) + 1); continue } }
        else { l = kind == "header" ? sentence(s) : extent(s); if (!harmless(substr(s, n + 1, l - n), kind)) { out = out substr(s, 1, n) hit(kind); s = substr(s, l + 1) } continue }
      }
      if (awaits(out, name, s)) { await = kind; continue }
      if (!match(s, "^[\"" sq "]?[ \t,]+[\"" sq "]?")) continue
      gap = substr(s, 1, RLENGTH); q = substr(gap, length(gap), 1)
      if (substr(s, RLENGTH + 1, 1) == "-") continue
      out = out gap; s = substr(s, RLENGTH + 1)
      n = (q == "\"" || q == sq) ? index(s, q) - 1 : kind == "header" ? sentence(s) : extent(s)
      if (n < 0) n = length(s)
      if (n == 0 || harmless(substr(s, 1, n), kind)) continue
      out = out hit(kind); s = substr(s, n + 1)
    }
    return out s
  }
  # Does the value of the argument that ends `before` stand on the next line (in the next item, the next string)?
  function awaits(before, name, after) {
    if (form == "ps" || form == "line" || after !~ ("^[\\\\\"," sq " \t\r]*$")) return 0
    if (form !~ /^(text|unit|env)$/) return 1
    listed = substr(before, 1, length(before) - length(name)) ~ ("^[ \t]*-[ \t]+[\"" sq "]?$")
    return listed || after ~ ("^[\"" sq "]?[ \t]*\\\\\r?$") || after ~ ("^[\"" sq "][ \t]*,")
  }
  # How much of s belongs to the unquoted value of an argument. In joined arguments a value may hold blanks.
  function extent(s) {
    if (form == "ps" || form == "line") return match(s, /[ \t]+-/) ? RSTART - 1 : length(s)
    return match(s, "[ \t\r\"\\\\," sq "]") ? RSTART - 1 : length(s)
  }
  # Of a header: it holds blanks even where nothing is in quotes.
  function sentence(s) { return match(s, "[ \t]+-|[\"\\\\" sq "]") ? RSTART - 1 : length(s) }
  function balance(s,   t, n) { t = s; n = gsub(/[{\[]/, "", t); return n - gsub(/[}\]]/, "", t) }
  # key: value, KEY=value, --flag=value, "key":"value". Line number i > 0 for files, where values span lines.
  function pairs(s, i,   out, key, sep, kind, start, column, flag, alone, quoted, lead, q, n, v, flow) {
    out = ""
    while (match(s, "[A-Za-z_][A-Za-z0-9_.-]*[\\\\\"" sq "]*[ \t]*[=:]")) {
      key = substr(s, RSTART, RLENGTH); column = length(out) + RSTART
      out = out substr(s, 1, RSTART - 1); s = substr(s, RSTART + RLENGTH)
      sep = substr(key, length(key)); name = key; gsub(/[^A-Za-z0-9_.-]/, "", name)
      kind = secret(name)
      flow = balance(out) > 0
      if (yaml && tolower(name) == "value" && sep == ":" && !known_name(i, column, out s)) kind = "env-value"
      if (yaml && (has_users && name == "args" || has_secret && name ~ /^(data|stringData)$/) && sep == ":") kind = "credential"
      if (substr(out, length(out)) == "\\" && key ~ /^([uU][0-9a-fA-F]+|x[0-9a-fA-F][0-9a-fA-F])[A-Za-z0-9_.-]*["]/) kind = "credential"
      flag = out ~ /(^|[^A-Za-z0-9_])-$/; alone = i && out ~ /^[ \t]*--?$/
      quoted = out; sub(/-+$/, "", quoted); quoted = substr(quoted, length(quoted))
      if (quoted != "\"" && quoted != sq) quoted = ""
      if (key ~ ("[\"" sq "]")) { if (quoted != "") column--; quoted = "" }
      start = out ~ ("^[ \t#-]*(export )?[\"" sq "]?$") && !flag
      out = out key
      if (kind == "" || (kind == "user" && s ~ /^[ \t\r]*([{&|>].*)?$/)) continue
      match(s, /^[ \t]*/); lead = substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1)
      q = substr(s, 1, 1)
      if (start && sep == ":" && i && out !~ /#/ && (s == "" || s ~ /^[|>#&!]/ || s == "\r")) {
        if (s ~ /^[|>&!]/ || nested(i, column)) { out = out (lead == "" ? " " : lead) hit(kind); block = column; return out }
        return out lead s
      }
      if (s ~ /^\\"/) { n = index(substr(s, 3), "\\\""); n = n ? n + 3 : length(s) }
      else if (q == "\"" || q == sq) {
        n = closing(s, q)
        if (!n) { n = length(s); if (i) open_quote = q }
      }
      else if ((q == "{" || q == "[") && i) { n = length(s); if (balance(s) > 0) depth = balance(s) }
      else if (flag && quoted != "" && match(s, "[ \t]+-|" quoted)) n = RSTART - 1
      else if (quoted != "") { n = index(s, quoted) - 1; if (n < 0) { n = length(s); if (i) open_quote = quoted } }
      else if (flag) n = alone || kind == "header" ? sentence(s) : extent(s)
      else if (flow) n = match(s, /[,}\]]/) ? RSTART - 1 : length(s)
      else if (i ? sep == ":" || start : form == "json" || form == "args") {
        n = length(s)
        if (i && start && sep == ":" && out !~ /#/) block = column
        if (i && sep == "=" && s ~ /\\$/) continued = 1
      }
      else n = kind == "header" ? sentence(s) : extent(s)
      v = substr(s, 1, n)
      if (flow && i && sep == ":" && s ~ /^[ \t\r]*$/) { flow_await = kind; return out lead s }
      if (harmless(v, kind)) { out = out lead v; block = -1 }
      else if (v ~ /^\\"/) out = out lead "\\\"" hit(kind) "\\\""
      else if (q == "\"" || q == sq) out = out lead q hit(kind) q
      else out = out lead hit(kind)
      s = substr(s, n + 1)
    }
    return out s
  }
  function closing(s, q,   i, c, n) {
    n = length(s)
    for (i = 2; i <= n; i++) {
      c = substr(s, i, 1)
      if (q == "\"" && c == "\\") i++
      else if (c == q) { if (q == sq && substr(s, i + 1, 1) == sq) i++; else return i }
    }
    return 0
  }
  function indent(s) { match(s, /^[ \t]*/); return RLENGTH + 1 }
  # Is there anything below the key at this column of line i?
  function nested(i, column) {
    while (++i <= total) {
      if (line[i] ~ /^[ \t\r]*(#.*)?$/) continue
      return indent(line[i]) > column || (indent(line[i]) == column && line[i] ~ /^[ \t]*-([ \t]|$)/)
    }
    return 0
  }
  # Does the value at this column of line i stand beside a name that may be shown, or in a taint or toleration?
  function known_name(i, column, whole,   k, c, n) {
    if (match(whole, /name["]?[ \t]*:[ \t]*["]?[A-Z_0-9]+/)) { n = substr(whole, RSTART, RLENGTH); sub(/^.*[^A-Z_0-9]/, "", n); return index(allowed, " " n " ") > 0 }
    if (match(whole, /[{,][ \t]*["]?key["]?[ \t]*:[ \t]*["]?[A-Za-z0-9_.\/-]*/)) { n = substr(whole, RSTART, RLENGTH); sub(/^.*[^A-Za-z0-9_.\/-]/, "", n); return secret(n) == "" }
    for (k = i - 1; k > 0 && k > i - 8; k--) {
      c = key_column(line[k]); if (c < column) break
      if (c == column) { n = sibling(line[k]); if (n >= 0) return n; if (line[k] ~ /^[ \t]*-/) break }
    }
    for (k = i + 1; k <= total && k < i + 8; k++) {
      if (line[k] ~ /^[ \t]*-/ || (c = key_column(line[k])) < column) break
      if (c == column) { n = sibling(line[k]); if (n >= 0) return n }
    }
    return 0
  }
  function key_column(s) { match(s, /^[ \t]*(-[ \t]+)*["]?/); return RLENGTH + 1 }
  function sibling(s,   n) {
    sub(/^[ \t-]*/, "", s); gsub(/["\r]/, "", s); gsub(sq, "", s)
    n = s; sub(/^[A-Za-z]+[ \t]*:[ \t]*/, "", n); sub(/[ \t].*$/, "", n)
    if (s ~ /^[Kk]ey[ \t]*:/) return secret(n) == ""
    if (s !~ /^[Nn]ame[ \t]*:/) return -1
    return index(allowed, " " n " ") > 0 ? 1 : 0
  }
  # Of annotations, those that Kubernetes itself and its installers write are shown.
  function annotation(s,   n, key) {
    n = match(s, /[:]([ \t]|$)/); if (!n) return ""
    key = substr(s, 1, n - 1); gsub(/["\r \t]/, "", key); gsub(sq, "", key)
    if (key ~ /^(kubeadm[.]kubernetes[.]io|kubernetes[.]io\/config|scheduler[.]alpha|seccomp[.]security|container[.](apparmor|seccomp)|target[.]workload|openshift[.]io|cluster-autoscaler|prometheus[.]io)/ && s !~ /[|>][+-]?[ \t]*$/) return plain(s, 0)
    if (harmless(substr(s, n + 1))) return s
    block = indent(s); return substr(s, 1, n) " " hit("annotation")
  }
  function text(s, i,   kind, lead, n) {
    if (yaml && open_quote == "" && depth <= 0 && block < 0 && s ~ /^[ \t]*#[^!]/) return remark(s)
    if (open_quote != "") { if (index(s, open_quote)) open_quote = ""; return "" }
    if (depth > 0) { depth += balance(s); return "" }
    if (continued) { continued = s ~ /\\$/; return "" }
    if (block >= 0) {
      if (s ~ /^[ \t\r]*$/ || indent(s) > block || (indent(s) == block && s ~ /^[ \t]*-([ \t]|$)/)) return ""
      if (s !~ /^[ \t]*#/) block = -1
    }
    if (complex) {
      if (s ~ /^[ \t\r]*(#.*)?$/) return s
      complex = 0
      if (match(s, /^[ \t]*:/)) { block = RLENGTH; return substr(s, 1, RLENGTH) " " hit("credential") }
      if (s !~ /^[ \t]*[?]/) complex = 1
    }
    if (yaml && s ~ /^[ \t-]*[?]([ \t\r]|$)/) { complex = 1; return plain(s, i) }
    if (yaml && annotations >= 0) {
      if (s ~ /^[ \t\r]*(#.*)?$/) return s
      if (indent(s) <= annotations) annotations = -1
      else return annotation(s)
    }
    if (yaml && match(s, /^[ \t]*(-[ \t]+)?["]?annotations["]?[ \t]*:[ \t]*/)) {
      lead = substr(s, 1, RLENGTH); kind = substr(s, RLENGTH + 1)
      annotations = lead ~ /^[ \t]*-/ ? key_column(lead) : indent(lead)
      if (kind ~ /^[{&|>"]/ && kind !~ /^[{][ \t]*[}]/) { if (balance(kind) > 0) depth = balance(kind); return lead hit("annotation") }
      return s
    }
    if (flow_await != "" && s !~ /^[ \t\r]*(#.*)?$/) {
      kind = flow_await; flow_await = ""
      match(s, "^[ \t]*[\"" sq "]?"); lead = substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1)
      if (s ~ /^[{\[]/) { if (balance(s) > 0) depth = balance(s); return lead hit(kind) }
      n = match(s, lead ~ ("[\"" sq "]$") ? substr(lead, length(lead)) : "[,}\\]]") ? RSTART - 1 : length(s)
      return lead hit(kind) plain(substr(s, n + 1), i)
    }
    return awaited(s, i)
  }
  # A line that may be the value of an argument on the line before.
  function awaited(s, i,   kind, lead) {
    if (await != "") {
      kind = await; await = ""
      if (match(s, "^[ \t]*(-[ \t]+)?[\"" sq "]?") && (!listed || s ~ /^[ \t]*-[ \t]/) && substr(s, RLENGTH + 1) !~ /^(-|[ \t\r]*$)/) {
        lead = substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1)
        match(s, "[\"" sq "]|[ \t]+-|[ \t]*\\\\?\r?$"); return lead hit(kind) plain(substr(s, RSTART), 0)
      }
    }
    return plain(s, i)
  }
  # JSON arrives split at the double quotes: outside and inside of strings by turns. A string is held
  # until what follows it tells whether it is a key.
  function json_chunk(s) {
    if (!inside) { outside(s); inside = 1; held = ""; return }
    held = held s
    match(s, /\\*$/)
    if (RLENGTH % 2) { held = held "\""; return }
    inside = 0; holding = 1
  }
  function outside(s,   c, i, n, under, literal) {
    if (holding && s ~ /^[ \t\r\n]*:/) {
      key = held; kind = secret(key)
      if (tolower(key) == "value" && !allowed_name[level] && !sibling_key[level]) kind = "env-value"
      if (key ~ /\\[ux]/ || key ~ /^(data|stringData)$/ || (key == "args" && holder[level] == "exec")) kind = "credential"
      if (key == "annotations") kind = "annotation"
      printf "\"%s\"", held
    } else if (holding) { printf "\"%s\"", value_of(held); key = kind = "" }
    holding = 0; under = masked; n = length(s)
    if (kind != "" && match(s, "^[ \t\r\n]*:[ \t\r\n]*[^] \t\r\n,}{[]+")) {
      literal = substr(s, 1, RLENGTH); sub(/^[ \t\r\n]*:[ \t\r\n]*/, "", literal)
      if (!harmless(literal, kind)) s = ": \"" hit(kind) "\"" substr(s, RLENGTH + 1)
      kind = ""
    }
    for (i = 1; i <= n; i++) {
      c = substr(s, i, 1)
      if (c == "{" || c == "[") {
        allowed_name[++level] = sibling_key[level] = 0; holder[level] = key != "" ? key : holder[level - 1]
        if (kind == "user") kind = ""
        if (kind != "" && !masked) { under = masked = level; masked_kind = kind }
        kind = ""
      } else if (c == "}" || c == "]") { if (masked == level) masked = 0; level-- }
    }
    if (under && s ~ /[0-9]/) { s = every(s, "-?[0-9][0-9.eE+-]*", "", masked_kind); gsub(mark, "\"" mark "\"", s) }
    printf "%s", pairs(s, 0)
  }
  function value_of(s,   k) {
    k = kind != "" ? kind : masked ? masked_kind : s ~ /^-/ ? "" : await
    await = ""
    if (tolower(key) == "name") allowed_name[level] = index(allowed, " " s " ") > 0
    if (tolower(key) == "key") sibling_key[level] = secret(s) == ""
    if (cni && k == "" && tolower(key != "" ? key : holder[level]) !~ /^(cniversion|name|type|plugins|ipam|mode|mtu|bridge|master|subnet|ranges|rangestart|rangeend|gateway|dst|gw|policy|datastore_type|nodename|log_level|log_file_path|kubeconfig|capabilities|delegate|delegates|cninetworks?|confdir|cnidir|bindir|routes|addresses|enabled)$/) k = "setting"
    return k != "" && !harmless(s, k) ? hit(k) : plain(s, 0)
  }
  function argument(s,   k, n) {
    k = await; await = ""
    if (s ~ /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/) return substr(s, 1, match(s, /^-+[A-Za-z0-9_.-]+=/) ? RLENGTH : 0) hit("private-key")
    if (k != "" && s !~ /^-/) return harmless(s, k) ? s : hit(k)
    if (match(s, /^--?[A-Za-z0-9_.-]+/)) {
      n = RLENGTH; k = flag_kind(substr(s, 1, n))
      if (k != "" && substr(s, n + 1, 1) == "=") return harmless(substr(s, n + 2), k) ? s : substr(s, 1, n + 1) hit(k)
      if (k != "" && n == length(s)) { await = k; return s }
    }
    return plain(s, 0)
  }
  # A process list: columns as the header counts them, the command last.
  function process(s,   out, i, pid, first, base) {
    if (NR == 1) { columns = NF; for (i = 1; i <= NF; i++) if ($i == "PID") pid_column = i; return s }
    pid = $pid_column; out = ""
    for (i = 1; i < columns; i++) { match(s, /^[ \t]*[^ \t]+/); out = out substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1) }
    match(s, /^[ \t]*/); out = out substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1)
    first = s; sub(/[ \t].*$/, "", first); base = first; sub(/^.*\//, "", base)
    if (index(pids, " " pid " ") || index(keep, " " base " ")) { rancher = s ~ /k3s|rke2/; return out plain(s, 0) }
    return out plain(first, 0) (s == first ? "" : " " hit("arguments-of-other-process"))
  }
  # The words of a line of variables of a unit: of those that no rule reads the value is masked. A word may go on in
  # quotes, and on the next line.
  function variables(s,   out, c, i, n, word, start) {
    out = ""; n = length(s); i = 1
    while (i <= n + 1) {
      c = i <= n ? substr(s, i, 1) : ""
      if (in_word == 0 && c ~ /[ \t\r\\]/) { out = out c; i++; continue }
      if (c == "") break
      start = i
      if (in_word == 0) { in_word = 1; word_quote = ""; word_kept = -1; if (c == "\"" || c == sq) { word_quote = c; i++ } }
      while (i <= n) {
        c = substr(s, i, 1)
        if (word_quote == "" ? c ~ /[ \t\r]/ : c == word_quote) break
        if (c == "\\" && i == n) break
        if (c == "\\") i++
        else if (word_quote == "" && (c == "\"" || c == sq) && index(substr(s, i + 1), c)) i += index(substr(s, i + 1), c)
        i++
      }
      word = substr(s, start, i - start)
      out = out variable(word)
      if (word_quote != "" && c == word_quote) { out = out c; i++; in_word = 0 }
      else if (word_quote == "" ) in_word = 0
      else if (i > n || (c == "\\" && i == n)) { out = out substr(s, i); return out }
    }
    return out
  }
  function variable(word,   q, n, name, value) {
    q = ""; if (word ~ ("^[\"" sq "]")) { q = substr(word, 1, 1); word = substr(word, 2) }
    if (word_kept >= 0) { if (word_kept) return q plain(word, 0); return word == "" ? "" : q hit("env-value") }
    n = index(word, "="); if (!n) return word == "" ? q : q hit("env-value")
    name = substr(word, 1, n - 1); value = substr(word, n + 1)
    word_kept = is_read(name, value) ? 1 : 0
    if (word_kept) return q plain(word, 0)
    return harmless(value) ? q word : q name "=" hit("env-value")
  }
  # The variables that rules read: those of the components, and lines of arguments.
  function is_read(name, value) {
    if (index(allowed, " " name " ")) return 1
    if (secret(name) != "") return 0
    sub("^[\"" sq "]", "", value)
    return name ~ /^(KUBE[A-Z]*|K3S|RKE2)(_[A-Z0-9_]+)?$/ || name ~ /(ARGS|OPTS|OPTIONS|FLAGS|PARAMS)$/ || value ~ /^--[a-z]/ || name ~ /^(ID|VERSION_ID|OPENSHIFT_VERSION|PRETTY_NAME|VARIANT_ID)$/
  }
  # A remark that speaks of a secret may tell it.
  function remark(s,   t) {
    t = plain(s, 0)
    if (tolower(s) !~ /passw|passphrase|secret|token|credential|pwd|api.?key|private.?key/) return t
    match(s, /^[ \t]*[#;]+/); return substr(s, 1, RLENGTH) " " hit("comment")
  }
  # One line of a unit: what rules read is shown, and of programs that are no component the name.
  function unit(s, i,   n, name, value, k, rest) {
    if (s ~ /^[ \t]*[#;]/) {
      if (!match(s, /^[ \t]*[#;]+[ \t]*[A-Za-z][A-Za-z0-9_.-]*[ \t]*=/)) return remark(s)
      k = unit_state; n = in_word; name = word_quote; value = word_kept; rest = await; match(s, /[A-Za-z]/)
      s = substr(s, 1, RSTART - 1) unit_line(substr(s, RSTART), i)
      unit_state = k; in_word = n; word_quote = name; word_kept = value; await = rest
      return s
    }
    if (unit_state == "") return s ~ /^[ \t]*(\[[A-Za-z-]+\])?[ \t\r]*$/ ? s : unit_line(s, i)
    rest = unit_state; if (s !~ /\\\r?$/) unit_state = ""
    if (rest == "masked") return ""
    if (rest == "variables") { s = variables(s); if (unit_state == "") in_word = 0; return s }
    return carried(s, text(s, i))
  }
  # What goes on in the next line still does.
  function carried(s, shown) { return s ~ /\\\r?$/ && shown !~ /\\\r?$/ ? shown " \\" : shown }
  function unit_line(s, i,   n, name, value, lead, program, last_sign) {
    in_word = 0; await = ""; block = -1; open_quote = ""
    n = index(s, "="); last_sign = s ~ /\\\r?$/
    if (!n) { unit_state = last_sign ? "shown" : ""; return plain(s, 0) }
    name = substr(s, 1, n - 1); gsub(/[ \t]/, "", name); value = substr(s, n + 1)
    if (name == "Environment") {
      unit_state = last_sign ? "variables" : ""
      value = substr(s, 1, n) variables(value); if (!last_sign) in_word = 0
      return value
    }
    if (name ~ /^Exec/) {
      match(value, /^[ \t]*[-@:+!|]*/); lead = substr(value, 1, RLENGTH); program = substr(value, RLENGTH + 1)
      sub(/[ \t].*$/, "", program); k = program; sub(/^.*\//, "", k); gsub("[\"" sq "\r]", "", k)
      if (k == "\\" || k == "" || (name == "ExecStart" && index(keep " kubenswrapper ", " " k " "))) { unit_state = last_sign ? "shown" : ""; return carried(s, text(s, i)) }
      unit_state = last_sign ? "masked" : ""
      if (value ~ (/^[ \t]*[^ \t]+[ \t\r]*$/)) return plain(s, 0)
      return substr(s, 1, n) lead plain(program, 0) " " hit("arguments-of-other-process")
    }
    if (name ~ shown_in_units) { unit_state = last_sign ? "shown" : ""; return plain(s, 0) }
    unit_state = last_sign ? "masked" : ""
    return harmless(value) ? s : substr(s, 1, n) hit("setting")
  }
  # One line of a file of variables.
  function environment(s, i,   n, name, value, q, comment) {
    if (env_quote != "") { n = closing(env_quote s, env_quote); if (n) env_quote = ""; return env_kept ? awaited(s) : "" }
    if (env_goes_on) { env_goes_on = s ~ /\\$/; return env_kept ? awaited(s) : "" }
    await = ""
    if (!match(s, /^[ \t]*([#;]+[ \t]*)?(export[ \t]+)?[A-Za-z_][A-Za-z0-9_.-]*[ \t]*=/)) return s ~ /^[ \t]*[#;]/ ? remark(s) : harmless(s) ? s : hit("line")
    name = substr(s, 1, RLENGTH); value = substr(s, RLENGTH + 1); n = RLENGTH; comment = name ~ /[#;]/
    sub(/[ \t]*=$/, "", name); sub(/^.*[ \t#;]/, "", name)
    match(value, /^[ \t]*/); q = substr(value, RLENGTH + 1, 1)
    env_kept = is_read(name, value)
    if (q == "\"" || q == sq) {
      if (!closing(substr(value, RLENGTH + 1), q) && !comment) env_quote = q
    } else if (value ~ /\\$/ && !comment) env_goes_on = 1
    if (env_kept) return substr(s, 1, n) plain(value, 0)
    if (harmless(value)) return s
    return substr(s, 1, n) hit("env-value")
  }
  # A property of systemctl show: of programs that are no component the name.
  function property(s,   n, k, program) {
    if (s !~ /^Exec[A-Za-z]*=/ || !(n = index(s, "argv[]="))) return plain(s, 0)
    program = substr(s, n + 7); sub(/[ \t].*$/, "", program); k = program; sub(/^.*\//, "", k)
    if (index(keep " kubenswrapper ", " " k " ")) return plain(s, 0)
    k = substr(s, n + 7 + length(program)); if (k ~ /^ ;/) return plain(s, 0)
    sub(/^.*( ; ignore_errors=)/, " ; ignore_errors=", k); if (k !~ /^ ; ignore_errors=/) k = ""
    return substr(s, 1, n + 6) program " " hit("arguments-of-other-process") k
  }
  BEGIN { block = -1; annotations = -1; know(); if (form == "cni") { cni = 1; form = "json" } yaml = form == "text"
    key_of = "access|secret|api|account|shared|storage|encryption|certificate|signing|etcd|client|server|master|auth|app|application|hmac|aes|enc|crypt|crypto|wireguard|session|license|licence|subscription|service|admin|root|deploy|bot|webhook|ssh|private|ingest|integration|pre|tsig|rndc|host|user|write|read|db|database|backup|vault|cipher|unseal|recovery"
    shown_in_units = "^(Description|Documentation|Wants|Requires|Requisite|BindsTo|PartOf|Upholds|Conflicts|Before|After|OnFailure|OnSuccess|RequiresMountsFor|DefaultDependencies|Condition[A-Za-z]*|Assert[A-Za-z]*|StartLimit[A-Za-z]*|Refuse[A-Za-z]*|AllowIsolate|Type|ExitType|RemainAfterExit|GuessMainPID|PIDFile|BusName|Restart[A-Za-z]*|Timeout[A-Za-z]*|Runtime[A-Za-z]*|Watchdog[A-Za-z]*|SuccessExitStatus|Kill[A-Za-z]*|SendSIG[A-Z]*|FinalKillSignal|NotifyAccess|EnvironmentFile|PassEnvironment|UnsetEnvironment|RootDirectory|RootImage|WorkingDirectory|User|Group|DynamicUser|SupplementaryGroups|UMask|Limit[A-Z]*|OOM[A-Za-z]*|Nice|CPU[A-Za-z]*|Memory[A-Za-z]*|Tasks[A-Za-z]*|IO[A-Za-z]*|Block[A-Za-z]*|IP[A-Za-z]*|Delegate|Slice|Device[A-Za-z]*|Private[A-Za-z]*|Protect[A-Za-z]*|Restrict[A-Za-z]*|NoNewPrivileges|Capability[A-Za-z]*|AmbientCapabilities|SecureBits|SystemCall[A-Za-z]*|Read[A-Za-z]*Paths|Inaccessible[A-Za-z]*|Bind[A-Za-z]*Paths|TemporaryFileSystem|Mount[A-Za-z]*|LockPersonality|Standard(Output|Error)|Syslog[A-Za-z]*|LogsDirectory|StateDirectory[A-Za-z]*|CacheDirectory|ConfigurationDirectory|SELinuxContext|AppArmorProfile|WantedBy|RequiredBy|Alias|Also|Sockets)$"
    glued = "^-p(eer|re-|rint|rox|rofil|ort|od|ath|id|kg|lugin|olicy|olling|referred|riority|erm|arallel|rogress|attern|refix|ull|ush|ass)"
    bootstrap = times("[a-z0-9]", 6) "[.]" times("[a-z0-9]", 16); if (form == "json") RS = "\"" }
  form == "json" { json_chunk($0); next }
  form == "ps" { print process($0); next }
  form == "show" { rancher = 0; print property($0); next }
  form == "line" { rancher = $0 ~ /k3s|rke2/; print plain($0, 0); next }
  form == "args" { if (NR == 1) rancher = $0 ~ /(k3s|rke2)( |$)/; print argument($0); next }
  { line[++total] = $0; if ($0 ~ /k3s|rke2/) rancher = 1; if (/^users:/) has_users = 1; if (/^kind:[ \t]*["]?Secret/) has_secret = 1 }
  END {
    if (form == "unit") for (i = 1; i <= total; i++) printf "%s%s", unit(line[i], i), (i < total || last != "" ? "\n" : "")
    if (form == "env") for (i = 1; i <= total; i++) printf "%s%s", environment(line[i], i), (i < total || last != "" ? "\n" : "")
    if (form == "text") for (i = 1; i <= total; i++) printf "%s%s", text(line[i], i), (i < total || last != "" ? "\n" : "")
    if (form == "json" && holding) printf "\"%s\"", value_of(held)
    if (form == "json" && inside && held != "") printf "\"%s", value_of(held)
    for (k in count) print k, count[k] > counts
    print "end" > counts
  }' | cat >"$SCRATCH/masked" || full # busybox awk would not tell of a full disk; cat does
  if [ "$(tail -n 1 "$SCRATCH/counts")" != end ]; then # not all was seen
    printf 'a line\n' >"$SCRATCH/counts" || full
    return 3
  fi
  while read -r rd_kind rd_count; do
    [ "$rd_kind" != end ] || break
    printf '{"member":%s,"kind":"%s","count":%s}\n' "$(json "$2")" "$rd_kind" "$rd_count" >>"$SCRATCH/redactions" || full
  done <"$SCRATCH/counts"
}

# redacted, straight after a pipe into redact: fails if there is nothing to keep; a full disk ends the run, as redact, being
# in a pipe, cannot.
redacted() {
  case $? in 0) return 0 ;; 3) return 1 ;; esac
  exit 1
}

# was_masked: did the last redact find anything?
was_masked() { [ "$(wc -l <"$SCRATCH/counts")" -gt 1 ]; }

# ---------------------------------------------------------------- files
# row PATH TYPE SOURCE [TARGET] [SHA256]: one row of stat.tsv. Two columns for our own use follow (see merge_rows):
# whether a process named the path, and which file it really is.
row() {
  [ -z "$LIST" ] || return 0
  rw_meta="$TAB$TAB$TAB$TAB$TAB$TAB$TAB$TAB-"
  case $2 in absent) ;; *) rw_meta=$(stat -c "%a$TAB%u$TAB%g$TAB%U$TAB%G$TAB%s$TAB%Y$TAB%Z$TAB%d:%i" "$3" 2>/dev/null) || rw_meta="$TAB$TAB$TAB$TAB$TAB$TAB$TAB$TAB-" ;; esac
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(escape tsv "$1")" "$2" "${rw_meta%"$TAB"*}" "${5:-}" \
    "$(escape tsv "${4:-}")" "$NAMED" "${rw_meta##*"$TAB"}" >>"$SCRATCH/rows" || full
}

# skip PATH REASON: what a judge would want and does not get.
skip() {
  [ -z "$LIST" ] || return 0
  [ "$2" != unreadable ] || UNREADABLE=$((UNREADABLE + 1))
  printf '{"path":%s,"reason":"%s"}\n' "$(json "$1")" "$2" >>"$SCRATCH/skipped" || full
}

# look VIEW PATH: walks PATH below VIEW part by part, as the kernel would for a process whose root VIEW is, so that no
# link leads out of it. Writes a row per link. Sets REAL (the path without links), STATE (file dir absent unreadable) and
# IS_LINK (the path itself is one).
look() {
  REAL='' STATE='' IS_LINK='' lk_rest=$2 lk_hops=0
  while [ -n "$lk_rest" ]; do
    lk_part=${lk_rest%%/*}
    case $lk_rest in */*) lk_rest=${lk_rest#*/} ;; *) lk_rest='' ;; esac
    case $lk_part in '' | .) continue ;; ..) REAL=${REAL%/*}; continue ;; esac
    if [ ! -x "$1$REAL/" ]; then
      if [ -d "$1$REAL/" ] || [ -z "$REAL" ]; then STATE=unreadable; else STATE=absent; fi
      REAL=$2
      return 0
    fi
    if [ -L "$1$REAL/$lk_part" ]; then
      lk_hops=$((lk_hops + 1))
      lk_target=$(readlink "$1$REAL/$lk_part" && printf .) || lk_target=''
      lk_target=${lk_target%"$NL".}
      row "$REAL/$lk_part" symlink "$1$REAL/$lk_part" "$lk_target"
      [ "$REAL/$lk_part" != "$2" ] || IS_LINK=1
      if [ "$lk_hops" -gt 40 ] || [ -z "$lk_target" ]; then STATE=unreadable REAL=$2; return 0; fi
      case $lk_target in /*) REAL='' ;; esac
      lk_rest=$lk_target/$lk_rest
    else
      REAL=$REAL/$lk_part
    fi
  done
  if [ -d "$1$REAL/" ]; then
    STATE=dir
    { [ -r "$1$REAL/" ] && [ -x "$1$REAL/" ]; } || STATE=unreadable
  elif [ -f "$1$REAL" ]; then STATE='file'
  elif [ -e "$1$REAL" ]; then STATE=unreadable
  else STATE=absent
  fi
}

# rows_of VIEW PATH [SHA256]: the row of what `look` found, under the name that was asked for (unless that is a link and
# has its row) and under its real one.
rows_of() {
  [ -n "$IS_LINK" ] || row "$2" "$STATE" "$1$REAL" '' "${3:-}"
  [ "$REAL" = "$2" ] || row "$REAL" "$STATE" "$1$REAL" '' "${3:-}"
}

is_key_name() {
  case ${1##*/} in
    *.key | *key.pem | kubelet-client-*.pem | kubelet-server-*.pem | *.p12 | *.pfx | id_rsa | id_ecdsa | id_ed25519) return 0 ;;
  esac
  return 1
}

# is_denied PATH: passwords, keys and tokens of the system and its users, and what the kernel shows of processes: never
# read, whoever names it.
is_denied() {
  case $1 in
    /proc/* | /sys/* | /dev/*) case $READ_LIST in *" $1 "*) return 1 ;; esac; return 0 ;;
    */shadow | */shadow[-.~_]* | */gshadow | */gshadow[-.~_]* | */.shadow* | */opasswd* | */master.passwd | */sudoers | */sudoers.d/*) return 0 ;;
    */.ssh/* | /etc/ssh/* | */ssh_host_* | */id_rsa* | */id_dsa* | */id_ecdsa* | */id_ed25519* | */.gnupg/* | *.ppk | *.gpg | *.pgp) return 0 ;;
    */.aws/* | */.azure/* | */.config/gcloud/* | */.docker/* | */.dockercfg | */.netrc | */.pgpass | */.my.cnf | */.git-credentials | */.npmrc | */.pypirc | \
      */.vault-token | */.htpasswd | */htpasswd | *_history | */.config/rclone/* | */.terraform.d/*) return 0 ;;
    *.keytab | *.jks | *.keystore | *.kdbx | */system-connections/* | */wireguard/* | */openvpn/* | */ppp/*secrets | */ipsec.secrets | */swanctl/* | */krb5kdc/* | */wpa_supplicant*.conf) return 0 ;;
    */serviceaccount/token | */kubernetes.io~secret/* | */token | */node-token | */agent-token | */tokens.csv | */known_tokens.csv | */basic_auth.csv | */cred/passwd | */node/password) return 0 ;;
  esac
  return 1
}

# stays VIEW PATH TREE: is the file that `look` found in the tree that PATH lies in (TREE, or the folder of PATH)? Who may
# write in one folder may put a link there, and must not choose what is read. What is read under its own name anyway
# may be linked to, and one unit to another.
stays() {
  [ "$REAL" != "$2" ] || return 0
  st_tree=$3
  if [ -z "$st_tree" ]; then
    st_real=$REAL st_state=$STATE st_link=$IS_LINK
    look "$1" "${2%/*}"
    st_tree=$REAL REAL=$st_real STATE=$st_state IS_LINK=$st_link
  fi
  case $REAL in "$st_tree"/*) return 0 ;; esac
  case $READ_LIST in *" $REAL "*) return 0 ;; esac
  case $2 in
    *.service | *.service.d | *.service.d/*.conf)
      for st_dir in $UNIT_DIRS; do
        case $REAL in "$st_dir"/*.service | "$st_dir"/*.service.d | "$st_dir"/*.service.d/*.conf) return 0 ;; esac
      done ;;
  esac
  return 1
}

# note VIEW PATH: a row, nothing read.
note() {
  clean "$2"
  if [ -n "$LIST" ]; then printf 'stat  %s\n' "$CLEAN"; return 0; fi
  look "$1" "$CLEAN"
  rows_of "$1" "$CLEAN"
  if [ "$STATE" = file ] && is_key_name "$CLEAN"; then skip "$CLEAN" private-key; fi
  if [ "$STATE" = unreadable ] && [ "$NAMED" = 1 ]; then skip "$CLEAN" unreadable; fi
}

# take VIEW PATH [TREE]: a row and the content, masked, unless a link leads it out of TREE (of its folder where none is
# given; TREE is / for what a component's own argument names). FOUND is the masked copy, or empty. (For --list too: what a
# file names is part of the list. The copy goes with the scratch folder.)
take() {
  clean "$2"
  FOUND=''
  [ -z "$LIST" ] || printf 'read  %s\n' "$CLEAN"
  look "$1" "$CLEAN"
  tk_sha=''
  if [ "$STATE" = file ]; then
    if [ "${3:-}" != / ] && ! stays "$1" "$CLEAN" "${3:-}"; then skip "$CLEAN" link-out-of-tree
    elif is_denied "$CLEAN" || is_denied "$REAL"; then skip "$CLEAN" secret-file
    else take_open "$1$REAL" "$CLEAN" "$1"
    fi
  elif [ "$STATE" = unreadable ] || [ "$STATE$NAMED" = absent1 ]; then skip "$CLEAN" "$STATE"
  fi
  [ -n "$LIST" ] || rows_of "$1" "$CLEAN" "$tk_sha"
}

# take_open FILE PATH VIEW: opens it once and reads only that, so that nobody can put a link in its place meanwhile.
take_open() {
  if is_key_name "$2" || is_key_name "$1"; then skip "$2" private-key; return 0; fi
  if [ ! -r "$1" ] || ! may_read "$1"; then skip "$2" unreadable; return 0; fi
  to_done=''
  # shellcheck disable=SC2094 # it is read alone
  { take_opened "$1" "$2" "$3" && to_done=1; } 3<"$1"
  [ -n "$to_done" ] || skip "$2" unreadable
}

take_opened() {
  to_from=/proc/self/fd/3
  if [ -e "$to_from" ]; then
    to_file=$(stat -L -c %d:%i "$to_from" 2>/dev/null) || return 1
    case $SECRET_FILES in *" $to_file "*) skip "$2" secret-file; return 0 ;; esac
    # Where a file of another container is, the kernel does not say in our terms.
    case $3 in /proc/*) ;; *) [ "$(readlink "$to_from")" = "$1" ] || return 1 ;; esac
  else
    to_from=$1
  fi
  take_content "$to_from" "$2"
}

# form_of FILE PATH: tc_form is how its text is masked: by what it holds, and by what its path says.
form_of() {
  tc_form=text
  case $(head -c 4096 <"$1" 2>/dev/null | tr -d ' \t\r\n\357\273\277' | head -c 1) in
    '{')
      tc_form=json
      case $2 in */cni/*.conf | */cni/*.conflist) tc_form=cni ;; esac
      return 0 ;;
  esac
  case $2 in
    *.service | *.service.d/*.conf) tc_form=unit; return 0 ;;
    */os-release | /proc/* | /sys/*) return 0 ;;
    /etc/default/* | /etc/sysconfig/* | *.env | */environment) tc_form='env'; return 0 ;;
  esac
  if [ -n "$OF_VARIABLES" ]; then tc_form='env'; return 0; fi
  # The first line that is no comment tells a unit, and a file of variables.
  case $(head -c 65536 <"$1" 2>/dev/null | grep -m 1 -v '^[[:blank:]]*\([#;].*\)\{0,1\}.\{0,1\}$' | tr -d '\357\273\277') in
    '[Unit]'* | '[Service]'* | '[Install]'*) tc_form=unit ;;
    -* | *:[[:blank:]]*=*) ;;
    *=*) if head -c 65536 <"$1" 2>/dev/null | grep -qE '^[[:blank:]]*(export[[:blank:]]+)?[A-Za-z_][A-Za-z0-9_]*='; then tc_form='env'; fi ;;
  esac
}

take_content() {
  tc_member=$BUNDLE/files$2
  if [ -e "$tc_member" ]; then FOUND=$tc_member; return 0; fi
  tc_size=$(stat -L -c %s "$1" 2>/dev/null) || tc_size=0
  if [ "$tc_size" -gt "$MAX_BYTES" ]; then skip "$2" too-large; return 0; fi
  if grep -q -e 'PRIVATE KEY-----' -e 'PRIVATE KEY BLOCK-----' -e '^---- BEGIN .*PRIVATE KEY' -e '^PuTTY-User-Key-File' "$1" 2>/dev/null; then skip "$2" private-key; return 0; fi
  # One byte more than allowed: files of /proc say their size is 0.
  tc_size=$(head -c $((MAX_BYTES + 1)) <"$1" 2>/dev/null | wc -c)
  if [ "$tc_size" -gt "$MAX_BYTES" ]; then skip "$2" too-large; return 0; fi
  # A NUL byte: no text (and some awks would stop there, and miss secrets).
  if [ "$(head -c "$MAX_BYTES" <"$1" 2>/dev/null | tr -d '\000' | wc -c)" -ne "$tc_size" ]; then skip "$2" unreadable; return 0; fi
  form_of "$1" "$2"
  tc_last=$(tail -c 1 "$1" 2>/dev/null | tr '\n' n | grep n)
  rm -f "$SCRATCH/failed"
  { head -c "$MAX_BYTES" <"$1" 2>/dev/null || : >"$SCRATCH/failed"; } | redact "$tc_form" "files$2" "$tc_last"
  redacted || : >"$SCRATCH/failed"
  if [ -e "$SCRATCH/failed" ]; then skip "$2" unreadable; return 0; fi
  mkdir -p "${tc_member%/*}" || full
  mv "$SCRATCH/masked" "$tc_member" || full
  if ! was_masked; then
    tk_sha=$(sha256sum <"$tc_member") || full
    tk_sha=${tk_sha%% *}
  fi
  FOUND=$tc_member
}

# A process names its files, and whoever starts a process may call it kubelet: what an ordinary user's process names is
# read only if that user could read it.
may_read() {
  case $OWNER in 0:* | "$UID_HERE":*) return 0 ;; esac
  mr_meta=$(stat -c '%u:%g:%a' "$1" 2>/dev/null) || return 1
  case $mr_meta in "${OWNER%:*}":* | *:"${OWNER#*:}":*[4567]? | *[4567]) ;; *) return 1 ;; esac
  # And come to it.
  mr_path=${1%/*}
  while [ -n "$mr_path" ]; do
    mr_meta=$(stat -L -c '%u:%g:%a' "$mr_path/" 2>/dev/null) || return 1
    case $mr_meta in "${OWNER%:*}":* | *:"${OWNER#*:}":*[1357]? | *[1357]) ;; *) return 1 ;; esac
    mr_path=${mr_path%/*}
  done
}

wanted() {
  case $1:$2 in
    conf:*.conf | args:* | cni:*.conf | cni:*.conflist | manifest:*.yaml | manifest:*.yml | manifest:*.json | manifest:*.manifest) return 0 ;;
  esac
  return 1
}

# tree VIEW DIRECTORY KIND [/]: rows of a directory and all below it; content of the files that KIND names. With a / the
# directory is one that a component's own argument names, and may be a link to anywhere.
tree() {
  clean "$2"
  if [ -n "$LIST" ]; then
    printf 'tree  %s%s\n' "$CLEAN" "${3:+ (reads its $3 files)}"
    [ -n "$3" ] || return 0
  fi
  look "$1" "$CLEAN"
  case $STATE in
    dir)
      rows_of "$1" "$CLEAN"
      if [ "${4:-}" != / ] && ! stays "$1" "$CLEAN" ''; then skip "$CLEAN" link-out-of-tree; return 0; fi
      if ! may_read "$1$REAL"; then skip "$CLEAN" unreadable; return 0; fi
      ENTRIES=0
      branch "$1" "$CLEAN" "$REAL" "$3" 1 "$REAL"
      [ "$ENTRIES" -le "$MAX_ENTRIES" ] || skip "$2" too-large ;;
    file) if wanted "${3:-none}" "$CLEAN"; then take "$1" "$CLEAN" "${4:-}"; else rows_of "$1" "$CLEAN"; fi ;;
    *)
      rows_of "$1" "$CLEAN"
      if [ "$NAMED" = 1 ] || [ "$STATE" = unreadable ]; then skip "$CLEAN" "$STATE"; fi ;;
  esac
}

# branch VIEW DIRECTORY REAL-DIRECTORY KIND LEVEL TREE: globs, because names may hold any byte.
branch() {
  for br_path in "$1$3"/* "$1$3"/.[!.]* "$1$3"/..?*; do
    [ -e "$br_path" ] || [ -L "$br_path" ] || continue
    ENTRIES=$((ENTRIES + 1))
    [ "$ENTRIES" -le "$MAX_ENTRIES" ] || return 0
    br_name=${br_path##*/}
    if [ -d "$br_path" ] && [ ! -L "$br_path" ]; then
      [ -n "$LIST" ] || note "$1" "$2/$br_name"
      if [ "$5" -lt "$MAX_DEPTH" ]; then branch "$1" "$2/$br_name" "$3/$br_name" "$4" $(($5 + 1)) "$6"; else skip "$2/$br_name" too-large; fi
    elif wanted "${4:-none}" "$br_name"; then
      take "$1" "$2/$br_name" "$6"
      [ -z "$FOUND" ] || follow "$1" "$FOUND" "$2" "$4"
    elif [ -z "$LIST" ]; then
      note "$1" "$2/$br_name"
    fi
  done
}

# take_and_follow VIEW PATH [TREE]: the file, and what it names.
take_and_follow() {
  take "$1" "$2" "${3:-}"
  [ -z "$FOUND" ] || follow "$1" "$FOUND" "${CLEAN%/*}"
}

# follow VIEW FILE DIRECTORY [KIND]: rows for the files that a configuration file names (its CA, its certificates, its manifests).
# Relative names start at the file's DIRECTORY. What lies in a tree where others may write (KIND) has no file read.
follow() {
  [ "${FOLLOWING:-0}" -lt 3 ] || return 0
  FOLLOWING=$((${FOLLOWING:-0} + 1))
  head -c "$MAX_BYTES" <"$2" 2>/dev/null | tr ',{}' '[\n*]' | awk -v sq="'" '
    match($0, "^[ \t-]*[\"" sq "]?[A-Za-z-]+[\"" sq "]?[ \t]*:[ \t]*") {
      key = substr($0, 1, RLENGTH); value = substr($0, RLENGTH + 1)
      gsub("[^A-Za-z-]", "", key); sub(/^-+/, "", key)
      sub(/[ \t]+#.*$/, "", value); gsub("[\"" sq "\r]", "", value); sub(/[ \t]+$/, "", value)
      if (value ~ /^\// || (key ~ /^(clientCAFile|tlsCertFile|tlsPrivateKeyFile|staticPodPath|certificate-authority|client-certificate|client-key|tokenFile|kubeconfig|path)$/ && value ~ /^[A-Za-z0-9._]/ && value !~ /:\/\//))
        print key "\t" value
    }' | sort -u >"$SCRATCH/follow.$FOLLOWING" || full
  while IFS="$TAB" read -r fl_key fl_value; do
    case $fl_value in /*) ;; *) fl_value=$3/$fl_value ;; esac
    case ${4:-}:$fl_key in cni:* | manifest:kubeconfig) fl_key=path ;; admission:path) fl_key=kubeconfig ;; esac
    case $fl_key in
      staticPodPath) tree "$1" "$fl_value" manifest ;;
      kubeconfig) take_and_follow "$1" "$fl_value" ;;
      data-dir) case $2 in */rancher/*) rancher "$fl_value" ;; *) tree "$1" "$fl_value" '' ;; esac ;;
      *) note "$1" "$fl_value" ;;
    esac
  done <"$SCRATCH/follow.$FOLLOWING"
  FOLLOWING=$((FOLLOWING - 1))
}

# ---------------------------------------------------------------- processes
# find_components: PIDS is the components' process ids. The name of a process is that of its first argument; k3s and
# RKE2 put all they show into that one.
find_components() {
  PIDS=''
  for fc_file in $(cd "$PROC" 2>/dev/null && grep -lE 'kube|k3s|rke2|etcd' [0-9]*/cmdline 2>/dev/null); do
    fc_pid=${fc_file%%/*}
    # What an image has for a process must lie in the image.
    [ -z "$ROOT" ] || [ -z "$(find "$PROC" "$PROC/$fc_pid" -prune -type l; find "$PROC/$fc_pid" -type l ! -name cwd ! -name exe ! -name root)" ] || continue
    name_of "$fc_pid"
    [ -n "$NAME" ] || continue
    case " $COMPONENTS " in *" $NAME "*) PIDS="$PIDS $fc_pid" ;; esac
  done
}

# read_arguments PID: its arguments, one per line (a newline within as byte 1), on stdout; nothing if it is gone.
read_arguments() { { tr '\n\000' '\001\n' <"$PROC/$1/cmdline"; } 2>/dev/null; }

# name_of PID: NAME, the last part of its first argument.
name_of() {
  NAME=$(read_arguments "$1" | head -n 1)
  NAME=${NAME##*/}
  case $NAME in 'k3s '* | 'rke2 '*) NAME=${NAME%% *} ;; esac
}

# owner_of PID: effective user and group, as 0:0; root's for an image.
owner_of() {
  ow_ids=$(sed -n 's/^[UG]id:[[:blank:]]*[0-9]*[[:blank:]]*\([0-9]*\).*/\1/p' "$PROC/$1/status" 2>/dev/null | tr '\n' ':')
  [ -n "$ow_ids" ] || [ -z "$ROOT" ] || ow_ids=0:0:
  printf '%s' "${ow_ids%:}"
}

# view_of PID: VIEW is the directory that is / for the process. Without the right to see that, it is ours only if
# nothing says that the process lives in a container.
view_of() {
  VIEW=$ROOT
  [ -z "$ROOT" ] || return 0
  vo_root=$(readlink "/proc/$1/root" 2>/dev/null) || vo_root=''
  if [ -n "$vo_root" ]; then
    [ "$vo_root" = / ] && [ "$(readlink "/proc/$1/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ] || VIEW=/proc/$1/root
  elif ! grep -qE '^NSpid:[[:blank:]]+[0-9]+$' "/proc/$1/status" 2>/dev/null ||
    grep -qE 'docker|kubepods|containerd|libpod|crio|lxc|machine' "/proc/$1/cgroup" 2>/dev/null; then
    VIEW=/proc/$1/root
  fi
}

# started_at PID: RFC 3339, from field 22 of its stat (the command before it may hold blanks and parentheses).
started_at() {
  sa_stat=$(cat "$PROC/$1/stat" 2>/dev/null) || return 1
  sa_boot=$(sed -n 's/^btime //p' "$PROC/stat" 2>/dev/null)
  # shellcheck disable=SC2086 # the fields, split
  set -- ${sa_stat##*)}
  [ $# -ge 20 ] && [ -n "$sa_boot" ] || return 1
  date -u -d "@$((sa_boot + ${20} / TICKS))" +%Y-%m-%dT%H:%M:%SZ
}

# take_process PID: proc/<pid>/ and the files it names.
take_process() {
  name_of "$1"
  tp_name=$NAME
  read_arguments "$1" | redact args "proc/$1/cmdline"
  redacted || { skip "/proc/$1/cmdline" unreadable; return 0; }
  [ -s "$SCRATCH/masked" ] || return 0 # it is gone
  mv "$SCRATCH/masked" "$SCRATCH/arguments" || full
  OWNER=$(owner_of "$1")
  view_of "$1"
  tp_cwd=$(readlink "$PROC/$1/cwd" 2>/dev/null) || tp_cwd=''
  tp_exe=$(readlink "$PROC/$1/exe" 2>/dev/null) || tp_exe=''
  if [ -n "$LIST" ]; then
    printf 'proc  %s/%s (%s): cmdline cwd exe stat status cgroup%s\n' "$PROC" "$1" "$tp_name" "$([ "$tp_name" = etcd ] && printf ', of environ the named variables')"
  else
    tp_dir=$BUNDLE/proc/$1
    mkdir -p "$tp_dir" || full
    tr '\n\001' '\000\n' <"$SCRATCH/arguments" >"$tp_dir/cmdline" || full
    if [ -n "$tp_cwd" ]; then printf '%s' "$tp_cwd" >"$tp_dir/cwd" || full; else skip "/proc/$1/cwd" unreadable; fi
    if [ -n "$tp_exe" ]; then printf '%s' "$tp_exe" >"$tp_dir/exe" || full; else skip "/proc/$1/exe" unreadable; fi
    if tp_start=$(started_at "$1"); then printf '%s' "$tp_start" >"$tp_dir/started_at" || full; fi
  fi
  if [ -n "$tp_exe" ]; then note "$VIEW" "${tp_exe% (deleted)}"; fi
  if [ "$tp_name" = etcd ]; then take_variables "$1"; fi
  tp_flag=''
  while IFS= read -r tp_word || [ -n "$tp_word" ]; do
    case $tp_word in *"$SOH"*) tp_word=$(printf '%s.' "$tp_word" | tr '\001' '\n'); tp_word=${tp_word%.} ;; esac
    case $tp_word in
      -*=*) named "${tp_word%%=*}" "${tp_word#*=}"; tp_flag='' ;;
      -*) tp_flag=$tp_word ;;
      *) [ -z "$tp_flag" ] || named "$tp_flag" "$tp_word"; tp_flag='' ;;
    esac
  done <"$SCRATCH/arguments"
  case $tp_name in k3s | rke2) rancher "/var/lib/rancher/$tp_name" ;; esac
  tp_unit=$(sed -n 's/.*\/\([A-Za-z0-9@._:-]*\)\.service$/\1/p' "$PROC/$1/cgroup" 2>/dev/null | head -n 1)
  [ -z "$tp_unit" ] || unit "$VIEW" "$tp_unit"
}

# take_variables PID: the etcd variables of the list above, as arguments are; an empty member says that none is set.
take_variables() {
  if [ ! -r "$PROC/$1/environ" ]; then skip "/proc/$1/environ" unreadable; return 0; fi
  tr '\n\000' '\001\n' 2>/dev/null <"$PROC/$1/environ" | awk -v names=" $ETCD_VARIABLES " '
    { name = $0; sub(/=.*/, "", name) }
    index(names, " " name " ")' | cat >"$SCRATCH/variables" || full
  [ -n "$LIST" ] || tr '\n\001' '\000\n' <"$SCRATCH/variables" >"$BUNDLE/proc/$1/environ" || full
  sed 's/^ETCD_/--/' "$SCRATCH/variables" | awk '{ i = index($0, "="); print tolower(substr($0, 1, i)) substr($0, i + 1) }' >>"$SCRATCH/arguments" || full
}

# named FLAG VALUE: what the argument of a process (tp_name, seen in VIEW, started in tp_cwd) asks for.
named() {
  nm_flag=${1#-}
  nm_flag=${nm_flag#-}
  case $nm_flag in *_*) nm_flag=$(printf '%s' "$nm_flag" | tr '_' '-') ;; esac
  nm_path=$2
  if [ "$nm_flag" = hostname-override ] && [ "$tp_name" != kube-proxy ]; then
    # Two kubelets of two names: neither is this host's.
    case $KUBELET_NODE in '' | "$2") KUBELET_NODE=$2 ;; *) KUBELET_NODE=/ ;; esac
    return 0
  fi
  case $nm_path in
    /*) ;;
    '' | -* | *://*) return 0 ;;
    *)
      case $nm_flag in c | config | kubeconfig | *-config | *-kubeconfig | *file | *dir | *path) ;; *) return 0 ;; esac
      case $tp_cwd in /*) ;; *) skip "$nm_path" unreadable; return 0 ;; esac
      nm_path=$tp_cwd/$nm_path ;;
  esac
  case $nm_flag in
    cloud-config | image-credential-provider-config) note "$VIEW" "$nm_path" ;;
    admission-control-config-file)
      take "$VIEW" "$nm_path" /
      [ -z "$FOUND" ] || follow "$VIEW" "$FOUND" "${CLEAN%/*}" admission ;;
    c | config | openshift-config | kubeconfig | *-kubeconfig | config-file | *-config-file | *-args-file | *-policy-file | \
      encryption-provider-config | experimental-encryption-provider-config | authentication-config | authorization-config)
      take_and_follow "$VIEW" "$nm_path" / ;;
    config-dir) tree "$VIEW" "$nm_path" conf / ;;
    pod-manifest-path) tree "$VIEW" "$nm_path" manifest / ;;
    cni-conf-dir) tree "$VIEW" "$nm_path" cni / ;;
    cert-dir) tree "$VIEW" "$nm_path" '' / ;;
    data-dir | d) case $tp_name in k3s | rke2) rancher "$nm_path" ;; *) tree "$VIEW" "$nm_path" '' / ;; esac ;;
    service-account-key-file | *ca-file | *cafile | *cert-file | *certfile) pki "$nm_path" ;;
    *key-file | *keyfile)
      is_key_name "$nm_path" || skip "$nm_path" private-key
      pki "$nm_path" ;;
    *) note "$VIEW" "$nm_path" ;;
  esac
}

# pki FILE: its row, and those of the directory it lies in, unless that is one of the system's own.
pki() {
  note "$VIEW" "$1"
  clean "${1%/*}"
  case $CLEAN in
    / | /etc | /etc/kubernetes | /etc/ssl* | /etc/pki* | /usr/* | /var | /var/lib | /var/lib/kubelet | /root | /home | /tmp | /run) ;;
    *) case $PKI_DONE in *"$NL$VIEW:$CLEAN$NL"*) ;; *) PKI_DONE="$PKI_DONE$VIEW:$CLEAN$NL"; tree "$VIEW" "$CLEAN" '' ;; esac ;;
  esac
}

# rancher DIRECTORY: the layout of k3s and RKE2 below their data directory.
rancher() {
  case $PKI_DONE in *"$NL$VIEW:rancher:$1$NL"*) return 0 ;; esac
  PKI_DONE="$PKI_DONE$VIEW:rancher:$1$NL"
  for rc_path in $RANCHER_READ; do take_and_follow "$VIEW" "$1/$rc_path"; done
  for rc_path in $RANCHER_TREES; do tree "$VIEW" "$1/${rc_path%%:*}" "${rc_path#*:}"; done
  for rc_path in $RANCHER_STAT; do note "$VIEW" "$1/$rc_path"; done
}

# unit VIEW NAME: a unit, its drop-ins and the environment files they name.
unit() {
  for un_dir in $UNIT_DIRS; do
    unit_file "$1" "$un_dir/$2.service"
    tree "$1" "$un_dir/$2.service.d" conf
    for un_file in "$BUNDLE/files$un_dir/$2.service.d"/*.conf; do [ ! -f "$un_file" ] || environment_files "$1" "$un_file"; done
  done
}

unit_file() {
  take "$1" "$2"
  [ -z "$FOUND" ] || environment_files "$1" "$FOUND"
}

environment_files() {
  sed -n 's/^[[:blank:]]*EnvironmentFile=-\{0,1\}\(\/[^*?%[]*\)$/\1/p' "$2" >"$SCRATCH/environment_files" || full
  while IFS= read -r ef_path; do OF_VARIABLES=1; take "$1" "$ef_path"; OF_VARIABLES=''; done <"$SCRATCH/environment_files"
}

# ---------------------------------------------------------------- commands
# run NAME FORM ARGV...: what a command printed goes to commands/NAME.txt, masked as FORM says.
run() {
  rn_member=commands/$1.txt rn_form=$2
  shift 2
  if [ -n "$LIST" ]; then printf 'run   %s\n' "$*"; return 0; fi
  rn_at=$(now)
  # shellcheck disable=SC2086 # the limit is two or three words
  { $LIMIT "$@" 2>/dev/null </dev/null; echo $? >"$SCRATCH/exit"; } | redact "$rn_form" "$rn_member"
  redacted || { skip "$rn_member" unreadable; return 0; }
  keep_output "$rn_member" "$rn_at" "$*"
}

# keep_output MEMBER AT ARGV
keep_output() {
  mkdir -p "$BUNDLE/commands" || full
  mv "$SCRATCH/masked" "$BUNDLE/$1" || full
  printf '{"argv":%s,"member":%s,"exit":%s,"at":"%s"}\n' "$(json "$3")" "$(json "$1")" "$(cat "$SCRATCH/exit")" "$2" >>"$SCRATCH/commands" || full
}

# The lines in which k3s and RKE2 tell how they start each component. Read from the newest on, so that a long journal
# costs nothing, and put back in order of time.
journal() {
  jo_units='-u k3s -u k3s-agent -u rke2-server -u rke2-agent'
  jo_argv="journalctl -q --no-pager -r $jo_units | grep -m 200 'Running kube'"
  if [ -n "$LIST" ]; then printf 'run   %s\n' "$jo_argv"; return 0; fi
  jo_at=$(now)
  # shellcheck disable=SC2086 # words
  { $LIMIT journalctl -q --no-pager -r $jo_units 2>/dev/null </dev/null; echo $? >"$SCRATCH/exit"; } |
    grep -m 200 'Running kube' | sed '1!G;h;$!d' | redact line commands/journal-k3s.txt
  redacted || { skip commands/journal-k3s.txt unreadable; return 0; }
  # 141: grep had its lines and hung up on journalctl.
  [ "$(cat "$SCRATCH/exit")" != 141 ] || echo 0 >"$SCRATCH/exit" || full
  keep_output commands/journal-k3s.txt "$jo_at" "$jo_argv"
  tr ' ' '\n' <"$BUNDLE/commands/journal-k3s.txt" | grep -E '^--(hostname-override=|[a-z-]+=/)' | sed 's/[\\"]*$//' | sort -u >"$SCRATCH/arguments"
  tp_name=k3s tp_cwd='' VIEW=$ROOT OWNER=0:0
  while IFS= read -r jo_word; do named "${jo_word%%=*}" "${jo_word#*=}"; done <"$SCRATCH/arguments"
}

# trusted FILE: may we run it? As root only what root owns and nobody else may write.
trusted() {
  [ -f "$1" ] && [ -x "$1" ] || return 1
  [ "$UID_HERE" = 0 ] || return 0
  tr_meta=$(stat -L -c '%u %A' "$1" 2>/dev/null) || return 1
  case $tr_meta in 0\ ?????w* | 0\ ????????w*) return 1 ;; 0\ *) return 0 ;; esac
  return 1
}

# versions: of the running components where their own binary may be run (not one in a container, and never kubelite, which
# would start), else of what is installed.
versions() {
  vs_seen=' '
  for vs_pid in $PIDS; do
    name_of "$vs_pid"
    vs_name=$NAME
    view_of "$vs_pid"
    vs_exe=$(readlink "/proc/$vs_pid/exe" 2>/dev/null) || continue
    vs_exe=${vs_exe##*/}
    vs_owner=$(owner_of "$vs_pid")
    if [ -n "$VIEW" ] || [ "$vs_name" = kubelite ] || [ "${vs_exe% (deleted)}" != "$vs_name" ]; then continue; fi
    if [ "$UID_HERE" = 0 ] && [ "${vs_owner%:*}" != 0 ]; then continue; fi
    trusted "/proc/$vs_pid/exe" || continue
    case $vs_seen in *" $vs_name "*) vs_member=$vs_name-version-$vs_pid ;; *) vs_member=$vs_name-version ;; esac
    vs_seen="$vs_seen$vs_name "
    run "$vs_member" line "/proc/$vs_pid/exe" --version
  done
  for vs_name in kubelet k3s rke2; do
    case $vs_seen in *" $vs_name "*) continue ;; esac
    for vs_dir in $BIN_DIRS; do
      if [ -n "$LIST" ]; then printf 'run   %s --version (if there is one)\n' "$vs_dir/$vs_name"
      elif trusted "$vs_dir/$vs_name"; then run "$vs_name-version" line "$vs_dir/$vs_name" --version; break
      fi
    done
  done
}

commands() {
  if [ -n "$LIST" ] || ps -efww >/dev/null 2>&1; then run ps-ef ps ps -efww; else run ps-ef ps ps w; fi
  [ -z "$LIST" ] || printf 'run   ps w (instead, where ps is of busybox)\n'
  run uname line uname -a
  versions
  # shellcheck disable=SC2046 # one word per unit
  run systemctl-show show systemctl show --no-pager -p Id -p LoadState -p ActiveState -p UnitFileState -p MainPID -p FragmentPath \
    -p DropInPaths -p NeedDaemonReload -p EnvironmentFiles -p ExecStart -p IPAddressAllow -p IPAddressDeny \
    $(for cm_unit in $UNITS sshd; do printf '%s.service\n' "$cm_unit"; done)
  journal
}

# ---------------------------------------------------------------- the fixed lists
fixed_paths() {
  VIEW=$ROOT OWNER=0:0
  for fx_path in $READ; do take_and_follow "$VIEW" "$fx_path"; done
  for fx_path in $TREES; do tree "$VIEW" "${fx_path%%:*}" "${fx_path#*:}"; done
  for fx_path in $STAT; do note "$VIEW" "$fx_path"; done
  for fx_path in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    for fx_end in yaml yml manifest; do note "$VIEW" "/etc/kubernetes/manifests/$fx_path.$fx_end"; done
  done
  for fx_path in k3s rke2; do rancher "/var/lib/rancher/$fx_path"; done
  for fx_path in $UNITS; do unit "$VIEW" "$fx_path"; done
  for fx_dir in $BIN_DIRS; do
    for fx_path in $COMPONENTS; do note "$VIEW" "$fx_dir/$fx_path"; done
  done
}

# ---------------------------------------------------------------- the bundle
# merge_rows: stat.tsv. The first row of a path counts: processes come before the fixed lists. Where two processes mean
# different files by one path (a kubelet here and one in a container), neither is evidence for the other: the row says
# unreadable and the content goes. An image's owners are named by its own passwd and group.
merge_rows() {
  : | tee "$SCRATCH/passwd" "$SCRATCH/group" "$SCRATCH/conflicts" >>"$SCRATCH/rows" || full
  if [ -n "$ROOT" ]; then
    for me_name in passwd group; do
      look "$ROOT" "/etc/$me_name"
      [ "$STATE" != file ] || head -c "$MAX_BYTES" <"$ROOT$REAL" >"$SCRATCH/$me_name" 2>/dev/null || full
    done
  fi
  printf 'path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n' >"$BUNDLE/stat.tsv" || full
  awk -F "$TAB" -v OFS="$TAB" -v image="${ROOT:+1}" -v conflicts="$SCRATCH/conflicts" -v passwd="$SCRATCH/passwd" -v group="$SCRATCH/group" '
    BEGIN {
      while ((getline entry < passwd) > 0) { split(entry, part, ":"); user[part[3]] = part[1] }
      while ((getline entry < group) > 0) { split(entry, part, ":"); team[part[3]] = part[1] }
    }
    # A name may be DOMAIN\user.
    function escaped(s,   out, p) { while ((p = index(s, "\\")) > 0) { out = out substr(s, 1, p) "\\"; s = substr(s, p + 1) } return out s }
    !($1 in at) { at[$1] = ++n; row[n] = $0; by_process[n] = $13; file[n] = $14; next }
    { i = at[$1]; if ($13 && by_process[i] && $14 != file[i]) clash[i] = 1 }
    END {
      for (i = 1; i <= n; i++) {
        $0 = row[i]
        if (clash[i]) { print $1 > conflicts; print $1, "unreadable", "", "", "", "", "", "", "", "", "", ""; continue }
        if (image && $4 != "") { $6 = $4 in user ? user[$4] : "UNKNOWN"; $7 = $5 in team ? team[$5] : "UNKNOWN" }
        print $1, $2, $3, $4, $5, escaped($6), escaped($7), $8, $9, $10, $11, $12
      }
    }' "$SCRATCH/rows" | cat >>"$BUNDLE/stat.tsv" || full
  while IFS= read -r me_path; do
    say "warning: two processes mean different files by $me_path; it is left out (run inside each container instead)"
    me_path=$(printf '%b.' "$me_path")
    rm -rf "$BUNDLE/files${me_path%.}"
    skip "${me_path%.}" unreadable
  done <"$SCRATCH/conflicts"
}

joined() { [ ! -s "$1" ] || awk '!seen[$0]++ { printf "%s%s", (n++ ? "," : ""), $0 }' "$1"; }
# is_own PATH: did `look` find the file itself, or a link to one of its name?
is_own() {
  [ "$STATE" = file ] || return 1
  case $REAL in *"${1##*/}") return 0 ;; esac
  return 1
}
# first_line PATH SIGNS: the first line of a small file, if it has these signs alone.
first_line() {
  look "$ROOT" "$1"
  ! is_own "$1" || head -c 256 <"$ROOT$REAL" 2>/dev/null | tr -d '\000' | head -n 1 | grep -E "^[$2]+\$"
}

bundle_json() {
  look "$ROOT" /etc/os-release
  is_own /etc/os-release || look "$ROOT" /usr/lib/os-release
  bj_os='' bj_arch='' bj_source=image
  ! is_own /usr/lib/os-release || bj_os=$(sed -n 's/^PRETTY_NAME=//p' "$ROOT$REAL" | head -n 1 | tr -d "\"'" | grep -E '^[A-Za-z0-9 ().,_:/+-]{1,120}$')
  [ -n "$ROOT" ] || bj_arch=$(uname -m) bj_source=host
  printf '{"format":"nodeproof-bundle","version":1,"kind":"node","source":"%s","cluster":%s,"node":%s,"collected_at":"%s",' \
    "$bj_source" "$(json_or_null "$CLUSTER")" "$(json_or_null "$NODE")" "$STARTED"
  [ -z "$OPERATOR" ] || printf '"operator":%s,' "$(json "$OPERATOR")"
  [ -z "$ASSESSMENT" ] || printf '"assessment":%s,' "$(json "$ASSESSMENT")"
  printf '"collector":{"name":"collect-node.sh","version":"%s","sha256":%s},' "$NODEPROOF_COLLECTOR_VERSION" "$(json_or_null "$SELF_SHA256")"
  printf '"host":{"hostname":%s,"os":%s,"kernel":%s,"arch":%s,"boot_id":%s,"machine_id":%s,"system_uuid":%s,"pid_namespace":%s},' \
    "$(json_or_null "$HOST_NAME")" "$(json_or_null "$bj_os")" "$(json_or_null "$(first_line /proc/sys/kernel/osrelease 'A-Za-z0-9._+~-')")" \
    "$(json_or_null "$bj_arch")" "$(json_or_null "$(first_line /proc/sys/kernel/random/boot_id '0-9a-fA-F-')")" \
    "$(json_or_null "$(first_line /etc/machine-id '0-9a-zA-Z-')")" "$(json_or_null "$(first_line /sys/class/dmi/id/product_uuid '0-9a-zA-Z-')")" \
    "$(json_or_null "$([ -n "$ROOT" ] || readlink /proc/self/ns/pid 2>/dev/null)")"
  printf '"uid":%s,"commands":[%s],"redactions":[%s],"skipped":[%s]}\n' "$UID_HERE" \
    "$(joined "$SCRATCH/commands")" "$(joined "$SCRATCH/redactions")" "$(joined "$SCRATCH/skipped")"
}

# sums DIRECTORY PREFIX: lines of SHA256SUMS, as sha256sum writes them (a name with a backslash or line end is escaped).
sums() {
  for su_file in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -d "$su_file" ]; then sums "$su_file" "$2${su_file##*/}/"
    elif [ -e "$su_file" ] && [ "$su_file" != "$BUNDLE/SHA256SUMS" ]; then
      su_sum=$(sha256sum <"$su_file") || return 1
      su_name=$2${su_file##*/}
      case $su_name in *\\* | *"$NL"* | *"$CR"*) su_sum="\\$su_sum" ;; esac
      printf '%s  %s\n' "${su_sum%% *}" "$(escape sums "$su_name")" || return 1
    fi
  done
}

pack() {
  bundle_json >"$BUNDLE/bundle.json" || full
  sums "$BUNDLE" '' >"$BUNDLE/SHA256SUMS" || full
  set -- "$NAME_OF_BUNDLE/bundle.json" "$NAME_OF_BUNDLE/SHA256SUMS"
  if [ -n "$SIGN" ]; then
    pa_cannot="ssh-keygen could not sign with $SIGN; nothing was written: check the key, or collect without --sign"
    ssh-keygen -q -Y sign -f "$SIGN" -n nodeproof "$BUNDLE/SHA256SUMS" >/dev/null || die "$pa_cannot"
    [ -s "$BUNDLE/SHA256SUMS.sig" ] || die "$pa_cannot"
    set -- "$@" "$NAME_OF_BUNDLE/SHA256SUMS.sig"
  fi
  set -- "$@" "$NAME_OF_BUNDLE/stat.tsv"
  for pa_part in commands proc files; do [ ! -d "$BUNDLE/$pa_part" ] || set -- "$@" "$NAME_OF_BUNDLE/$pa_part"; done
  tar -cf "$SCRATCH/tar" -C "$WORK" "$@" || full
  gzip -n <"$SCRATCH/tar" >"$SCRATCH/gz" || full
  pa_sum=$(sha256sum <"$SCRATCH/gz") || full
  pa_size=$(wc -c <"$SCRATCH/gz") || full
  [ ! -e "$OUT_FILE" ] || die "$OUT_FILE appeared meanwhile; nothing was written"
  mv "$SCRATCH/gz" "$OUT_FILE" || full
}

# ---------------------------------------------------------------- the run
clean_up() { [ -z "$WORK" ] || rm -rf "$WORK"; }

options() {
  OUT=. CLUSTER='' NODE='' OPERATOR='' ASSESSMENT='' SIGN=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage; exit 0 ;;
      --list) LIST=1; shift; continue ;;
      --*=*) op_name=${1%%=*} op_value=${1#*=}; shift ;;
      --out | --cluster | --node | --operator | --assessment | --sign)
        [ $# -ge 2 ] || { say "$1 needs a value; see --help"; exit 2; }
        op_name=$1 op_value=$2; shift 2 ;;
      *) say "unknown argument: $1; see --help"; exit 2 ;;
    esac
    [ -n "$op_value" ] || { say "$op_name needs a value; see --help"; exit 2; }
    case $op_name in
      --out) OUT=$op_value ;;
      --cluster) CLUSTER=$op_value ;;
      --node) NODE=$op_value ;;
      --operator) OPERATOR=$op_value ;;
      --assessment) ASSESSMENT=$op_value ;;
      --sign) SIGN=$op_value ;;
      *) say "unknown argument: $op_name; see --help"; exit 2 ;;
    esac
  done
}

surroundings() {
  SOH=$(printf '\001')
  STARTED=$(now)
  UID_HERE=$(id -u) || die 'cannot tell who runs this: id does not work'
  NAMED=0 OWNER=0:0 OF_VARIABLES='' UNREADABLE=0 KUBELET_NODE='' PKI_DONE=$NL HOST_NAME=''
  ROOT=${NODEPROOF_ROOT:-}
  if [ -n "$ROOT" ]; then
    ROOT=$(cd "$ROOT" 2>/dev/null && pwd -P && printf .) || die "NODEPROOF_ROOT is not a folder that can be entered: $NODEPROOF_ROOT"
    ROOT=${ROOT%"$NL".}
    [ "$ROOT" != / ] || die 'NODEPROOF_ROOT is /: leave it unset to collect from this host'
  fi
  PROC=$ROOT/proc
  # shellcheck disable=SC2086 # words
  READ_LIST=$(printf ' %s' $READ)' '
  SECRET_FILES=' '
  for su_file in shadow shadow- gshadow gshadow- security/opasswd sudoers ssh/ssh_host_rsa_key ssh/ssh_host_ecdsa_key ssh/ssh_host_ed25519_key; do
    SECRET_FILES="$SECRET_FILES$(stat -L -c %d:%i "$ROOT/etc/$su_file" 2>/dev/null) "
  done
  # Clock ticks per second in /proc/PID/stat: 100 wherever the kernel is of this century; asked for where it can be.
  TICKS=100
  [ -n "$ROOT" ] || TICKS=$(getconf CLK_TCK 2>/dev/null) || TICKS=100
  if timeout 5 true 2>/dev/null; then LIMIT="timeout $SECONDS_PER_COMMAND"
  elif timeout -t 5 true 2>/dev/null; then LIMIT="timeout -t $SECONDS_PER_COMMAND" # busybox before 1.30
  else die 'this needs the command timeout (coreutils or busybox), so that nothing it runs can hang'
  fi
  SELF_SHA256=$(sha256sum <"$0" 2>/dev/null) || SELF_SHA256=''
  SELF_SHA256=${SELF_SHA256%% *}
}

place() {
  OUT_FILE=''
  case $OUT in
    *.tar.gz | *.tgz)
      if [ ! -d "$OUT" ]; then
        OUT_FILE=$OUT
        case $OUT in */*) OUT_DIR=${OUT%/*}; OUT_DIR=${OUT_DIR:-/} ;; *) OUT_DIR=. ;; esac
        [ ! -e "$OUT_FILE" ] || die "$OUT_FILE exists already; choose another --out"
      else OUT_DIR=$OUT
      fi ;;
    *) OUT_DIR=$OUT ;;
  esac
  [ -d "$OUT_DIR" ] || die "there is no folder $OUT_DIR; make it first, or choose another --out"
  case $OUT_DIR in -*) OUT_DIR=./$OUT_DIR ;; esac
  OUT_DIR=${OUT_DIR%/} OUT_DIR=${OUT_DIR:-/}
}

scratch() {
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exec >/dev/null; exit 141' PIPE
  trap 'exit 143' TERM
  if [ -n "$LIST" ]; then WORK=$(mktemp -d "${TMPDIR:-/tmp}/nodeproof.XXXXXX"); else WORK=$(mktemp -d "$OUT_DIR/.nodeproof.XXXXXX"); fi
  [ -n "$WORK" ] || die "cannot write below $OUT_DIR (as uid $UID_HERE); choose another --out"
  SCRATCH=$WORK/scratch
  mkdir "$SCRATCH" || full
  BUNDLE=$WORK/bundle
  mkdir "$BUNDLE" || full
}

main() {
  options "$@"
  surroundings
  if [ -n "$LIST" ]; then OUT_DIR=${TMPDIR:-/tmp}; else place; fi
  if [ -n "$SIGN" ]; then
    command -v ssh-keygen >/dev/null 2>&1 || die 'there is no ssh-keygen here, which --sign needs: collect without it, and sign SHA256SUMS elsewhere'
    [ -r "$SIGN" ] || die "the key $SIGN cannot be read; choose another --sign"
  fi
  scratch
  if [ -n "$ROOT" ]; then HOST_NAME=$(first_line /etc/hostname 'A-Za-z0-9._-'); else HOST_NAME=$(uname -n); fi
  find_components
  if [ -n "$LIST" ]; then
    cat <<'END'
read: its text goes into the bundle, secrets masked (a private key: never).  stat: mode, owner, size and times only.
tree: stat of a directory and of all below it.  run: what the command prints goes into the bundle, secrets masked.
No link is followed out of its folder (but one that an argument names), and no password file of the system is read.
Beyond the lists: what the arguments of a running component, and its configuration files, name (shown as they are here and
now), units of running components and the environment files that units name; /etc/machine-id, /sys/class/dmi/id/product_uuid
and /proc/sys/kernel/random/boot_id, which tell hosts apart.
END
  fi
  NAMED=1
  [ -n "$ROOT" ] || commands
  for ma_pid in $PIDS; do take_process "$ma_pid"; done
  NAMED=0
  fixed_paths
  if [ -n "$LIST" ] && [ -n "$SIGN" ]; then printf 'run   %s\n' "ssh-keygen -q -Y sign -f $SIGN -n nodeproof SHA256SUMS"; fi
  [ -z "$LIST" ] || exit 0
  merge_rows
  # The name that the kubelet registers: its override, else the host name in small letters.
  [ -n "$NODE" ] || NODE=${KUBELET_NODE#/}
  [ -n "$NODE" ] || NODE=$(printf '%s' "$HOST_NAME" | tr '[:upper:]' '[:lower:]')
  NAME_OF_BUNDLE=nodeproof-$(printf '%.90s' "${CLUSTER:+$CLUSTER-}" | tr -c 'A-Za-z0-9._-' '_')$(printf '%.90s' "${NODE:-unknown}" | tr -c 'A-Za-z0-9._-' '_')-$(printf '%s' "$STARTED" | tr -d ':-')
  mv "$BUNDLE" "$WORK/$NAME_OF_BUNDLE" || full
  BUNDLE=$WORK/$NAME_OF_BUNDLE
  [ -n "$OUT_FILE" ] || OUT_FILE=$OUT_DIR/$NAME_OF_BUNDLE.tar.gz
  pack
  if [ "$UID_HERE" != 0 ]; then
    say "ran as uid $UID_HERE, not as root: $UNREADABLE things could not be read and are listed in bundle.json; what rests on them will be unknown"
  fi
  printf '%s %s bytes sha256:%s\n' "$OUT_FILE" "$((pa_size))" "${pa_sum%% *}"
}

main "$@"
