// Labels of one page: changes, undo, saving. This module does not use the document.

const KEY_PREFIX = "linesift unsaved ";

/** Whether an earlier visit could not save labels of the page with this key. */
export function hasKept(key) {
  try { return localStorage.getItem(KEY_PREFIX + key) !== null; } catch { return false; }
}

/** One number for a label (column, or null) and its doubt, so that two can be compared. */
const mark = (label, isDoubtful) => (label === null ? null : label * 2 + (isDoubtful ? 1 : 0));

export class Page {
  /** @param {object} shown a page as the server sends it */
  constructor(shown) {
    Object.assign(this, { name: shown.name, key: shown.key, lines: shown.lines, header: shown.header });
    this.words = shown.words;
    this.past = [];
    this.future = [];
    const doubtful = new Set(shown.doubtful);
    this.version = shown.version;
    this.saved = shown.labels.map((label, index) => mark(label, doubtful.has(index)));
    this.marks = [...this.saved];
  }

  label(index) { return this.marks[index] === null ? null : this.marks[index] >> 1; }
  isBlank(index) { return this.marks[index] === null; }
  isDoubtful(index) { return this.marks[index] !== null && (this.marks[index] & 1) === 1; }
  isUnsaved(index) { return this.marks[index] !== this.saved[index]; }
  get doubtful() { return this.lines.map((_, index) => index).filter((index) => this.isDoubtful(index)); }

  /** Lines that differ from the file, as [index, mark, text]. */
  get unsaved() {
    return this.marks.map((value, index) => [index, value, this.lines[index]])
      .filter(([index]) => this.isUnsaved(index));
  }

  /** Apply unsaved labels of an earlier state of the page; returns how many lines were found. */
  takeOver(unsaved) {
    const place = (index, text) => {
      if (this.lines[index] === text) return index;
      const found = this.lines.indexOf(text);
      return found === this.lines.lastIndexOf(text) ? found : -1;
    };
    const pairs = unsaved.map(([index, value, text]) => [place(index, text), value]).filter(([index]) => index >= 0);
    this.set(pairs);
    return pairs.length;
  }

  /** Set marks as one step of undo; returns whether anything changed. */
  set(pairs) {
    const step = pairs.filter(([index, value]) => this.marks[index] !== null && this.marks[index] !== value)
      .map(([index, value]) => [index, this.marks[index], value]);
    if (step.length) {
      this.past.push(step);
      this.future = [];
      for (const [index, , value] of step) this.marks[index] = value;
    }
    return step.length > 0;
  }

  setLabel(indices, label) { return this.set(indices.map((index) => [index, mark(label, false)])); }
  confirm(indices) { return this.set(indices.map((index) => [index, mark(this.label(index), false)])); }
  toggleDoubt(indices) {
    const isDoubtful = !indices.every((index) => this.isBlank(index) || this.isDoubtful(index));
    return this.set(indices.map((index) => [index, mark(this.label(index), isDoubtful)]));
  }

  /** Undo or redo a step; returns the index of its first line, or null if there is no step. */
  undo() { return this.#step(this.past, this.future, 1); }
  redo() { return this.#step(this.future, this.past, 2); }
  #step(from, to, side) {
    const step = from.pop();
    if (!step) return null;
    to.push(step);
    for (const change of step) this.marks[change[0]] = change[side];
    return step[0][0];
  }

  /** The body of a request to save. */
  get body() {
    return { version: this.version, labels: this.marks.map((_, index) => this.label(index)), doubtful: this.doubtful };
  }

  /** The text of the file with these labels, to download if it cannot be saved. */
  get file() {
    const rows = this.lines.map((line, index) => {
      if (this.isBlank(index)) return line;
      const word = this.words[this.label(index)] + (this.isDoubtful(index) ? "?" : "");
      return `${word.padEnd(9)} | ${line}`;
    });
    return [this.header, ...rows, ""].join("\n");
  }

  /** Store unsaved labels in the browser, in case the server and the browser end. */
  keep() {
    try {
      if (this.unsaved.length) {
        const kept = { version: this.version, unsaved: this.unsaved };
        localStorage.setItem(KEY_PREFIX + this.key, JSON.stringify(kept));
      } else localStorage.removeItem(KEY_PREFIX + this.key);
    } catch { /* a browser without storage; the page still holds it, and warns before it is left */ }
  }

  /** Labels that an earlier visit could not save, as {version, unsaved}, or null. */
  kept() {
    try { return JSON.parse(localStorage.getItem(KEY_PREFIX + this.key)); } catch { return null; }
  }
}

/** Saves pages with one request at a time; the last one always sends the newest state. */
export class Saver {
  constructor(send, notify) {
    this.send = send; // (page) -> {status, value}
    this.notify = notify; // (page, "saving" | "saved" | "conflict" | "failed", message)
    this.states = new Map();
  }

  state(page) {
    if (!this.states.has(page)) this.states.set(page, { isBusy: false, isBlocked: false, timer: 0, pause: 1000 });
    return this.states.get(page);
  }

  /** Save now, or when the request before this one is answered. */
  async save(page) {
    const state = this.state(page);
    page.keep();
    clearTimeout(state.timer);
    if (state.isBusy || state.isBlocked) return;
    state.isBusy = true;
    while (page.unsaved.length) {
      this.notify(page, "saving", "");
      const sent = [...page.marks];
      const { status, value } = await this.send(page);
      if (status !== 200) {
        this.#failed(page, state, status, value);
        break;
      }
      page.version = value.version;
      page.saved = sent;
      page.keep();
      state.pause = 1000;
    }
    state.isBusy = false;
    if (!page.unsaved.length) this.notify(page, "saved", "");
  }

  /** Stop saving a page until a person has decided about a conflict. */
  block(page, isBlocked) { this.state(page).isBlocked = isBlocked; }

  #failed(page, state, status, value) {
    if (status === 409) {
      state.isBlocked = true;
      this.notify(page, "conflict", value.error);
      return;
    }
    state.timer = setTimeout(() => this.save(page), state.pause);
    state.pause = Math.min(state.pause * 2, 30000);
    this.notify(page, "failed", value.error);
  }
}
