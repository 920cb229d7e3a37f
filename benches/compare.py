#!/usr/bin/env python3
"""The job of `nodeproof analyze` as a competent person would script it: the yardstick of benches/analyze.rs.

compare.py FOLDER OUT.csv: judges makeIPTablesUtilChains on every bundle in FOLDER (argument > drop-ins >
configuration file > default, against configz), checks SHA-256 of the archive and of what a verdict rests on,
and writes bundle,node,verdict,reason. Two processes.
"""

import csv
import gzip
import hashlib
import io
import json
import multiprocessing
import os
import sys
import tarfile
import zlib
from datetime import datetime

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

KEY = "makeIPTablesUtilChains"
FLAG = "make-iptables-util-chains"
MARK = "REDACTED-BY-NODEPROOF"
TRUE = {"1", "t", "T", "true", "TRUE", "True"}
FALSE = {"0", "f", "F", "false", "FALSE", "False"}


class Undecided(Exception):
    """`unknown` or `error`, and why."""

    def __init__(self, verdict, reason):
        super().__init__(reason)
        self.verdict, self.reason = verdict, reason


def read(path):
    """The members of an archive below its top folder, by name."""
    with open(path, "rb") as file:
        packed = file.read()
    digest = hashlib.sha256(packed).hexdigest()
    members = {}
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed)), mode="r:") as archive:
        for member in archive:
            if member.isfile():
                name = member.name.removeprefix("./").partition("/")[2]
                if not name.startswith("files/var/log/") and not name.startswith("commands/journal"):
                    members[name] = archive.extractfile(member).read()
    if not members:
        raise Undecided("error", "no member")
    return digest, members


class Node:
    """What one node bundle says."""

    def __init__(self, members):
        self.members = members
        self.used = {"bundle.json"}
        self.about = json.loads(members["bundle.json"])
        self.name = self.about["node"]

    def take(self, name):
        self.used.add(name)
        return self.members.get(name)

    def words(self):
        for name in self.members:
            if name.startswith("proc/") and name.endswith("/cmdline"):
                words = self.take(name).decode("utf-8", "replace").rstrip("\0").split("\0")
                if words[0].rpartition("/")[2] == "kubelet":
                    return name.split("/")[1], words[1:]
        for line in self.take("commands/ps-ef.txt").decode("utf-8", "replace").splitlines():
            columns = line.split(None, 7)
            if len(columns) == 8:
                words = columns[7].split(" ")
                if words[0].rpartition("/")[2] == "kubelet":
                    if any(c["argv"] == "ps -ef" for c in self.about["commands"]):
                        raise Undecided("unknown", "arguments cut off")
                    return columns[1], words[1:]
        raise Undecided("unknown", "no kubelet seen")

    def arguments(self, words):
        """The last value of each flag; a flag without `=` takes the next word unless it is boolean."""
        values = {}
        words = iter(words)
        for word in words:
            if not word.startswith("--"):
                raise Undecided("unknown", f"would not start: {word}")
            name, equals, value = word[2:].partition("=")
            name = name.replace("_", "-")
            if name.startswith(FLAG) and name != FLAG:
                raise Undecided("unknown", f"would not start: {word}")
            if not equals:
                value = "true" if name in (FLAG, "enable-server") else next(words, "")
            if name == FLAG and value not in TRUE | FALSE:
                raise Undecided("unknown", f"would not start: {word}")
            values[name] = value
        return values

    def document(self, path):
        text = self.take("files" + path)
        if text is None:
            raise Undecided("unknown", f"{path} was not collected")
        try:
            if text.lstrip()[:1] == b"{":
                document = json.loads(text)
            else:
                document = yaml.load(text, Loader)
        except (ValueError, yaml.YAMLError) as error:
            raise Undecided("error", f"{path}: {error}") from error
        if not isinstance(document, dict) or document.get("kind") != "KubeletConfiguration":
            raise Undecided("unknown", f"{path} is no KubeletConfiguration")
        return document

    def value(self, path, document, value):
        if value is not None and not isinstance(value, bool):
            # PyYAML knows yes, no, on and off; the kubelet's reader y and n too.
            if value in ("y", "Y", "n", "N"):
                return value in ("y", "Y")
            raise Undecided("unknown", f"{path}: {KEY} is {value!r}")
        return value

    def on_disk(self):
        pid, words = self.words()
        arguments = self.arguments(words)
        value, changed = True, False
        minor = int(self.take("commands/kubelet-version.txt").decode().split(".")[1])
        if "config" in arguments:
            path = arguments["config"]
            document = self.document(path)
            value = self.value(path, document, document.get(KEY))
            value = True if value is None else value
            changed = self.changed(path, pid)
        if "config-dir" in arguments:
            folder = "files" + arguments["config-dir"] + "/"
            for name in sorted(n for n in self.members if n.startswith(folder) and n.endswith(".conf")):
                document = self.document(name[len("files"):])
                for key, found in document.items():
                    if key.lower() == KEY.lower():
                        found = self.value(name, document, found)
                        if found is not None:
                            value = found
                        elif minor >= 32:
                            value = True
        if FLAG in arguments:
            return arguments[FLAG] in TRUE
        if value and changed:
            raise Undecided("unknown", "restart pending")
        return value

    def changed(self, path, pid):
        """Whether a file changed after the process started."""
        started = self.take(f"proc/{pid}/started_at")
        if started is None:
            return False
        for line in self.take("stat.tsv").decode().splitlines():
            columns = line.split("\t")
            if columns[0] == path and columns[1] == "file":
                return int(columns[9]) > epoch(started.decode())
        return False

    def check_sums(self):
        listed = {}
        for line in self.members["SHA256SUMS"].decode().splitlines():
            digest, _, name = line.partition("  ")
            listed[name] = digest
        for name in listed:
            if name not in self.members and not name.startswith(("files/var/log/", "commands/journal")):
                raise Undecided("error", f"{name} is missing")
        for name in self.used & self.members.keys():
            if listed.get(name) != hashlib.sha256(self.members[name]).hexdigest():
                raise Undecided("error", f"{name} does not match SHA256SUMS")

    def judge(self, lent):
        live = lent
        own = self.take(f"configz/{self.name}.json")
        if own is not None:
            live = json.loads(own)["kubeletconfig"][KEY]
        try:
            disk = "pass" if self.on_disk() else "fail"
            reason = "disk"
        except Undecided as undecided:
            disk, reason = undecided.verdict, undecided.reason
        self.check_sums()
        if live is None:
            return disk, reason
        if disk == "fail" or not live:
            return "fail", "disk or configz"
        return "pass", "configz"


