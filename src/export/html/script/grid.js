// A grid of which only what is seen is in the document. One cell can be reached by Tab, arrow keys
// move from it; the cell with the focus stays in the document however far the view is scrolled.
// Row and column -1 are the heads.

const BEYOND = 3;

class Grid {
  constructor(root, strip, open) {
    this.root = root;
    this.strip = strip;
    this.open = open;
    this.canvas = root.appendChild(make('div', { role: 'presentation', class: 'canvas' }));
    this.rows = new Map();
    this.active = [0, 0];
    root.addEventListener('scroll', () => this.renderSoon(), { passive: true });
    root.addEventListener('keydown', event => this.key(event));
    root.addEventListener('click', event => this.at(event, (r, c) => {
      this.move(r, c);
      this.open(r, c);
    }));
    root.addEventListener('focusin', event => this.at(event, (r, c) => {
      this.activate(r, c);
      this.tell(r, c);
    }));
    root.addEventListener('mouseover', event => this.at(event, (r, c) => this.tell(r, c)));
    new ResizeObserver(() => this.renderSoon()).observe(root);
  }

  at(event, then) {
    const cell = event.target.closest('[data-c]');
    if (cell) then(Number(cell.parentNode.dataset.r), Number(cell.dataset.c));
  }

  show(table, columns) {
    const hadFocus = this.root.contains(document.activeElement);
    this.table = table;
    this.columns = columns;
    const longest = columns.reduce((most, { text }) => Math.max(most, text.length), 7);
    this.headHeight = Math.min(230, 26 + longest * 7);
    this.headWidth = Math.min(250, Math.max(124, this.root.clientWidth * 0.3));
    this.canvas.replaceChildren();
    this.rows.clear();
    this.canvas.style.width = `${this.headWidth + columns.length * table.cellWidth}px`;
    this.canvas.style.height = `${this.headHeight + table.count * table.rowHeight}px`;
    this.root.style.setProperty('--head', `${this.headWidth}px`);
    this.root.style.setProperty('--cell', `${table.cellWidth}px`);
    this.root.setAttribute('aria-rowcount', table.count + 1);
    this.root.setAttribute('aria-colcount', columns.length + 1);
    this.active = [Math.min(this.active[0], table.count - 1), Math.min(this.active[1], columns.length - 1)];
    this.strip.textContent = '';
    this.render();
    if (hadFocus) this.focus();
  }

