// The blocks of data → a model of the matrix. Cells are bytes; what a cell says in full stays packed
// until somebody looks at it.

const WAIVED = 8;

const unpack = async id => {
  const bytes = Uint8Array.from(atob(byId(id).textContent), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
};

// Control numbers as people count: 4.2.9 before 4.2.10.
const asNumbered = new Intl.Collator('en', { numeric: true }).compare;

const load = () => {
  const dictionary = JSON.parse(byId('dictionary').textContent);
  const lines = JSON.parse(byId('nodes').textContent);
  byId('nodes').remove();
  const { controls, profiles } = dictionary;
  const words = dictionary.verdicts.map(([, word]) => word);
  const codeOf = {};
  dictionary.verdicts.forEach(([letter], code) => {
    codeOf[letter] = code;
    codeOf[letter.toLowerCase()] = code | WAIVED;
  });
  const place = new Map(dictionary.benchmarks.map(({ id }, at) => [id, at]));
  const order = controls.map((_, at) => at).filter(at => controls[at].control !== null);
  order.sort((a, b) => place.get(controls[a].benchmark) - place.get(controls[b].benchmark) ||
    asNumbered(controls[a].control, controls[b].control));
  const positions = profiles.map(profile => {
    const of = new Int32Array(controls.length).fill(-1);
    profile.forEach((control, at) => { of[control] = at; });
    return of;
  });
  const total = lines.reduce((sum, line) => sum + line[5].length, 0);
  const cells = new Uint8Array(total);
  const clusters = [];
  const clusterOf = new Map();
  let next = 0;
  const nodes = lines.map(([cluster, node, bundle, bundleAt, profile, verdicts, chunk, at]) => {
    if (!clusterOf.has(cluster)) {
      clusterOf.set(cluster, clusters.length);
      clusters.push(cluster);
    }
    const offset = next;
    for (const letter of verdicts) cells[next++] = codeOf[letter];
    const lost = controls[profiles[profile][0]].control === null;
    return {
      cluster: clusterOf.get(cluster), name: node, isCluster: node === null && !lost, bundle, bundleAt, profile, offset, chunk, at,
      // A bundle that cannot be read has one cell, of no control.
      lost,
      text: `${cluster ?? ''}\n${node ?? ''}\n${bundle}`.toLowerCase(),
    };
  });
  controls.forEach(control => {
    const { control: number, title, rule } = control;
    control.text = `${number} ${title ?? ''} ${rule ?? ''}`.toLowerCase();
    // A rule is called as its setting is: kubelet-client-ca-file is what clientCAFile looks for.
    control.setting = rule?.replaceAll('-', '') ?? '';
  });
  return { dictionary, controls, profiles, positions, order, words, codeOf, cells, nodes, clusters };
};

// The cell of a control on a node: where it is in `cells`, or -1.
const cellAt = (model, node, control) => {
  const at = model.positions[node.profile][control];
  return at < 0 ? -1 : node.offset + at;
};

const chunks = new Map();
const chunkOf = node => {
  const known = chunks.get(node.chunk) ?? unpack(`chunk-${node.chunk}`);
  chunks.delete(node.chunk);
  chunks.set(node.chunk, known);
  if (chunks.size > 8) chunks.delete(chunks.keys().next().value);
  return known;
};

// A finding with every column of the row, and its excerpt.
const findingOf = async (model, node, at) => {
  const { texts, nodes } = await chunkOf(node);
  const text = number => (number ? texts[number - 1] : null);
  const { integrity, bundle_sha256, collected_at, findings } = nodes[node.at];
  const [reason, notes, expected, actual, source, evidence, sha256, byTheText, remediation, waiver, excerpt, ownId] = findings[at];
  const control = model.controls[model.profiles[node.profile][at]];
  const row = {
    ...control,
    cluster: model.clusters[node.cluster], node: node.name, bundle: node.bundle,
    verdict: model.words[model.cells[node.offset + at] & 7],
    reason: text(reason), notes: notes.map(text), expected: text(expected), actual: text(actual),
    source: text(source), evidence: evidence.map(text), evidence_sha256: sha256.map(text),
    by_the_text: text(byTheText), remediation: text(remediation), waiver: text(waiver),
    integrity: text(integrity), bundle_sha256: text(bundle_sha256), collected_at: text(collected_at),
    excerpt: text(excerpt),
  };
  const parts = [row.cluster, row.node, row.benchmark, row.control, row.control === null ? row.bundle : null];
  row.finding_id = text(ownId) ?? sha256Hex(parts.map(part => `${part ?? ''}\0`).join('')).slice(0, 32);
  return row;
};

// FIPS 180-4. Browsers offer their own only to pages that came over https.
const sha256Hex = message => {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every(prime => n % prime)) primes.push(n);
  const fraction = root => ((root % 1) * 2 ** 32) | 0;
  const constants = primes.map(prime => fraction(Math.cbrt(prime)));
  const state = primes.slice(0, 8).map(prime => fraction(Math.sqrt(prime)));
  const bytes = new TextEncoder().encode(message);
  const padded = new DataView(new ArrayBuffer(((bytes.length + 8) >> 6) * 64 + 64));
  bytes.forEach((byte, at) => padded.setUint8(at, byte));
  padded.setUint8(bytes.length, 128);
  padded.setUint32(padded.byteLength - 4, bytes.length * 8);
  const turned = (word, by) => (word >>> by) | (word << (32 - by));
  const words = new Int32Array(64);
  for (let block = 0; block < padded.byteLength; block += 64) {
    for (let i = 0; i < 64; i++) {
      const [w, v] = [words[i - 15], words[i - 2]];
      words[i] = i < 16 ? padded.getInt32(block + i * 4)
        : words[i - 16] + words[i - 7] + (turned(w, 7) ^ turned(w, 18) ^ (w >>> 3)) + (turned(v, 17) ^ turned(v, 19) ^ (v >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + words[i]) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] = (state[at] + word) | 0; });
  }
  return state.map(word => (word >>> 0).toString(16).padStart(8, '0')).join('');
};
