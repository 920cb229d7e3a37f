// Texts and elements. What comes from the data is text and never markup: textContent and
// setAttribute, nothing else.

// Characters that change how others are shown are named, as in the static part of the page.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const named = c => `[U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`;
const visible = text => (typeof text === 'string' ? text.replace(HIDDEN, named) : String(text));

const grouped = number => number.toLocaleString('en-US');
const plural = (number, one, many) => `${grouped(number)} ${number === 1 ? one : many}`;

// An element: attributes (`text` is its text), then children.
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'text') element.textContent = visible(value);
    else if (name === 'class') element.className = value;
    else element.setAttribute(name, value === true ? '' : visible(value));
  }
  element.append(...children.filter(child => child !== null));
  return element;
};

const byId = id => document.getElementById(id);

const badge = (verdict, waived) => {
  const letter = make('b', { text: verdict[0].toUpperCase(), 'aria-hidden': 'true' });
  const word = ` ${verdict}${waived ? ', waived' : ''}`;
  return make('span', { class: `badge v-${verdict}` }, letter, word);
};
