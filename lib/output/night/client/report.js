// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// Filters, sorts and searches the cards of the report, and opens their details. The
// hash of the address holds the state of the filters, so that a link or a reload
// restores it.

/** @type {<T extends Element = HTMLElement>(selector: string, root?: ParentNode) => T[]} */
const all = (selector, root = document) =>
  Array.from(root.querySelectorAll(selector));
const form = /** @type {HTMLFormElement} */ (all("#filters")[0]);
const dialog = /** @type {HTMLDialogElement} */ (all("dialog")[0]);
const details = /** @type {HTMLElement} */ (all("#details")[0]);
const count = /** @type {HTMLElement} */ (all("#count")[0]);
const cards = all("li.frame");
const positions = new Map(cards.map((card, position) => [card, position]));

const FIELDS = ["type", "review", "night", "instrument", "sort", "search"];
/** @type {(name: string) => HTMLInputElement | HTMLSelectElement} */
const field = (name) => /** @type {any} */ (form.elements.namedItem(name));

/** @type {(card: HTMLElement) => boolean} */
function matches({ dataset }) {
  const review = field("review").value;
  return ["type", "night", "instrument"].every((name) =>
    ["", dataset[name]].includes(field(name).value)
  ) &&
    (review === "any reason"
      ? dataset.review !== ""
      : ["", dataset.review].includes(review)) &&
    field("search").value.toLowerCase().split(/\s+/).every((word) =>
      dataset.words?.includes(word)
    );
}

/** @type {Record<string, (card: HTMLElement) => string | number>} */
const SORT_KEYS = {
  review: () => 0,
  name: (card) => all(".name", card)[0]?.textContent ?? "",
  time: ({ dataset }) => Number(dataset.time || Infinity),
  probability: ({ dataset }) => Number(dataset.probability || Infinity),
};
let sorted = "review";

/** @type {(order: string) => void} */
function sortCards(order) {
  sorted = order;
  const keys = new Map(cards.map((card) => [card, SORT_KEYS[order]?.(card)]));
  for (const list of all("ol.sheet")) {
    list.append(
      ...all("li", list).sort((one, other) => {
        const [a = 0, b = 0] = [keys.get(one), keys.get(other)];
        if (a !== b) return a < b ? -1 : 1;
        return (positions.get(one) ?? 0) - (positions.get(other) ?? 0);
      }),
    );
  }
}

/** The field of the filters that a button sets. @type {(button: HTMLElement) => string} */
const fieldOf = ({ dataset }) => dataset.field ?? "";

function update() {
  const order = field("sort").value;
  if (order !== sorted) sortCards(order);
  for (const card of cards) card.hidden = !matches(card);
  for (const section of all("section.type")) {
    const { length } = all("li:not([hidden])", section);
    section.hidden = length === 0;
    for (const number of all(".count", section)) {
      number.textContent = String(length);
    }
  }
  const shown = cards.filter(({ hidden }) => !hidden).length;
  count.textContent = shown === cards.length
    ? `${shown} frames`
    : `${shown} of ${cards.length} frames`;
  for (const button of all("button[data-field]")) {
    const isOn = button.dataset.value === field(fieldOf(button)).value;
    button.setAttribute("aria-pressed", String(isOn));
  }
}

function saveState() {
  const state = new URLSearchParams();
  for (const name of FIELDS) {
    const { value } = field(name);
    if (value !== "" && value !== "review") state.set(name, value);
  }
  history.replaceState(null, "", `#${state}`);
}

function restoreState() {
  const state = new URLSearchParams(location.hash.slice(1));
  for (const name of FIELDS) {
    field(name).value = state.get(name) ?? (name === "sort" ? "review" : "");
  }
  update();
}

/** Id of the frame that the dialog shows. */
let opened = "";

/** @type {(id: string) => void} */
function open(id) {
  const block = document.getElementById(`d${id}`);
  if (!block) return;
  opened = id;
  // HTML that was escaped when the page was written.
  details.innerHTML = JSON.parse(block.textContent ?? '""');
  if (!dialog.open) dialog.showModal();
  details.scrollTop = 0;
}

// Called directly, because the dialog's "close" event comes late: it would take back
// the focus that a quick key has moved since.
function close() {
  dialog.close();
  all(`#f${opened} button`)[0]?.focus();
}

/** @type {(step: number) => void} */
function openNeighbour(step) {
  const ids = all("li.frame:not([hidden])").map(({ id }) => id.slice(1));
  const id = ids[ids.indexOf(opened) + step];
  if (id !== undefined) open(id);
}

/** @type {(step: number) => void} */
function focusNeighbour(step) {
  const buttons = all("li.frame:not([hidden]) button");
  const here = buttons.findIndex((one) => one === document.activeElement);
  if (here >= 0) buttons[here + step]?.focus();
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
dialog.addEventListener("cancel", close);
document.addEventListener("click", ({ target }) => {
  const button = /** @type {Element} */ (target).closest("button");
  const { open: frame, value } = button?.dataset ?? {};
  if (frame !== undefined) open(frame);
  else if (button && value !== undefined) {
    const input = field(fieldOf(button));
    input.value = input.value === value ? "" : value;
    update();
    saveState();
  } else if (button?.id === "previous") openNeighbour(-1);
  else if (button?.id === "next") openNeighbour(1);
  else if (button?.id === "close") close();
  else if (button?.id === "clear") {
    history.replaceState(null, "", "#");
    restoreState();
  }
});
document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  const isTyping = target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement;
  if (isTyping || ctrlKey || metaKey || altKey) return;
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  if (key === "/" && !dialog.open) {
    event.preventDefault();
    field("search").focus();
  } else if (step !== 0) (dialog.open ? openNeighbour : focusNeighbour)(step);
});

restoreState();
