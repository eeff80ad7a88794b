// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// The image viewer of the report and of the review page: <spit-viewer src hdus> shows all
// pixels of an HDU, as ../pixels.ts packs them. The longer axis runs to the right and the
// other one upwards, so that the first pixel is at the lower left, as in DS9.

/** @typedef {import("../pixels.ts").PackedPlane} PackedPlane */
/** @typedef {{ x: number, y: number }} Point */
/**
 * Values on a grid: that of column x and row y from below is at x * dx + y * dy.
 * @typedef {{ values: ArrayLike<number>, width: number, height: number, dx: number, dy: number }} Grid
 */

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

/** Colours of values from low to high. @type {Record<string, string>} */
const COLOURS = {
  grey: "000000 ffffff",
  inverted: "ffffff 000000",
  viridis: "440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725",
};

/** What is chosen stays from frame to frame, and the view for frames of one size. */
const chosen = {
  limits: "zscale",
  stretch: "linear",
  colours: "grey",
  cut: "horizontal",
};
const before = {
  size: "",
  height: 0,
  x: 0,
  y: 0,
  view: { x: 0, y: 0, scale: 0 },
};

/** Screen pixels per pixel, at most. */
const LARGEST_SCALE = 64;

/** Colours between the limits. */
const STEPS = 4096;

const TEMPLATE = `
  <div class="tools" role="group" aria-label="Display of the pixels">
    <label>HDU <select name="hdu"></select></label>
    <label>limits <select name="limits"><option>zscale</option>
      <option value="minmax">min–max</option>
      <option value="percentile">99.5 %</option></select></label>
    <label>stretch <select name="stretch"><option>linear</option>
      <option>asinh</option></select></label>
    <label>colours <select name="colours"><option>grey</option>
      <option>inverted</option><option>viridis</option></select></label>
    <label>cut <select name="cut"><option value="horizontal"></option>
      <option value="vertical"></option><option>none</option></select></label>
    <span class="zoom" role="group" aria-label="Zoom">
      <button type="button" data-key="-" aria-label="Zoom out">−</button>
      <output class="number"></output>
      <button type="button" data-key="+" aria-label="Zoom in">+</button>
      <button type="button" data-key="0">Fit</button>
      <button type="button" data-key="1">1:1</button>
    </span>
  </div>
  <canvas tabindex="0" role="application" aria-label="Pixels"></canvas>
  <p class="read"><output class="value"></output>
    <span class="ramp"><span></span><i></i><span></span></span></p>
  <div class="cut" role="img" aria-label="Cut">
    <svg preserveAspectRatio="none" aria-hidden="true"><path /><line y1="-5" y2="105" /></svg>
    <span class="high"></span><span class="low"></span><span class="name"></span>
  </div>
  <p class="soft" role="status"></p>`;

/** @type {(value: number, low: number, high: number) => number} */
const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

/** Formats a value with all its digits, or with five. @type {(value: number, digits?: number) => string} */
const format = (value, digits = 5) =>
  String(Number.isInteger(value) ? value : Number(value.toPrecision(digits)));

/**
 * Returns the packed pixels at an address: a block of this page (#ID), a script beside it
 * (a page that is a file cannot fetch another one), or a route of the server.
 * @type {(address: string, run: string | null) => Promise<PackedPlane>}
 */
async function load(address, run) {
  if (run !== null) return await loadScript(`${address}.js`, run);
  if (address.startsWith("#")) {
    const text = document.getElementById(address.slice(1))?.textContent;
    if (text) return JSON.parse(text);
    throw new Error(
      "The pixels of this frame are not in this page: spit report --full writes them beside the page, and spit review shows them.",
    );
  }
  const response = await fetch(address);
  if (response.ok) return await response.json();
  throw new Error(await response.text());
}

/** @type {(address: string, run: string) => Promise<PackedPlane>} */
function loadScript(address, run) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const script = document.createElement("script");
  /** @type {(event: any) => void} */
  const receive = ({ detail }) => {
    if (detail.run === run) resolve(detail.plane);
  };
  const end = (/** @type {string} */ problem) => {
    removeEventListener("spit-pixels", receive);
    script.remove();
    reject(new Error(`The pixels of this frame are not shown: ${problem}.`));
  };
  // Without effect after the event of the script, which has run by then.
  script.onload = () => end(`${address} belongs to another report`);
  script.onerror = () => end(`${address} is not beside this page`);
  addEventListener("spit-pixels", receive);
  script.src = address;
  document.head.append(script);
  return promise;
}

