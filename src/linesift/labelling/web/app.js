// The labelling page: opens pages, takes keys and clicks, saves.

import { hasKept, Page, Saver } from "./state.js";
import {
  at, download, drawFindings, drawHead, drawLines, drawPages, make, paint, reveal, say, visible,
} from "./view.js";

const WORDS = ["headline", "body", "timestamp", "sidebar"];

let rows = []; // the list of pages, as the server sends it
let page = null; // the open page
let filter = null; // indices that were doubtful when the filter was set, or null
let cursor = 0;
let anchor = 0;
const opened = new Map(); // pages with labels that are not saved yet, by name
const saver = new Saver(send, notify);

async function ask(path, options) {
  try {
    const answer = await fetch(path, options);
    return { status: answer.status, value: await answer.json() };
  } catch {
    return { status: 0, value: { error: "linesift does not answer; start it again with the same command" } };
  }
}

function send(sent) {
  const headers = { "Content-Type": "application/json" };
  return ask(`page?name=${encodeURIComponent(sent.name)}`, { method: "PUT", headers, body: JSON.stringify(sent.body) });
}

function notify(changed, state, message) {
  const row = rows.find(({ name }) => name === changed.name);
  row.doubtful = changed.doubtful.length;
  row.unsaved = changed.unsaved.length > 0;
  if (row.unsaved) opened.set(changed.name, changed);
  else opened.delete(changed.name);
  drawPages(rows, page?.name, open);
  if (changed === page) paint(page, choice(), filter);
  if (state === "saving") say("saving …");
  else if (state === "saved") {
    if (opened.size) say(`Not saved: ${[...opened.keys()].join(", ")}`, true);
    else say("saved");
    if (changed === page) refreshFindings();
  } else if (state === "failed") say(`Not saved: ${message}. Your labels are kept here.`, true);
  else if (state === "conflict") {
    say(`Not saved: ${message}`, true);
    if (changed === page) settle();
  }
}

async function refreshFindings() {
  const { status, value } = await ask(`page?name=${encodeURIComponent(page.name)}`);
  if (status === 200 && value.name === page.name && !value.broken) drawFindings(value.findings, 1);
}

async function list() {
  const { status, value } = await ask("pages");
  if (status !== 200) return say(value.error, true);
  rows = value.map((row) => ({ ...row, unsaved: hasKept(row.key) }));
  const wanted = decodeURIComponent(location.hash.slice(1));
  const first = rows.find(({ name }) => name === wanted) ?? rows.find(({ key }) => hasKept(key)) ?? rows[0];
  await open(first.name);
}

async function open(name) {
  const { status, value } = await ask(`page?name=${encodeURIComponent(name)}`);
  if (status !== 200) return say(value.error, true);
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  drawHead(value);
  filter = null;
  if (value.broken) {
    page = null;
    at("lines").replaceChildren();
  } else {
    page = opened.get(name) ?? new Page(value);
    cursor = anchor = page.doubtful[0] ?? page.marks.findIndex((mark) => mark !== null);
    setFilter(at("filter").getAttribute("aria-pressed") === "true");
  }
  drawPages(rows, name, open);
  at("lines").focus();
  if (page && !opened.has(name)) takeOver();
  else if (page && saver.state(page).isBlocked) settle();
}

/** Apply and save labels that an earlier visit could not save. */
function takeOver() {
  const kept = page.kept();
  if (!kept) return;
  page.takeOver(kept.unsaved);
  refresh(page.unsaved[0]?.[0] ?? cursor);
  if (!page.unsaved.length) {
    page.keep();
    say("An earlier visit could not save labels of lines that are gone.");
  } else if (kept.version === page.version) saver.save(page);
  else {
    opened.set(page.name, page);
    saver.block(page, true);
    settle();
  }
}

/** Ask what to do if both the file and the labels here have changed. */
async function settle() {
  const mine = page;
  const { status, value } = await ask(`page?name=${encodeURIComponent(mine.name)}`);
  if (status !== 200) return say(`Not saved: ${value.error}. Your labels are kept here.`, true);
  const merged = value.broken ? null : new Page(value);
  const { unsaved } = mine;
  const nFound = merged ? merged.takeOver(unsaved) : 0;
  const lines = unsaved.map(([index]) => index + 1).join(", ");
  const broken = "The file has mistakes of form now, so no labels can be saved in it.";
  const gone = value.broken ? broken : "Some of these lines are gone.";
  at("conflict-text").textContent = `${mine.name} has changed since it was opened here, and your labels of ` +
    `line ${lines} are not saved. ${nFound < unsaved.length ? gone : ""}`;
  at("keep").hidden = !nFound;
  at("save-mine").onclick = () => download(mine.name, mine.file);
  const dialog = at("conflict");
  dialog.onclose = () => dialog.returnValue
    ? replace(mine, dialog.returnValue === "keep" && nFound ? merged : null)
    : say("Not saved: the file has changed.", true);
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
}

/** Replace a page by one that has its unsaved labels, or by the file as it is. */
function replace(mine, merged) {
  mine.marks = [...mine.saved];
  mine.keep();
  opened.delete(mine.name);
  rows.find(({ name }) => name === mine.name).unsaved = false;
  if (!merged || page !== mine) return open(mine.name);
  page = merged;
  setFilter(Boolean(filter));
  return saver.save(merged);
}

