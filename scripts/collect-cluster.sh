#!/bin/sh
# nodeproof collect-cluster: asks a Kubernetes API server, through kubectl, what an audit needs to know about
# its nodes and policies, and writes the answers into one archive in the current folder (or --out).
# It only reads (kubectl version, config view, get), never asks for Secrets, keeps of ConfigMaps the names of those in
# the namespace default and nothing else, changes nothing in the cluster and sends nothing anywhere. `--list` prints every command it would run; `--help` the rights it needs.
# POSIX sh with awk, sed, tar, gzip, sha256sum (or shasum) and kubectl. No root needed.
set -u
umask 077
LC_ALL=C COPYFILE_DISABLE=1
export LC_ALL COPYFILE_DISABLE
NODEPROOF_COLLECTOR_VERSION=0.1.0

# Full names, because other API groups have kinds of the same short name.
rbac=rbac.authorization.k8s.io admission=admissionregistration.k8s.io
resources="nodes namespaces pods serviceaccounts roles.$rbac rolebindings.$rbac clusterroles.$rbac clusterrolebindings.$rbac
networkpolicies.networking.k8s.io validatingwebhookconfigurations.$admission mutatingwebhookconfigurations.$admission"
# Not every cluster has these; where one is missing, bundle.json says so and nobody is warned.
optional="validatingadmissionpolicies.$admission validatingadmissionpolicybindings.$admission
podsecuritypolicies.policy securitycontextconstraints.security.openshift.io certificatesigningrequests.certificates.k8s.io"
# Of these nothing but what is in the namespace default; of config maps nothing but their names.
in_default="services deployments.apps daemonsets.apps statefulsets.apps replicasets.apps jobs.batch cronjobs.batch"
# shellcheck disable=SC2016  # a template of kubectl, not of the shell
names='{"kind":"List","items":[{{range $n, $map := .items}}{{if $n}},{{end}}{"kind":"ConfigMap","metadata":{"name":"{{$map.metadata.name}}","namespace":"{{$map.metadata.namespace}}"}}{{end}}]}'

usage() {
    cat <<'END'
Usage: sh collect-cluster.sh [options]

Writes nodeproof-cluster-<cluster>-<time>.tar.gz: the kubelet configuration of every node as it is in force
(configz), and the API objects that policies are judged by. The last line of output is its path, size and SHA-256.

  --cluster NAME      name of the cluster, the same as given to collect-node.sh (default: the kubeconfig's name for it)
  --node NAME         configz of this node only; may be repeated (default: every node)
  --operator NAME, --assessment NAME    who collects, and for what; recorded
  --sign KEY          sign the checksums with this private key of OpenSSH, or with the agent's key to this .pub file
  --out DIR           where the archive goes (default: the current folder)
  --context NAME, --kubeconfig FILE     passed to kubectl
  --kubectl COMMAND   such as oc, or "k3s kubectl" (default: kubectl)
  --parallel N        nodes asked at a time (default: 8)
  --timeout SECONDS   for one request (default: 30)
  --list              print every command and path, collect nothing

A run that was stopped goes on where it stopped when started again within a day with the same options. A node or
kind of object that cannot be had is a gap: named on stderr, recorded in bundle.json, and no reason to stop.
Exit: 0 archive written (perhaps with gaps), 1 nothing written, 2 wrong usage.

Masked with REDACTED-BY-NODEPROOF, and counted in bundle.json: the values of containers' environment variables and
HTTP headers, last-applied annotations, and whatever looks like a password, token or private key.

Rights needed (get on nodes/proxy is a strong right: lend it for the run, then take it back):
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: nodeproof-collect-cluster}
  rules:
  - {apiGroups: [""], resources: [nodes, namespaces, pods, serviceaccounts], verbs: [list]}
  - {apiGroups: [""], resources: [nodes/proxy], verbs: [get]}
  - {apiGroups: [rbac.authorization.k8s.io, admissionregistration.k8s.io], resources: ["*"], verbs: [list]}
  - apiGroups: [networking.k8s.io, policy, security.openshift.io]
    resources: [networkpolicies, podsecuritypolicies, securitycontextconstraints]
    verbs: [list]
  - {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [list]}
and in the namespace default (of config maps the names are kept and nothing else; without the right to list them, the
question whether something is in that namespace stays open):
  apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: nodeproof-collect-cluster, namespace: default}
  rules:
  - {apiGroups: [""], resources: [services, configmaps], verbs: [list]}
  - {apiGroups: [apps], resources: [deployments, daemonsets, statefulsets, replicasets], verbs: [list]}
  - {apiGroups: [batch], resources: [jobs, cronjobs], verbs: [list]}
