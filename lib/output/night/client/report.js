// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// Filters, sorts and searches the frames of the report, shows them by type, by configuration
// or as an observing log, and opens their details. The hash of the address holds the state
// of the filters, so that a link or a reload restores it.

/** @type {<T extends Element = HTMLElement>(selector: string, root?: ParentNode) => T[]} */
const all = (selector, root = document) =>
  Array.from(root.querySelectorAll(selector));
/** @type {(id: string) => HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (byId("filters"));
const dialog = /** @type {HTMLDialogElement} */ (byId("frame"));
const details = byId("details");
const tip = byId("tip");
const log = byId("log");
const cards = all("li.frame");
const positions = new Map(cards.map((card, position) => [card, position]));
const cardsById = new Map(cards.map((card) => [card.id.slice(1), card]));

const DEFAULTS = { view: "type", sort: "review" };
const FIELDS = [
  ...["view", "type", "review", "night", "instrument", "configuration"],
  ...["sort", "search"],
];
/** @type {(name: string) => HTMLInputElement | HTMLSelectElement} */
const field = (name) => /** @type {any} */ (form.elements.namedItem(name));
/** @type {(name: string) => string} */
const defaultOf = (name) => /** @type {any} */ (DEFAULTS)[name] ?? "";

/** The cards of headers, in lower case as KEYWORD=value, once they have been searched. */
const headers = new Map();

/** @type {(id: string) => string[]} */
function listCards(id) {
  if (!headers.has(id)) {
    /** @type {string[][]} */
    const own = JSON.parse(
      document.getElementById(`c${id}`)?.textContent || "[]",
    );
    headers.set(
      id,
      own.map(([keyword, value]) => `${keyword}=${value}`.toLowerCase()),
    );
  }
  return headers.get(id);
}

/**
 * Whether a frame has a word among its values; KEYWORD=value also among its header cards,
 * of which each part may be the beginning.
 * @type {(card: HTMLElement, word: string) => boolean}
 */
function hasWord({ id, dataset }, word) {
  if (dataset.words?.includes(word)) return true;
  const [keyword, value] = word.split("=");
  return value !== undefined && keyword !== "" &&
    listCards(id.slice(1)).some((text) => {
      const [name = ""] = text.split("=", 1);
      return name.startsWith(keyword ?? "") &&
        text.slice(name.length + 1).startsWith(value);
    });
}

/** @type {() => (card: HTMLElement) => boolean} */
function makeFilter() {
  const [type, night, instrument, configuration, review] = [
    ...["type", "night", "instrument", "configuration", "review"],
  ].map((name) => field(name).value);
  const words = field("search").value.toLowerCase().split(/\s+/)
    .filter((word) => word !== "");
  return (card) => {
    const { dataset } = card;
    return (!type || dataset.type === type) &&
      (!night || dataset.night === night) &&
      (!instrument || dataset.instrument === instrument) &&
      (!configuration ||
        (dataset.configuration ?? "").split("|").includes(configuration)) &&
      (!review ||
        (review === "any reason"
          ? dataset.review !== ""
          : dataset.review === review)) &&
      words.every((word) => hasWord(card, word));
  };
}

/** @type {Record<string, (card: HTMLElement) => string | number>} */
const SORT_KEYS = {
  review: () => 0,
  name: (card) => all(".file", card)[0]?.textContent ?? "",
  time: ({ dataset }) => Number(dataset.time || Infinity),
  probability: ({ dataset }) => Number(dataset.probability || Infinity),
};
let arranged = "type review";

/** Puts the cards into the sections of a view, sorted. @type {(view: string, order: string) => void} */
function arrangeCards(view, order) {
  if (arranged === `${view} ${order}`) return;
  arranged = `${view} ${order}`;
  const key = SORT_KEYS[order] ?? (() => 0);
  const sorted = cards.map((card) => ({ card, value: key(card) }))
    .sort(({ card, value }, other) =>
      value < other.value
        ? -1
        : value > other.value
        ? 1
        : (positions.get(card) ?? 0) - (positions.get(other.card) ?? 0)
    );
  const lists = new Map(
    all(`section.group[data-view="${view}"]`).map((section) => [
      section.dataset.value,
      { list: all("ol", section)[0], items: /** @type {HTMLElement[]} */ ([]) },
    ]),
  );
  for (const { card } of sorted) {
    lists.get(card.dataset[view])?.items.push(card);
  }
  for (const { list, items } of lists.values()) list?.append(...items);
}

/** The rows of the log, made when it is first shown. @type {HTMLElement[]} */
let rows = [];

