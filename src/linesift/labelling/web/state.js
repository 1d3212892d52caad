// Labels of one page: changes, undo, saving. This module does not use the document.

const KEY_PREFIX = "linesift unsaved ";
const VISIT = Math.random().toString(36).slice(2); // every tab keeps its own unsaved labels
const FIELDS = ["site", "lang", "kind"];

/** Names under which visits keep unsaved labels of the page with this key, in this tab and others. */
function keptNames(key) {
  try { return Object.keys(localStorage).filter((name) => name.startsWith(KEY_PREFIX + key)).sort(); } catch { return []; }
}

/** Whether an earlier visit could not save labels of the page with this key. */
export const hasKept = (key) => keptNames(key).length > 0;

/** One number for a label (column, or null) and its doubt, so that two can be compared. */
const mark = (label, isDoubtful) => (label === null ? null : label * 2 + (isDoubtful ? 1 : 0));

export class Page {
  /** @param {object} shown a page as the server sends it */
  constructor(shown) {
    Object.assign(this, { name: shown.name, key: shown.key, lines: shown.lines, header: shown.header });
    this.words = shown.words;
    this.probabilities = shown.probabilities;
    this.savedFields = Object.fromEntries(FIELDS.map((field) => [field, shown[field]]));
    this.fields = { ...this.savedFields };
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

  /** Values of the header that differ from the file. */
  get unsavedFields() {
    return Object.fromEntries(FIELDS.filter((field) => this.fields[field] !== this.savedFields[field])
      .map((field) => [field, this.fields[field]]));
  }

  get isChanged() { return this.unsaved.length > 0 || Object.keys(this.unsavedFields).length > 0; }

  /**
   * Take what the file has now and keep what is not saved yet. Returns false, and changes nothing, if the text of the
   * page is another one, or if a label or value was changed both there and here, to different ones.
   */
  rebase(shown) {
    if (shown.broken) return false;
    const theirs = new Page(shown);
    const isSettled = (here, before, there) => here === before || there === before || here === there;
    const isSame = theirs.lines.length === this.lines.length && theirs.lines.every((line, i) => line === this.lines[i]);
    if (!isSame || !this.marks.every((here, i) => isSettled(here, this.saved[i], theirs.marks[i]))) return false;
    if (!FIELDS.every((key) => isSettled(this.fields[key], this.savedFields[key], theirs.fields[key]))) return false;
    this.marks = this.marks.map((here, i) => (here === this.saved[i] ? theirs.marks[i] : here));
    for (const key of FIELDS) if (this.fields[key] === this.savedFields[key]) this.fields[key] = theirs.fields[key];
    Object.assign(this, { saved: theirs.saved, savedFields: theirs.savedFields, version: theirs.version });
    this.header = theirs.header;
    return true;
  }

  /** The label's probability and, of the other labels, the likeliest and its probability; null without a model. */
  choices(index) {
    const row = this.probabilities?.[index];
    if (!row) return null;
    const own = this.label(index);
    const other = row.reduce((best, value, i) => (i !== own && (best < 0 || value > row[best]) ? i : best), -1);
    return { own: row[own], other, second: row[other] };
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
    const labels = this.marks.map((_, index) => this.label(index));
    return { version: this.version, labels, doubtful: this.doubtful, header: this.unsavedFields };
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

  /** Store what is unsaved in the browser, in case the server and the browser end. */
  keep() {
    try {
      if (this.isChanged) {
        const kept = { version: this.version, unsaved: this.unsaved, fields: this.unsavedFields };
        localStorage.setItem(this.#keptName, JSON.stringify(kept));
      } else localStorage.removeItem(this.#keptName);
    } catch { /* a browser without storage; the page still holds it, and warns before it is left */ }
  }
  get #keptName() { return `${KEY_PREFIX}${this.key} ${VISIT}`; }

  /**
   * Take over what other visits could not save, from the browser's storage.
   * Returns null if there was nothing, else whether all of it was made with this version of the file.
   */
  takeOverKept() {
    const names = keptNames(this.key).filter((name) => name !== this.#keptName);
    const kept = [];
    for (const name of names) {
      try { kept.push(JSON.parse(localStorage.getItem(name))); } catch { /* no labels of ours */ }
    }
    for (const each of kept) {
      this.takeOver(each.unsaved);
      Object.assign(this.fields, each.fields ?? {});
    }
    this.keep();
    for (const name of names) localStorage.removeItem(name);
    return kept.length ? kept.every(({ version }) => version === this.version) : null;
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
    while (page.isChanged) {
      this.notify(page, "saving", "");
      const [sent, sentFields] = [[...page.marks], { ...page.fields }];
      const { status, value } = await this.send(page);
      if (status !== 200) {
        this.#failed(page, state, status, value);
        break;
      }
      page.version = value.version;
      page.saved = sent;
      page.savedFields = sentFields;
      page.keep();
      state.pause = 1000;
    }
    state.isBusy = false;
    if (!page.isChanged) this.notify(page, "saved", "");
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