/** @type {(plane: PackedPlane) => Promise<Grid>} */
async function unpack({ data, type, width, height }) {
  const text = atob(data);
  const packed = new Uint8Array(text.length);
  for (let k = 0; k < packed.length; k++) packed[k] = text.charCodeAt(k);
  const stream = new Blob([packed]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const sorted = new Uint8Array(await new Response(stream).arrayBuffer());
  const values = new ARRAYS[type](width * height);
  const bytes = new Uint8Array(values.buffer);
  const size = values.BYTES_PER_ELEMENT;
  for (let first = 0, i = 0; first < size; first++) {
    for (let k = first; k < bytes.length; k += size) {
      bytes[k] = sorted[i++] ?? 0;
    }
  }
  return height > width
    ? { values, width: height, height: width, dx: width, dy: 1 }
    : { values, width, height, dx: 1, dy: width };
}

/** Halves a grid: means of the finite values of 2 × 2 pixels. @type {(grid: Grid) => Grid} */
function halve({ values, width, height, dx, dy }) {
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const means = new Float32Array(columns * rows);
  for (let y = 0, k = 0; y < height; y += 2) {
    const up = y + 1 < height ? dy : 0;
    for (let x = 0; x < width; x += 2, k++) {
      const right = x + 1 < width ? dx : 0;
      const first = x * dx + y * dy;
      let sum = 0, count = 0;
      for (let corner = 0; corner < 4; corner++) {
        const place = first + (corner & 1) * right + (corner >> 1) * up;
        const value = values[place] ?? NaN;
        // False for NaN and infinite values.
        if (value - value === 0) sum += value, count++;
      }
      means[k] = sum / count;
    }
  }
  return { values: means, width: columns, height: rows, dx: 1, dy: columns };
}

/** Returns the colours between the limits, as words of a canvas. */
function makeColours() {
  const stops = (COLOURS[chosen.colours] ?? "").split(" ")
    .map((hex) => [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16)));
  const table = new Uint8ClampedArray(4 * STEPS).fill(255);
  for (let k = 0; k < STEPS; k++) {
    const part = k / (STEPS - 1);
    const value = chosen.stretch === "linear"
      ? part
      : Math.asinh(10 * part) / Math.asinh(10);
    const place = value * (stops.length - 1);
    const first = Math.min(Math.floor(place), stops.length - 2);
    for (let c = 0; c < 3; c++) {
      const [from = 0, to = 0] = [stops[first]?.[c], stops[first + 1]?.[c]];
      table[4 * k + c] = from + (place - first) * (to - from);
    }
  }
  return new Uint32Array(table.buffer);
}

class SpitViewer extends HTMLElement {
  static observedAttributes = ["src"];

  /** What is shown, without its data. @type {PackedPlane | null} */
  plane = null;
  /** The pixels, and their halves as far as they were needed. @type {Grid[]} */
  grids = [];
  /** Place of the upper left corner, in pixels to the right and downwards; screen pixels per pixel. */
  view = { x: 0, y: 0, scale: 1 };
  /** Column and row from below of the pixel whose value is shown. @type {Point} */
  cursor = { x: 0, y: 0 };
  /** Places of the fingers, and of the mouse while its button is down. @type {Map<number, Point>} */
  pointers = new Map();
  isDragging = false;
  isDrawing = false;
  /** Counts what was asked for, of which only the last is shown. */
  asked = 0;