  renderSoon() {
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => {
      this.waits = false;
      if (this.table) this.render();
    });
  }

  // The places from `first` to `last` that are seen, and the active one.
  static seen(from, size, step, count, active) {
    const first = Math.max(0, Math.floor(from / step) - BEYOND);
    const last = Math.min(count - 1, Math.ceil((from + size) / step) + BEYOND);
    const seen = [-1];
    if (active >= 0 && active < first) seen.push(active);
    for (let at = first; at <= last; at++) seen.push(at);
    if (active > last && active < count) seen.push(active);
    return seen;
  }

  render() {
    const { root, table, columns } = this;
    const rows = Grid.seen(root.scrollTop, root.clientHeight - this.headHeight, table.rowHeight, table.count, this.active[0]);
    const cells = Grid.seen(root.scrollLeft, root.clientWidth - this.headWidth, table.cellWidth, columns.length, this.active[1]);
    Grid.keep(this.canvas, this.rows, rows, r => this.row(r));
    for (const r of rows) {
      const row = this.rows.get(r);
      Grid.keep(row, row.cells, cells, c => this.cell(r, c));
    }
  }

  // Makes a parent hold exactly these, in order, without moving what it holds already.
  static keep(parent, held, wanted, create) {
    const set = new Set(wanted);
    for (const [key, element] of held) {
      if (set.has(key)) continue;
      element.remove();
      held.delete(key);
    }
    let next = parent.firstChild;
    for (const key of wanted) {
      const there = held.get(key);
      if (there) {
        next = there.nextSibling;
        continue;
      }
      const element = create(key);
      held.set(key, element);
      parent.insertBefore(element, next);
    }
  }

  row(r) {
    const row = make('div', { role: 'row', class: r < 0 ? 'row heads' : 'row', 'aria-rowindex': r + 2, 'data-r': r });
    row.cells = new Map();
    if (r >= 0) row.style.top = `${this.headHeight + r * this.table.rowHeight}px`;
    row.style.height = `${r < 0 ? this.headHeight : this.table.rowHeight}px`;
    return row;
  }

  cell(r, c) {
    const isActive = r === this.active[0] && c === this.active[1];
    const cell = this.filled(r, c, { 'data-c': c, 'aria-colindex': c + 2, tabindex: isActive ? 0 : null });
    if (c >= 0) cell.style.left = `${this.headWidth + c * this.table.cellWidth}px`;
    return cell;
  }

  filled(r, c, attributes) {
    const { table, columns } = this;
    if (r < 0 && c < 0) return make('div', { role: 'columnheader', class: 'corner', text: table.corner, ...attributes });
    if (r < 0) {
      const name = make('span', { text: columns[c].text });
      return make('div', { role: 'columnheader', class: 'column', 'aria-label': columns[c].label, ...attributes }, name);
    }
    if (c < 0) {
      const { text, side } = table.head(r);
      const parts = [make('span', { class: 'main', text })];
      if (side) parts.push(make('span', { class: 'side', text: side }));
      return make('div', { role: 'rowheader', class: 'head', ...attributes }, ...parts);
    }
    const shown = table.cell(r, columns[c].id);
    if (!shown) return make('div', { role: 'gridcell', class: 'cell empty', 'aria-label': 'not asked here', ...attributes });
    const { verdict, count, few, dim, waived, label } = shown;
    // Letter and count are the style's: what is read out is the label alone.
    const kind = `cell v-${verdict}${dim ? ' dim' : ''}${waived ? ' waived' : ''}${few ? ' few' : ''}`;
    const short = count > 9999 ? `${Math.round(count / 1000)}k` : count;
    return make('div', { role: 'gridcell', class: kind, 'aria-label': label, 'data-count': short, ...attributes });
  }

  element(r, c) {
    return this.rows.get(r)?.cells.get(c);
  }

  activate(r, c) {
    const [before, now] = [this.element(...this.active), this.element(r, c)];
    this.active = [r, c];
    now?.setAttribute('tabindex', '0');
    // An element that loses its tabindex loses the focus with it.
    if (before !== now) before?.removeAttribute('tabindex');
  }

  focus() {
    this.element(...this.active)?.focus({ preventScroll: true });
  }

  move(r, c) {
    const { root, table, columns } = this;
    const row = Math.max(-1, Math.min(table.count - 1, r));
    const column = Math.max(-1, Math.min(columns.length - 1, c));
    this.activate(row, column);
    const into = (at, step, from, size) => {
      if (at < 0) return from;
      return Math.min(at * step, Math.max(from, (at + 1) * step - size));
    };
    root.scrollTop = into(row, table.rowHeight, root.scrollTop, root.clientHeight - this.headHeight);
    root.scrollLeft = into(column, table.cellWidth, root.scrollLeft, root.clientWidth - this.headWidth);
    this.render();
    this.focus();
  }

  key(event) {
    if (event.altKey || event.metaKey || !this.table) return;
    const [r, c] = this.active;
    const page = Math.max(1, Math.floor((this.root.clientHeight - this.headHeight) / this.table.rowHeight) - 1);
    const to = {
      ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1],
      PageUp: [Math.max(0, r - page), c], PageDown: [r + page, c],
      Home: event.ctrlKey ? [-1, -1] : [r, -1],
      End: event.ctrlKey ? [Infinity, Infinity] : [r, Infinity],
    }[event.key];
    if (to) this.move(...to);
    else if (event.key === 'Enter' || event.key === ' ') this.open(r, c);
    else return;
    event.preventDefault();
  }

  // The line below the grid: what the cell under the pointer or the focus is.
  tell(r, c) {
    const { table, columns } = this;
    if (r >= table.count || c >= columns.length) return;
    const parts = [];
    if (r >= 0) parts.push(table.head(r).text);
    if (c >= 0) parts.push(columns[c].label);
    if (r >= 0 && c >= 0) parts.push(table.cell(r, columns[c].id)?.label ?? 'not asked here');
    this.strip.textContent = visible(parts.join('  ·  '));
  }
}
