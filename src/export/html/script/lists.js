// Lists beside the grid: what is to be known of bundles, grouped; and on paper, the findings in
// the view by control, with the nodes that have them.

const NAMES = 40;

const someOf = (names, what) => {
  const shown = names.slice(0, NAMES).map(visible).join(', ');
  const more = names.length - NAMES;
  return more > 0 ? `${shown}, and ${grouped(more)} more ${what}` : shown;
};

const showProblems = async () => {
  const groups = new Map();
  for (const bundle of await bundlesOf()) {
    for (const { member, what, next } of bundle.problems) {
      const key = `${what}; ${next}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(member ? `${bundle.name} (${member})` : bundle.name);
    }
  }
  if (!groups.size) return;
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length);
  const lines = sorted.slice(0, 200).map(([text, names]) => make('details', {},
    make('summary', {}, make('span', { class: 'what', text }), ' ', make('span', { class: 'side', text: plural(names.length, 'time', 'times') })),
    make('p', { class: 'name', text: someOf(names, 'times') })));
  const more = sorted.length - lines.length;
  byId('problems').replaceChildren(make('h3', { text: 'What concerns single bundles' }), ...lines,
    more > 0 ? make('p', { text: `And ${grouped(more)} more kinds; the JSON report has all of them.` }) : '');
};

const paperList = (model, view, title, letters) => {
  const codes = [...letters].map(letter => model.codeOf[letter]);
  const byControl = new Map(view.columns.map(control => [control, []]));
  for (const { at } of view.rows) {
    const node = model.nodes[at];
    if (node.lost) continue;
    model.profiles[node.profile].forEach((control, place) => {
      const byte = model.cells[node.offset + place];
      if (codes.includes(byte & 7) && view.has(at, control, byte)) byControl.get(control)?.push([nodeName(node), byte]);
    });
  }
  const items = [...byControl].filter(([, hits]) => hits.length).map(([id, hits]) => {
    const { benchmark, control, title: wanted } = model.controls[id];
    const of = code => hits.filter(([, byte]) => (byte & 7) === code);
    const names = codes.filter(code => of(code).length).map(code => make('p', { class: 'name' },
      badge(model.words[code]), ` ${plural(of(code).length, 'node', 'nodes')}: `,
      someOf(of(code).map(([name, byte]) => (byte & WAIVED ? `${name} (waived)` : name)), 'nodes')));
    return make('div', { class: 'item' }, make('h3', { text: `${benchmark} ${control}  ${wanted ?? ''}` }), ...names);
  });
  return items.length ? [make('h2', { text: title }), ...items] : [];
};

const fillPaper = (model, view, state) => {
  const parts = [];
  if (state.q) parts.push(`search “${state.q}”`);
  if (state.k !== undefined) parts.push(`cluster ${clusterName(state.k || null)}`);
  if (state.nist) parts.push(`NIST ${state.nist}`);
  if (state.c) parts.push(`control ${state.c}`);
  if (state.v !== LETTERS) parts.push(`verdicts ${state.v}`);
  const filter = `The lists below are of ${state.b === '*' ? 'all benchmarks' : `benchmark ${state.b}`}${parts.length ? `, filtered by ${parts.join(', ')}` : ''}.`;
  const lists = [...paperList(model, view, 'Failing, node by node', 'F'), ...paperList(model, view, 'Undecided, node by node', 'EU')];
  byId('lists').replaceChildren(...(lists.length ? [make('p', { text: filter }), ...lists] : []));
  byId('lists').hidden = false;
};