function makeRows() {
  if (rows.length > 0) return;
  const body = /** @type {HTMLElement} */ (all("tbody", log)[0]);
  // HTML that was escaped when the page was written.
  body.innerHTML = JSON.parse(byId("rows").textContent ?? '""');
  rows = all("tr", body);
}

/** Sorts the log by a column; a second time the other way round. @type {(button: HTMLElement) => void} */
function sortRows(button) {
  const heading = /** @type {HTMLElement} */ (button.closest("th"));
  const isDown = heading.ariaSort === "ascending";
  for (const other of all("th[aria-sort]", log)) other.ariaSort = "none";
  heading.ariaSort = isDown ? "descending" : "ascending";
  const column = /** @type {HTMLTableCellElement} */ (heading).cellIndex;
  const keyed = rows.map((row, position) => {
    const cell = /** @type {HTMLElement} */ (row.children[column]);
    const { sort } = cell.dataset;
    const value = sort === undefined
      ? cell.textContent ?? ""
      : sort === ""
      ? null
      : Number(sort);
    return { row, position, value: value === "" ? null : value };
  });
  const sign = isDown ? -1 : 1;
  keyed.sort((one, other) => {
    // Rows without a value stay at the end.
    if (one.value === null || other.value === null) {
      return Number(one.value === null) - Number(other.value === null) ||
        one.position - other.position;
    }
    return one.value < other.value
      ? -sign
      : one.value > other.value
      ? sign
      : one.position - other.position;
  });
  all("tbody", log)[0]?.append(...keyed.map(({ row }) => row));
}

/** The field of the filters that a button sets. @type {(button: HTMLElement) => string} */
const fieldOf = ({ dataset }) => dataset.field ?? "";

function update() {
  const view = field("view").value;
  const isLog = view === "log";
  log.hidden = !isLog;
  for (const label of all("#filters .sort")) label.hidden = isLog;
  const matches = makeFilter();
  const shown = new Set(cards.filter(matches));
  if (isLog) {
    makeRows();
    for (const row of rows) {
      row.hidden = !shown.has(
        /** @type {HTMLElement} */ (cardsById.get(row.dataset.id ?? "")),
      );
    }
  } else {
    arrangeCards(view, field("sort").value);
    for (const card of cards) card.hidden = !shown.has(card);
  }
  for (const section of all("section.group")) {
    if (section.dataset.view !== view) {
      section.hidden = true;
      continue;
    }
    const { length } = all("li:not([hidden])", section);
    section.hidden = length === 0;
    for (const number of all(".count", section)) {
      number.textContent = String(length);
    }
  }
  const total = `${cards.length} frame${cards.length === 1 ? "" : "s"}`;
  byId("count").textContent = shown.size === cards.length
    ? total
    : `${shown.size} of ${total}`;
  byId("clear").hidden = FIELDS.every((name) =>
    name === "view" || field(name).value === defaultOf(name)
  );
  for (const button of all("button[data-field]")) {
    const isOn = button.dataset.value === field(fieldOf(button)).value;
    button.setAttribute("aria-pressed", String(isOn));
  }
}

function saveState() {
  const state = new URLSearchParams();
  for (const name of FIELDS) {
    const { value } = field(name);
    if (value !== defaultOf(name)) state.set(name, value);
  }
  history.replaceState(null, "", `#${state}`);
}

function restoreState() {
  const state = new URLSearchParams(location.hash.slice(1));
  for (const name of FIELDS) {
    field(name).value = state.get(name) ?? defaultOf(name);
    // A value that the page does not have, of an older link, is no value.
    if (field(name).value === "") field(name).value = defaultOf(name);
  }
  update();
}

/** Id of the frame that the dialog shows. */
let opened = "";

/** Ids of the frames shown, in their order. */
const listIds = () =>
  (field("view").value === "log"
    ? all("tbody tr:not([hidden])", log)
    : all("section.group:not([hidden]) li.frame:not([hidden])")).map(({ id }) =>
      id.slice(1)
    );

/** @type {(id: string) => void} */
function open(id) {
  opened = id;
  const ids = listIds();
  const index = ids.indexOf(id);
  byId("position").textContent = index < 0
    ? ""
    : `${index + 1} of ${ids.length}`;
  tip.hidden = true;
  const block = document.getElementById(`d${id}`);
  if (!block) details.textContent = "The details of this frame are loading.";
  else {
    // HTML that was escaped when the page was written.
    details.innerHTML = JSON.parse(block.textContent ?? '""');
    showCards(id);
  }
  if (!dialog.open) dialog.showModal();
  details.scrollTop = 0;
}