END
}

say() { printf '%s\n' "collect-cluster: $*" >&2; }
wrong() { say "$*; see --help"; exit 2; }
fatal() { say "$*"; exit 1; }
utc() { date -u +%Y-%m-%dT%H:%M:%SZ; }

cluster='' nodes='' operator='' assessment='' sign='' out=. context='' kubeconfig='' kubectl=kubectl parallel=8 timeout=30 list=
while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
    --list) list=1; continue ;;
    --help | -h) usage; exit 0 ;;
    --*=*) value=${option#*=} option=${option%%=*} ;;
    *) value=${1-}; [ $# -eq 0 ] || shift ;;
    esac
    [ -n "$value" ] || wrong "option '$option' is unknown or lacks its value"
    case $option in
    --cluster) cluster=$value ;;
    --node) nodes="$nodes$value
" ;;
    --operator) operator=$value ;;
    --assessment) assessment=$value ;;
    --sign) sign=$value ;;
    --out) out=${value%/} out=${out:-/} ;;
    --context) context=$value ;;
    --kubeconfig) kubeconfig=$value ;;
    --kubectl) kubectl=$value ;;
    --parallel | --timeout)
        case $value in *[!0-9]* | 0* | ?????*) wrong "$option takes a whole number from 1 to 9999, not '$value'" ;; esac
        if [ "$option" = --parallel ]; then parallel=$value; else timeout=$value; fi ;;
    *) wrong "unknown option '$option'" ;;
    esac
done
case $out in -*) out=./$out ;; esac
if [ -n "$sign" ]; then
    command -v ssh-keygen >/dev/null 2>&1 || fatal "there is no ssh-keygen here, which --sign needs: collect without it, and sign SHA256SUMS elsewhere"
    [ -r "$sign" ] || fatal "the key $sign cannot be read; choose another --sign"
fi

# kube replaces the (sub)shell it runs in, so that its process id is kubectl's; words is the same line as text.
# shellcheck disable=SC2086  # --kubectl may be two words
kube() { exec $kubectl ${kubeconfig:+"--kubeconfig=$kubeconfig"} ${context:+"--context=$context"} "--request-timeout=${timeout}s" "$@" </dev/null; }
words() { printf '%s' "$kubectl${kubeconfig:+ --kubeconfig=$kubeconfig}${context:+ --context=$context} --request-timeout=${timeout}s"; printf ' %s' "$@"; }

if [ -n "$list" ]; then
    echo "commands:"
    words config view --minify -o "jsonpath={.contexts[0].context.cluster}"; echo
    words version -o json; echo
    for resource in $resources $optional; do
        words get "$resource" --all-namespaces --chunk-size=500 -o json; echo
    done
    for resource in $in_default; do
        words get "$resource" --namespace default --chunk-size=500 -o json; echo
    done
    words get configmaps --namespace default --chunk-size=500 -o "go-template=$names"; echo
    [ -n "$nodes" ] || { words get nodes -o name; echo; }
    printf '%s' "${nodes:-<every node>
}" | while IFS= read -r node; do
        words get --raw "/api/v1/nodes/$node/proxy/configz"; echo
    done
    [ -z "$sign" ] || echo "ssh-keygen -q -Y sign -f $sign -n nodeproof SHA256SUMS"
    printf '%s\n' "paths:" "$out/.nodeproof-cluster-<number>/ (while it runs)" "$out/nodeproof-cluster-<cluster>-<time>.tar.gz"
    exit 0
fi

command -v "${kubectl%% *}" >/dev/null || fatal "${kubectl%% *} is not installed, or not in PATH"
if command -v sha256sum >/dev/null; then sha256=sha256sum; else sha256='shasum -a 256'; fi

