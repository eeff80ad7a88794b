/**
 * Charts of the evaluation page as SVG, drawn by Observable Plot on linkedom's
 * document. Colours are CSS variables, so that one drawing serves light and dark.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { DOMParser } from "linkedom";
import type { Calibration, RiskCurve } from "../../evaluation/calibration.ts";
import type { Confusion } from "../../evaluation/confusion.ts";
import type { GroupAccuracy, TypeScore } from "../../evaluation/score.ts";
import { NAMES } from "./text.ts";

/** Highest opacity of a matrix cell: text on it must stay readable. */
const MAX_OPACITY = 0.6;

/** Size and margins of the charts with two numeric axes. */
const CHART = { width: 460, height: 300, marginLeft: 54, marginBottom: 42 };

const HOLLOW = { r: 5, stroke: "currentColor", strokeOpacity: 0.7 };
const FILLED = { r: 4, fill: "var(--accent)" };

const [ANSWER, PIXELS] = ["var(--accent)", "var(--soft)"];

/**
 * Draws a confusion matrix, a row for each label. `counts` are tinted by their
 * fraction of the row; `differential` shows percentages. Columns of `unknown` and
 * `error` are left out when they are empty.
 */
export function drawMatrix(
  confusion: Confusion,
  kind: "counts" | "differential",
): string {
  const { labels, predicted, counts, fractions, differential } = confusion;
  const columns = predicted.filter((name, column) =>
    !(name === "unknown" || name === "error") ||
    counts.some((row) => row[column]! > 0)
  );
  const cells = labels.flatMap((label, k) =>
    columns.map((name) => {
      const column = predicted.indexOf(name);
      const value = kind === "counts"
        ? fractions[k]![column]!
        : differential[k]![column]!;
      return {
        label,
        predicted: name,
        diagonal: label === name,
        // The square root keeps a few percent visible.
        tint: MAX_OPACITY * Math.sqrt(Math.abs(value)),
        text: kind === "counts"
          ? String(counts[k]![column]!)
          : formatDifference(value),
      };
    })
  );
  const tinted = (diagonal: boolean, fill: string) =>
    Plot.cell(cells.filter((cell) => cell.diagonal === diagonal), {
      x: "predicted",
      y: "label",
      fill,
      fillOpacity: "tint",
      inset: 1,
      rx: 3,
    });
  return draw({
    width: 110 + 50 * columns.length,
    height: 92 + 34 * labels.length,
    marginLeft: 78,
    marginTop: 66,
    marginBottom: 10,
    marginRight: 16,
    padding: 0,
    ariaLabel: `${
      kind === "counts" ? "Confusion" : "Differential confusion"
    } matrix`,
    x: {
      domain: columns,
      axis: "top",
      tickRotate: -40,
      tickSize: 0,
      label: null,
    },
    y: { domain: labels, tickSize: 0, label: "label", labelArrow: "none" },
    opacity: { type: "identity" },
    marks: [
      tinted(true, kind === "counts" ? "var(--good)" : "var(--accent)"),
      tinted(false, "var(--bad)"),
      Plot.text(cells, {
        x: "predicted",
        y: "label",
        text: "text",
        fillOpacity: ({ text }) => text === "0" || text === "·" ? 0.35 : 1,
      }),
    ],
  });
}

/** Draws risk against coverage, of the answer and of the pixel verdict. */
export function drawRiskCurves(answer: RiskCurve, pixels: RiskCurve): string {
  const curves = [
    { name: NAMES.pixels, colour: PIXELS, points: pixels.points },
    { name: NAMES.answer, colour: ANSWER, points: answer.points },
  ];
  const series = curves.flatMap(({ name, points }) =>
    points.map(({ coverage, risk }) => ({ coverage, risk, name }))
  );
  const top = Math.max(0.02, ...series.map(({ risk }) => risk));
  return draw({
    ...CHART,
    ariaLabel: "Risk against coverage",
    x: percentAxis("coverage: frames that get a type (%)"),
    y: {
      ...percentAxis("risk: wrong among them (%)", "top"),
      domain: [0, 110 * top],
      grid: true,
    },
    color: {
      type: "ordinal",
      domain: curves.map(({ name }) => name),
      range: curves.map(({ colour }) => colour),
    },
    marks: [
      Plot.lineY(series, {
        x: "coverage",
        y: "risk",
        z: "name",
        stroke: "name",
        strokeWidth: 2,
        curve: "step-before",
      }),
      ...curves.flatMap(({ name, colour, points }) => {
        const last = points.at(-1);
        return last === undefined
          ? []
          : [labelEnd(last.coverage, last.risk, name, colour, -8)];
      }),
    ],
  });
}

