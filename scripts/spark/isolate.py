"""Which bundles end the program that reads them: found by halves, and halves of those."""


def isolate(count, shards, die):
    """Finds the bundles, by number, that end the shards named.

    `count` is how many bundles there are. `die` takes probes, each (shard, first, end), runs that
    shard with none but those bundles opened, and gives back the set of probes that died.

    A bundle that dies by itself twice is found. Where several die only together, the last of the
    fewest first ones is: the one that tips it. What does not die again is not found; nor is anything
    of a shard that dies with no bundle opened.
    """
    found, together = set(), []
    empty = {(shard, 0, 0) for shard in shards}
    lives = empty - set(die(sorted(empty)))
    frontier = [(shard, 0, count) for shard, _, _ in sorted(lives)]
    while frontier:
        halves = {probe: _halves(probe) for probe in frontier}
        dead = die([half for both in halves.values() for half in both])
        frontier = []
        for probe, both in halves.items():
            of_it = [half for half in both if half in dead]
            if both == [probe]:
                found.update(first for _, first, _ in of_it)
            elif of_it:
                frontier += of_it
            else:
                together.append(probe)
    for shard, first, end in together:
        if found.isdisjoint(range(first, end)) and die([(shard, first, end)]):
            found.add(_last_needed(shard, first, end, die))
    return found


def _halves(probe):
    """Both halves; of one bundle, the same once more."""
    shard, first, end = probe
    middle = (first + end) // 2
    return [(shard, a, b) for a, b in ((first, middle), (middle, end)) if a < b]


def _last_needed(shard, first, end, die):
    lives, dies = first, end
    while dies - lives > 1:
        middle = (lives + dies) // 2
        if die([(shard, first, middle)]):
            dies = middle
        else:
            lives = middle
    return dies - 1
