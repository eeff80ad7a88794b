/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * An evaluation as one self-contained HTML page: no script, no network.
 *
 * @module
 */
import { renderToString } from "preact-render-to-string";
import { ENOUGH_FRAMES, type Score } from "../../evaluation/score.ts";
import { meanText, percent, shareText } from "../numbers.ts";
import { groupsChart, reliabilityChart, riskChart } from "./charts.ts";
import type { Evaluation, Section } from "./evaluation.ts";
import { worstFirst } from "./evaluation.ts";
import { Failures, type Illustrated } from "./page_failures.tsx";
import { Protocols } from "./page_protocols.tsx";
import {
  CalibrationTable,
  GroupTable,
  MacroTable,
  OtherTable,
} from "./page_tables.tsx";
import { Figure, Tile } from "./page_parts.tsx";
import { STYLE } from "./style.ts";
import { thumbnailsOf } from "./thumbnail.ts";

/**
 * The page: headline figures, both protocols with their matrices, instruments,
 * types, nights, risk and calibration, and a thumbnail of every failure, for
 * which the frames are read again.
 *
 * @returns HTML. Whatever comes from labels, headers and paths is escaped.
 */
export async function evaluationPage(evaluation: Evaluation): Promise<string> {
  const [whole] = evaluation.sections;
  const failures: Illustrated[] = [];
  for (const one of worstFirst(whole.score.failures)) {
    failures.push({ one, thumbnails: await thumbnailsOf(one.frame) });
  }
  return "<!doctype html>\n" +
    renderToString(<Page evaluation={evaluation} failures={failures} />) + "\n";
}

function Page({ evaluation, failures }: {
  readonly evaluation: Evaluation;
  readonly failures: readonly Illustrated[];
}) {
  const { title, notes, sections } = evaluation;
  const [whole, ...parts] = sections;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <h1>{title}</h1>
        {notes.map((note) => (
          <p class={note.startsWith("WARNING") ? "note warning" : "note"}>
            {note}
          </p>
        ))}
        <Headline score={whole.score} />
        {parts.map((part) => <Part key={part.title} {...part} />)}
        <Protocols paper={whole.score.paper} />
        <Whole score={whole.score} />
        <Failures failures={failures} />
      </body>
    </html>
  );
}

function Headline({ score }: { readonly score: Score }) {
  const { all, paper, macro, darkBias, calibration, other, seconds } = score;
  return (
    <dl class="tiles">
      <Tile name="Right" share={all.right} />
      <Tile name="Right, standard = science" share={all.rightAsOne} />
      <Tile name="Wrong, not on-sky confusion" share={all.wrong} />
      <Tile name="Standard for science or reverse" share={all.onSky} />
      <Tile name="Unknown" share={all.unknown} />
      <Tile
        name="Normalised, every flip (§4.1)"
        mean={paper.flips.normalised}
        noun="types"
      />
      <Tile
        name="Normalised, final scheme (§4.2)"
        mean={paper.frames.normalised}
        noun="types"
      />
      <Tile
        name="Mean over instruments"
        mean={macro.all.right}
        noun="instruments"
      />
      <Tile
        name="… told apart where sure"
        mean={macro.all.rightWhereSure}
        noun="instruments"
      />
      <Tile
        name="… standard = science"
        mean={macro.all.rightAsOne}
        noun="instruments"
      />
      <Tile name="Dark and bias told apart" share={darkBias.right} />
      {other.untyped.n > 0 && (
        <Tile name="Other, left untyped" share={other.untyped} />
      )}
      <div class="tile">
        <dt>Expected calibration error</dt>
        <dd class="value">{percent(calibration.equalWidth.error, 2)}</dd>
        <dd>
          {percent(calibration.equalMass.error, 2)} in equal-mass bins;{" "}
          {calibration.equalWidth.n} typed frames
        </dd>
      </div>
      {seconds && (
        <div class="tile">
          <dt>Seconds a frame</dt>
          <dd class="value">{seconds.median.toFixed(3)}</dd>
          <dd>
            median of {seconds.n}; {seconds.total.toFixed(1)} s in all
          </dd>
        </div>
      )}
    </dl>
  );
}

function Part({ title, score }: Section) {
  const { all, macro } = score;
  return (
    <section>
      <h2>{title}</h2>
      <p>
        Right: {shareText(all.right)}. Standard = science:{" "}
        {shareText(all.rightAsOne)}. Mean over instruments:{" "}
        {meanText(macro.all.right, "instruments")}. {all.wrong.hits} wrong,{" "}
        {all.unknown.hits} unknown.
      </p>
    </section>
  );
}

function Whole({ score }: { readonly score: Score }) {
  const { risk, calibration } = score;
  return (
    <>
      <h2>Instruments and types</h2>
      <div class="charts">
        <Figure svg={groupsChart(score.byInstrument, "instrument")}>
          Share that is right, with Wilson 95 % intervals; number of frames in
          brackets. Hollow: standard = science.
        </Figure>
        <Figure svg={groupsChart(score.byType, "type")}>
          The same by type.
        </Figure>
      </div>
      <MacroTable macro={score.macro} enough={ENOUGH_FRAMES} />
      <GroupTable name="By instrument" groups={score.byInstrument} />
      <GroupTable name="By type" groups={score.byType} />
      <details>
        <summary>By night ({score.byNight.length})</summary>
        <GroupTable name="By night" groups={score.byNight} />
      </details>
      <h2>Dark and bias</h2>
      <p>
        Right:{" "}
        {shareText(score.darkBias.right)}. Right among those called either:{" "}
        {shareText(score.darkBias.told)}. Dark called bias:{" "}
        {shareText(score.darkBias.darkAsBias)}. Bias called dark:{" "}
        {shareText(score.darkBias.biasAsDark)}.
      </p>
      <OtherTable other={score.other} />
      <h2>Confidence</h2>
      <div class="charts">
        <Figure svg={riskChart(risk)}>
          Risk against coverage: frames sorted by probability, the surest first.
          The curve ends where frames are unknown. Mean risk:{" "}
          {percent(risk.area, 2)} told apart, {percent(risk.areaAsOne, 2)}{" "}
          with standard = science.
        </Figure>
        <Figure svg={reliabilityChart(calibration)}>
          Reliability: filled, bins of as many frames, with 95 % intervals;
          hollow, ten bins of equal width; dashed, perfect calibration. Expected
          calibration error {percent(calibration.equalWidth.error, 2)}{" "}
          in equal widths, {percent(calibration.equalMass.error, 2)}{" "}
          in equal masses.
        </Figure>
      </div>
      <details>
        <summary>Reliability tables</summary>
        <CalibrationTable
          name="Bins of equal width"
          calibration={calibration.equalWidth}
        />
        <CalibrationTable
          name="Bins of as many frames"
          calibration={calibration.equalMass}
        />
      </details>
    </>
  );
}
