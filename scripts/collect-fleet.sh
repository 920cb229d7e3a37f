#!/bin/sh
# nodeproof collect-fleet: runs collect-node.sh on many hosts over ssh, brings the archives back, checks them, and ends
# with a table of what was collected and what was not, and why.
# On a host nothing stays: the collector travels through ssh's standard input into a temporary folder that is removed
# when it ends, its archive comes back through the same connection. ssh checks host keys as you configured it.
# POSIX sh with ssh, awk, sed, tar, gzip, and sha256sum (or shasum). `--list` prints every command, collects nothing.
set -u
umask 077
LC_ALL=C
export LC_ALL
end=nodeproof-end-of-the-collector

usage() {
    cat <<'END'
Usage: sh collect-fleet.sh [options]

  --hosts FILE        one host per line: [user@]host[:port] [node-name]; # starts a comment (default: hosts.txt)
  --out DIR           where the archives go (default: the current folder)
  --collector FILE    the script to run (default: collect-node.sh beside this script)
  --sudo              run it as root, with `sudo -n` (which asks for no password)
  --ssh COMMAND       an OpenSSH client and options of yours, such as "ssh -J bastion -i key" (default: ssh)
  --parallel N        hosts at a time (default: 8)
  --retries N         further attempts at a host that failed (default: 2)
  --timeout SECONDS   for one attempt (default: 600)
  --again             collect from every host, also where an earlier run into --out has collected already
  --cluster NAME, --operator NAME, --assessment NAME   passed to the collector
  --list              print every command and path, collect nothing

ssh runs with BatchMode=yes: it asks for no password, and a host whose key is not known fails.
Exit: 0 every host collected, 1 some failed, 2 wrong usage.
END
}

say() { printf '%s\n' "collect-fleet: $*" >&2; }
wrong() { say "$*; see --help"; exit 2; }
fatal() { say "$*"; exit 1; }

hosts=hosts.txt out=. collector='' sudo='' ssh=ssh parallel=8 retries=2 timeout=600 again='' list=''
cluster='' operator='' assessment=''
while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
    --list) list=1; continue ;;
    --sudo) sudo='sudo -n '; continue ;;
    --again) again=1; continue ;;
    --help | -h) usage; exit 0 ;;
    --*=*) value=${option#*=} option=${option%%=*} ;;
    *) value=${1-}; [ $# -eq 0 ] || shift ;;
    esac
    [ -n "$value" ] || wrong "option '$option' is unknown or lacks its value"
    case $option in
    --hosts) hosts=$value ;;
    --out) out=${value%/} out=${out:-/} ;;
    --collector) collector=$value ;;
    --ssh) ssh=$value ;;
    --cluster) cluster=$value ;;
    --operator) operator=$value ;;
    --assessment) assessment=$value ;;
    --parallel | --retries | --timeout)
        case $value in *[!0-9]* | 0?* | ?????*) wrong "$option takes a whole number up to 9999, not '$value'" ;; esac
        case $option in
        --parallel) parallel=$value ;;
        --retries) retries=$value ;;
        --timeout) timeout=$value ;;
        esac ;;
    *) wrong "unknown option '$option'" ;;
    esac
done
case " $parallel $timeout " in *' 0 '*) wrong "--parallel and --timeout start at 1" ;; esac
case $out in -*) out=./$out ;; esac
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
collector=${collector:-$here/collect-node.sh}
[ -s "$hosts" ] || wrong "there is no list of hosts '$hosts'; name it with --hosts"
[ -s "$collector" ] || wrong "there is no collector '$collector'; name it with --collector"
! grep -qx "$end" "$collector" || wrong "'$collector' has a line '$end', which this script uses to mark its end"

# --- the list of hosts ------------------------------------------------------------------------------------------

