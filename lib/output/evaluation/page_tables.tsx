/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * Tables of the page, each figure with its n and interval.
 *
 * @module
 */
import type { Calibration } from "../../evaluation/calibration.ts";
import type { Other, Score } from "../../evaluation/score.ts";
import type { MeanShare } from "../../evaluation/share.ts";
import type { Group } from "../../evaluation/tally.ts";
import { intervalText, percent, shareText } from "../numbers.ts";

/** Outcomes of groups. */
export function GroupTable({ name, groups }: {
  readonly name: string;
  readonly groups: readonly Group[];
}) {
  return (
    <div class="scroll">
      <table>
        <caption>{name}</caption>
        <thead>
          <tr>
            <th></th>
            <th>n</th>
            <th>right</th>
            <th>95 % interval</th>
            <th>standard = science</th>
            <th>standard/science</th>
            <th>wrong</th>
            <th>unknown</th>
            <th>unreadable</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr>
              <th>{group.name}</th>
              <td>{group.n}</td>
              <td>{percent(group.right.share)}</td>
              <td>{intervalText(group.right.interval)}</td>
              <td>{percent(group.rightAsOne.share)}</td>
              <td>{group.onSky.hits}</td>
              <td>{group.wrong.hits}</td>
              <td>{group.unknown.hits}</td>
              <td>{group.errors.hits}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Means over instruments. */
export function MacroTable({ macro, enough }: Pick<Score, "macro"> & {
  readonly enough: number;
}) {
  const rows = [
    ["all", macro.all],
    ["label confidence high", macro.sure],
    [`${enough} frames or more`, macro.enough],
    ["both of these", macro.sureAndEnough],
  ] as const;
  return (
    <div class="scroll">
      <table>
        <caption>Mean over instruments</caption>
        <thead>
          <tr>
            <th></th>
            <th>instruments</th>
            <th>frames</th>
            <th>right</th>
            <th>told apart where sure</th>
            <th>standard = science</th>
            <th>wrong, not unknown</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, one]) => (
            <tr>
              <th>{name}</th>
              <td>{one.right.groups}</td>
              <td>{one.right.n}</td>
              <MeanCell mean={one.right} />
              <MeanCell mean={one.rightWhereSure} />
              <MeanCell mean={one.rightAsOne} />
              <MeanCell mean={one.notRight} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MeanCell({ mean }: { readonly mean: MeanShare }) {
  return (
    <td>
      {percent(mean.mean)}
      <br />
      <span class="soft">{intervalText(mean.interval)}</span>
    </td>
  );
}

/** Frames that must get no type. */
export function OtherTable({ other }: { readonly other: Other }) {
  if (other.untyped.n === 0) return null;
  const rows = [
    ...Object.entries(other.reasons).map(([reason, n]) =>
      [`unknown: ${reason}`, n] as const
    ),
    ...Object.entries(other.typedAs).map(([type, n]) =>
      [`typed as ${type}`, n] as const
    ),
    ...(other.errors > 0 ? [["unreadable", other.errors] as const] : []),
  ];
  return (
    <>
      <h2>Frames that must get no type</h2>
      <p>Left untyped: {shareText(other.untyped)}.</p>
      <div class="scroll">
        <table>
          <tbody>
            {rows.map(([name, n]) => (
              <tr>
                <th>{name}</th>
                <td>{n}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** A reliability table. */
export function CalibrationTable({ name, calibration }: {
  readonly name: string;
  readonly calibration: Calibration;
}) {
  return (
    <div class="scroll">
      <table>
        <caption>{name}</caption>
        <thead>
          <tr>
            <th>probability</th>
            <th>n</th>
            <th>mean probability</th>
            <th>right</th>
            <th>95 % interval</th>
          </tr>
        </thead>
        <tbody>
          {calibration.bins.map((bin) => (
            <tr>
              <th>{`${bin.low.toFixed(3)} to ${bin.high.toFixed(3)}`}</th>
              <td>{bin.right.n}</td>
              <td>{percent(bin.probability)}</td>
              <td>{percent(bin.right.share)}</td>
              <td>
                {bin.right.n === 0 ? "–" : intervalText(bin.right.interval)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
