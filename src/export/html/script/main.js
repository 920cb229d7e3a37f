// The page comes to life: controls ↔ state ↔ grid.

const start = () => {
  performance.mark('script');
  const model = load();
  performance.measure('load', 'script');
  const { dictionary } = model;
  const perBenchmark = new Map(dictionary.benchmarks.map(({ id }) => [id, 0]));
  for (const { profile } of model.nodes) {
    for (const control of model.profiles[profile]) {
      const { benchmark } = model.controls[control];
      if (benchmark !== null) perBenchmark.set(benchmark, perBenchmark.get(benchmark) + 1);
    }
  }
  const [mostUsed] = [...perBenchmark].sort((a, b) => b[1] - a[1])[0] ?? ['*'];
  DEFAULTS.b = mostUsed;
  let state = readState() ?? { ...DEFAULTS };
  let view = null;
  let table = null;

  const option = (value, text) => make('option', { value, text });
  if (perBenchmark.size !== 1) byId('b').append(option('*', 'all benchmarks'));
  byId('b').append(...[...perBenchmark.keys()].map(id => option(id, id)));
  byId('nist-filter').append(option('', 'all'));
  for (const [family, title] of Object.entries(dictionary.families)) {
    const ids = Object.keys(dictionary.nist).filter(id => id.startsWith(`${family}-`)).sort(asNumbered);
    const group = make('optgroup', { label: `${family} ${title}` }, option(family, `${family}: all of it`));
    group.append(...ids.map(id => option(id, `${id} ${dictionary.nist[id]}`)));
    byId('nist-filter').append(group);
  }
  const boxes = dictionary.verdicts.map(([letter, word]) => {
    const box = make('input', { type: 'checkbox', value: letter });
    byId('verdicts').append(make('label', { class: `check v-${word}` }, box, make('b', { text: letter }), ` ${word}`));
    return box;
  });
  const radios = [...document.querySelectorAll('input[name=view]')];

  const change = changes => {
    state = { ...state, ...changes };
    apply();
    writeState(state);
  };
  const detail = new Detail(model, open => {
    state.open = open;
    writeState(state);
  });
  const grid = new Grid(byId('grid'), byId('strip'), (r, c) => {
    if (r < 0 && c < 0) return;
    const control = c < 0 ? null : view.columns[c];
    if (r < 0) {
      const { benchmark, control: number } = model.controls[control];
      change({ b: benchmark, c: state.c ? '' : number });
    } else if (table.kind === 'clusters') {
      change({ view: 'nodes', k: table.cluster(r) ?? '' });
      grid.move(0, control === null ? -1 : view.columns.indexOf(control));
    } else {
      const number = table.node(r);
      const node = model.nodes[number];
      const at = node.lost ? 0 : control === null ? null : model.positions[node.profile][control];
      if (at === null || at >= 0) detail.open(number, at);
    }
  });

  const chip = (text, changes) => {
    const button = make('button', { type: 'button', class: 'chip', text: `${text} ×`, 'aria-label': `Remove filter: ${text}` });
    button.addEventListener('click', () => {
      change(changes);
      byId('q').focus();
    });
    return button;
  };

  function apply() {
    performance.mark('filter-start');
    if (![...byId('b').options].some(({ value }) => value === state.b)) state.b = DEFAULTS.b;
    if (byId('q').value !== state.q) byId('q').value = state.q;
    byId('b').value = state.b;
    byId('nist-filter').value = state.nist;
    byId('sort').value = state.sort;
    for (const box of boxes) box.checked = state.v.includes(box.value);
    byId('only-failing').checked = state.v === 'F';
    for (const radio of radios) radio.checked = radio.value === state.view;
    view = filtered(model, state);
    const several = new Set(view.columns.map(id => model.controls[id].benchmark)).size > 1;
    table = (state.view === 'nodes' ? nodeRows : clusterRows)(model, view, state);
    grid.show(table, columnsOf(model, view, several));
    const clusters = new Set(view.rows.map(({ at }) => model.nodes[at].cluster)).size;
    const shown = view.rows.map(({ at }) => model.nodes[at]);
    const counted = model.nodes.some(node => node.isCluster) ? `${subjects(shown)} of ${subjects(model.nodes)}`
      : `${grouped(shown.length)} of ${plural(model.nodes.length, 'node', 'nodes')}`;
    byId('status').textContent = `${plural(view.findings, 'finding', 'findings')} on ${counted} in ${plural(clusters, 'cluster', 'clusters')}, ${plural(view.columns.length, 'control', 'controls')}.`;
    const chips = [];
    if (state.k !== undefined) chips.push(chip(`cluster ${clusterName(state.k || null)}`, { k: undefined, view: 'clusters' }));
    if (state.c) chips.push(chip(`control ${state.c}`, { c: '' }));
    byId('chips').replaceChildren(...chips);
    performance.measure('filter', 'filter-start');
  }

  byId('q').addEventListener('input', () => change({ q: byId('q').value }));
  byId('b').addEventListener('change', () => change({ b: byId('b').value, c: '' }));
  byId('nist-filter').addEventListener('change', () => change({ nist: byId('nist-filter').value }));
  byId('sort').addEventListener('change', () => change({ sort: byId('sort').value }));
  byId('only-failing').addEventListener('change', ({ target }) => change({ v: target.checked ? 'F' : LETTERS }));
  for (const box of boxes) {
    box.addEventListener('change', () => change({ v: boxes.filter(({ checked }) => checked).map(({ value }) => value).join('') }));
  }
  for (const radio of radios) radio.addEventListener('change', () => change({ view: radio.value }));
  byId('reset').addEventListener('click', () => change({ ...DEFAULTS, view: state.view }));

  const arrive = () => {
    const asked = readState();
    if (asked) {
      state = asked;
      apply();
      if (state.open) {
        const [node, at] = state.open.split('.');
        detail.open(Number(node), at === undefined ? null : Number(at));
      } else {
        byId('matrix').scrollIntoView();
        byId('matrix').focus({ preventScroll: true });
      }
    } else {
      const place = byId(location.hash.slice(1));
      if (place instanceof HTMLDetailsElement) place.open = true;
    }
  };
  window.addEventListener('hashchange', arrive);
  // On paper: what is filtered; everything where nothing is.
  window.addEventListener('beforeprint', () => {
    const { view: _, sort, open, ...asked } = state;
    const isFiltered = Object.entries(asked).some(([key, value]) => value !== DEFAULTS[key]);
    const printed = isFiltered ? state : { ...state, b: '*' };
    fillPaper(model, filtered(model, printed), printed);
  });
  window.addEventListener('afterprint', () => byId('lists').replaceChildren());

  byId('script-needed').hidden = true;
  byId('matrix-view').hidden = false;
  apply();
  if (location.hash) arrive();
  showProblems();
};

start();