# object KEY VALUE...: one JSON object on one line. KEY takes a string, `KEY?` a string or (if empty) null, `KEY:` JSON.
object() {
    awk 'function text(s,  out, at) {
        while ((at = match(s, /[\\"[:cntrl:]]/)) > 0) {
            out = out substr(s, 1, at - 1) (substr(s, at, 1) ~ /[\\"]/ ? "\\" substr(s, at, 1) : " ")
            s = substr(s, at + 1)
        }
        return "\"" out s "\""
    }
    BEGIN {
        for (i = 1; i < ARGC; i += 2) {
            key = ARGV[i]; value = ARGV[i + 1]
            raw = sub(/:$/, "", key)
            if (sub(/[?]$/, "", key) && value == "") { raw = 1; value = "null" }
            printf "%s%s:%s", (i > 1 ? "," : "{"), text(key), (raw ? value : text(value))
        }
        print "}"
    }' "$@"
}
# entries NAME SUFFIX: the records of all pieces so far, as the array NAME.
entries() {
    printf '"%s":[' "$1"
    find "$work/log" -name "*.$2" -exec cat {} + | sort | awk 'NR > 1 { printf ",\n" } { printf "%s", $0 } END { printf "]" }'
}

# checked WANT MEMBER REPORT <reply >copy: walks a reply token by token, so that neither its layout nor a cut-off
# end can mislead. Status 0: one whole JSON object with the key WANT, no secret in it; 5: the same, and the copy has
# secrets masked, each kind an entry for `redactions` in REPORT; 3: not whole; 4: no WANT; else it could not be written.
checked() {
    awk -v want="$1" -v member="$2" -v report="$3" '
    function bad() { broken = 1; exit }
    function hide(kind) { count[kind]++; return mark }
    function named_secret(name) {
        if (!(name in known)) known[name] = tolower(name) ~ secret "$"
        return known[name]
    }
    # What stands for a value without being one: nothing, a boolean, a variable, a mask.
    function harmless(s) { return s == "" || s == mark || tolower(s) ~ /^(true|false)$/ || s ~ /^[*]+$/ || s ~ /^[$]([A-Za-z_][A-Za-z0-9_]*|[(][A-Za-z0-9_.-]*[)]|[{][A-Za-z0-9_.-]*[}])$/ }
    # Masks what matches `value` behind each match of `lead`, which is compared in lower case, and puts `end` behind it.
    function behind(s, lead, value, kind, end,   out) {
        while (match(tolower(s), lead)) {
            out = out substr(s, 1, RSTART + RLENGTH - 1)
            s = substr(s, RSTART + RLENGTH)
            if (match(s, "^" value) && !harmless(substr(s, 1, RLENGTH))) { out = out hide(kind) end; s = substr(s, RLENGTH + 1) }
        }
        return out s
    }
    # What shows by its form to be a token and does not go on a word.
    function standing(s, re,   out, before) {
        while (match(s, re)) {
            before = RSTART > 1 ? substr(s, RSTART - 1, 1) : substr(out, length(out))
            if (before ~ /[A-Za-z0-9]/) { out = out substr(s, 1, RSTART); s = substr(s, RSTART + 1) }
            else { out = out substr(s, 1, RSTART - 1) hide("token"); s = substr(s, RSTART + RLENGTH) }
        }
        return out s
    }
    # One string value, still escaped, in the light of its place.
    function scrub(s,   bare, at) {
        bare = flag || (login && s ~ /^[^:\/]+:./ && s !~ /^(system|arn|oidc):/); flag = login = 0
        if (header[depth]) return hide("static-pod-url-header")
        if (harmless(s)) return s
        if (key[depth] == "value" && name[depth] ~ /^(env|httpHeaders)$/) return hide(name[depth] "-value")
        if (name[depth] == "annotations" && key[depth] ~ /last-applied|\/applied$|\/original$/) return hide("last-applied")
        if (s ~ /-----BEGIN [A-Z ]*PRIVATE KEY/) return hide("private-key")
        if (kind[depth] == "{") {
            if (named_secret(key[depth])) return hide("secret-field")
        } else if (s ~ /^--?[A-Za-z]/) {
            at = index(s, "=")
            flag = !at && (named_secret(s) || s ~ /^-[pPwW]$/)
            login = !at && s ~ /^(-u|-U|--user|--proxy-user)$/
            if (s ~ /^-p[^=]/ && s !~ /^-p(eer|re-|rint|rox|rofil|ort|od|ath|id|lugin|olicy|rogress|arallel|refix)/) return "-p" hide("argument")
            if (at && s ~ /^--(proxy-)?user=[^:]+:./ && s !~ /=(system|arn|oidc):/ && s !~ /=[0-9]+:[0-9]+$/) return substr(s, 1, at) hide("argument")
            if (at && named_secret(substr(s, 1, at - 1)) && !harmless(substr(s, at + 1))) return substr(s, 1, at) hide("argument")
        } else if (bare) return hide("argument")
        s = standing(s, forms)
        if (s !~ /[=:., ]/) return s
        if (s ~ /(echo|printf) .*[|]/) s = behind(s, "(echo|printf) +", "[^|]*[^| ] *[|]", "assignment", " |")
        if (s ~ hooks) while (match(s, hooks) && !index(substr(s, RSTART, RLENGTH), mark)) { at = RSTART + 2 + index(substr(s, RSTART + 3), "/"); s = substr(s, 1, at) hide("webhook") substr(s, RSTART + RLENGTH) }
        s = behind(s, "([?&]|u0026)(sig|sas|key|code|auth|[a-z0-9_-]*(token|signature|credential))=", "[^ &#\\\\\"]+", "url-query")
        s = behind(s, secret "(=|: +|\\\\\" *[:,] *\\\\\")", "[^ ,;&|\\\\\"]+", "assignment")
        if (s !~ /^docker-pullable:/) s = behind(s, "://", "[^/?#@ \"\\\\]+@", "url-userinfo", "@")
        s = behind(s, "(bearer|basic) ", b64 b64 b64 b64 b64 b64 b64 b64 b64 b64 b64 b64 "+=*", "token")
        while (match(s, /eyJ[A-Za-z0-9_-]+[.]eyJ[A-Za-z0-9_-]+[.][A-Za-z0-9_-]*/))
            s = substr(s, 1, RSTART - 1) hide("token") substr(s, RSTART + RLENGTH)
        return s ~ bootstrap ? hide("token") : s
    }
    BEGIN {
        mark = "REDACTED-BY-NODEPROOF"
        b64url = "[A-Za-z0-9_-]"
        secret = "(passw[a-z]*|passphrase|pwd|pass|pw|psk|secret|token|creds?|credentials?|cookie|session|session[_-]?id|jwt|dsn|connection[_-]?string|(api|access|secret|account|auth|signing|encryption|private|etcd|master|ssh|license|shared|storage|app)[_-]?key|manifest-url-header|datastore-endpoint)[0-9]*"
        forms = "(gh[pousr]_|github_pat_|gl(pat|dt|rt)-|xox[a-z]-|xapp-|AIza|ya29[.]|hv[sbr][.]|sk-|[rsp]k_live_|npm_|SG[.]|dckr_pat_|AGE-SECRET-KEY-|A[KS]IA)" b64url b64url b64url b64url b64url b64url b64url b64url "[A-Za-z0-9_.-]*|[$](1|2[aby]|5|6|7|y|gy)[$][^ \"]+"
        hooks = "://[^ \"/]*(hooks?[.]|webhook|logic[.]azure|telegram[.]org)[^ \"/]*/[^ \"]+|://[^ \"]*/webhooks?/[^ \"]+"
        b64 = "[A-Za-z0-9._~+/-]"
        six = "[a-z0-9][a-z0-9][a-z0-9][a-z0-9][a-z0-9][a-z0-9]"
        bootstrap = "(^|[^A-Za-z0-9.-])" six "[.]" six six "[a-z0-9][a-z0-9][a-z0-9][a-z0-9]($|[^A-Za-z0-9.-])"
    }
    {
        line = ""
        rest = $0
        while (match(rest, /[]["{},]/)) {
            before = substr(rest, 1, RSTART - 1)
            token = substr(rest, RSTART, 1)
            rest = substr(rest, RSTART)
            if (!depth && (before !~ /^[ \t\r]*$/ || token != "{" || done)) bad()
            line = line before
            if (token == "\"") {
                if (!match(rest, /^"([^"\\]|\\.)*"/)) bad()
                token = substr(rest, 2, RLENGTH - 2)
                rest = substr(rest, RLENGTH + 1)
                if (rest ~ /^[ \t]*:/) key[depth] = token
                else token = scrub(token)
                line = line "\"" token "\""
                continue
            }
            if (token == "{" || token == "[") {
                name[depth + 1] = kind[depth] == "[" ? name[depth] : key[depth]
                header[depth + 1] = header[depth] || name[depth + 1] == "staticPodURLHeader"
                if (depth == 1) top[key[1]] = 1
                kind[++depth] = token
                flag = 0
            } else if (token != ",") {
                if (kind[depth] token !~ /^(\{\}|\[\])$/) bad()
                if (!--depth) done = 1
                flag = 0
            }
            line = line token
            rest = substr(rest, 2)
        }
        if (!depth && rest !~ /^[ \t\r]*$/) bad()
        print line rest
    }
    END {
        if (broken || depth || !done) exit 3
        if (!(want in top)) exit 4
        for (k in count) printf "{\"member\":\"%s\",\"kind\":\"%s\",\"count\":%d}\n", member, k, count[k] >report
        for (k in count) exit 5
    }'
}

# whole WANT FILE: whether what was written is all there.
whole() { checked "$1" '' /dev/null <"$2" >/dev/null; case $? in 0 | 5) ;; *) return 1 ;; esac; }

# fetch MEMBER WANT kubectl-arguments...: one request, one member, put in place whole or not at all. WANT is a key its
# JSON must have; empty if it is text. Returns 1 for a gap, which it records. A piece that is there is not asked for again.
fetch() {
    member=$1 want=$2
    shift 2
    log=$work/log/${member%%/*}_${member##*/} part=$parts/${member##*/}
    [ ! -s "$top/$member" ] || return 0
    rm -f "$log.command" "$log.redacted" "$log.skipped"
    at=$(utc)
    kube "$@" >"$part" 2>"$part.err" &
    child=$!
    wait "$child"
    status=$? child='' why='' reason=unreadable kept=$part
    if [ "$status" -ne 0 ]; then
        why=$(tr -cd '\040-\176\n' <"$part.err" | awk 'NF { line = $0 } END { print substr(line, 1, 300) }')
        why=${why:-"kubectl ended with status $status and said nothing"}
        case $why in *"have a resource type"*) reason=absent ;; esac
    elif [ ! -s "$part" ] && [ "$member" != commands/nodes.txt ]; then # no node is an answer
        why="the reply is empty"
    elif [ -n "$want" ]; then
        checked "$want" "$member" "$log.redacted" <"$part" >"$part.masked"
        case $? in
        0) ;;
        5) { kept=$part.masked && [ -s "$log.redacted" ] && whole "$want" "$kept"; } || fatal "$full" ;;
        3) why="the reply is not one whole JSON object" ;;
        4) why="the reply has no \"$want\"" ;;
        *) fatal "$full" ;;
        esac
    fi
    object at "$at" argv "$(words "$@")" member? "$([ -n "$why" ] || echo "$member")" exit: "$status" >"$log.command" || fatal "$full"
    if [ -z "$why" ]; then
        mv "$kept" "$top/$member" || fatal "$full"
    else
        rm -f "$log.redacted"
        object path "$member" reason "$reason" detail "$why" >"$log.skipped" || fatal "$full"
    fi
    rm -f "$part" "$part.err" "$part.masked"
    [ -z "$why" ]
}

