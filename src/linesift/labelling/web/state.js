// Labels of one page: what was changed, undone, and saved. Nothing here touches the document.

const KEEP = "linesift unsaved ";

/** Whether an earlier visit could not save labels of the page with this key. */
export function hasKept(key) {
  try { return localStorage.getItem(KEEP + key) !== null; } catch { return false; }
}

/** A line's label (column, or null) and whether it is in doubt, as one value that can be compared. */
const mark = (label, isDoubtful) => (label === null ? null : label * 2 + (isDoubtful ? 1 : 0));

export class Page {
  /** @param {object} shown what the server says of a page */
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

  /** Put unsaved labels of another state of the page into this one, and say how many found their line. */
  takeUp(unsaved) {
    const place = (index, text) => {
      if (this.lines[index] === text) return index;
      const found = this.lines.indexOf(text);
      return found === this.lines.lastIndexOf(text) ? found : -1;
    };
    const pairs = unsaved.map(([index, value, text]) => [place(index, text), value]).filter(([index]) => index >= 0);
    this.set(pairs);
    return pairs.length;
  }

  /** Set marks as one step that can be undone; says whether anything changed. */
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

  /** Undo a step, or redo one; the index of its first line, or null where there is none. */
  undo() { return this.#step(this.past, this.future, 1); }
  redo() { return this.#step(this.future, this.past, 2); }
  #step(from, to, side) {
    const step = from.pop();
    if (!step) return null;
    to.push(step);
    for (const change of step) this.marks[change[0]] = change[side];
    return step[0][0];
  }

  /** What the server wants. */
  get body() {
    return { version: this.version, labels: this.marks.map((_, index) => this.label(index)), doubtful: this.doubtful };
  }

  /** The file with the labels as they are here, for whoever cannot save it. */
  get file() {
    const rows = this.lines.map((line, index) => {
      if (this.isBlank(index)) return line;
      const word = this.words[this.label(index)] + (this.isDoubtful(index) ? "?" : "");
      return `${word.padEnd(9)} | ${line}`;
    });
    return [this.header, ...rows, ""].join("\n");
  }

  /** Keep what is not saved in the browser, in case that server and browser end. */
  keep() {
    try {
      if (this.unsaved.length) {
        const kept = { version: this.version, unsaved: this.unsaved };
        localStorage.setItem(KEEP + this.key, JSON.stringify(kept));
      } else localStorage.removeItem(KEEP + this.key);
    } catch { /* a browser without storage; the page still holds it, and warns before it is left */ }
  }

  /** What an earlier visit could not save, as {version, unsaved}, or null. */
  kept() {
    try { return JSON.parse(localStorage.getItem(KEEP + this.key)); } catch { return null; }
  }
}

/** Saves pages one request at a time, the newest state always last. */
export class Saver {
  constructor(send, tell) {
    this.send = send; // (page) -> {status, value}
    this.tell = tell; // (page, "saving" | "saved" | "conflict" | "failed", message)
    this.states = new Map();
  }

  state(page) {
    if (!this.states.has(page)) this.states.set(page, { isBusy: false, isBarred: false, timer: 0, pause: 1000 });
    return this.states.get(page);
  }

  /** Save now, or as soon as the request before this has its answer. */
  async save(page) {
    const state = this.state(page);
    page.keep();
    clearTimeout(state.timer);
    if (state.isBusy || state.isBarred) return;
    state.isBusy = true;
    while (page.unsaved.length) {
      this.tell(page, "saving", "");
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
    if (!page.unsaved.length) this.tell(page, "saved", "");
  }

  /** Stop saving a page until a person has decided about a conflict. */
  bar(page, isBarred) { this.state(page).isBarred = isBarred; }

  #failed(page, state, status, value) {
    if (status === 409) {
      state.isBarred = true;
      this.tell(page, "conflict", value.error);
      return;
    }
    state.timer = setTimeout(() => this.save(page), state.pause);
    state.pause = Math.min(state.pause * 2, 30000);
    this.tell(page, "failed", value.error);
  }
}