function labelEnd(
  x: number,
  y: number,
  text: string,
  fill: string,
  dy: number,
) {
  return Plot.text([{ x, y }], {
    x: "x",
    y: "y",
    text: () => text,
    fill,
    dy,
    stroke: "var(--card)",
    strokeWidth: 4,
    textAnchor: "end",
    fontWeight: "600",
  });
}

/**
 * Draws a reliability diagram: the percentage correct against the mean probability;
 * bins of equal mass filled and with 95 % intervals, bins of equal width hollow.
 */
export function drawReliability(
  { equalWidth, equalMass }: TypeScore["calibration"],
  name: string,
): string {
  const listPoints = ({ bins }: Calibration) =>
    bins.filter(({ correct }) => correct.n > 0)
      .map(({ probability, correct }) => ({
        probability,
        correct: correct.fraction,
        low: correct.interval[0],
        high: correct.interval[1],
      }));
  const mass = listPoints(equalMass);
  return draw({
    ...CHART,
    ariaLabel: `Reliability diagram of the ${name}`,
    x: percentAxis("probability (%)"),
    y: { ...percentAxis("correct (%)", "top"), grid: true },
    marks: [
      Plot.line([[0, 0], [1, 1]], {
        stroke: "currentColor",
        strokeOpacity: 0.4,
        strokeDasharray: "4 4",
      }),
      Plot.ruleX(mass, {
        x: "probability",
        y1: "low",
        y2: "high",
        stroke: "var(--accent)",
        strokeOpacity: 0.5,
        strokeWidth: 2,
      }),
      Plot.dot(listPoints(equalWidth), {
        x: "probability",
        y: "correct",
        ...HOLLOW,
      }),
      Plot.dot(mass, { x: "probability", y: "correct", ...FILLED }),
    ],
  });
}

/**
 * Draws the percentage correct of each group: the answer filled and with its interval,
 * the pixel verdict hollow.
 */
export function drawGroups(
  answer: readonly GroupAccuracy[],
  pixels: readonly GroupAccuracy[],
  name: string,
): string {
  const rows = answer.map((group, k) => ({
    name: `${group.name} (${group.n})`,
    correct: group.correct.fraction,
    low: group.correct.interval[0],
    high: group.correct.interval[1],
    pixels: pixels[k]!.correct.fraction,
  }));
  const longest = Math.max(0, ...rows.map((row) => row.name.length));
  return draw({
    ...CHART,
    height: 60 + 20 * rows.length,
    marginLeft: 16 + 7 * longest,
    marginTop: 8,
    ariaLabel: `Percentage correct by ${name}`,
    x: { ...percentAxis("correct (%)"), grid: true },
    y: {
      type: "point",
      domain: rows.map((row) => row.name),
      label: null,
      tickSize: 0,
    },
    marks: [
      Plot.ruleY(rows, {
        y: "name",
        x1: "low",
        x2: "high",
        stroke: "var(--accent)",
        strokeOpacity: 0.45,
        strokeWidth: 3,
      }),
      Plot.dot(rows, { y: "name", x: "pixels", ...HOLLOW }),
      Plot.dot(rows, { y: "name", x: "correct", ...FILLED }),
    ],
  });
}

function percentAxis(
  label: string,
  labelAnchor: "center" | "top" = "center",
): Plot.ScaleOptions {
  const domain = [0, 100];
  return { domain, percent: true, label, labelAnchor, labelArrow: "none" };
}

function draw(options: Plot.PlotOptions): string {
  const document = new DOMParser().parseFromString("<html>", "text/html");
  const svg = Plot.plot({
    style: { fontSize: "12px", background: "transparent" },
    ...options,
    // Plot only creates elements, which linkedom's document can do.
    document: document as unknown as Document,
  });
  // One image with the name of the chart: the labels of marks, as "dot", say less.
  svg.setAttribute("role", "img");
  for (const mark of svg.querySelectorAll("g[aria-label]")) {
    mark.removeAttribute("aria-label");
  }
  return svg.outerHTML;
}

function formatDifference(value: number): string {
  if (value === 0) return "·";
  return `${value > 0 ? "+" : "−"}${Math.abs(100 * value).toFixed(1)}`;
}
