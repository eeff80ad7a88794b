// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// The image viewer of the report and of the review page: <spit-viewer src hdus> shows all
// pixels of an HDU, as ../pixels.ts packs them. The longer axis runs to the right and the
// other one upwards, so that the first pixel is at the bottom left, as in DS9.

/** @typedef {import("../pixels.ts").PackedPlane} PackedPlane */
/** @typedef {{ pixels: import("../../../fits/frame.ts").Pixels, width: number, height: number }} Level */
/** @typedef {{ x: number, y: number }} Point */

const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** Colours from low to high values. @type {Record<string, string[]>} */
const COLOURS = {
  grey: ["000000", "ffffff"],
  inverted: ["ffffff", "000000"],
  viridis: [
    ...["440154", "472d7b", "3b528b", "2c728e", "21918c"],
    ...["28ae80", "5ec962", "addc30", "fde725"],
  ],
};

/** What is chosen, and where the view is: both stay from frame to frame. */
const chosen = {
  limits: "zscale",
  stretch: "linear",
  colours: "grey",
  cut: "horizontal",
};
const last = {
  size: "",
  view: { x: 0, y: 0, scale: 0 },
  cursor: { x: 0, y: 0 },
  height: 0,
};

const LARGEST_SCALE = 64;
/** Steps between black and white. */
const STEPS = 4096;

const TEMPLATE = `
  <div class="tools" role="group" aria-label="Display of the pixels">
    <label>HDU <select name="hdu"></select></label>
    <label>limits <select name="limits">
      <option value="zscale">zscale</option>
      <option value="minmax">min–max</option>
      <option value="percentile">99.5 %</option>
    </select></label>
    <label>stretch <select name="stretch">
      <option>linear</option><option>asinh</option>
    </select></label>
    <label>colours <select name="colours">
      <option>grey</option><option>inverted</option><option>viridis</option>
    </select></label>
    <label>cut <select name="cut">
      <option value="horizontal"></option><option value="vertical"></option>
      <option value="none">none</option>
    </select></label>
    <span class="zoom" role="group" aria-label="Zoom">
      <button type="button" data-key="-" aria-label="Zoom out">−</button>
      <output class="number"></output>
      <button type="button" data-key="+" aria-label="Zoom in">+</button>
      <button type="button" data-key="0">Fit</button>
      <button type="button" data-key="1">1:1</button>
    </span>
  </div>
  <canvas tabindex="0" role="application"></canvas>
  <div class="cut" role="img">
    <svg preserveAspectRatio="none" aria-hidden="true"><path /><line /></svg>
    <span class="high"></span><span class="low"></span><span class="name"></span>
  </div>
  <p class="read">
    <output class="value"></output>
    <span class="ramp"><span></span><i></i><span></span></span>
  </p>`;

/** @type {(value: number, low: number, high: number) => number} */
const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

/**
 * Returns the packed pixels at an address: a block of this page (#ID), a script beside it
 * (a page that is a file may fetch nothing), or a route of the server.
 * @type {(address: string, run: string | null) => Promise<PackedPlane>}
 */
async function load(address, run) {
  if (address.startsWith("#")) {
    const text = document.getElementById(address.slice(1))?.textContent;
    if (text) return JSON.parse(text);
    throw new Error(
      "The pixels of this frame are not in this page: spit report --full writes them beside the page, and spit review shows them.",
    );
  }
  if (run !== null) return await loadScript(`${address}.js`, run);
  const response = await fetch(address);
  if (response.ok) return await response.json();
  throw new Error(await response.text());
}

/** @type {(address: string, run: string) => Promise<PackedPlane>} */
function loadScript(address, run) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = (/** @type {string} */ what) =>
      reject(new Error(`The pixels of this frame are not shown: ${what}.`));
    /** @type {PackedPlane | undefined} */
    let plane;
    const receive = (/** @type {Event} */ event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (detail.run === run) plane = detail.plane;
    };
    // The load event follows at once when the script has run.
    script.onload = () => {
      removeEventListener("spit-pixels", receive);
      script.remove();
      if (plane) resolve(plane);
      else fail(`${address} belongs to another report`);
    };
    script.onerror = () => fail(`${address} is not beside this page`);
    addEventListener("spit-pixels", receive);
    script.src = address;
    document.head.append(script);
  });
}

