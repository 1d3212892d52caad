// The labelling page: opens pages, takes keys and clicks, saves.

import { hasKept, Page, Saver } from "./state.js";
import {
  at, download, drawFields, drawFindings, drawHead, drawLines, drawPages, drawProblem, make, paint, reveal, say, visible,
} from "./view.js";

const UNREADABLE = 422; // status of an answer about a file that cannot be read
const REGION = /^[a-z]{2,3}[-_]/i; // a language code with what is not saved of it, such as pt-BR
const WORDS = ["headline", "body", "timestamp", "sidebar"];

let rows = []; // the list of pages, as the server sends it
let page = null; // the open page
let filter = null; // indices that were doubtful, or found, when the filter was set; null for all lines
let found = null; // while something is looked for: the number of lines by page
let cursor = 0;
let anchor = 0;
const opened = new Map(); // pages with labels that are not saved yet, by name
const saver = new Saver(send, notify);
const tabs = new BroadcastChannel("linesift labels"); // other tabs with pages of this server

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
  row.unsaved = changed.isChanged;
  if (row.unsaved) opened.set(changed.name, changed);
  else opened.delete(changed.name);
  drawPages(rows, page?.name, open, found);
  if (changed === page) paint(page, choice(), filter);
  if (state === "saving") say("saving …");
  else if (state === "saved") {
    if (opened.size) say(`Not saved: ${[...opened.keys()].join(", ")}`, true);
    else say(rows.some(({ doubtful }) => doubtful) ? "saved" : `saved. ${NONE_LEFT}`);
    tabs.postMessage(changed.name);
    if (changed === page) refreshFindings();
  } else if (state === "failed") say(`Not saved: ${message}. Your labels are kept here.`, true);
  else if (state === "conflict") {
    say(`Not saved: ${message}`, true);
    settle(changed);
  }
}

async function refreshFindings() {
  const { status, value } = await ask(`page?name=${encodeURIComponent(page.name)}`);
  if (status === 200 && value.name === page.name && !value.broken) drawFindings(value.findings, 1);
}

/** Take over what was changed in the file meanwhile: in another tab, or in an editor. */
async function lookAgain() {
  if (!page) return;
  const mine = page;
  const { status, value } = await ask(`page?name=${encodeURIComponent(mine.name)}`);
  if (status !== 200 || mine !== page || value.version === page.version || saver.state(page).isBusy) return;
  if (value.broken || (!page.isChanged && value.lines.join("\n") !== page.lines.join("\n"))) {
    open(page.name);
    return;
  }
  if (!page.rebase(value)) return; // the next save asks
  const row = rows.find(({ name }) => name === page.name);
  row.doubtful = page.doubtful.length;
  drawPages(rows, page.name, open, found);
  drawFields(page);
  drawFindings(value.findings, 1);
  paint(page, choice(), filter);
}

async function list() {
  const { status, value } = await ask("pages");
  if (status !== 200) return say(value.error, true);
  rows = value.map((row) => ({ ...row, unsaved: hasKept(row.key) }));
  const wanted = decodeURIComponent(location.hash.slice(1));
  const first = rows.find(({ name }) => name === wanted) ?? rows.find(({ key }) => hasKept(key)) ??
    rows.find(({ unreadable }) => !unreadable) ?? rows[0];
  await open(first.name);
}

async function open(name) {
  const { status, value } = await ask(`page?name=${encodeURIComponent(name)}`);
  const isReadable = status === 200;
  if (!isReadable && status !== UNREADABLE) {
    drawPages(rows, page?.name, open, found);
    return say(value.error, true);
  }
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  if (isReadable) drawHead(value);
  else drawProblem(name, value.error);
  filter = null;
  const isBroken = !isReadable || value.broken;
  if (isBroken) {
    page = null;
    at("lines").replaceChildren();
  } else {
    page = opened.get(name) ?? new Page(value);
    cursor = anchor = page.doubtful[0] ?? page.marks.findIndex((mark) => mark !== null);
    at("kind").replaceChildren(...value.kinds.map((kind) => make("option", "", kind)));
    drawFields(page);
    for (const scrolled of [document.querySelector("main"), window]) scrolled.scrollTo(0, 0);
    if (found) showFound();
    else setFilter(at("filter").getAttribute("aria-pressed") === "true");
  }
  const doubtful = page?.doubtful.length ?? 0;
  Object.assign(rows.find((row) => row.name === name), { doubtful, broken: isBroken, unreadable: !isReadable });
  drawPages(rows, name, open, found);
  if (!at("find").contains(document.activeElement)) focusLines();
  if (page && !opened.has(name)) takeOver();
  else if (page && saver.state(page).isBlocked) settle();
}

