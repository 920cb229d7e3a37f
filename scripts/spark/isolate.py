"""Which bundles end the program that reads them: found by halves, and halves of those."""


def isolate(count, shards, die):
    """Finds the bundles, by number, that end the shards named.

    `count` is how many bundles there are. `die` takes probes, each (shard, first, end), runs that
    shard with none but those bundles opened, and gives back the set of probes that died.

    A bundle that dies by itself, and once more when nothing else runs, is found. Where several die
    only together, the last of the fewest first ones is: the one that tips it. What does not die
    again is not found; nor is anything of a shard that dies with no bundle opened.
    """
    found, together = set(), []
    empty = {(shard, 0, 0) for shard in shards}
    lives = empty - set(die(sorted(empty)))
    frontier = [(shard, 0, count) for shard, _, _ in sorted(lives)]
    while frontier:
        # A probe that takes its executor along ends its neighbours too, so one is tried alone.
        single = [probe for probe in frontier if probe[2] - probe[1] == 1]
        found.update(probe[1] for probe in single if die([probe]))
        halves = {probe: _halves(*probe) for probe in frontier if probe not in single}
        dead = die([half for both in halves.values() for half in both]) if halves else set()
        frontier = []
        for probe, both in halves.items():
            of_it = [half for half in both if half in dead]
            frontier += of_it
            if not of_it:
                together.append(probe)
    for shard, first, end in together:
        if found.isdisjoint(range(first, end)) and die([(shard, first, end)]):
            found.add(_last_needed(shard, first, end, die))
    return found


def _halves(shard, first, end):
    middle = (first + end) // 2
    return (shard, first, middle), (shard, middle, end)


def _last_needed(shard, first, end, die):
    lives, dies = first, end
    while dies - lives > 1:
        middle = (lives + dies) // 2
        if die([(shard, first, middle)]):
            dies = middle
        else:
            lives = middle
    return dies - 1