# Several workers walk the same list; a node is asked by the one that creates its claim.
worker() {
    trap '[ -z "$child" ] || { kill "$child" 2>/dev/null; wait "$child"; }; exit 143' TERM
    trap '' INT
    while IFS= read -r node; do
        kill -0 $$ 2>/dev/null || exit 1 # the run itself was killed
        set -C
        { true >"$parts/$node.claim"; } 2>/dev/null
        claimed=$?
        set +C
        [ "$claimed" -ne 0 ] || fetch "configz/$node.json" kubeletconfig get --raw "/api/v1/nodes/$node/proxy/configz" ||
            say "gap: configz of node $node: $why"
    done <"$parts/nodes"
}

tidy() {
    rm -rf "$parts" "$work/pid"
    [ -n "$(find "$top" -type f 2>/dev/null | head -n 1)" ] || rm -rf "$work"
}
stopped() {
    trap '' INT TERM HUP
    # shellcheck disable=SC2086  # a list of process ids
    [ -z "$child$workers" ] || kill $child $workers 2>/dev/null
    wait
    say "stopped; the same command goes on from here within a day (or remove $work)"
    exit "$1"
}

# --- the run ----------------------------------------------------------------------------------------------------

[ -n "$cluster" ] || cluster=$(kube config view --minify -o 'jsonpath={.contexts[0].context.cluster}' 2>/dev/null)
[ -n "$cluster" ] || say "no cluster name, so node bundles cannot be matched with this one: give --cluster NAME"
if command -v sha256sum >/dev/null; then sha256=sha256sum; else sha256='shasum -a 256'; fi
key=$(printf '%s\n' "$NODEPROOF_COLLECTOR_VERSION" "$cluster" "$context" "$kubeconfig" "${KUBECONFIG-}" "$kubectl" "$nodes" | $sha256 | cut -c 1-12)
work=$out/.nodeproof-cluster-$key parts=$out/.nodeproof-cluster-$key/parts.$$
full="cannot write below $work (is the disk full?); the same command goes on from here"
other=$(cat "$work/pid" 2>/dev/null)
[ "${other:-$$}" = $$ ] || ! kill -0 "$other" 2>/dev/null ||
    fatal "process $other is collecting the same into $out; wait for it (if it is no collector, remove $work/pid)"