/** Apply and save labels that an earlier visit could not save. */
function takeOver() {
  const isSameVersion = page.takeOverKept();
  if (isSameVersion === null) return;
  drawFields(page);
  refresh(page.unsaved[0]?.[0] ?? cursor);
  if (!page.isChanged) say("An earlier visit could not save labels of lines that are gone.");
  else if (isSameVersion) saver.save(page);
  else {
    opened.set(page.name, page);
    saver.block(page, true);
    settle();
  }
}

/** Join what has changed in the file and what has changed here; ask if both changed the same. */
async function settle(mine = page) {
  const { status, value } = await ask(`page?name=${encodeURIComponent(mine.name)}`);
  if (status !== 200) return say(`Not saved: ${value.error}. Your labels are kept here.`, true);
  if (mine.rebase(value)) {
    saver.block(mine, false);
    if (mine === page) drawFields(mine);
    return saver.save(mine);
  }
  if (mine !== page) return undefined; // asked when the page is opened
  const merged = value.broken ? null : new Page(value);
  const { unsaved } = mine;
  const nFound = merged ? merged.takeOver(unsaved) : 0;
  if (merged) Object.assign(merged.fields, mine.unsavedFields);
  const lines = unsaved.map(([index]) => index + 1).join(", ");
  const what = [...(lines ? [`labels of line ${lines}`] : []), ...Object.keys(mine.unsavedFields)].join(", ");
  const broken = "The file has mistakes of form now, so no labels can be saved in it.";
  const gone = value.broken ? broken : "Some of these lines are gone.";
  at("conflict-text").textContent = `${mine.name} has changed since it was opened here, and your ${what} ` +
    `are not saved. ${nFound < unsaved.length ? gone : ""}`;
  const canKeep = merged?.isChanged ?? false;
  at("keep").hidden = !canKeep;
  at("save-mine").onclick = () => download(mine.name, mine.file);
  const dialog = at("conflict");
  dialog.onclose = () => dialog.returnValue
    ? replace(mine, dialog.returnValue === "keep" && canKeep ? merged : null)
    : say("Not saved: the file has changed.", true);
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
  return undefined;
}

/** Replace a page by one that has its unsaved labels, or by the file as it is. */
function replace(mine, merged) {
  mine.marks = [...mine.saved];
  mine.fields = { ...mine.savedFields };
  mine.keep();
  opened.delete(mine.name);
  rows.find(({ name }) => name === mine.name).unsaved = false;
  if (!merged || page !== mine) return open(mine.name);
  page = merged;
  drawFields(page);
  if (found) showFound();
  else setFilter(Boolean(filter));
  return saver.save(merged);
}

// Without scrolling: the list is longer than the window, and its first line would go to the top.
const focusLines = () => at("lines").focus({ preventScroll: true });

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
const NONE_LEFT = "No doubtful line is left.";

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
  const last = lines.at(-1) ?? cursor;
  const then = next(last, 1, isDoubtful);
  change(page.confirm(lines), then);
  if (then === last) turnToDoubt();
}

/** The next other page of the list that `accepts` accepts, with the first one after the last; or undefined. */
function nextPage(accepts) {
  const place = rows.findIndex(({ name }) => name === page.name);
  return [...rows.slice(place + 1), ...rows.slice(0, place)].find(accepts);
}

/** Go to the next page with doubtful lines; where no other has some, to those of this page; or say that none is left. */
function turnToDoubt() {
  const row = nextPage(({ doubtful }) => doubtful);
  if (row) open(row.name);
  else if (page.doubtful.length) refresh(page.doubtful[0]);
  else if (!opened.size) say(NONE_LEFT);
}

function step(index) {
  if (index === null) return;
  if (filter && !visible(page, filter).includes(index)) setFilter(false);
  change(true, index);
}

function setFilter(isOn) {
  filter = isOn ? new Set(page.doubtful) : null;
  at("filter").setAttribute("aria-pressed", isOn);
  drawFiltered();
}

