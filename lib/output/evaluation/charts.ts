/**
 * Charts as SVG, drawn without a browser: Observable Plot on linkedom's
 * document. Colours are the page's CSS variables, so that one drawing serves
 * light and dark.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { DOMParser } from "linkedom";
import type {
  Calibration,
  ReliabilityBin,
} from "../../evaluation/calibration.ts";
import type { Confusion } from "../../evaluation/confusion.ts";
import type { RiskCurve } from "../../evaluation/risk.ts";
import type { Group } from "../../evaluation/tally.ts";

/** Opacity of the fullest cell of a matrix: text on it must stay readable. */
const FULLEST = 0.6;

const STYLE = { fontSize: "12px", background: "transparent" };

/**
 * A confusion matrix: labels down, what they were called across. `counts` are
 * tinted by their share of the row; `differential` shows the confusion less the
 * identity, in percent. Columns of `unknown` and `error` without a count are
 * left out.
 *
 * @returns SVG.
 */
export function matrixChart(
  confusion: Confusion,
  kind: "counts" | "differential",
): string {
  const { labels, called, counts, shares, differential } = confusion;
  const columns = called.filter((name, column) =>
    !(name === "unknown" || name === "error") ||
    counts.some((row) => row[column]! > 0)
  );
  const cells = labels.flatMap((label, k) =>
    columns.map((name) => {
      const column = called.indexOf(name);
      const value = kind === "counts"
        ? shares[k]![column]!
        : differential[k]![column]!;
      return {
        label,
        called: name,
        // What is as it should be; in the differential matrix, what is missing there.
        diagonal: label === name,
        // The square root lets a few percent be seen.
        tint: FULLEST * Math.sqrt(Math.abs(value)),
        text: kind === "counts"
          ? String(counts[k]![column]!)
          : value === 0
          ? "·"
          : signed(100 * value),
      };
    })
  );
  const tinted = (diagonal: boolean, fill: string) =>
    Plot.cell(cells.filter((cell) => cell.diagonal === diagonal), {
      x: "called",
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
    style: STYLE,
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
        x: "called",
        y: "label",
        text: "text",
        fillOpacity: ({ text }) => text === "0" || text === "·" ? 0.35 : 1,
      }),
    ],
  });
}

/** Risk against coverage, with standard and science told apart and as one. */
export function riskChart({ points }: RiskCurve): string {
  const series = points.flatMap(({ coverage, risk, riskAsOne }) => [
    { coverage, risk, name: "told apart" },
    { coverage, risk: riskAsOne, name: "standard = science" },
  ]);
  const top = Math.max(0.02, ...points.map(({ risk }) => risk));
  const last = points.at(-1);
  return draw({
    width: 460,
    height: 300,
    marginLeft: 54,
    marginBottom: 42,
    style: STYLE,
    ariaLabel: "Risk against coverage",
    x: {
      domain: [0, 100],
      percent: true,
      label: "coverage: frames that get a type (%)",
      labelAnchor: "center",
      labelArrow: "none",
    },
    y: {
      domain: [0, 110 * top],
      percent: true,
      grid: true,
      label: "risk: wrong among them (%)",
      labelArrow: "none",
    },
    color: {
      type: "ordinal",
      domain: ["told apart", "standard = science"],
      range: ["var(--bad)", "var(--accent)"],
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
      ...(last === undefined ? [] : [
        endLabel(last.coverage, last.risk, "told apart", "var(--bad)", -8),
        endLabel(
          last.coverage,
          last.riskAsOne,
          "standard = science",
          "var(--accent)",
          last.risk === last.riskAsOne ? 8 : -8,
        ),
      ]),
    ],
  });
}

function endLabel(
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
 * The reliability diagram: what probability promised against what was right,
 * with 95 % intervals; bins of as many frames filled, of equal width hollow.
 */
export function reliabilityChart(
  { equalWidth, equalMass }: {
    readonly equalWidth: Calibration;
    readonly equalMass: Calibration;
  },
): string {
  const pointsOf = ({ bins }: Calibration) =>
    bins.filter(({ right }) => right.n > 0).map(pointOf);
  const mass = pointsOf(equalMass);
  return draw({
    width: 460,
    height: 300,
    marginLeft: 54,
    marginBottom: 42,
    style: STYLE,
    ariaLabel: "Reliability diagram",
    x: {
      domain: [0, 100],
      percent: true,
      label: "probability (%)",
      labelAnchor: "center",
      labelArrow: "none",
    },
    y: {
      domain: [0, 100],
      percent: true,
      grid: true,
      label: "right (%)",
      labelArrow: "none",
    },
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
      Plot.dot(pointsOf(equalWidth), {
        x: "probability",
        y: "right",
        r: 5,
        stroke: "currentColor",
        strokeOpacity: 0.7,
      }),
      Plot.dot(mass, {
        x: "probability",
        y: "right",
        r: 4,
        fill: "var(--accent)",
      }),
    ],
  });
}

function pointOf({ probability, right }: ReliabilityBin) {
  return {
    probability,
    right: right.share,
    low: right.interval[0],
    high: right.interval[1],
  };
}

/** The share that is right of each group, with its interval; hollow with standard = science. */
export function groupsChart(groups: readonly Group[], name: string): string {
  const rows = groups.map((group) => ({
    name: `${group.name} (${group.n})`,
    right: group.right.share,
    low: group.right.interval[0],
    high: group.right.interval[1],
    asOne: group.rightAsOne.share,
  }));
  const longest = Math.max(0, ...rows.map((row) => row.name.length));
  return draw({
    width: 460,
    height: 60 + 20 * rows.length,
    marginLeft: 16 + 7 * longest,
    marginBottom: 42,
    marginTop: 8,
    style: STYLE,
    ariaLabel: `Right by ${name}`,
    x: {
      domain: [0, 100],
      percent: true,
      grid: true,
      label: "right (%)",
      labelAnchor: "center",
      labelArrow: "none",
    },
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
      Plot.dot(rows, {
        y: "name",
        x: "asOne",
        r: 5,
        stroke: "currentColor",
        strokeOpacity: 0.7,
      }),
      Plot.dot(rows, { y: "name", x: "right", r: 4, fill: "var(--accent)" }),
    ],
  });
}

function draw(options: Plot.PlotOptions): string {
  const document = new DOMParser().parseFromString(
    "<!doctype html><html><body></body></html>",
    "text/html",
  );
  // Plot asks of a document no more than to make elements, which linkedom's does.
  const svg = Plot.plot({
    ...options,
    document: document as unknown as Document,
  });
  return svg.outerHTML;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : "−"}${Math.abs(value).toFixed(1)}`;
}
