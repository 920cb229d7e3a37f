"""Judges a fleet on Apache Spark: each partition runs `nodeproof analyze --shard`, and the driver merges.

    python judge.py FOLDER -o report.json -o report.csv            on this machine
    spark-submit --master … judge.py FOLDER -o report.json         on a cluster
    python judge.py FOLDER -o report.json -- -b cis-1.11 -c 4.2.6  with options of `analyze`

README.md beside it says what must be shared, what is tried again, and what becomes of a bundle that
ends the program."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone

from pyspark import StorageLevel
from pyspark.sql import SparkSession

import partition
from isolate import isolate
from partition import DIED, SCHEMA, WRONG_USAGE, Partitions, ended, sha256

USAGE, NOT_ENDED = 2, 5
# Options of `analyze` that `merge` needs too.
CATALOGS = ("--catalog", "--kube-bench")


class Stop(Exception):
    """Why the run ends early: a sentence, and the exit code."""

    def __init__(self, why, code):
        super().__init__(why)
        self.code = code


class Passed(argparse.Action):
    """An option that `merge` is given, in the order typed."""

    def __call__(self, parser, namespace, value, option=None):
        namespace.merge = [*(namespace.merge or []), option, value]


def arguments():
    typed = sys.argv[1:]
    at = typed.index("--") if "--" in typed else len(typed)
    parser = argparse.ArgumentParser(
        description="Judges a fleet of bundles on Apache Spark.",
        usage="judge.py FOLDER -o FILE [option ...] [-- option of `nodeproof analyze` ...]",
        allow_abbrev=False,
    )
    parser.add_argument("root", metavar="FOLDER", help="the bundles; at the same path on every executor")
    parser.add_argument("--list", metavar="FILE|-", help="judge those of them that a file names")
    parser.add_argument("--binary", default="nodeproof", help="the program, which is shipped [nodeproof]")
    parser.add_argument("--partitions", type=int, metavar="N", help="[Spark's default parallelism]")
    parser.add_argument("--jobs", type=int, metavar="N", help="threads of each process [spark.task.cpus]")
    parser.add_argument("--as-of", metavar="TIME", help="the time that is \"today\" [now]")
    parser.add_argument("--isolate", type=int, default=20, metavar="N",
                        help="stop if more bundles than that end the program [20]")
    parser.add_argument("--keep", metavar="DIR", help="keep the shards, the list, and what was not opened")
    for option in (("-o", "--output"), ("--format",), ("--fail-on",), ("--layout",), ("--group-by",)):
        parser.add_argument(*option, action=Passed, dest="merge", help="as of `nodeproof merge`")
    args = parser.parse_args(typed[:at])
    args.options = typed[at + 1:]
    outputs = [value for option, value in zip(args.merge or [], (args.merge or [])[1:])
               if option in ("-o", "--output")]
    if not outputs:
        parser.error("nothing is to be written; give -o FILE")
    root = os.path.join(os.path.realpath(args.root), "")
    for path in outputs + [args.keep or ""]:
        if os.path.join(os.path.realpath(path), "").startswith(root) and path:
            parser.error(f"{path}: lies in what is judged; name a place outside of {args.root}")
    return args


def session():
    """The session of spark-submit; else one of this machine alone, where Spark tries a task four times."""
    if "PYSPARK_GATEWAY_PORT" in os.environ:
        return SparkSession.builder.appName("nodeproof").getOrCreate()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("nodeproof").master("local[*,4]")
    for key, value in (("driver.host", "127.0.0.1"), ("driver.bindAddress", "127.0.0.1"),
                       ("ui.enabled", "false"), ("ui.showConsoleProgress", "false")):
        builder = builder.config(f"spark.{key}", value)
    spark = builder.getOrCreate()
    # The driver tells what died.
    spark.sparkContext.setLogLevel("OFF")
    return spark


def attempts(context):
    """How often Spark tries a task; the last is not made use of, see partition.py."""
    local = re.fullmatch(r"local(?:\[[^,\]]*(?:,\s*(\d+)\s*)?\])?", context.master)
    count = int(local[1] or 1) if local else int(context.getConf().get("spark.task.maxFailures", "4"))
    if count < 2:
        raise Stop("Spark tries a task once: give --master 'local[*,4]', or spark.task.maxFailures of"
                   " at least 2", USAGE)
    return count


def listed(args, binary):
    """The list as `--list` takes it, each name ended by NUL."""
    if args.list is None:
        ran = subprocess.run([binary, "list", args.root, "--null"], stdout=subprocess.PIPE, check=False)
        if ran.returncode:
            raise Stop("", ran.returncode)
        return ran.stdout
    try:
        with open(0 if args.list == "-" else args.list, "rb") as file:
            return file.read()
    except OSError as error:
        raise Stop(f"--list: {args.list}: cannot be read ({error.strerror}); check the path", USAGE)


def names(listed):
    """Of each bundle on a list, once."""
    split = listed.split(b"\0") if b"\0" in listed else listed.splitlines()
    parts = ([part for part in name.split(b"/") if part not in (b"", b".")] for name in split)
    return [name for name in dict.fromkeys(map(b"/".join, parts)) if name.strip()]


class Run:
    """A run on Spark."""

    def __init__(self, spark, partitions, most):
        self.spark, self.partitions, self.most = spark, partitions, most
        self.names = partitions.names.value
        self.closed = frozenset()
        self.last_words = ""

    def frame(self, tasks, keeps):
        numbers = self.spark.range(0, len(tasks), 1, len(tasks))
        return numbers.mapInArrow(self.partitions.judge(tasks, self.closed, keeps), SCHEMA)

    def die(self, probes):
        rows = self.frame(probes, False).drop("bytes").collect()
        dead = [row for row in rows if row.code == DIED]
        self.last_words = next((row.said for row in dead if row.said), self.last_words)
        return {(row.shard, row.first, row.end) for row in dead}

    def judged(self):
        """All shards, as rows that Spark holds on the disks of executors. A bundle that ends the
        program is not opened, from then on by any shard."""
        of, count = self.partitions.of, len(self.names)
        in_vain = 0
        while True:
            frame = self.frame([(shard, 0, count) for shard in range(1, of + 1)], True)
            frame.persist(StorageLevel.DISK_ONLY)
            rows = frame.where("part = 0").select("shard", "code", "said").collect()
            for row in rows:
                if row.code == WRONG_USAGE:
                    raise Stop(row.said, USAGE)
            dead = sorted(row.shard for row in rows if row.code == DIED)
            if not dead:
                return frame
            frame.unpersist()
            say(f"{len(dead)} of {of} shards died in every attempt; looking for the bundle that ends them")
            # What ends all of them is in what all of them read, so one tells it.
            found = isolate(count, dead[:1] if len(dead) == of else dead, self.die) - self.closed
            for at in sorted(found):
                say(f"{self.names[at].decode(errors='replace')}: ends the program; it is not opened,"
                    " and is an error row")
            self.closed |= found
            in_vain = 0 if found else in_vain + 1
            if in_vain > 1:
                raise Stop("shards die, and no bundle is found that ends them: look at the executors,"
                           f" whose memory may be too small. The last words are: {self.last_words}",
                           NOT_ENDED)
            if len(self.closed) > self.most:
                raise Stop(f"more than {self.most} bundles end the program, which is rather the"
                           " executors' doing: give them more memory, or raise --isolate", NOT_ENDED)

    def fetch(self, frame, folder):
        """Writes the shards to a folder, one after the other; gives their paths."""
        paths, wanted = {}, {}
        columns = ("shard", "sha256", "part", "bytes")
        for row in frame.select(*columns).toLocalIterator():
            path = os.path.join(folder, f"{row.shard}-of-{self.partitions.of}.shard")
            with open(path, "wb" if row.part == 0 else "ab") as file:
                file.write(row.bytes or b"")
            paths[row.shard], wanted[row.shard] = path, row.sha256
        for shard, path in paths.items():
            if sha256(path) != wanted[shard]:
                raise Stop(f"{path}: is not as its executor wrote it; run again", NOT_ENDED)
        return [paths[shard] for shard in sorted(paths)]


def say(text):
    print(f"judge.py: {text}", file=sys.stderr, flush=True)


def catalogs(options):
    """Those that `merge` needs too."""
    passed = []
    for at, option in enumerate(options):
        if option in CATALOGS:
            passed += options[at:at + 2]
        elif option.split("=")[0] in CATALOGS:
            passed.append(option)
    return passed


def judge(args, spark, folder):
    context = spark.sparkContext
    context.addPyFile(partition.__file__)
    binary = shutil.which(args.binary)
    if binary is None:
        raise Stop(f"{args.binary}: is no program; give --binary PATH", USAGE)
    context.addFile(os.path.abspath(binary))
    list_ = listed(args, binary)
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    settled = [] if any(o.split("=")[0] == "--settings" for o in args.options) else ["--no-settings"]
    partitions = Partitions(
        binary=os.path.basename(binary),
        root=os.path.abspath(args.root),
        folder=os.getcwd(),
        listed=context.broadcast(list_),
        names=context.broadcast(names(list_)),
        options=["--as-of", args.as_of or now, *settled, *args.options],
        of=args.partitions or context.defaultParallelism,
        jobs=args.jobs or int(context.getConf().get("spark.task.cpus", "1")),
        attempts=attempts(context),
    )
    run = Run(spark, partitions, args.isolate)
    shards = run.fetch(run.judged(), folder)
    kept = {"list": list_}
    if run.closed:
        kept["not-opened"] = ended(run.names[at] for at in run.closed)
    for name, text in kept.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(text)
    command = [binary, "merge", "--verify", *shards, *args.merge, *catalogs(args.options)]
    return subprocess.run(command, check=False).returncode


def main():
    args = arguments()
    spark = session()
    try:
        with tempfile.TemporaryDirectory() as temporary:
            if args.keep:
                os.makedirs(args.keep, exist_ok=True)
            return judge(args, spark, args.keep or temporary)
    except Stop as stop:
        if str(stop):
            say(stop)
        return stop.code
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())
