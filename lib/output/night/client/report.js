// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// The contact sheet: filter, sort, search, and a frame at full size. Its state is in
// the hash of the address, so that a link or a reload keeps it.

const SVG = "http://www.w3.org/2000/svg";
const FIELDS = ["type", "look", "night", "instrument", "sort", "search"];

/** @type {HTMLFormElement} */
const form = /** @type {any} */ (document.getElementById("filters"));
/** @type {HTMLDialogElement} */
const dialog = /** @type {any} */ (document.getElementById("frame"));
const inside = /** @type {HTMLElement} */ (document.getElementById("inside"));
const told = /** @type {HTMLElement} */ (document.getElementById("told"));
/** @type {HTMLElement[]} */
const cards = Array.from(document.querySelectorAll("li.frame"));
const places = new Map(cards.map((card, place) => [card, place]));

/** @type {(name: string) => HTMLInputElement | HTMLSelectElement} */
const field = (name) => /** @type {any} */ (form.elements.namedItem(name));

/** @type {(card: HTMLElement) => boolean} */
function isWanted(card) {
  const { type, doubt, night, instrument, words } = card.dataset;
  const look = field("look").value;
  const search = field("search").value.toLowerCase().split(/\s+/);
  return (field("type").value === "" || field("type").value === type) &&
    (look === "" || (look === "doubtful" ? doubt !== "" : doubt === look)) &&
    (field("night").value === "" || field("night").value === night) &&
    (field("instrument").value === "" ||
      field("instrument").value === instrument) &&
    search.every((word) => (words ?? "").includes(word));
}

/** @type {Record<string, (one: HTMLElement, other: HTMLElement) => number>} */
const ORDERS = {
  doubt: () => 0,
  name: (one, other) => compare(nameOf(one), nameOf(other)),
  time: (one, other) => numberOf(one, "time") - numberOf(other, "time"),
  probability: (one, other) =>
    numberOf(one, "probability") - numberOf(other, "probability"),
};

/** @type {(one: string, other: string) => number} */
const compare = (one, other) => one < other ? -1 : one > other ? 1 : 0;
/** @type {(card: HTMLElement) => string} */
const nameOf = (card) => card.querySelector(".name")?.textContent ?? "";
/** @type {(card: HTMLElement, key: string) => number} */
const numberOf = (card, key) =>
  card.dataset[key] ? Number(card.dataset[key]) : Infinity;

let sorted = "doubt";

function show() {
  const order = field("sort").value;
  if (order !== sorted) {
    sorted = order;
    for (const list of document.querySelectorAll("ol.sheet")) {
      const own = /** @type {HTMLElement[]} */ (Array.from(list.children));
      own.sort((one, other) =>
        (ORDERS[order] ?? ORDERS.doubt)?.(one, other) ||
        (places.get(one) ?? 0) - (places.get(other) ?? 0)
      );
      list.append(...own);
    }
  }
  let count = 0;
  for (const card of cards) {
    card.hidden = !isWanted(card);
    if (!card.hidden) count++;
  }
  for (const section of document.querySelectorAll("section.type")) {
    const left = section.querySelectorAll("li.frame:not([hidden])").length;
    /** @type {HTMLElement} */ (section).hidden = left === 0;
    const number = section.querySelector(".count");
    if (number) number.textContent = String(left);
  }
  told.textContent = count === cards.length
    ? `${count} frames`
    : `${count} of ${cards.length} frames`;
  for (const link of document.querySelectorAll("button[data-only]")) {
    const isOn = /** @type {HTMLElement} */ (link).dataset.only ===
      field("type").value;
    link.setAttribute("aria-pressed", String(isOn));
  }
}

function keepState() {
  const state = new URLSearchParams();
  for (const name of FIELDS) {
    const { value } = field(name);
    if (value !== "" && value !== "doubt") state.set(name, value);
  }
  history.replaceState(null, "", `#${state}`);
}