# targets: the list as lines `key user host port node`, `-` for what is not given. The key, which is the host as the
# list has it, names the host's files.
# Whatever is no plain name is refused, above all a leading `-`, which ssh would take for an option.
targets() {
    number=0
    seen=' '
    tr -d '\r' <"$hosts" | sed 's/^[[:space:]]*#.*//; s/[[:space:]]#.*//' | { while read -r target node more || [ -n "$target" ]; do
        number=$((number + 1))
        [ -n "$target" ] || continue
        where="$hosts line $number" to_user=- to_port=- to_host=$target
        case $to_host in *@*) to_user=${to_host%@*} to_host=${to_host##*@} ;; esac
        case $to_host in
        \[*\]:*) to_port=${to_host##*\]:} to_host=${to_host#\[} to_host=${to_host%%\]*} ;;
        \[*\]) to_host=${to_host#\[} to_host=${to_host%\]} ;;
        *:*:*) ;; # an IPv6 address
        *:*) to_port=${to_host##*:} to_host=${to_host%:*} ;;
        esac
        [ -z "$more" ] || wrong "$where: more than a host and a node's name"
        case $to_host in '' | -* | *[!A-Za-z0-9._:%-]*) wrong "$where: not a host name" ;; esac
        case $to_user in -) ;; '' | -* | *[!A-Za-z0-9._+@-]*) wrong "$where: not a user name" ;; esac
        case $to_port in -) ;; '' | 0* | *[!0-9]* | ??????*) wrong "$where: not a port" ;; esac
        case $node in *[!a-z0-9.-]* | [.-]* | *[.-]) wrong "$where: not a node's name (small letters, digits, '-' and '.')" ;; esac
        case $seen in *" $target "*) say "$where: $target is there twice; taken once"; continue ;; esac
        seen="$seen$target "
        echo "$target $to_user $to_host $to_port ${node:--}"
    done; }
}
table=$(targets) || exit 2
[ -n "$table" ] || wrong "'$hosts' names no host"