begun=0 started=''
[ ! -s "$work/started" ] || read -r begun started <"$work/started"
if [ $(($(date +%s) - begun)) -gt 86400 ]; then
    begun=$(date +%s) started=$(utc)
    rm -rf "$work"
else
    say "going on with the run of $started (to begin anew, remove $work)"
fi
name=nodeproof-cluster-$(printf '%s' "${cluster:+$cluster-}" | tr -c 'A-Za-z0-9._-' - | tail -c 80)$(echo "$started" | tr -d ':-')
top=$work/$name child='' workers=''
trap tidy EXIT
trap 'stopped 130' INT
trap 'stopped 143' TERM
trap 'stopped 129' HUP
rm -rf "$work"/parts.*
mkdir -p "$parts" "$work/log" "$top/commands" "$top/configz" "$top/api" || fatal "cannot write to $out"
{ echo $$ >"$work/pid" && echo "$begun $started" >"$parts/started" && mv "$parts/started" "$work/started"; } || fatal "$full"

fetch commands/version.txt serverVersion version -o json || case $why in
"Error from server"* | "the reply"*) say "gap: version: $why" ;;
*) fatal "the API server cannot be asked: $why" ;;
esac
for resource in $resources $optional; do
    fetch "api/${resource%%.*}.json" items get "$resource" --all-namespaces --chunk-size=500 -o json || case $reason$optional in
    absent*"$resource"*) ;;
    *) say "gap: $resource: $why" ;;
    esac