  connectedCallback() {
    this.innerHTML = TEMPLATE;
    for (const select of this.querySelectorAll("select")) {
      select.value = /** @type {any} */ (chosen)[select.name] ?? "";
    }
    this.canvas = /** @type {HTMLCanvasElement} */ (this.find("canvas"));
    this.canvas.style.height = `${before.height}px`;
    this.addEventListener("change", ({ target }) => {
      const { name, value } = /** @type {HTMLSelectElement} */ (target);
      if (name === "hdu") return void this.open();
      Object.assign(chosen, { [name]: value });
      this.draw();
    });
    this.addEventListener("click", ({ target }) => {
      const { key } = /** @type {HTMLElement} */ (target).dataset;
      if (key !== undefined) this.press(key, false);
    });
    this.addEventListener("keydown", (event) => {
      const { key, target, shiftKey, ctrlKey, metaKey, altKey } = event;
      const isUsed = target === this.canvas &&
        !(ctrlKey || metaKey || altKey) && this.press(key, shiftKey);
      if (isUsed) event.preventDefault();
      // Some keys have a meaning for the page, too.
      const isChoice = target instanceof HTMLSelectElement && key !== "Escape";
      if (isUsed || isChoice) event.stopPropagation();
    });
    this.listenToPointers(this.canvas);
    this.resizes = new ResizeObserver(() => this.layOut());
    this.resizes.observe(this.canvas);
    this.sight = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.start();
    });
    this.sight.observe(this);
  }

  disconnectedCallback() {
    this.resizes?.disconnect();
    this.sight?.disconnect();
    this.clear();
  }

  attributeChangedCallback() {
    this.clear();
    // When it is observed again, it tells whether the viewer is in sight.
    this.sight?.disconnect();
    this.sight?.observe(this);
  }

  /** @type {(selector: string) => any} */
  find(selector) {
    return this.querySelector(selector);
  }

  /** @type {(selector: string, text: string) => void} */
  write(selector, text) {
    const element = this.find(selector);
    if (element.textContent !== text) element.textContent = text;
  }

  clear() {
    this.asked++;
    this.plane = null;
    this.grids = [];
    this.draw();
  }

  /** Opens the first HDU, once the viewer is in sight. */
  start() {
    this.sight?.disconnect();
    const hdus = (this.getAttribute("hdus") ?? "").split(" ");
    const select = this.find("[name=hdu]");
    select.replaceChildren(...hdus.map((hdu) => new Option(hdu)));
    select.parentElement.hidden = hdus.length < 2;
    this.open();
  }

  async open() {
    this.clear();
    const { asked } = this;
    this.say("Reading the pixels …", false);
    // Who steps through frames does not wait for those between.
    await new Promise((wake) => setTimeout(wake, 80));
    if (asked !== this.asked) return;
    try {
      const address = this.getAttribute("src") + this.find("[name=hdu]").value;
      const plane = await load(address, this.getAttribute("run"));
      const grid = await unpack(plane);
      if (asked === this.asked) this.show({ ...plane, data: "" }, grid);
    } catch (error) {
      if (asked === this.asked) this.say(/** @type {Error} */ (error).message);
    }
  }

  /** Says what is shown, or why nothing is. @type {(text: string, isProblem?: boolean) => void} */
  say(text, isProblem = true) {
    this.write("p.soft", text);
    this.classList.toggle("empty", isProblem);
  }

  /** @type {(plane: PackedPlane, grid: Grid) => void} */
  show(plane, grid) {
    const { hdu, name, width, height, type } = plane;
    this.plane = plane;
    this.grids = [grid];
    const isTurned = grid.dx !== 1;
    this.say(
      `HDU ${hdu}${
        name && ` (${name})`
      }: ${width} × ${height} pixels, ${type}, BZERO and BSCALE applied. ` +
        (isTurned
          ? "Turned: x runs upwards and y to the right"
          : "The first row is at the bottom") +
        ". Keys: arrows move the cursor, with Shift the image; + − 0 zoom.",
      false,
    );
    this.canvas?.setAttribute(
      "aria-label",
      `Pixels of HDU ${hdu}. Arrow keys move the cursor, with Shift the image; plus and minus zoom, 0 fits`,
    );
    this.write("[value=horizontal]", isTurned ? "column" : "row");
    this.write("[value=vertical]", isTurned ? "row" : "column");
    const size = `${width} × ${height}`;
    const isSame = size === before.size;
    before.size = size;
    this.view.scale = 0;
    const { x, y, view } = before;
    this.layOut();
    if (isSame) this.moveTo(view.x, view.y, view.scale);
    this.point(isSame ? x : grid.width / 2, isSame ? y : grid.height / 2);
  }

  /** The pixels, the size of the canvas on the screen, and the scale at which they fit. */
  sizes() {
    const grid = /** @type {Grid} */ (this.grids[0]);
    const { clientWidth: w = 0, clientHeight: h = 0 } = this.canvas ?? {};
    return { grid, w, h, least: Math.min(w / grid.width, h / grid.height) };
  }

  /** Gives the canvas the shape of the image, within limits. */
  layOut() {
    const { canvas } = this;
    if (!canvas?.clientWidth || !this.plane) return;
    const { grid, least } = this.sizes();
    const { x, y, scale } = this.view;
    const wanted = canvas.clientWidth * grid.height / grid.width;
    before.height = Math.round(clamp(wanted, 90, innerHeight / 2));
    canvas.style.height = `${before.height}px`;
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    this.moveTo(x, y, scale <= least * 1.001 ? 0 : scale);
  }

  /** Moves the view; the middle of the canvas stays in the image. @type {(x: number, y: number, scale: number) => void} */
  moveTo(x, y, wanted) {
    const { grid: { width, height }, w, h, least } = this.sizes();
    const scale = clamp(wanted, least, Math.max(LARGEST_SCALE, least));
    const [halfW, halfH] = [w / 2 / scale, h / 2 / scale];
    const isFit = scale === least;
    this.view = before.view = {
      x: (isFit ? width / 2 : clamp(x + halfW, 0, width)) - halfW,
      y: (isFit ? height / 2 : clamp(y + halfH, 0, height)) - halfH,
      scale,
    };
    // A finger on an image that fits scrolls the page.
    if (this.canvas) this.canvas.style.touchAction = isFit ? "pan-y" : "none";
    this.write(".zoom output", `${Math.round(100 * scale)} %`);
    this.draw();
  }

  /** Zooms so that a point of the canvas keeps its pixel. @type {(point: Point, factor: number) => void} */
  zoom({ x, y }, factor) {
    const { scale, ...corner } = this.view;
    const { least } = this.sizes();
    const next = clamp(scale * factor, least, Math.max(LARGEST_SCALE, least));
    const change = 1 / scale - 1 / next;
    this.moveTo(corner.x + x * change, corner.y + y * change, next);
  }

  /** Puts the cursor on a pixel. @type {(x: number, y: number) => void} */
  point(x, y) {
    const { width, height } = this.sizes().grid;
    this.cursor = {
      x: clamp(Math.floor(x), 0, width - 1),
      y: clamp(Math.floor(y), 0, height - 1),
    };
    Object.assign(before, this.cursor);
    this.draw();
  }

  /** The middle of the pixel of the cursor, on the canvas. @returns {Point} */
  locate() {
    const { x, y, scale } = this.view;
    const { height } = this.sizes().grid;
    return {
      x: (this.cursor.x + 0.5 - x) * scale,
      y: (height - this.cursor.y - 0.5 - y) * scale,
    };
  }

  /** Does what a key means; returns whether it means anything. @type {(key: string, isShift: boolean) => boolean} */
  press(key, isShift) {
    if (!this.plane) return false;
    const { w, h } = this.sizes();
    const { x, y, scale } = this.view;
    const inside = ({ x, y } = this.locate()) => ({
      x: clamp(x, 0, w),
      y: clamp(y, 0, h),
    });
    const dx = Number(key === "ArrowRight") - Number(key === "ArrowLeft");
    const dy = Number(key === "ArrowUp") - Number(key === "ArrowDown");
    if (key === "+" || key === "=") this.zoom(inside(), 1.5);
    else if (key === "-") this.zoom(inside(), 1 / 1.5);
    else if (key === "0") this.moveTo(0, 0, 0);
    else if (key === "1") this.zoom(inside(), 1 / scale);
    else if (dx === 0 && dy === 0) return false;
    else if (isShift) {
      this.moveTo(x + dx * w / 4 / scale, y - dy * h / 4 / scale, scale);
    } else {
      this.point(this.cursor.x + dx, this.cursor.y + dy);
      // The view follows the cursor.
      const place = this.locate(), seen = inside(place);
      this.moveTo(
        x + (place.x - seen.x) / scale,
        y + (place.y - seen.y) / scale,
        scale,
      );
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
      const { scale, ...corner } = this.view;
      const { height } = this.sizes().grid;
      this.point(corner.x + x / scale, height - corner.y - y / scale);
    };
    /** The middle of one or two pointers, and their distance from it. */
    const gather = () => {
      const [one = { x: 0, y: 0 }, other = one] = pointers.values();
      const [x, y] = [(one.x + other.x) / 2, (one.y + other.y) / 2];
      return { x, y, distance: Math.hypot(one.x - x, one.y - y) };
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, place(event));
      this.isDragging = pointers.size > 1;
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.plane) return;
      const start = pointers.get(event.pointerId);
      if (!start) return point(event);
      const { x, y } = place(event);
      // A tap is not quite still.
      this.isDragging ||= Math.hypot(x - start.x, y - start.y) > 4;
      if (!this.isDragging) return;
      const from = gather();
      pointers.set(event.pointerId, { x, y });
      const to = gather();
      const { scale, ...corner } = this.view;
      this.moveTo(
        corner.x + (from.x - to.x) / scale,
        corner.y + (from.y - to.y) / scale,
        scale,
      );
      if (from.distance > 0) this.zoom(to, to.distance / from.distance);
    });
    canvas.addEventListener("pointerup", (event) => {
      pointers.delete(event.pointerId);
      if (this.plane && !this.isDragging) point(event);
    });
    canvas.addEventListener("pointercancel", ({ pointerId }) => {
      pointers.delete(pointerId);
    });
    canvas.addEventListener("wheel", (event) => {
      // Who scrolls down over an image that fits, scrolls the page.
      if (!this.plane) return;
      if (event.deltaY > 0 && this.view.scale <= this.sizes().least) return;
      event.preventDefault();
      const distance = event.deltaY * (event.deltaMode === 0 ? 1 : 30);
      this.zoom(place(event), Math.exp(-clamp(distance, -100, 100) / 300));
    }, { passive: false });
  }

  /** Draws everything, with the next picture of the screen. */
  draw() {
    const context = this.canvas?.getContext("2d");
    if (!context || this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => {
      this.isDrawing = false;
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      if (!this.plane) return;
      const limits = this.plane.limits[
        /** @type {keyof PackedPlane["limits"]} */ (chosen.limits)
      ];
      this.drawPixels(context, limits);
      this.drawCursor(context);
      this.drawCut();
      const { x, y } = this.cursor;
      const [column, row] = this.sizes().grid.dx === 1 ? [x, y] : [y, x];
      const value = format(this.valueAt(x, y), 9);
      this.write(".value", `x ${column + 1}  y ${row + 1}  value ${value}`);
      this.write(".ramp :first-child", format(limits[0]));
      this.write(".ramp :last-child", format(limits[1]));
      const stops = (COLOURS[chosen.colours] ?? "").split(" ");
      this.find(".ramp i").style.background = `linear-gradient(to right, #${
        stops.join(", #")
      })`;
    });
  }

  /** @type {(x: number, y: number) => number} */
  valueAt(x, y) {
    const { values, dx, dy } = this.sizes().grid;
    return values[x * dx + y * dy] ?? NaN;
  }

  /** @type {(context: CanvasRenderingContext2D, limits: readonly [number, number]) => void} */
  drawPixels(context, [low, high]) {
    const { width: w, height: h } = context.canvas;
    const { grid: full } = this.sizes();
    const { x, y, scale } = this.view;
    const step = scale * devicePixelRatio;
    // Several pixels to one of the screen are averaged.
    const depth = Math.max(0, Math.floor(Math.log2(1 / step) + 1e-6));
    while (this.grids.length <= depth) {
      this.grids.push(halve(/** @type {Grid} */ (this.grids.at(-1))));
    }
    const { values, dx, dy } = /** @type {Grid} */ (this.grids[depth]);
    /** @type {(k: number, start: number) => number} */
    const at = (k, start) => Math.floor(start + (k + 0.5) / step);
    const columns = Int32Array.from({ length: w }, (_, k) => {
      const column = at(k, x);
      return column < 0 || column >= full.width ? -1 : (column >> depth) * dx;
    });
    const image = context.createImageData(w, h);
    const out = new Uint32Array(image.data.buffer);
    const colours = makeColours();
    const gain = STEPS / (high - low || 1);
    for (let line = 0, k = 0; line < h; line++) {
      const row = full.height - 1 - at(line, y);
      const isOutside = row < 0 || row >= full.height;
      const start = (row >> depth) * dy;
      for (let i = 0; i < w; i++, k++) {
        const column = columns[i] ?? -1;
        if (isOutside || column < 0) continue;
        const value = values[start + column] ?? NaN;
        // What is not a number stays transparent.
        if (value !== value) continue;
        const place = clamp((value - low) * gain, 0, STEPS - 1);
        out[k] = colours[place | 0] ?? 0;
      }
    }
    context.putImageData(image, 0, 0);
  }

  /** @type {(context: CanvasRenderingContext2D) => void} */
  drawCursor(context) {
    const { width: w, height: h } = context.canvas;
    const place = this.locate();
    const [x, y] = [place.x * devicePixelRatio, place.y * devicePixelRatio];
    const side = Math.max(this.view.scale * devicePixelRatio, 9);
    context.strokeStyle = getComputedStyle(this).getPropertyValue("--cursor");
    context.lineWidth = 1.5;
    context.shadowColor = "#000";
    context.shadowBlur = 2;
    context.strokeRect(x - side / 2, y - side / 2, side, side);
    context.globalAlpha = 0.5;
    context.beginPath();
    if (chosen.cut === "horizontal") context.rect(0, y, w, 0);
    if (chosen.cut === "vertical") context.rect(x, 0, 0, h);
    context.lineWidth = 1;
    context.stroke();
    context.globalAlpha = 1;
    context.shadowBlur = 0;
  }

  /** Plots the visible part of the row or column through the cursor, in line with the image. */
  drawCut() {
    this.find(".cut").hidden = chosen.cut === "none";
    if (chosen.cut === "none") return;
    const { grid: { width, height, dx }, w, h } = this.sizes();
    const { x, y, scale } = this.view;
    const isAcross = chosen.cut === "horizontal";
    // In pixels along the cut: the start of the view, its length, and all of it.
    const [start, shown, all] = isAcross
      ? [x, w / scale, width]
      : [height - y - h / scale, h / scale, height];
    const first = clamp(Math.floor(start), 0, all - 1);
    const end = clamp(Math.ceil(start + shown), first + 1, all);
    const values = Array.from(
      { length: end - first },
      (_, k) =>
        isAcross
          ? this.valueAt(first + k, this.cursor.y)
          : this.valueAt(this.cursor.x, first + k),
    );
    const finite = values.filter(Number.isFinite);
    const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
    const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
    const path = values.map((value, k) => {
      if (!Number.isFinite(value)) return "";
      const level = 100 * (high - value) / (high - low || 1);
      const isJoined = Number.isFinite(values[k - 1]);
      return `${isJoined ? "V" : `M${first + k} `}${level.toFixed(2)}H${
        first + k + 1
      }`;
    }).join("");
    this.find("svg").setAttribute("viewBox", `${start} -5 ${shown} 110`);
    this.find("path").setAttribute("d", path);
    const { style } = this.find("line");
    const along = (isAcross ? this.cursor.x : this.cursor.y) + 0.5;
    style.transform = `translateX(${along}px)`;
    const axis = isAcross === (dx === 1) ? "row" : "column";
    const number = (isAcross ? this.cursor.y : this.cursor.x) + 1;
    const [least, most] = finite.length === 0
      ? ["", ""]
      : [low, high].map((value) => format(value));
    this.write(".low", least ?? "");
    this.write(".high", most ?? "");
    this.write(".name", `${axis} ${number}, pixels ${first + 1} to ${end}`);
    this.find(".cut").ariaLabel =
      `${axis} ${number}: values from ${least} to ${most}`;
  }
}

customElements.define("spit-viewer", SpitViewer);