function readState() {
  const state = new URLSearchParams(location.hash.slice(1));
  for (const name of FIELDS) {
    field(name).value = state.get(name) ?? (name === "sort" ? "doubt" : "");
  }
  show();
}

// One frame at full size.

let opened = -1;

/** @type {(id: number) => void} */
function open(id) {
  const block = document.getElementById(`d${id}`);
  if (!block) return;
  opened = id;
  inside.replaceChildren(...detailsOf(JSON.parse(block.textContent ?? "{}")));
  if (!dialog.open) dialog.showModal();
  inside.scrollTop = 0;
}

// Not on the dialog's "close" event: it comes late, and would take the focus back from
// where a quick key has moved it by then.
function close() {
  dialog.close();
  const card = document.getElementById(`f${opened}`);
  card?.querySelector("button")?.focus();
}

/** @type {(step: number) => void} */
function go(step) {
  const shown = Array.from(
    document.querySelectorAll("li.frame:not([hidden])"),
    ({ id }) => Number(id.slice(1)),
  );
  const next = shown[shown.indexOf(opened) + step];
  if (next !== undefined) open(next);
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, String(value));
  }
  made.append(...children);
  return made;
}

/** @type {(details: any) => Node[]} */
function detailsOf({ verdict, label, hdus, more, cards }) {
  const { file, type, probability, pixels, header, log, error } = verdict;
  const { votes = {}, probabilities = {} } = pixels ?? {};
  const title = element("h2", { id: "title" }, file);
  const facts = element("dl", { class: "facts" });
  /** @type {(name: string, text: unknown) => void} */
  const tell = (name, text) => {
    if (text === null || text === undefined || text === "") return;
    facts.append(element("dt", {}, name), element("dd", {}, String(text)));
  };
  tell("by hand", label);
  tell("type", type);
  tell("probability", probability);
  tell("why unknown", verdict.reason);
  tell(
    "votes",
    Object.entries(votes).map(([name, n]) => `${n} ${name}`).join(", "),
  );
  tell(
    "header",
    header &&
      `${header.type ?? "no type"} ${
        header.evidence && `(${header.evidence})`
      }`,
  );
  tell("agreement", verdict.agreement);
  tell("target", log?.target);
  tell("instrument", log?.instrument);
  tell("night", log?.night);
  tell("start", log?.start);
  tell("exposure", log?.exposure === null ? null : log && `${log.exposure} s`);
  tell(
    "configuration",
    Object.entries(log?.configuration ?? {}).map((part) => part.join(" ")).join(
      ", ",
    ),
  );
  tell("error", error && `${error.code}: ${error.message}`);
  return [
    title,
    ...hdus.map(figureOf),
    ...(more > 0 ? [element("p", {}, `${more} HDUs more voted.`)] : []),
    element("div", { class: "columns" }, facts, bars(probabilities)),
    ...(cards.length > 0 ? [headerOf(cards)] : []),
  ];
}

/** @type {(one: any) => Node} */
function figureOf(one) {
  const rows = one.rotated ? one.width : one.height;
  return element(
    "figure",
    {},
    element("img", {
      src: one.inputImage,
      width: 650,
      height: 210,
      alt: `HDU ${one.hdu} as the network sees it`,
    }),
    plotOf(one, rows),
    element(
      "figcaption",
      { class: "soft" },
      `HDU ${one.hdu}: ${one.width} × ${one.height}` +
        `${one.rotated ? ", turned by 90°" : ""}; rows ${one.first} to ` +
        `${one.end - 1} kept of ${rows}; zscale ${short(one.z1)} to ${
          short(one.z2)
        }. The curve is the largest value of each row; what the trim drops is shaded.`,
    ),
  );
}

/** @type {(value: number) => string} */
const short = (value) => String(Number(value.toPrecision(6)));

/**
 * Row maxima over rows.
 * @type {(one: any, rows: number) => Node}
 */
