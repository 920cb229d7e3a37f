// One finding, or one node, in a dialog: the browser keeps the focus inside and gives it back.

const field = (list, name, ...content) => {
  const parts = content.filter(part => part !== null && part !== undefined && part !== '');
  if (!parts.length) return;
  const value = make('dd');
  value.append(...parts.map(part => (typeof part === 'string' ? visible(part) : part)));
  list.append(make('dt', { text: name }), value);
};

const code = text => (text === null ? null : make('code', { text }));

// `code: sentence`, the code apart.
const reasonOf = (model, reason) => {
  const [, word, sentence] = /^([a-z0-9-]+): ([^]*)$/.exec(reason) ?? [null, '', reason];
  const meaning = model.dictionary.codes[word];
  const parts = [make('p', { text: sentence })];
  if (word) parts.push(make('p', { class: 'meaning' }, make('code', { text: word }), meaning ? ` ${meaning}` : ''));
  return make('div', {}, ...parts);
};

const notesOf = (model, notes) => notes.length === 0 ? null : make('ul', {}, ...notes.map(note =>
  make('li', {}, make('code', { text: note }), ` ${model.dictionary.codes[note] ?? ''}`)));

const evidenceOf = row => row.evidence.length === 0 ? null : make('ol', { class: 'evidence' }, ...row.evidence.map((place, at) => {
  const parts = [make('code', { class: 'place', text: place })];
  if (at === 0 && row.excerpt !== null) parts.push(make('pre', { text: row.excerpt, 'aria-label': 'What stands there' }));
  if (row.evidence_sha256[at]) parts.push(make('span', { class: 'sha' }, 'SHA-256 ', make('code', { text: row.evidence_sha256[at] })));
  return make('li', {}, ...parts);
}));

const nistOf = (model, row) => row.nist_800_53.length === 0 ? null : make('ul', {}, ...row.nist_800_53.map(id =>
  make('li', {}, make('strong', { text: id }), ` ${visible(model.dictionary.nist[id] ?? '')}`)));

const findingBody = (model, row) => {
  const first = make('dl');
  field(first, 'Reason', reasonOf(model, row.reason));
  field(first, 'Expected', row.expected);
  field(first, 'Actual', code(row.actual));
  field(first, 'Decided by', row.source === 'none' ? null : row.source);
  field(first, 'Notes', notesOf(model, row.notes));
  field(first, 'Waiver', row.waiver);
  field(first, 'Evidence', evidenceOf(row));
  field(first, 'Published check, to the letter', row.by_the_text === null ? null : badge(row.by_the_text));
  field(first, 'Remediation', row.remediation === null ? null : make('div', { class: 'prose', text: row.remediation }));
  const second = make('dl', { class: 'small' });
  field(second, 'NIST 800-53', nistOf(model, row));
  field(second, 'Basis of these', row.nist_basis);
  field(second, 'CIS Controls', row.cis_controls.join(' '));
  field(second, 'STIG', row.stig.join(' '));
  field(second, 'Rule', code(row.rule));
  field(second, 'Level, assessment', [row.level && `level ${row.level}`, row.assessment].filter(Boolean).join(', '));
  field(second, 'Bundle', code(row.bundle));
  field(second, 'Bundle SHA-256', code(row.bundle_sha256));
  field(second, 'Checksums inside', row.integrity);
  field(second, 'Collected at', row.collected_at);
  field(second, 'Finding id', code(row.finding_id));
  return [first, make('h3', { text: 'References and provenance' }), second];
};

let bundlesRead = null;
const bundlesOf = () => bundlesRead ??= unpack('bundles');