done
for resource in $in_default configmaps; do
    form=json
    [ "$resource" != configmaps ] || form="go-template=$names"
    fetch "api/${resource%%.*}.json" items get "$resource" --namespace default --chunk-size=500 -o "$form" ||
        [ "$reason" = absent ] || say "gap: $resource in default: $why"
done

if [ -n "$nodes" ]; then printf '%s' "$nodes" >"$parts/names"
elif fetch commands/nodes.txt '' get nodes -o name; then
    sed 's|^node/||' "$top/commands/nodes.txt" >"$parts/names"
else
    say "gap: no list of nodes, so no configz: $why"
    : >"$parts/names"
fi
while IFS= read -r node; do
    # A node's name becomes a file name and part of a request: nothing but a DNS-1123 name will do.
    case $node in
    '' | *[!a-z0-9.-]* | [.-]* | *[.-] | *..*)
        say "gap: '$(printf '%s' "$node" | tr -cd '\040-\176')' is not a node's name"
        object path "configz/$node.json" reason unreadable detail "not a DNS-1123 name, so not asked for" >&3 ;;
    *) printf '%s\n' "$node" ;;
    esac
done <"$parts/names" >"$parts/nodes" 3>"$work/log/names.skipped"

while [ "$parallel" -gt 0 ]; do
    worker &
    workers="$workers $!"
    parallel=$((parallel - 1))
