"""What an executor does: one process of nodeproof for a partition."""

import ctypes
import hashlib
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass

import pyarrow
from pyspark import SparkFiles, TaskContext
from pyspark.broadcast import Broadcast

# One row for each piece of a shard's file. `code` is the exit code; DIED if there is none.
SCHEMA = "shard int, first int, end int, code int, said string, sha256 string, part int, bytes binary"
ARROW = pyarrow.schema(
    [
        ("shard", pyarrow.int32()),
        ("first", pyarrow.int32()),
        ("end", pyarrow.int32()),
        ("code", pyarrow.int32()),
        ("said", pyarrow.string()),
        ("sha256", pyarrow.string()),
        ("part", pyarrow.int32()),
        ("bytes", pyarrow.binary()),
    ]
)
PIECE = 4 << 20
DIED = -1
# All is well; some evidence could not be read, which rows tell.
JUDGED = (0, 3)
WRONG_USAGE = 2

_PR_SET_PDEATHSIG = 1
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


@dataclass
class Partitions:
    """What the partitions of a run have in common."""

    binary: str  # the file's name, as Spark shipped it
    root: str
    folder: str  # where relative paths of options are from
    listed: Broadcast  # the list, as `--list` takes it
    names: Broadcast  # of each bundle on it, once
    options: list  # of `analyze`
    of: int
    jobs: int
    attempts: int  # that Spark makes of a task

    def judge(self, tasks, closed, keeps):
        """A function for mapInArrow over numbers of `tasks`, each (shard, first, end): runs that shard
        with none but the bundles from `first` to `end` opened, and none of `closed`. `keeps` whether
        the shard is wanted, and tried as often as Spark does; else it is a probe, which may die."""

        def run(batches):
            for batch in batches:
                for number in batch.column(0).to_pylist():
                    yield from self._one(tasks[number], closed, keeps)

        return run

    def _one(self, task, closed, keeps):
        # Spark ends the job with the last attempt that fails, and then the others' shards are lost.
        if TaskContext.get().attemptNumber() + 1 >= self.attempts:
            yield _row(task, DIED, "it died in every attempt")
            return
        # Executors have relative paths for it, and the process runs elsewhere.
        own = os.path.abspath(SparkFiles.getRootDirectory())
        with tempfile.TemporaryDirectory(dir=own) as folder:
            shard = os.path.join(folder, "shard")
            code, said = self._run(task, closed, folder, shard)
            if code in JUDGED and keeps:
                yield from _rows(task, code, shard)
            elif code in JUDGED or code == WRONG_USAGE:
                yield _row(task, code, said)
            elif keeps:
                raise RuntimeError(f"shard {task[0]}/{self.of} ended with {code}: {said}")
            else:
                yield _row(task, DIED, said)

    def _run(self, task, closed, folder, shard):
        number, first, end = task
        names = self.names.value
        shut = names[:first] + names[end:] + [names[at] for at in closed if first <= at < end]
        command = [os.path.abspath(SparkFiles.get(self.binary)), "analyze", self.root, "--list", "-"]
        command += ["--shard", f"{number}/{self.of}", "-j", str(self.jobs), "-q", "-o", shard]
        if shut:
            path = os.path.join(folder, "not-opened")
            with open(path, "wb") as file:
                file.write(ended(shut))
            command += ["--not-opened", path]
        ran = subprocess.run(
            command + self.options,
            input=self.listed.value,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.folder if os.path.isdir(self.folder) else "/",
            preexec_fn=_ends_with_its_worker,
            check=False,
        )
        return ran.returncode, ran.stderr[-4096:].decode(errors="replace").strip()


def ended(names):
    """Names as a list takes them, each ended by NUL; in their order, so that a set has one digest."""
    return b"".join(name + b"\0" for name in sorted(names))


def _ends_with_its_worker():
    """A worker of Python that is killed takes its process along, where the system can (Linux)."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def pieces(path):
    """What a file holds, piece by piece."""
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            yield piece


def sha256(path):
    """The digest of a file."""
    digest = hashlib.sha256()
    for piece in pieces(path):
        digest.update(piece)
    return digest.hexdigest()


def _rows(task, code, shard):
    digest = sha256(shard)
    for part, piece in enumerate(pieces(shard)):
        yield _row(task, code, "", digest, part, piece)


def _row(task, code, said, digest=None, part=0, piece=None):
    values = [*task, code, said, digest, part, piece]
    arrays = [pyarrow.array([value], field.type) for value, field in zip(values, ARROW)]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=ARROW)