function plotOf({ maxima, first, end }, rows) {
  const [width, height] = [650, 110];
  const known = maxima.filter((/** @type {unknown} */ value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  /** @type {(row: number) => number} */
  const x = (row) => width * row / rows;
  /** @type {(value: number) => number} */
  const y = (value) =>
    height - 4 - (height - 8) * (value - least) / (most - least || 1);
  const points = maxima.flatMap((
    /** @type {number | null} */ value,
    /** @type {number} */ k,
  ) =>
    value === null
      ? []
      : [`${x(k * rows / maxima.length).toFixed(1)},${y(value).toFixed(1)}`]
  );
  const svg = shape("svg", {
    viewBox: `0 0 ${width} ${height}`,
    class: "plot",
    role: "img",
    "aria-label": `Row maxima, ${short(least)} to ${short(most)}`,
  });
  svg.append(
    shape("rect", { class: "dropped", x: 0, y: 0, width: x(first), height }),
    shape("rect", {
      class: "dropped",
      x: x(end),
      y: 0,
      width: Math.max(0, width - x(end)),
      height,
    }),
    shape("polyline", { points: points.join(" ") }),
  );
  return svg;
}

/** @type {(name: string, attributes: Record<string, string | number>) => Element} */
function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, String(value));
  }
  return made;
}

/** @type {(probabilities: Record<string, number>) => Node} */
function bars(probabilities) {
  const rows = Object.entries(probabilities)
    .sort(([, one], [, other]) => other - one)
    .map(([type, p]) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, type),
        element("td", { class: "number" }, p.toFixed(3)),
        element(
          "td",
          {},
          element("meter", { min: 0, max: 1, value: p, "aria-label": type }),
        ),
      )
    );
  return element("table", { class: "bars" }, element("tbody", {}, ...rows));
}

/** @type {(cards: [string, string, string][]) => Node} */
function headerOf(cards) {
  const lines = cards.map(([keyword, value, comment]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, keyword),
      element("td", {}, value),
      element("td", { class: "soft" }, comment),
    )
  );
  const search = element("input", {
    type: "search",
    "aria-label": "Search the header",
    placeholder: "Search the header",
  });
  search.addEventListener("input", () => {
    const word = /** @type {HTMLInputElement} */ (search).value.toLowerCase();
    for (const line of lines) {
      line.hidden = !line.textContent?.toLowerCase().includes(word);
    }
  });
  return element(
    "details",
    { open: "" },
    element("summary", {}, `Header, ${cards.length} cards`),
    search,
    element(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Header" },
      element("table", { class: "cards" }, element("tbody", {}, ...lines)),
    ),
  );
}

// What people do.

form.addEventListener("input", () => {
  show();
  keepState();
});
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("clear")?.addEventListener("click", () => {
  history.replaceState(null, "", "#");
  readState();
});
addEventListener("hashchange", readState);
document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const id = target.closest("button[data-open]")?.getAttribute("data-open");
  if (id) open(Number(id));
  const only = target.closest("button[data-only]")?.getAttribute("data-only");
  if (only) {
    field("type").value = field("type").value === only ? "" : only;
    show();
    keepState();
  }
});
for (
  const [id, step] of /** @type {const} */ ([["before", -1], ["behind", 1]])
) {
  document.getElementById(id)?.addEventListener("click", () => go(step));
}
document.getElementById("close")?.addEventListener("click", close);
dialog.addEventListener("cancel", close);
document.addEventListener("keydown", (event) => {
  const isTyping = /^(INPUT|SELECT)$/.test(
    /** @type {HTMLElement} */ (event.target).tagName,
  );
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = event.key === "ArrowRight"
    ? 1
    : event.key === "ArrowLeft"
    ? -1
    : 0;
  if (dialog.open) {
    if (step !== 0) go(step);
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    field("search").focus();
  }
  if (step === 0) return;
  const buttons = /** @type {HTMLElement[]} */ (Array.from(
    document.querySelectorAll("li.frame:not([hidden]) button"),
  ));
  const here = buttons.indexOf(
    /** @type {HTMLElement} */ (document.activeElement),
  );
  if (here >= 0) buttons[here + step]?.focus();
});

readState();