/** @type {(id: string) => void} */
function showCards(id) {
  /** @type {string[][]} */
  const own = JSON.parse(
    document.getElementById(`c${id}`)?.textContent || "[]",
  );
  all(".cards tbody", details)[0]?.append(...own.map((texts) => {
    const row = document.createElement("tr");
    texts.forEach((text, column) => {
      const cell = document.createElement(column === 0 ? "th" : "td");
      if (column === 0) cell.setAttribute("scope", "row");
      cell.textContent = text;
      row.append(cell);
    });
    return row;
  }));
}

// Called directly, because the dialog's "close" event comes late: it would take back
// the focus that a quick key has moved since.
function close() {
  dialog.close();
  const place = field("view").value === "log" ? "l" : "f";
  all(`#${place}${opened} button`)[0]?.focus();
}

/** @type {(step: number) => void} */
function openNeighbour(step) {
  const ids = listIds();
  const id = ids[ids.indexOf(opened) + step];
  if (id !== undefined) open(id);
}

/** @type {(step: number) => void} */
function focusNeighbour(step) {
  const ids = listIds();
  const here = document.activeElement?.closest("li.frame, tbody tr");
  const index = here ? ids.indexOf(here.id.slice(1)) : -1;
  if (!here || index < 0) return;
  all(`#${here.id[0]}${ids[index + step]} button`)[0]?.focus();
}

/** @type {(element: Element) => string} */
const textOf = ({ textContent }) => textContent ?? "";

/** Shows what a mark of a plot stands for. @type {(event: PointerEvent) => void} */
function showTip({ target, clientX, clientY }) {
  const mark = /** @type {Element} */ (target).closest("svg [data-open]");
  const id = mark?.getAttribute("data-open") ?? "";
  const card = cardsById.get(id);
  tip.hidden = card === undefined;
  if (card === undefined) return;
  tip.textContent = all("button > :not(.images, .none)", card)
    .map((line) => {
      const texts = all(":scope > *", line).map(textOf).filter((text) => text);
      return texts.join(" ") || textOf(line);
    }).join("\n");
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(clientX + 12, innerWidth - width - 8);
  const top = clientY + 16 + height > innerHeight
    ? clientY - height - 10
    : clientY + 16;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${top}px`;
}

form.addEventListener("input", () => {
  update();
  saveState();
});
form.addEventListener("submit", (event) => event.preventDefault());
details.addEventListener("input", ({ target }) => {
  const word = /** @type {HTMLInputElement} */ (target).value.toLowerCase();
  for (const row of all(".cards tr", details)) {
    row.hidden = !row.textContent?.toLowerCase().includes(word);
  }
});
addEventListener("hashchange", restoreState);
// The details follow the script; those of the frame that is open may have come now.
addEventListener("DOMContentLoaded", () => {
  if (dialog.open) open(opened);
});
dialog.addEventListener("cancel", close);
document.addEventListener("pointermove", showTip);
document.addEventListener("click", ({ target }) => {
  const element = /** @type {Element} */ (target);
  const frame = element.closest("[data-open]")?.getAttribute("data-open");
  const button = element.closest("button");
  const value = button?.dataset.value;
  if (frame) open(frame);
  else if (button && value !== undefined) {
    const input = field(fieldOf(button));
    input.value = input.value === value ? "" : value;
    update();
    saveState();
  } else if (button?.closest("th[aria-sort]")) sortRows(button);
  else if (button?.id === "previous") openNeighbour(-1);
  else if (button?.id === "next") openNeighbour(1);
  else if (button?.id === "close") close();
  else if (button?.id === "clear") {
    const view = field("view").value;
    history.replaceState(
      null,
      "",
      view === DEFAULTS.view ? "#" : `#view=${view}`,
    );
    restoreState();
  }
});
document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  const isTyping = target instanceof HTMLSelectElement ||
    target instanceof HTMLInputElement && target.type !== "radio";
  if (isTyping || ctrlKey || metaKey || altKey) return;
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  const view = ["type", "configuration", "log"][Number(key) - 1];
  if (dialog.open) {
    if (step !== 0) openNeighbour(step);
  } else if (key === "/") {
    event.preventDefault();
    field("search").focus();
  } else if (view !== undefined) {
    field("view").value = view;
    update();
    saveState();
  } else if (step !== 0 && !(target instanceof HTMLInputElement)) {
    focusNeighbour(step);
  }
});

const { refresh } = document.body.dataset;
if (refresh !== undefined) {
  setInterval(() => {
    const isBusy = dialog.open || document.hidden ||
      document.activeElement === field("search");
    if (!isBusy) location.reload();
  }, 1000 * Number(refresh));
}

restoreState();