/** Draw the lines of the filter, and put the cursor on one of them. */
function drawFiltered() {
  drawLines(page, filter);
  if (page.marks[cursor] === undefined) cursor = next(page.lines.length, -1);
  if (filter?.size && !filter.has(cursor)) cursor = [...filter].find((index) => index >= cursor) ?? [...filter][0];
  refresh(cursor);
}

/** Show the lines of the page that are looked for, and those beside them. */
function showFound() {
  const [text, label] = [at("find-text").value.toLowerCase(), at("find-label").value];
  const accepts = (index) => !page.isBlank(index) && page.lines[index].toLowerCase().includes(text) &&
    (!label || (label === "?" ? page.isDoubtful(index) : page.words[page.label(index)] === label));
  at("filter").setAttribute("aria-pressed", false);
  filter = new Set(page.lines.map((_, index) => index).filter(accepts));
  drawFiltered();
}

/** Look for text and label on all pages; with neither, show everything again. */
async function find() {
  const [text, label] = [at("find-text").value, at("find-label").value];
  if (!text && !label) {
    found = null;
    at("found").textContent = "";
    if (page) setFilter(false);
  } else {
    const { status, value } = await ask(`find?${new URLSearchParams({ text, label })}`);
    if (status !== 200) return say(value.error, true);
    if (text !== at("find-text").value || label !== at("find-label").value) return undefined; // a newer one is asked
    found = value;
    const nLines = Object.values(found).reduce((sum, n) => sum + n, 0);
    const nPages = Object.keys(found).length;
    at("found").textContent = nLines ? `${nLines} on ${nPages} ${nPages === 1 ? "page" : "pages"}` : "none";
    if (page) showFound();
  }
  drawPages(rows, page?.name, open, found);
  return undefined;
}

/** Go to the next line that was found, on this page or on the next that has one. */
function findNext() {
  if (!page || !found) return;
  const line = next(cursor, 1, (index) => filter.has(index));
  if (line !== cursor) return refresh(line);
  const row = nextPage(({ name }) => found[name]);
  if (row) return open(row.name);
  return refresh([...filter][0] ?? cursor);
}

function endFind() {
  at("find-text").value = at("find-label").value = "";
  focusLines();
  find();
}

function turn(by) {
  const listed = found ? rows.filter(({ name }) => found[name]) : rows;
  const place = listed.findIndex(({ name }) => name === at("name").textContent);
  const row = listed[place + by];
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
  Escape: () => (found ? endFind() : refresh(cursor)),
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
  if (event.target.closest("input, select")) return;
  const isButton = event.target.closest("button, summary") && (event.key === "Enter" || event.key === " ");
  if (isButton) return;
  const general = { "[": () => turn(-1), "]": () => turn(1), "?": () => at("keys").showModal(),
    "/": () => at("find-text").focus() }[event.key];
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
document.querySelector("#bar").addEventListener("click", (event) => {
  if (!document.querySelector("dialog[open]") && !event.target.closest("search")) focusLines();
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
at("find-label").append(...[["", "any label"], ...WORDS.map((word) => [word, word]), ["?", "doubtful"]].map(
  ([value, text]) => new Option(text, value)));
at("find-text").addEventListener("input", find);
at("find-label").addEventListener("change", find);
at("find").addEventListener("keydown", (event) => {
  const action = { Enter: findNext, Escape: endFind }[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
at("fields").addEventListener("submit", (event) => {
  event.preventDefault();
  focusLines();
});
at("fields").addEventListener("change", (event) => {
  if (!page) return;
  page.fields[event.target.id] = event.target.value.trim().replace(/\s+/g, " ");
  if (REGION.test(page.fields.lang)) page.fields.lang = page.fields.lang.slice(0, page.fields.lang.search(/[-_]/));
  if (page.isChanged || opened.has(page.name)) saver.save(page);
  drawFields(page);
});
at("fields").addEventListener("keydown", (event) => {
  if (event.key === "Escape") focusLines();
});
tabs.addEventListener("message", lookAgain);
addEventListener("focus", lookAgain);
addEventListener("beforeunload", (event) => { if (opened.size) event.preventDefault(); });
if (matchMedia("(max-width: 720px)").matches) at("side").open = false;
list();