const choice = () => ({ cursor, low: Math.min(cursor, anchor), high: Math.max(cursor, anchor) });

function chosen() {
  const { low, high } = choice();
  return visible(page, filter).filter((index) => index >= low && index <= high && !page.isBlank(index));
}

function refresh(index, isRange = false) {
  cursor = index;
  if (!isRange) anchor = index;
  paint(page, choice(), filter);
  reveal(cursor);
}

/** The next line in a direction that `accepts` accepts, or `index` itself. */
function next(index, step, accepts = () => true) {
  const lines = visible(page, filter).filter((line) => !page.isBlank(line) && accepts(line));
  if (step < 0) lines.reverse();
  return lines.find((line) => (line - index) * step > 0) ?? index;
}

const isDoubtful = (index) => page.isDoubtful(index);

function change(hasChanged, then) {
  if (hasChanged) saver.save(page);
  refresh(then);
}

function setLabel(label) {
  const lines = chosen();
  change(page.setLabel(lines, label), next(lines.at(-1), 1, filter ? isDoubtful : undefined));
}

function confirm() {
  const lines = chosen();
  change(page.confirm(lines), next(lines.at(-1), 1, isDoubtful));
}

function step(index) {
  if (index === null) return;
  if (filter && !visible(page, filter).includes(index)) setFilter(false);
  change(true, index);
}

function setFilter(isOn) {
  filter = isOn ? new Set(page.doubtful) : null;
  at("filter").setAttribute("aria-pressed", isOn);
  drawLines(page, filter);
  if (page.marks[cursor] === undefined) cursor = next(page.lines.length, -1);
  if (filter?.size && !filter.has(cursor)) cursor = [...filter].find((index) => index >= cursor) ?? [...filter][0];
  refresh(cursor);
}

function turn(by) {
  const place = rows.findIndex(({ name }) => name === at("name").textContent);
  const row = rows[place + by];
  if (row) open(row.name);
}

const KEYS = {
  ArrowUp: (event) => refresh(next(cursor, -1), event.shiftKey),
  ArrowDown: (event) => refresh(next(cursor, 1), event.shiftKey),
  Home: (event) => refresh(next(-1, 1), event.shiftKey),
  End: (event) => refresh(next(page.lines.length, -1), event.shiftKey),
  Enter: confirm,
  d: () => change(page.toggleDoubt(chosen()), cursor),
  n: () => refresh(next(cursor, 1, isDoubtful)),
  p: () => refresh(next(cursor, -1, isDoubtful)),
  f: () => setFilter(!filter),
  u: () => step(page.undo()),
  r: () => step(page.redo()),
  Escape: () => refresh(cursor),
};
const ALSO = { k: "ArrowUp", j: "ArrowDown", K: "ArrowUp", J: "ArrowDown", " ": "Enter" };
const CONTROL = { z: "u", Z: "r", y: "r" };

/** The action of a key, or undefined. */
function meaning(event) {
  if (event.ctrlKey || event.metaKey) return KEYS[CONTROL[event.key]];
  if (event.altKey) return undefined;
  if (/^[1-4]$/.test(event.key)) return () => setLabel(Number(event.key) - 1);
  return KEYS[ALSO[event.key] ?? event.key];
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const isButton = event.target.closest("button, summary") && (event.key === "Enter" || event.key === " ");
  if (isButton) return;
  const general = { "[": () => turn(-1), "]": () => turn(1), "?": () => at("keys").showModal() }[event.key];
  const action = general ?? (page ? meaning(event) : undefined);
  if (!action) return;
  event.preventDefault();
  action(event);
});

at("lines").addEventListener("click", (event) => {
  const row = event.target.closest(".line");
  if (row) refresh(Number(row.dataset.index), event.shiftKey);
});
at("lines").addEventListener("mousedown", (event) => {
  if (event.shiftKey) event.preventDefault(); // choose lines, not letters
});

WORDS.forEach((word, label) => {
  const button = make("button", `l${label}`, `${label + 1} ${word}`);
  button.addEventListener("click", () => page && setLabel(label));
  at("labels").append(button);
});
document.querySelector("#bar").addEventListener("click", () => {
  if (!document.querySelector("dialog[open]")) at("lines").focus({ preventScroll: true });
});
const BUTTONS = { confirm: "Enter", undo: "u", redo: "r", filter: "f" };
for (const [id, key] of Object.entries(BUTTONS)) at(id).addEventListener("click", (event) => page && KEYS[key](event));
at("help").addEventListener("click", () => at("keys").showModal());
at("retry").addEventListener("click", () => {
  if (!opened.size) list();
  for (const waiting of opened.values()) {
    if (saver.state(waiting).isBlocked && waiting === page) settle();
    else saver.save(waiting);
  }
});
at("download").addEventListener("click", () => page && download(page.name, page.file));
addEventListener("beforeunload", (event) => { if (opened.size) event.preventDefault(); });
if (matchMedia("(max-width: 720px)").matches) at("side").open = false;
list();