const nodeBody = async (model, node, openFinding) => {
  const bundle = (await bundlesOf())[node.bundleAt] ?? {};
  const list = make('dl', { class: 'small' });
  const { collector } = bundle;
  field(list, 'Role', bundle.role);
  field(list, 'Kubernetes', bundle.kubernetes);
  field(list, 'Bundle', code(node.bundle));
  field(list, 'Bundle SHA-256', code(bundle.sha256 ?? null));
  field(list, 'Checksums inside', bundle.integrity);
  const { signature } = bundle;
  field(list, 'Signature', signature ? [signature.state, signature.signer, signature.key, signature.why].filter(Boolean).join(', ') : null);
  field(list, 'Collected at', bundle.collected_at);
  field(list, 'Collector', collector ? [collector.name, collector.version].filter(Boolean).join(' ') : null);
  const problems = (bundle.problems ?? []).map(({ member, what, next }) =>
    make('li', { text: `${member ? `${member}: ` : ''}${what}; ${next}` }));
  field(list, 'To know of it', problems.length ? make('ul', {}, ...problems) : null);
  const lines = model.profiles[node.profile].map((id, at) => {
    const control = model.controls[id];
    const byte = model.cells[node.offset + at];
    const button = make('button', { type: 'button', class: 'link', text: control.control ?? 'bundle' });
    button.addEventListener('click', () => openFinding(at));
    return make('tr', {}, make('td', {}, badge(model.words[byte & 7], byte & WAIVED)),
      make('td', { text: control.benchmark ?? '' }), make('td', {}, button), make('td', { text: control.title ?? 'The bundle cannot be read' }));
  });
  const heads = ['Verdict', 'Benchmark', 'Control', 'What is to be true'];
  const head = make('thead', {}, make('tr', {}, ...heads.map(text => make('th', { scope: 'col', text }))));
  return [list, make('h3', { text: 'Findings' }), make('table', {}, head, make('tbody', {}, ...lines))];
};

class Detail {
  constructor(model, changed) {
    this.model = model;
    this.dialog = byId('detail');
    this.changed = changed;
    this.dialog.addEventListener('close', () => this.changed(''));
    this.dialog.addEventListener('click', event => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  // `node` is a number of the model; `at` a place in its controls, or null for the node itself.
  async open(number, at) {
    const { model, dialog } = this;
    const node = model.nodes[number];
    if (!node || (at !== null && !(at < model.profiles[node.profile].length))) return;
    const control = at === null ? null : model.controls[model.profiles[node.profile][at]];
    const byte = at === null ? 0 : model.cells[node.offset + at];
    const about = at === null ? (node.isCluster ? 'Cluster' : 'Node') : [control.benchmark, control.control].filter(Boolean).join(' ') || 'Bundle';
    const title = at === null ? nodeName(node) : control.title ?? 'The bundle cannot be read';
    const close = make('button', { type: 'button', class: 'close', text: 'Close', autofocus: true });
    close.addEventListener('click', () => dialog.close());
    const where = make('p', { class: 'where' }, make('span', { text: clusterName(model.clusters[node.cluster]) }));
    if (at !== null) {
      const button = make('button', { type: 'button', class: 'link', text: nodeName(node) });
      button.addEventListener('click', () => this.open(number, null));
      where.append(' / ', button);
    }
    const head = make('header', {}, make('div', {},
      make('p', { class: 'kind' }, about, '  ', at === null ? '' : badge(model.words[byte & 7], byte & WAIVED)),
      make('h2', { id: 'detail-title', text: title }), where), close);
    const body = make('div', { class: 'body', tabindex: '0', role: 'region', 'aria-label': 'Details' }, make('p', { text: 'Unpacking…' }));
    dialog.replaceChildren(head, body);
    if (!dialog.open) dialog.showModal();
    close.focus();
    this.changed(at === null ? `${number}` : `${number}.${at}`);
    try {
      const content = at === null
        ? await nodeBody(model, node, place => this.open(number, place))
        : findingBody(model, await findingOf(model, node, at));
      body.replaceChildren(...content);
    } catch (error) {
      body.replaceChildren(make('p', { text: `This part of the page cannot be unpacked (${error.message}). Is the file whole? The CSV and JSON reports hold the same.` }));
    }
  }
}
