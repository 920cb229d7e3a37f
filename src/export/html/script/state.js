// What is shown, as the fragment of the address: a view can be linked. A fragment without `=` is a
// place on the page and changes no view.

const LETTERS = 'PFUENM';
const DEFAULTS = { view: 'clusters', b: '', q: '', v: LETTERS, nist: '', c: '', k: undefined, sort: '', open: '' };

const readState = () => {
  const fragment = location.hash.slice(1);
  if (!fragment.includes('=')) return null;
  const state = { ...DEFAULTS };
  for (const [key, value] of new URLSearchParams(fragment)) if (key in DEFAULTS) state[key] = value;
  if (state.view !== 'nodes') state.view = 'clusters';
  return state;
};

const writeState = state => {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) if (value !== DEFAULTS[key]) parts.set(key, value);
  const fragment = parts.toString() || 'view=clusters';
  history.replaceState(null, '', `#${fragment}`);
};