# connect USER HOST PORT: becomes ssh, which runs a shell on the host that reads its script from standard input.
# With --list, the line alone.
connect() {
    login=${1#-} number=${3#-}
    # shellcheck disable=SC2086  # --ssh is words
    set -- $ssh -T -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=20 ${number:+-p "$number"} ${login:+-l "$login"} -- "$2" "${sudo}sh -s"
    if [ -n "$list" ]; then echo "$*"; else exec "$@"; fi
}

quoted() { printf " '"; printf '%s' "$1" | sed "s/'/'\\\\''/g"; printf "'"; }
# errand NODE: the script for a host. A connection that breaks half-way leaves it incomplete, and so without effect.
errand() {
    cat <<'END'
umask 077
folder=$(mktemp -d "${TMPDIR:-/tmp}/nodeproof.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
END
    echo "cat >\"\$folder/collect-node.sh\" <<'$end'"
    if [ -n "$list" ]; then echo "... the collector ..."; else cat "$collector"; fi
    echo "$end"
    printf %s "mkdir \"\$folder/out\" && sh \"\$folder/collect-node.sh\" --out \"\$folder/out\""
    [ "$1" = - ] || { printf ' --node'; quoted "$1"; }
    [ -z "$cluster" ] || { printf ' --cluster'; quoted "$cluster"; }
    [ -z "$operator" ] || { printf ' --operator'; quoted "$operator"; }
    [ -z "$assessment" ] || { printf ' --assessment'; quoted "$assessment"; }
    cat <<'END'
 </dev/null >/dev/null || exit 1
cd "$folder/out" && for bundle in nodeproof-*.tar.gz; do
    sum=$(sha256sum <"$bundle") || exit 1
    echo
    echo "nodeproof-bundle $(($(wc -c <"$bundle"))) ${sum%% *} $bundle"
    cat "$bundle"
done
exit 0
END
}

state=$out/.nodeproof-fleet
if [ -n "$list" ]; then
    echo "commands:"
    echo "$table" | while read -r _ who where which _; do connect "$who" "$where" "$which"; done
    echo "each host's shell reads:"
    errand "<node-name>" | sed 's/^/    /'
    printf '%s\n' "paths:" "$out/nodeproof-<cluster>-<node>-<time>.tar.gz" "$state/ (which host has been collected)"
    echo "what the collector itself reads and runs: sh $collector --list"
    exit 0
fi
if command -v sha256sum >/dev/null; then sha256=sha256sum; else sha256='shasum -a 256'; fi

# --- one host ---------------------------------------------------------------------------------------------------

# printable: the last words of a text that a host wrote, without what would act on a terminal or break the table.
printable() { tr -cd '\040-\176\n' | awk 'NF { line = $0 } END { print substr(line, 1, 200) }'; }

# arrived FILE: checks what came back, leaves the archive in FILE.gz, sets name, sum and node; or says why not.
arrived() {
    skipped=0 line=''
    # A host's start-up files may print before the line that we wait for.
    while [ "$skipped" -lt 1000 ] && IFS= read -r line; do
        skipped=$((skipped + 1))
        case $line in "nodeproof-bundle "*) break ;; esac
    done <"$1"
    printf '%s\n' "$line" | grep -Eq '^nodeproof-bundle [0-9]{1,12} [0-9a-f]{64} nodeproof-[A-Za-z0-9._-]{1,200}[.]tar[.]gz$' ||
        { why="the host sent no archive"; return 1; }
    line=${line#* }
    size=${line%% *} line=${line#* }
    sum=${line%% *} name=${line#* }
    tail -n +$((skipped + 1)) "$1" >"$1.gz" || { why="cannot write below $state"; return 1; }
    [ $(($(wc -c <"$1.gz"))) = "$size" ] || { why="the archive is not whole: $(($(wc -c <"$1.gz"))) bytes of $size"; return 1; }
    [ "$($sha256 <"$1.gz" | cut -d ' ' -f 1)" = "$sum" ] || { why="the archive's SHA-256 is not what the host computed"; return 1; }
    gzip -t <"$1.gz" 2>/dev/null || { why="the archive is no whole gzip stream"; return 1; }
    gzip -dc <"$1.gz" | tar -tf - >"$1.members" 2>/dev/null || { why="the archive is no whole tar archive"; return 1; }
    read -r first <"$1.members"
    case $first in [!A-Za-z0-9]* | *[!A-Za-z0-9._/-]*) first= ;; *..* | */*/*) first= ;; */bundle.json) ;; *) first= ;; esac
    [ -n "$first" ] || { why="the archive does not start with bundle.json"; return 1; }
    node=$(gzip -dc <"$1.gz" | tar -xOf - "$first" 2>/dev/null | tr -cd '\040-\176' |
        awk 'match($0, /"node" *: *"[^"]*"/) { s = substr($0, RSTART, RLENGTH - 1); sub(/.*"/, "", s); gsub(/[^A-Za-z0-9._-]/, "?", s); print s }')
    node=${node:--}
}

# attempt USER HOST PORT: one connection, given up after --timeout.
attempt() {
    connect "$@" <"$run/$key/errand" >"$run/$key/got" 2>"$run/$key/said" &
    child=$!
    waited=0
    while kill -0 "$child" 2>/dev/null; do
        if [ "$waited" -ge "$timeout" ]; then
            kill "$child" 2>/dev/null
            wait "$child"
            child='' why="no answer within $timeout seconds"
            return 1
        fi
        waited=$((waited + 1))
        sleep 1
    done
    wait "$child"
    status=$?
    child='' why=$(printable <"$run/$key/said")
    [ "$status" -eq 0 ] || { why=${why:-"ended with status $status and said nothing"}; return 1; }
    why=
    arrived "$run/$key/got"
}

# kept: whether an earlier run has this host's archive, unchanged, under the node name now wanted.
kept() {
    [ -z "$again" ] && [ -s "$state/host.$key" ] && read -r node sum name <"$state/host.$key" &&
        { [ "$wanted" = - ] || [ "$wanted" = "$node" ]; } && [ "$($sha256 <"$out/$name" 2>/dev/null | cut -d ' ' -f 1)" = "$sum" ]
}

# result NODE RESULT TEXT: a host's line of the final table.
result() {
    printf '%s\t%s\t%s\t%s\n' "$key" "$1" "$2" "$3" >"$run/$key/part" && mv "$run/$key/part" "$run/$key/result"
}

collect() {
    if kept; then result "$node" kept "$name"; return; fi
    errand "$wanted" >"$run/$key/errand" || fatal "cannot write below $state"
    tries=0
    until attempt "$user" "$host" "$port"; do
        tries=$((tries + 1))
        say "$key: attempt $tries failed: $why"
        if [ "$tries" -gt "$retries" ]; then result "$wanted" failed "$why"; return; fi
        sleep "$tries"
    done
    # ln never replaces: where two hosts claim one name, or links are not to be had, the host's own name is added.
    if ! ln "$run/$key/got.gz" "$out/$name" 2>/dev/null; then
        name=${name%.tar.gz}-$(echo "$key" | tr '@:[]%' '-----').tar.gz
        mv "$run/$key/got.gz" "$out/$name" || fatal "cannot write to $out"
    fi
    echo "$node $sum $name" >"$run/$key/done" || fatal "cannot write below $state"
    mv "$run/$key/done" "$state/host.$key" || fatal "cannot write below $state"
    result "$node" collected "$name"
    said=$(printable <"$run/$key/said")
    say "$key: collected $name${said:+; it said: $said}"
}

# Several workers walk the same list; a host belongs to the one that creates its folder.
worker() {
    trap '[ -z "$child" ] || { kill "$child" 2>/dev/null; wait "$child"; }; exit 143' TERM
    trap '' INT
    while read -r key user host port wanted; do
        kill -0 $$ 2>/dev/null || exit 1 # the run itself was killed
        mkdir "$run/$key" 2>/dev/null || continue
        collect
        rm -f "$run/$key/got"* "$run/$key/errand" "$run/$key/said"
    done <"$run/.targets"
}

# --- the run ----------------------------------------------------------------------------------------------------

stopped() {
    trap '' INT TERM HUP
    # shellcheck disable=SC2086  # a list of process ids
    [ -z "$workers" ] || kill $workers 2>/dev/null
    wait
    say "stopped; the same command goes on with the hosts that are left"
    exit "$1"
}
mkdir -p "$state" || fatal "cannot write to $out"
other=$(cat "$state/pid" 2>/dev/null)
[ "${other:-$$}" = $$ ] || ! kill -0 "$other" 2>/dev/null ||
    fatal "process $other is collecting into $out; wait for it (if it is no collector, remove $state/pid)"
run=$state/run.$$ child='' workers=''
trap 'rm -rf "$run" "$state/pid"' EXIT
trap 'stopped 130' INT
trap 'stopped 143' TERM
trap 'stopped 129' HUP
rm -rf "$state"/run.*
mkdir "$run" || fatal "cannot write to $out"
echo $$ >"$state/pid" || fatal "cannot write to $out"
echo "$table" >"$run/.targets" || fatal "cannot write to $out"
while [ "$parallel" -gt 0 ]; do
    worker &
    workers="$workers $!"
    parallel=$((parallel - 1))
done
for pid in $workers; do wait "$pid"; done
workers=''

while read -r key _ _ _ wanted; do
    if [ -s "$run/$key/result" ]; then cat "$run/$key/result"; else printf '%s\t%s\tfailed\tits result could not be written; is the disk full?\n' "$key" "$wanted"; fi
done <"$run/.targets" | awk -F '\t' '
    BEGIN { $0 = "HOST\tNODE\tRESULT\tARCHIVE OR REASON"; keep() }
    { keep(); total[$3]++ }
    function keep(  i) { n++; for (i = 1; i <= 4; i++) { cell[n, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
    END {
        for (row = 1; row <= n; row++) {
            for (i = 1; i < 4; i++) printf "%-" width[i] "s  ", cell[row, i]
            print cell[row, 4]
        }
        printf "%d collected, %d kept from an earlier run, %d failed\n", total["collected"], total["kept"], total["failed"]
        exit total["failed"] > 0
    }'