done
for pid in $workers; do wait "$pid" || failed=1; done
workers=''
[ -z "${failed-}" ] || exit 1
asked=0 got=0
while IFS= read -r node; do
    asked=$((asked + 1))
    if [ -s "$top/configz/$node.json" ]; then got=$((got + 1)); else [ -s "$work/log/configz_$node.json.skipped" ] || fatal "$full"; fi
done <"$parts/nodes"
say "configz of $got of $asked nodes"
! find "$work/log" -name 'configz_*.skipped' -exec cat {} + | grep -q 'nodes/proxy' ||
    say "advice: this user may not 'get' 'nodes/proxy'; --help prints the rule it needs"

# --- the archive ------------------------------------------------------------------------------------------------

find "$top/api" -type f -size +524287 | while IFS= read -r member; do # in units of 512 bytes
    say "note: ${member##*/} is larger than nodeproof reads by default: give it --limit api-bytes=$(($(wc -c <"$member")))"
done
rmdir "$top/commands" "$top/configz" "$top/api" 2>/dev/null
members=$(cd "$top" && ls -d api commands configz 2>/dev/null)
case $members in *api* | *configz*) ;; *) fatal "nothing could be collected; the gaps above say why" ;; esac
self=''
! grep -q '^# nodeproof collect-cluster' "$0" 2>/dev/null || self=$($sha256 <"$0" | cut -d ' ' -f 1)
head=$(object format nodeproof-bundle version: 1 kind cluster source api cluster? "$cluster" node: null collected_at "$started" \
    operator? "$operator" assessment? "$assessment" collector: "$(object name collect-cluster.sh version "$NODEPROOF_COLLECTOR_VERSION" sha256? "$self")")
{
    printf '%s,\n' "${head%\}}"
    entries commands command; echo ,
    entries redactions redacted; echo ,
    entries skipped skipped; echo '}'
} >"$parts/bundle.json"
whole skipped "$parts/bundle.json" || fatal "$full"
set -- "$name/bundle.json" "$name/SHA256SUMS" # the first member says what the rest is
[ -z "$sign" ] || set -- "$@" "$name/SHA256SUMS.sig"
for member in $members; do set -- "$@" "$name/$member"; done
# shellcheck disable=SC2086  # $members and $sha256 are words
{
    mv "$parts/bundle.json" "$top/bundle.json" &&
        (cd "$top" && find bundle.json $members -type f -exec $sha256 {} + | sort -k 2) >"$parts/SHA256SUMS" &&
        mv "$parts/SHA256SUMS" "$top/SHA256SUMS"
} || fatal "$full"
[ -z "$sign" ] || { rm -f "$top/SHA256SUMS.sig" && ssh-keygen -q -Y sign -f "$sign" -n nodeproof "$top/SHA256SUMS" >/dev/null && [ -s "$top/SHA256SUMS.sig" ]; } ||
    fatal "ssh-keygen could not sign with $sign; nothing was written: check the key, or collect without --sign"
{
    tar -cf "$parts/tar" -C "$work" "$@" && gzip <"$parts/tar" >"$parts/gz" && gzip -t <"$parts/gz" &&
        mv "$parts/gz" "$out/$name.tar.gz"
} || fatal "$full"
sum=$($sha256 <"$out/$name.tar.gz" | cut -d ' ' -f 1)
trap - EXIT
rm -rf "$work"
echo "$out/$name.tar.gz $(($(wc -c <"$out/$name.tar.gz"))) bytes sha256:$sum"
