// What is left after filtering → the rows of the grid: clusters with counts, or nodes.

const WORST_FIRST = ['fail', 'error', 'unknown', 'manual', 'pass', 'not-applicable'];
const clusterName = name => (name === null ? '(no cluster named)' : name);
const nodeName = node => node.name ?? (node.isCluster ? '(the cluster itself)' : `(node not known: ${node.bundle})`);
// `3 clusters, 412 nodes`: clusters that have findings of their own are counted apart from nodes.
const subjects = nodes => {
  const own = nodes.filter(node => node.isCluster).length;
  const others = plural(nodes.length - own, 'node', 'nodes');
  return own ? `${plural(own, 'cluster', 'clusters')}, ${others}` : others;
};

const columnsOf = (model, view, several) => view.columns.map(id => {
  const { benchmark, control, title } = model.controls[id];
  return { id, text: several ? `${benchmark} ${control}` : control, label: `${benchmark} ${control} ${title ?? ''}` };
});

const mostFailing = (a, b) => b.fails - a.fails || b.hits - a.hits;

const nodeRows = (model, view, state) => {
  const rows = [...view.rows];
  if (state.sort) rows.sort(mostFailing);
  return {
    kind: 'nodes', corner: 'Node', cellWidth: 30, rowHeight: state.k === undefined ? 34 : 26,
    count: rows.length,
    head: r => {
      const node = model.nodes[rows[r].at];
      return { text: nodeName(node), side: node.lost ? 'cannot be read' : state.k === undefined ? clusterName(model.clusters[node.cluster]) : '', fails: rows[r].fails };
    },
    cell: (r, control) => {
      const node = model.nodes[rows[r].at];
      if (node.lost) return null;
      const at = cellAt(model, node, control);
      if (at < 0) return null;
      const byte = model.cells[at];
      const verdict = model.words[byte & 7];
      const waived = (byte & WAIVED) !== 0;
      const isMeant = view.has(rows[r].at, control, byte);
      return { verdict, waived, dim: !isMeant, label: `${verdict}${waived ? ', waived' : ''}${isMeant ? '' : ', filtered out'}` };
    },
    node: r => rows[r].at,
  };
};

const clusterRows = (model, view, state) => {
  const groups = new Map();
  for (const { at, hits, fails } of view.rows) {
    const { cluster } = model.nodes[at];
    let group = groups.get(cluster);
    if (!group) groups.set(cluster, group = { cluster, members: [], hits: 0, fails: 0, counts: null });
    group.members.push(at);
    group.hits += hits;
    group.fails += fails;
  }
  const rows = [...groups.values()];
  if (state.sort) rows.sort(mostFailing);
  const width = model.words.length;
  // Counted when a row is first shown: clusters × controls × verdicts may be many.
  const countsOf = group => {
    if (group.counts) return group.counts;
    const counts = new Uint32Array(model.controls.length * width);
    for (const at of group.members) {
      const node = model.nodes[at];
      if (node.lost) continue;
      model.profiles[node.profile].forEach((control, place) => {
        const byte = model.cells[node.offset + place];
        if (view.has(at, control, byte)) counts[control * width + (byte & 7)] += 1;
      });
    }
    return group.counts = counts;
  };
  return {
    kind: 'clusters', corner: 'Cluster', cellWidth: 54, rowHeight: 40,
    count: rows.length,
    head: r => ({ text: clusterName(model.clusters[rows[r].cluster]), side: subjects(rows[r].members.map(at => model.nodes[at])), fails: rows[r].fails }),
    cell: (r, control) => {
      const counts = countsOf(rows[r]).subarray(control * width, control * width + width);
      const all = counts.reduce((sum, count) => sum + count, 0);
      if (!all) return null;
      const verdict = WORST_FIRST.find(word => counts[model.words.indexOf(word)]);
      const of = word => counts[model.words.indexOf(word)];
      const label = WORST_FIRST.filter(of).map(word => `${word} ${grouped(of(word))}`).join(', ');
      const asked = rows[r].members.map(at => model.nodes[at]).filter(node => !node.lost && cellAt(model, node, control) >= 0);
      const whose = asked.some(node => node.isCluster) ? plural(all, 'cluster', 'clusters') : plural(all, 'node', 'nodes');
      return { verdict, count: of(verdict), few: of(verdict) * 2 < all, label: `${label}, of ${whose}` };
    },
    cluster: r => model.clusters[rows[r].cluster],
  };
};
