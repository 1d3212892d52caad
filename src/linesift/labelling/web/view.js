// Draws the state of pages into the document.

const LONGEST = 4000; // characters of a line that are shown
const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

export const at = (id) => document.getElementById(id);

export function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Whether most lines of the page are written from right to left; then labels are at the right. */
function isRightToLeft(lines) {
  const filled = lines.filter((line) => /\p{L}/u.test(line));
  return filled.filter((line) => RTL.test(line)).length > filled.length / 2;
}

const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

const parts = (name) => name.split(/[\\/]/);

/** For each page the end of its path: the name of the file, with directories where files have the same name. */
export function shortNames(names) {
  const shorten = (name, nParts) => parts(name).slice(-nParts).join("/");
  const found = new Map();
  for (let nParts = 1, left = names; left.length; nParts += 1) {
    const counts = new Map();
    for (const name of left) counts.set(shorten(name, nParts), (counts.get(shorten(name, nParts)) ?? 0) + 1);
    const isLast = left.every((name) => parts(name).length <= nParts);
    const isDone = (name) => isLast || counts.get(shorten(name, nParts)) === 1;
    for (const name of left.filter(isDone)) found.set(name, shorten(name, nParts));
    left = left.filter((name) => !isDone(name));
  }
  return found;
}

/** State of a page: not saved, unreadable, broken, doubtful lines left, done with errors, done. */
function stateOf(row) {
  if (row.unsaved) return "not saved";
  if (row.unreadable) return "unreadable";
  if (row.broken) return "broken";
  if (row.doubtful) return `${row.doubtful} ?`;
  return row.errors.length ? "✓ !" : "✓";
}

/** List the pages; with `found`, numbers of lines by page, only those that have some. */
export function drawPages(rows, chosen, open, found = null) {
  const nLeft = rows.reduce((sum, row) => sum + row.doubtful, 0);
  const nDone = rows.filter((row) => !row.doubtful && !row.broken).length;
  at("total").textContent = `${nDone} of ${count(rows.length, "page")} done, ${count(nLeft, "doubtful line")} left`;
  at("done").max = rows.length;
  at("done").value = nDone;
  const short = shortNames(rows.map(({ name }) => name));
  const listed = found ? rows.filter(({ name }) => found[name]) : rows;
  at("pages").replaceChildren(...listed.map((row) => {
    const item = make("li", row.broken || row.unsaved ? "alarm" : "");
    const button = make("button", "");
    if (row.name === chosen) button.setAttribute("aria-current", "page");
    const name = make("bdi", "page-name", short.get(row.name));
    button.append(name, make("span", "page-state", found ? `${found[row.name]} found` : stateOf(row)));
    button.title = [row.name, ...row.errors].join("\n");
    button.addEventListener("click", () => open(row.name));
    item.append(button);
    return item;
  }));
}

export function drawHead(shown) {
  at("name").textContent = shown.name;
  const about = [shown.url, shown.note].filter(Boolean).join(" · ");
  const broken = "This file has mistakes of form. Correct them in an editor, then open it again.";
  at("about").textContent = shown.broken ? broken : about;
  at("fields").hidden = shown.broken;
  drawFindings(shown.findings, shown.broken ? shown.first : 1);
}

/** Show why there is nothing to show of a page, such as one that was removed. */
export function drawProblem(name, problem) {
  at("name").textContent = name;
  at("about").textContent = "This file cannot be read. Open another page, or put the file back and open it again.";
  at("fields").hidden = true;
  at("findings").replaceChildren(make("li", "error", problem));
}

/** Show site, language and kind, but not over what a person is writing. */
export function drawFields(page) {
  for (const [id, value] of Object.entries(page.fields)) {
    if (document.activeElement !== at(id)) at(id).value = value;
  }
}

/** Show the findings of `linesift check`, by line of the page, or of the file if it is broken. */
export function drawFindings(findings, first) {
  at("findings").replaceChildren(...findings.filter((found) => found.error).map((found) =>
    make("li", "error", `line ${found.line + first}: ${found.text}`)));
}