/** @type {(plane: PackedPlane) => Promise<import("../../../fits/frame.ts").Pixels>} */
async function unpack({ data, type, width, height }) {
  const text = atob(data);
  const packed = new Uint8Array(text.length);
  for (let k = 0; k < packed.length; k++) packed[k] = text.charCodeAt(k);
  const stream = new Blob([packed]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const sorted = new Uint8Array(await new Response(stream).arrayBuffer());
  const pixels = new ARRAYS[type](width * height);
  const bytes = new Uint8Array(pixels.buffer);
  const size = pixels.BYTES_PER_ELEMENT;
  for (let first = 0, i = 0; first < size; first++) {
    for (let k = first; k < bytes.length; k += size) {
      bytes[k] = sorted[i++] ?? 0;
    }
  }
  return pixels;
}

/** Makes rows of columns, in tiles, so that reads and writes stay in the cache. @type {(level: Level) => Level} */
function transpose({ pixels, width, height }) {
  const turned = pixels.slice();
  for (let top = 0; top < height; top += 32) {
    const bottom = Math.min(top + 32, height);
    for (let x = 0; x < width; x++) {
      for (let y = top; y < bottom; y++) {
        turned[x * height + y] = pixels[y * width + x] ?? NaN;
      }
    }
  }
  return { pixels: turned, width: height, height: width };
}

/** Halves an image: means of the finite values of 2 × 2 pixels. @type {(level: Level) => Level} */
function halve({ pixels, width, height }) {
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const means = new Float32Array(columns * rows);
  for (let y = 0, k = 0; y < rows; y++) {
    const below = 2 * y * width;
    const above = 2 * y + 1 < height ? below + width : below;
    for (let x = 0; x < width; x += 2) {
      const next = x + 1 < width ? x + 1 : x;
      let sum = 0, count = 0;
      for (const i of [below + x, below + next, above + x, above + next]) {
        const value = pixels[i] ?? NaN;
        // False for NaN and infinite values.
        if (value - value === 0) sum += value, count++;
      }
      means[k++] = sum / count;
    }
  }
  return { pixels: means, width: columns, height: rows };
}

/** @type {(hex: string) => number[]} */
const parseColour = (hex) =>
  [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16));

/** Returns the colour of each step as the bytes of a canvas. */
function makeColours() {
  const stops = (COLOURS[chosen.colours] ?? []).map(parseColour);
  const table = new Uint8ClampedArray(4 * STEPS);
  for (let k = 0; k < STEPS; k++) {
    const part = k / (STEPS - 1);
    const value = chosen.stretch === "asinh"
      ? Math.asinh(10 * part) / Math.asinh(10)
      : part;
    const place = value * (stops.length - 1);
    const first = Math.min(Math.floor(place), stops.length - 2);
    for (let c = 0; c < 3; c++) {
      const from = stops[first]?.[c] ?? 0, to = stops[first + 1]?.[c] ?? 0;
      table[4 * k + c] = from + (place - first) * (to - from);
    }
    table[4 * k + 3] = 255;
  }
  return new Uint32Array(table.buffer);
}

/** Formats a value with all its digits. @type {(value: number) => string} */
const formatValue = (value) =>
  Number.isInteger(value)
    ? String(value)
    : String(Number(value.toPrecision(8)));

/** Formats a limit. @type {(value: number) => string} */
const formatShort = (value) => String(Number(value.toPrecision(5)));

class SpitViewer extends HTMLElement {
  static observedAttributes = ["src"];

