// State × model → the nodes and controls that are left, and which of their cells are meant.
// A word of the search must be found in the node or in the control of a cell.

const filtered = (model, state) => {
  const { controls, profiles, cells, nodes, codeOf, clusters } = model;
  // An argument is looked for without its dashes; a word with a capital inside may be a key of a file.
  const typed = state.q.split(/\s+/).map(word => word.replace(/^-+/, '')).filter(Boolean);
  const words = typed.slice(0, 30).map(word => ({ text: word.toLowerCase(), isKey: /[a-z][A-Z]/.test(word) }));
  const every = (1 << words.length) - 1;
  const bits = (text, setting = '') => words.reduce((found, word, at) => {
    const has = text.includes(word.text) || (word.isKey && setting.includes(word.text));
    return has ? found | (1 << at) : found;
  }, 0);
  const mask = [...state.v].reduce((sum, letter) => (letter in codeOf ? sum | (1 << codeOf[letter]) : sum), 0);
  const isOfNist = ({ nist_800_53: ids }) => ids.some(id => id === state.nist || id.startsWith(`${state.nist}-`));
  const isMeant = control => control.control !== null &&
    (state.b === '*' || control.benchmark === state.b) &&
    (!state.c || control.control === state.c) && (!state.nist || isOfNist(control));
  // -1: not meant at all; else the words that the control has.
  const ofControl = Int32Array.from(controls, control => (isMeant(control) ? bits(control.text, control.setting) : -1));
  const meant = profiles.map(profile => profile.map((control, at) => at).filter(at => ofControl[profile[at]] >= 0));
  const ofNode = new Int32Array(nodes.length);
  const failCode = codeOf.F;
  // Nobody knows which benchmark would have judged a bundle that cannot be read.
  const isOfAll = state.b === '*' || model.dictionary.benchmarks.length <= 1;
  const showsLost = isOfAll && !state.c && !state.nist && (mask >> codeOf.E) & 1;
  const cluster = state.k === undefined ? -1 : clusters.indexOf(state.k === '' ? null : state.k);
  const rows = [];
  const hitsOf = new Uint32Array(controls.length);
  let findings = 0;
  nodes.forEach((node, at) => {
    if (state.k !== undefined && node.cluster !== cluster) return;
    const missing = every & ~(words.length ? bits(node.text) : 0);
    ofNode[at] = missing;
    if (node.lost) {
      if (showsLost && !missing) {
        rows.push({ at, hits: 1, fails: 0 });
        findings += 1;
      }
      return;
    }
    const profile = profiles[node.profile];
    let hits = 0;
    let fails = 0;
    for (const place of meant[node.profile]) {
      const control = profile[place];
      if (missing & ~ofControl[control]) continue;
      const code = cells[node.offset + place] & 7;
      if (!((mask >> code) & 1)) continue;
      hits += 1;
      hitsOf[control] += 1;
      if (code === failCode) fails += 1;
    }
    if (!hits) return;
    findings += hits;
    rows.push({ at, hits, fails });
  });
  const all = model.order.filter(control => ofControl[control] >= 0);
  const hit = all.filter(control => hitsOf[control]);
  return {
    rows, findings, hitsOf,
    columns: hit.length || !rows.length ? hit : all,
    // Whether a cell is meant, given its node and its byte.
    has: (at, control, byte) => !(ofNode[at] & ~ofControl[control]) && ((mask >> (byte & 7)) & 1) === 1,
  };
};