/** Indices of the lines to show: all, or with a filter its lines and the lines next to them. */
export function visible(page, filter) {
  const all = page.lines.map((_, index) => index);
  if (!filter) return all;
  const filled = all.filter((index) => !page.isBlank(index));
  const near = new Set();
  filled.forEach((index, place) => {
    if (filter.has(index)) for (const beside of [-1, 0, 1]) near.add(filled[place + beside]);
  });
  return filled.filter((index) => near.has(index));
}

export function drawLines(page, filter) {
  const list = at("lines");
  list.dir = isRightToLeft(page.lines) ? "rtl" : "ltr";
  const rows = [];
  let before = -1;
  for (const index of visible(page, filter)) {
    if (filter && index > before + 1) {
      const hidden = page.lines.slice(before + 1, index).filter((line) => line.trim()).length;
      if (hidden) rows.push(makeGap(`⋯ ${count(hidden, "line")}`));
    }
    rows.push(page.isBlank(index) ? make("li", "blank") : makeLine(page, index));
    before = index;
  }
  if (filter && !filter.size) rows.push(makeGap("No such line on this page."));
  list.replaceChildren(...rows);
}

/** A text of ours between the lines; it is written from left to right on every page. */
function makeGap(text) {
  const row = make("li", "gap");
  row.append(make("bdi", "", text));
  return row;
}

function makeLine(page, index) {
  const row = make("li", "line");
  row.id = `line-${index}`;
  row.dataset.index = index;
  row.setAttribute("role", "option");
  const line = page.lines[index];
  const text = make("span", "text", line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line);
  text.dir = "auto";
  row.append(make("span", "number", index + 1), make("span", "label"), make("span", "mark"), text, make("span", "odds"));
  return row;
}

/** Update label, mark and selection of all rows, without making new rows. */
export function paint(page, choice, filter) {
  for (const row of at("lines").querySelectorAll(".line")) {
    const index = Number(row.dataset.index);
    const isChosen = index >= choice.low && index <= choice.high;
    row.className = `line l${page.label(index)}`;
    row.classList.toggle("doubtful", page.isDoubtful(index));
    row.classList.toggle("unsaved", page.isUnsaved(index));
    row.classList.toggle("context", Boolean(filter) && !filter.has(index));
    row.classList.toggle("cursor", index === choice.cursor);
    row.setAttribute("aria-selected", isChosen);
    row.children[1].textContent = page.words[page.label(index)];
    row.children[2].textContent = page.isDoubtful(index) ? "?" : "";
    paintOdds(row.children[4], page, index);
  }
  at("lines").setAttribute("aria-activedescendant", `line-${choice.cursor}`);
  at("undo").disabled = !page.past.length;
  at("redo").disabled = !page.future.length;
}

/** Show how probable the model finds a line's label, and the likeliest other one. */
function paintOdds(element, page, index) {
  const found = page.choices(index);
  if (!found) return;
  const other = page.words[found.other];
  const [own, second] = [found.own, found.second].map((value) => `${Math.round(value * 100)} %`);
  element.className = `odds${found.second > found.own ? ` other l${found.other}` : ""}`;
  element.textContent = found.second < 0.005 ? own : `${own} · ${other} ${second}`;
  element.title = `The model gives ${page.words[page.label(index)]} ${own}, ${other} ${second}.`;
}

export function reveal(index) {
  at(`line-${index}`)?.scrollIntoView({ block: "nearest" });
}

export function say(message, isFailed = false) {
  at("status").textContent = message;
  at("status").classList.toggle("failed", isFailed);
  at("retry").hidden = at("download").hidden = !isFailed;
}

/** Let the user download a file. */
export function download(name, text) {
  const link = make("a", "");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = parts(name).pop();
  link.click();
  URL.revokeObjectURL(link.href);
}