  /** @type {PackedPlane | null} */
  plane = null;
  /** The image and its halves. @type {Level[]} */
  levels = [];
  /** Whether the image is turned, since NAXIS2 is the longer axis. */
  isTurned = false;
  /** Image coordinates of the upper left corner, y downwards; screen pixels per pixel. */
  view = { x: 0, y: 0, scale: 1 };
  /** The column and the row from below of the pixel whose value is shown. @type {Point} */
  cursor = { x: 0, y: 0 };
  /** Positions of the fingers, or of the mouse while its button is down. @type {Map<number, Point>} */
  pointers = new Map();
  isMoved = false;
  isDrawing = false;
  colours = new Uint32Array(0);
  loading = 0;

  connectedCallback() {
    this.innerHTML = TEMPLATE;
    const canvas = this.canvas = /** @type {HTMLCanvasElement} */ (
      this.querySelector("canvas")
    );
    this.note = document.createElement("p");
    this.note.className = "soft";
    this.note.setAttribute("role", "status");
    this.append(this.note);
    canvas.style.height = `${last.height}px`;
    for (const select of this.querySelectorAll("select")) {
      select.value = /** @type {any} */ (chosen)[select.name] ?? "";
    }
    this.addEventListener("change", ({ target }) => {
      const { name, value } = /** @type {HTMLSelectElement} */ (target);
      if (name === "hdu") return void this.load();
      /** @type {any} */ (chosen)[name] = value;
      this.choose();
    });
    this.addEventListener("click", ({ target }) => {
      const { key } = /** @type {HTMLElement} */ (target).dataset;
      if (key !== undefined) this.press(key, false);
    });
    this.addEventListener("keydown", (event) => {
      const { key, target, shiftKey, ctrlKey, metaKey, altKey } = event;
      const isSelect = target instanceof HTMLSelectElement && key !== "Escape";
      const isKey = target === canvas && !ctrlKey && !metaKey && !altKey &&
        this.press(key, shiftKey);
      if (isKey) event.preventDefault();
      // The page has a meaning for some keys, too.
      if (isKey || isSelect) event.stopPropagation();
    });
    this.listenToPointers(canvas);
    this.resizes = new ResizeObserver(() => this.layOut());
    this.resizes.observe(canvas);
    this.sight = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.start();
    });
    this.sight.observe(this);
  }

  disconnectedCallback() {
    this.resizes?.disconnect();
    this.sight?.disconnect();
    this.clear();
  }

  attributeChangedCallback() {
    if (!this.sight) return;
    this.clear();
    // It tells again whether the viewer is in sight.
    this.sight.unobserve(this);
    this.sight.observe(this);
  }

  clear() {
    this.loading++;
    this.plane = null;
    this.levels = [];
    this.draw();
  }

  /** Loads the first HDU once the viewer is in sight. */
  start() {
    if (this.plane || this.dataset.src === this.getAttribute("src")) return;
    this.dataset.src = this.getAttribute("src") ?? "";
    const hdus = (this.getAttribute("hdus") ?? "").split(" ");
    const select = this.select("hdu");
    select.replaceChildren(...hdus.map((hdu) => new Option(hdu)));
    if (select.parentElement) select.parentElement.hidden = hdus.length < 2;
    this.load();
  }

  /** @type {(name: string) => HTMLSelectElement} */
  select(name) {
    return /** @type {any} */ (this.querySelector(`select[name=${name}]`));
  }

  /** @type {(selector: string, text: string) => void} */
  write(selector, text) {
    const element = this.querySelector(selector);
    if (element && element.textContent !== text) element.textContent = text;
  }

  async load() {
    this.clear();
    const { loading } = this;
    this.say("Reading the pixels …");
    try {
      const address = this.dataset.src + this.select("hdu").value;
      const plane = await load(address, this.getAttribute("run"));
      const pixels = await unpack(plane);
      if (loading !== this.loading) return;
      this.show(plane, pixels);
    } catch (error) {
      if (loading === this.loading) {
        this.say(/** @type {Error} */ (error).message, true);
      }
    }
  }

  /** Says what the viewer shows, or why it shows nothing. @type {(text: string, isProblem?: boolean) => void} */
  say(text, isProblem = false) {
    if (this.note) this.note.textContent = text;
    this.classList.toggle("empty", isProblem);
  }

  /** @type {(plane: PackedPlane, pixels: Level["pixels"]) => void} */
  show(plane, pixels) {
    const { hdu, name, width, height, type } = plane;
    const image = { pixels, width, height };
    this.isTurned = height > width;
    this.plane = { ...plane, data: "" };
    this.levels = [this.isTurned ? transpose(image) : image];
    const axes = this.isTurned
      ? "Columns run upwards and rows to the right"
      : "The first row is at the bottom";
    this.say(
      `HDU ${hdu}${
        name && ` (${name})`
      }: all ${width} × ${height} pixels, ${type}, with BZERO and BSCALE applied. ${axes}, the first pixel at the lower left. Drag, scroll or pinch; keys: arrows move the cursor, with Shift the image, + − zoom, 0 fits.`,
    );
    this.canvas?.setAttribute(
      "aria-label",
      `Pixels of HDU ${hdu}: arrow keys move the cursor, with Shift the image; plus and minus zoom, 0 fits`,
    );
    const [along, across] = this.isTurned
      ? ["column", "row"]
      : ["row", "column"];
    this.write("option[value=horizontal]", along ?? "");
    this.write("option[value=vertical]", across ?? "");
    const size = `${width} × ${height}`;
    this.view.scale = 0;
    this.layOut();
    if (last.size === size) {
      this.view = last.view;
      this.cursor = last.cursor;
    } else {
      const [{ width: columns, height: rows } = image] = this.levels;
      this.cursor = { x: columns >> 1, y: rows >> 1 };
      this.fit();
    }
    last.size = size;
    this.choose();
  }

  /** Applies what is chosen. */
  choose() {
    this.colours = makeColours();
    const [low, high] = this.limits();
    this.write(".ramp span:first-child", formatShort(low));
    this.write(".ramp span:last-child", formatShort(high));
    const ramp = /** @type {HTMLElement} */ (this.querySelector(".ramp i"));
    const stops = (COLOURS[chosen.colours] ?? []).map((hex) => `#${hex}`);
    ramp.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    const cut = /** @type {HTMLElement} */ (this.querySelector(".cut"));
    cut.hidden = chosen.cut === "none";
    this.draw();
  }

  /** @returns {readonly [low: number, high: number]} */
  limits() {
    const limits = /** @type {any} */ (this.plane?.limits);
    return limits?.[chosen.limits] ?? [0, 0];
  }

  /** The size of the image and of the canvas on the screen, and the scale that fits. */
  sizes() {
    const [{ width, height } = { width: 1, height: 1 }] = this.levels;
    const { clientWidth: w = 1, clientHeight: h = 1 } = this.canvas ?? {};
    return { width, height, w, h, least: Math.min(w / width, h / height) };
  }

  /** Sizes the canvas after its width and the shape of the image. */
  layOut() {
    const { canvas } = this;
    if (!canvas || !this.plane || canvas.clientWidth === 0) return;
    const before = this.sizes();
    const isFit = this.view.scale <= before.least * 1.001;
    const { x, y, scale } = this.view;
    const centre = { x: x + canvas.width / devicePixelRatio / 2 / scale, y };
    const wanted = before.w * before.height / before.width;
    last.height = Math.round(
      clamp(wanted, 140, Math.min(innerHeight * 0.7, 640)),
    );
    canvas.style.height = `${last.height}px`;
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    if (isFit) this.fit();
    else this.moveTo(centre.x - canvas.clientWidth / 2 / scale, y, scale);
  }

  fit() {
    this.moveTo(0, 0, 0);
  }

  /** Moves the view; the middle of the canvas stays in the image. @type {(x: number, y: number, scale: number) => void} */
  moveTo(x, y, wanted) {
    const { width, height, w, h, least } = this.sizes();
    const most = Math.max(LARGEST_SCALE, least);
    const scale = clamp(wanted, least, most);
    const [halfW, halfH] = [w / 2 / scale, h / 2 / scale];
    const middle = scale === least
      ? { x: width / 2, y: height / 2 }
      : { x: clamp(x + halfW, 0, width), y: clamp(y + halfH, 0, height) };
    this.view = { x: middle.x - halfW, y: middle.y - halfH, scale };
    last.view = this.view;
    // At a fit, a finger scrolls the page.
    if (this.canvas) {
      this.canvas.style.touchAction = scale === least ? "pan-y" : "none";
    }
    this.write(".zoom output", `${Math.round(100 * scale)} %`);
    this.draw();
  }

  /** Zooms so that a point of the canvas keeps its pixel. @type {(point: Point, factor: number) => void} */
  zoom({ x, y }, factor) {
    const { scale } = this.view;
    const { least } = this.sizes();
    const after = clamp(scale * factor, least, Math.max(LARGEST_SCALE, least));
    this.moveTo(
      this.view.x + x / scale - x / after,
      this.view.y + y / scale - y / after,
      after,
    );
  }

  /** The middle of the pixel under the cursor, on the canvas. @returns {Point} */
  locate() {
    const { x, y, scale } = this.view;
    const { height } = this.sizes();
    return {
      x: (this.cursor.x + 0.5 - x) * scale,
      y: (height - this.cursor.y - 0.5 - y) * scale,
    };
  }

  /** Puts the cursor on a pixel. @type {(x: number, y: number) => void} */
  point(x, y) {
    const { width, height } = this.sizes();
    this.cursor = {
      x: clamp(Math.floor(x), 0, width - 1),
      y: clamp(Math.floor(y), 0, height - 1),
    };
    last.cursor = this.cursor;
    this.draw();
  }

  /** Acts on a key; returns whether it has a meaning. @type {(key: string, isShift: boolean) => boolean} */
  press(key, isShift) {
    const { w, h } = this.sizes();
    const { x, y, scale } = this.view;
    const place = this.locate();
    const isSeen = place.x >= 0 && place.x <= w && place.y >= 0 && place.y <= h;
    const about = isSeen ? place : { x: w / 2, y: h / 2 };
    const dx = Number(key === "ArrowRight") - Number(key === "ArrowLeft");
    const dy = Number(key === "ArrowUp") - Number(key === "ArrowDown");
    if (key === "+" || key === "=") this.zoom(about, 1.5);
    else if (key === "-") this.zoom(about, 1 / 1.5);
    else if (key === "0") this.fit();
    else if (key === "1") this.zoom(about, 1 / scale);
    else if (dx === 0 && dy === 0) return false;
    else if (isShift) {
      this.moveTo(x + dx * w / 4 / scale, y - dy * h / 4 / scale, scale);
    } else {
      this.point(this.cursor.x + dx, this.cursor.y + dy);
      const { x: left, y: top } = this.locate();
      const outX = left - clamp(left, 0, w), outY = top - clamp(top, 0, h);
      if (outX || outY) this.moveTo(x + outX / scale, y + outY / scale, scale);
    }
    return true;
  }

  /** @type {(canvas: HTMLCanvasElement) => void} */
  listenToPointers(canvas) {
    const { pointers } = this;
    /** @type {(event: MouseEvent) => Point} */
    const place = ({ clientX, clientY }) => {
      const { left, top } = canvas.getBoundingClientRect();
      return { x: clientX - left, y: clientY - top };
    };
    /** @type {(event: MouseEvent) => void} */
    const point = (event) => {
      const { x, y } = place(event);
      const { x: left, y: top, scale } = this.view;
      this.point(left + x / scale, this.sizes().height - top - y / scale);
    };
    /** The middle of the pointers, and their distance from it. */
    const spread = () => {
      const all = [...pointers.values()];
      const x = all.reduce((sum, one) => sum + one.x, 0) / all.length;
      const y = all.reduce((sum, one) => sum + one.y, 0) / all.length;
      const [{ x: x0, y: y0 } = { x, y }] = all;
      return { x, y, distance: Math.hypot(x0 - x, y0 - y) };
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, place(event));
      this.isMoved = pointers.size > 1;
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.plane) return;
      if (!pointers.has(event.pointerId)) return point(event);
      const before = spread();
      const { x, y } = place(event);
      const start = pointers.get(event.pointerId) ?? { x, y };
      // A tap is not quite still.
      if (!this.isMoved && Math.hypot(x - start.x, y - start.y) < 4) return;
      this.isMoved = true;
      pointers.set(event.pointerId, { x, y });
      const after = spread();
      const { scale } = this.view;
      this.moveTo(
        this.view.x - (after.x - before.x) / scale,
        this.view.y - (after.y - before.y) / scale,
        scale,
      );
      if (before.distance > 0) {
        this.zoom(after, after.distance / before.distance);
      }
    });
    canvas.addEventListener("pointerup", (event) => {
      pointers.delete(event.pointerId);
      if (!this.isMoved) point(event);
    });
    canvas.addEventListener("pointercancel", ({ pointerId }) => {
      pointers.delete(pointerId);
    });
    canvas.addEventListener("wheel", (event) => {
      // Whoever scrolls past an image that fits scrolls the page.
      const isLeast = this.view.scale <= this.sizes().least;
      if (!this.plane || event.deltaY > 0 && isLeast) return;
      event.preventDefault();
      const lines = event.deltaMode === 0 ? event.deltaY : 30 * event.deltaY;
      this.zoom(place(event), Math.exp(-clamp(lines, -100, 100) / 300));
    }, { passive: false });
  }

  /** Draws everything with the next picture of the screen. */
  draw() {
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => {
      this.isDrawing = false;
      const context = this.canvas?.getContext("2d");
      if (!this.canvas || !context) return;
      context.clearRect(0, 0, this.canvas.width, this.canvas.height);
      if (!this.plane) return;
      this.drawPixels(context);
      this.drawCursor(context);
      this.drawCut();
      const { x, y } = this.cursor;
      const [column, row] = this.isTurned ? [y, x] : [x, y];
      const value = formatValue(this.valueAt(x, y));
      this.write(".value", `x ${column + 1}  y ${row + 1}  value ${value}`);
    });
  }

  /** @type {(x: number, y: number) => number} */
  valueAt(x, y) {
    const [image] = this.levels;
    return image?.pixels[y * image.width + x] ?? NaN;
  }

  /** @type {(context: CanvasRenderingContext2D) => void} */
  drawPixels(context) {
    const { width: w, height: h } = context.canvas;
    const step = this.view.scale * devicePixelRatio;
    const depth = Math.max(0, Math.floor(Math.log2(1 / step) + 1e-6));
    while (this.levels.length <= depth) {
      this.levels.push(halve(/** @type {Level} */ (this.levels.at(-1))));
    }
    const { pixels, width } = /** @type {Level} */ (this.levels[depth]);
    const full = this.sizes();
    /** @type {(length: number, start: number, most: number) => number[]} */
    const list = (length, start, most) =>
      Array.from({ length }, (_, k) => {
        const place = Math.floor(start + (k + 0.5) / step);
        return place < 0 || place >= most ? -1 : place;
      });
    const columns = Int32Array.from(
      list(w, this.view.x, full.width),
      (x) => x >> depth,
    );
    const rows = list(h, this.view.y, full.height).map((y) =>
      y < 0 ? -1 : (full.height - 1 - y) >> depth
    );
    const [low, high] = this.limits();
    const gain = STEPS / (high - low || 1);
    const { colours } = this;
    const image = context.createImageData(w, h);
    const out = new Uint32Array(image.data.buffer);
    rows.forEach((row, y) => {
      if (row < 0) return;
      for (let x = 0, k = y * w; x < w; x++, k++) {
        const column = columns[x] ?? -1;
        if (column < 0) continue;
        const value = pixels[row * width + column] ?? NaN;
        // A value that is not a number stays transparent.
        if (value !== value) continue;
        const place = (value - low) * gain;
        out[k] =
          colours[place < 0 ? 0 : place < STEPS ? place | 0 : STEPS - 1] ?? 0;
      }
    });
    context.putImageData(image, 0, 0);
  }

  /** @type {(context: CanvasRenderingContext2D) => void} */
  drawCursor(context) {
    const { width: w, height: h } = context.canvas;
    const { x, y } = this.locate();
    const [px, py] = [x * devicePixelRatio, y * devicePixelRatio];
    const side = Math.max(this.view.scale * devicePixelRatio, 9);
    const accent = getComputedStyle(this).getPropertyValue("--cursor");
    for (const [colour, width] of [["rgb(0 0 0 / 0.5)", 3], [accent, 1.5]]) {
      context.strokeStyle = String(colour);
      context.lineWidth = Number(width);
      context.strokeRect(px - side / 2, py - side / 2, side, side);
    }
    context.globalAlpha = 0.6;
    context.beginPath();
    if (chosen.cut === "horizontal") context.rect(0, py, w, 0);
    if (chosen.cut === "vertical") context.rect(px, 0, 0, h);
    context.lineWidth = 1;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** Plots the visible part of the row or column of the cursor, below the image. */
  drawCut() {
    if (chosen.cut === "none") return;
    const { width, height, w, h } = this.sizes();
    const { x, y, scale } = this.view;
    const isRow = chosen.cut === "horizontal";
    // Along the cut, as pixels: where the view begins, its length, the whole length.
    const [start, shown, whole] = isRow
      ? [x, w / scale, width]
      : [height - y - h / scale, h / scale, height];
    const first = clamp(Math.floor(start), 0, whole - 1);
    const end = clamp(Math.ceil(start + shown), first + 1, whole);
    const values = Array.from(
      { length: end - first },
      (_, k) =>
        isRow
          ? this.valueAt(first + k, this.cursor.y)
          : this.valueAt(this.cursor.x, first + k),
    );
    const finite = values.filter(Number.isFinite);
    const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
    const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
    let path = "";
    values.forEach((value, k) => {
      if (!Number.isFinite(value)) return;
      const level = 100 - 100 * (value - low) / (high - low || 1);
      const isNext = path !== "" && Number.isFinite(values[k - 1]);
      path += `${isNext ? "V" : `M${first + k} `}${level.toFixed(2)}H${
        first + k + 1
      }`;
    });
    const svg = this.querySelector("svg");
    svg?.setAttribute("viewBox", `${start} -4 ${shown} 108`);
    svg?.querySelector("path")?.setAttribute("d", path);
    const line = svg?.querySelector("line");
    const at = String((isRow ? this.cursor.x : this.cursor.y) + 0.5);
    for (
      const [name, value] of [["x1", at], ["x2", at], ["y1", "-4"], [
        "y2",
        "104",
      ]]
    ) {
      line?.setAttribute(name ?? "", value ?? "");
    }
    const axis = isRow === this.isTurned ? "column" : "row";
    const number = (isRow ? this.cursor.y : this.cursor.x) + 1;
    const range = finite.length === 0
      ? ["", ""]
      : [formatShort(low), formatShort(high)];
    this.write(".cut .low", range[0] ?? "");
    this.write(".cut .high", range[1] ?? "");
    this.write(
      ".cut .name",
      `${axis} ${number}, pixels ${first + 1} to ${end}`,
    );
    this.querySelector(".cut")?.setAttribute(
      "aria-label",
      `${axis} ${number}: values from ${range[0]} to ${range[1]}`,
    );
  }
}

customElements.define("spit-viewer", SpitViewer);
