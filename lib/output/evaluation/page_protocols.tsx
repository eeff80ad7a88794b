/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * The paper's two protocols on the page.
 *
 * @module
 */
import type { Protocol } from "../../evaluation/protocol.ts";
import type { Score } from "../../evaluation/score.ts";
import { meanText, percent } from "../numbers.ts";
import { matrixChart } from "./charts.ts";
import { Figure } from "./page_parts.tsx";

/** Both, each with its matrices. */
export function Protocols({ paper }: Pick<Score, "paper">) {
  return (
    <>
      <h2>The paper's two protocols</h2>
      <p class="soft">
        Jankov &amp; Prochaska 2018. The differential matrix is the confusion
        less the identity, in percent of a label's row: a perfect typer's is
        empty, the diagonal shows what a label lost, and its row where that
        went.
      </p>
      <OneProtocol
        name="Every flip, normalised (§4.1)"
        protocol={paper.flips}
        counted="flips"
      />
      <OneProtocol
        name="Final scheme: super-majority of the flips (§4.2)"
        protocol={paper.frames}
        counted="frames"
      />
    </>
  );
}

function OneProtocol({ name, protocol, counted }: {
  readonly name: string;
  readonly protocol: Protocol;
  readonly counted: string;
}) {
  const { normalised, accuracy, confusion } = protocol;
  return (
    <section>
      <h3>{name}</h3>
      <p>
        Normalised accuracy {meanText(normalised, "types")}; {percent(accuracy)}
        {" "}
        of all {protocol.counted} {counted}.
      </p>
      <div class="charts">
        <Figure title="Confusion" svg={matrixChart(confusion, "counts")}>
          Number of {counted}, labels down, what they were called across.
        </Figure>
        <Figure
          title="Differential confusion"
          svg={matrixChart(confusion, "differential")}
        >
          Percent of the label's {counted}, less the identity.
        </Figure>
      </div>
    </section>
  );
}
