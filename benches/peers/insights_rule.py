#!/usr/bin/env python3
"""The one control of the corpus as a rule of insights-core, the engine that judges archives of hosts.

insights_rule.py FOLDER OUT.csv: the argument of the kubelet in the process list before its configuration file before the
default, and bundle,node,verdict. It looks at no checksum, drop-in or configz. Two processes.
"""

import csv
import json
import multiprocessing
import os
import sys

from insights import dr, make_fail, make_pass, rule
from insights.core import CommandParser, YAMLParser
from insights.core.archives import extract
from insights.core.context import ExecutionContext, fs_root
from insights.core.hydration import initialize_broker
from insights.core.plugins import parser
from insights.core.spec_factory import SpecSet, simple_file

KEY = "makeIPTablesUtilChains"
FLAG = "--make-iptables-util-chains="


@fs_root
class Bundle(ExecutionContext):
    marker = "bundle.json"


class Specs(SpecSet):
    processes = simple_file("commands/ps-ef.txt", context=Bundle)
    configuration = simple_file("files/var/lib/kubelet/config.yaml", context=Bundle)


@parser(Specs.processes)
class Processes(CommandParser):
    def parse_content(self, content):
        lines = (line.split(None, 7) for line in content)
        kubelets = (line[7].split(" ") for line in lines if len(line) == 8)
        self.words = next((words for words in kubelets if words[0].rpartition("/")[2] == "kubelet"), [])


@parser(Specs.configuration)
class Configuration(YAMLParser):
    pass


@rule(Processes, optional=[Configuration])
def makes_chains(processes, configuration):
    given = [word.removeprefix(FLAG) for word in processes.words if word.startswith(FLAG)]
    in_file = configuration.data.get(KEY) if configuration else None
    value = given[-1].lower() in ("1", "t", "true") if given else in_file
    return make_fail("CHAINS") if value is False else make_pass("CHAINS")


def judge(path):
    """The row of one bundle."""
    verdict, node = "error", ""
    try:
        with extract(path) as extraction:
            (top,) = os.listdir(extraction.tmp_dir)
            top = os.path.join(extraction.tmp_dir, top)
            with open(os.path.join(top, "bundle.json"), encoding="utf-8") as file:
                node = json.load(file)["node"]
            _, broker = initialize_broker(top, context=Bundle)
            said = dr.run(dr.get_dependency_graph(makes_chains), broker=broker).get(makes_chains)
            verdict = "unknown" if said is None else "fail" if isinstance(said, make_fail) else "pass"
    except Exception as error:  # what a damaged archive raises is not documented
        print(f"{path}: {error}", file=sys.stderr)
    return os.path.basename(path), node, verdict


def main():
    folder, out = sys.argv[1:]
    names = sorted(name for name in os.listdir(folder) if not name.startswith("cluster-"))
    with multiprocessing.Pool(2) as pool:
        rows = pool.map(judge, [os.path.join(folder, name) for name in names], chunksize=16)
        pool.close()
        pool.join()
    with open(out, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("bundle", "node", "verdict"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
