import { type Command, InvalidArgumentError, Option } from "commander";
import { appendLabel, checkLabelsFile } from "../evaluation/append_label.ts";
import { dirname, join, resolve } from "../std.ts";
import { createStopSignal } from "../io/signals.ts";
import { openInBrowser } from "../review/open_in_browser.ts";
import { renderReviewPage } from "../review/page.tsx";
import { createPacker, createPreviewer } from "../review/preview.ts";
import { serveReview } from "../review/server.ts";
import { createReviewSession } from "../review/session.ts";
import { watchFrames, watchLabels } from "../review/watch.ts";
import { openClassifier } from "./inputs.ts";
import {
  addClassificationOptions,
  addSearchOptions,
  type ClassificationOptions,
  parseCount,
} from "./options.ts";
import {
  makeNotify,
  type Notify,
  print,
  surviveUncaughtErrors,
} from "./terminal.ts";

interface ReviewOptions extends ClassificationOptions {
  readonly all?: boolean;
  /** Port of the page; 0 for any. Default: a port derived from the labels file, if it is free. */
  readonly port?: number;
  readonly open?: boolean;
}

export function define(command: Command): void {
  command
    .argument(
      "<PATH...>",
      "files, folders, addresses, @LIST, or -; folders are watched",
    )
    .option(
      "--labels <csv>",
      "file that labels are appended to (default: spit-labels.csv in the folder if one folder is given, else here)",
    )
    .option("--all", "visit all frames, not only those that need review")
    .addOption(
      new Option(
        "--port <number>",
        "port of the page (default: derived from the labels file)",
      ).argParser(parsePort),
    )
    .option("--open", "open the page in the browser")
    .action((paths: string[], options: ReviewOptions) =>
      review(paths, options)
    );
  addSearchOptions(addClassificationOptions(command));
}

/**
 * Classifies frames and serves the page until Ctrl-C or SIGTERM. The address, on standard
 * output, contains a secret: everybody who has it can write labels. Only the labels file
 * is written.
 *
 * @throws {SpitError} `usage` when labels cannot be written or the port is taken; what
 *   `readLabels`, `readRules`, `findFrames` and `openModel` throw.
 */
async function review(
  paths: readonly string[],
  options: ReviewOptions,
): Promise<void> {
  const notify = makeNotify(options);
  const labels = resolve(options.labels ?? await chooseLabelsFile(paths));
  await checkLabelsFile(labels);
  using stopping = await createStopSignal();
  using _uncaught = surviveUncaughtErrors(makeNotify());
  const session = createReviewSession();
  using watched = await watchLabels(labels, session, skipRepeats(notify));
  await using classifier = await openClassifier(
    // The session applies the labels, which change while it runs.
    { ...options, labels: undefined },
    notify,
  );

  const { signal: stop } = stopping;
  const { all = false } = options;
  const server = await serveReview({
    page: renderReviewPage({ paths, labelsFile: labels, all }),
    session,
    previewFrame: createPreviewer(options),
    packHdu: createPacker(options),
    async saveLabel(file, label) {
      await appendLabel(labels, file, label);
      await watched.refresh();
    },
    stop,
  }, { port: options.port, portKey: labels });
  notify(`labels are appended to ${labels}`);
  // Programs read the address from standard output; an observer who has redirected it
  // sees the address on standard error, with --quiet, too.
  if (!Deno.stdout.isTerminal()) makeNotify()(server.url);
  await print(server.url + "\n");
  notify(
    "open this address; everybody who has it can write labels. Ctrl-C ends the review",
  );
  using _ = options.open
    ? await openInBrowser(server.url, dirname(labels), notify)
    : null;

  const files = watchFrames(
    paths,
    session.expectFrames,
    stop,
    notify,
    options,
  );
  for await (const { verdict } of classifier.classify(files)) {
    session.addVerdict(verdict);
    if (stop.aborted) break;
  }
  await server.ended;
  notify(`stopped by ${stop.reason}; labels are in ${labels}`);
}

async function chooseLabelsFile(paths: readonly string[]): Promise<string> {
  const [first] = paths;
  const name = "spit-labels.csv";
  if (paths.length !== 1 || first === undefined) return name;
  const info = await Deno.stat(first).catch((error) => {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return null;
  });
  return info?.isDirectory ? join(first, name) : name;
}

/** The same fault is found again whenever the labels file is read. */
function skipRepeats(notify: Notify): Notify {
  const shown = new Set<string>();
  return (message) => {
    if (!shown.has(message)) notify(message);
    shown.add(message);
  };
}

function parsePort(text: string): number {
  const port = parseCount(text);
  if (port < 65536) return port;
  throw new InvalidArgumentError("It must be a number from 0 to 65535.");
}