def epoch(text):
    return int(datetime.fromisoformat(text.strip().replace("Z", "+00:00")).timestamp())


def lenders(folder, names):
    """configz of cluster bundles by cluster and node (None where only the node is known), and the bundle it is in."""
    lent = {}
    for name in names:
        _, members = read(os.path.join(folder, name))
        about = json.loads(members["bundle.json"])
        for node in json.loads(members["api/nodes.json"])["items"]:
            lent[about["cluster"], node["metadata"]["name"]] = (None, name)
        for member, text in members.items():
            if member.startswith("configz/"):
                node = member[len("configz/"):-len(".json")]
                live = json.loads(text)["kubeletconfig"][KEY]
                lent[about["cluster"], node] = (live, name)
    return lent


def start(folder, lent):
    global FOLDER, LENT
    FOLDER, LENT = folder, lent


def judge(name):
    """The row of one node bundle, and the node it is of where it says so."""
    node, loan, digest = "", None, ""
    try:
        digest, members = read(os.path.join(FOLDER, name))
        evidence = Node(members)
        node, loan = evidence.name, (evidence.about["cluster"], evidence.name)
        verdict, reason = evidence.judge(LENT.get(loan, (None, None))[0])
    except Undecided as undecided:
        verdict, reason = undecided.verdict, undecided.reason
    except (OSError, EOFError, ValueError, KeyError, tarfile.TarError, zlib.error) as error:
        verdict, reason = "error", str(error)
    return (name, node, verdict, reason, digest), loan


def main():
    folder, out = sys.argv[1:]
    names = sorted(os.listdir(folder))
    clusters = [name for name in names if name.startswith("cluster-")]
    lent = lenders(folder, clusters)
    nodes = [name for name in names if name not in set(clusters)]
    with multiprocessing.Pool(2, start, (folder, lent)) as pool:
        results = pool.map(judge, nodes, chunksize=16)
        pool.close()
        pool.join()
    taken = {loan for _, loan in results}
    rows = [row for row, _ in results]
    verdicts = {True: "pass", False: "fail", None: "unknown"}
    rows += [(name, node, verdicts[live], "configz", "")
             for (cluster, node), (live, name) in lent.items() if (cluster, node) not in taken]
    with open(out, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("bundle", "node", "verdict", "reason", "sha256"))
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main()
