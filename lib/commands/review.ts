import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError, Option } from "commander";
import { SpitError } from "../errors.ts";
import { appendLabel, checkLabelsFile } from "../evaluation/append_label.ts";
import { dirname, join, relative, resolve } from "../std.ts";
import { isUrl } from "../io/http.ts";
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
      "files, folders, URLs, @LIST, or -; folders are watched",
    )
    .option(
      "--labels <csv>",
      "file that labels are appended to (default: spit-labels.csv in the folder if one folder is given, else in the working directory)",
    )
    .option("--all", "visit all frames, not only those that need review")
    .addOption(
      new Option(
        "--port <number>",
        "port of the page (default: derived from the labels file)",
      ).argParser(parsePort),
    )
    .option("--open", "open the page in the browser")
    .action(
      async (paths: string[], options: ReviewOptions, command: Command) => {
        const given = formatGivenOptions(command);
        Deno.exitCode = await review(paths, options, given);
      },
    );
  addSearchOptions(addClassificationOptions(command));
}

/**
 * Classifies frames and serves the page until Ctrl-C or SIGTERM. The address, on standard
 * output, contains a secret: everybody who has it can write labels. Only the labels file
 * is written. Returns the exit code, which is 2 if a path named does not exist.
 *
 * @param given The options that `classify` takes, too, as on a command line.
 * @throws {SpitError} `usage` when labels cannot be written or the port is taken; what
 *   `readLabels`, `readRules`, `findFrames` and `openModel` throw.
 */
async function review(
  paths: readonly string[],
  options: ReviewOptions,
  given: readonly string[],
): Promise<number> {
  let exitCode = 0;
  const notify = makeNotify(options);
  await refuseAbsent(paths);
  const labels = resolve(options.labels ?? await chooseLabelsFile(paths));
  await checkLabelsFile(labels);
  using stopping = await createStopSignal();
  using _uncaught = surviveUncaughtErrors(makeNotify());
  await using classifier = await openClassifier(
    // The session applies the labels, which change while it runs.
    { ...options, labels: undefined },
    notify,
  );
  const session = createReviewSession(classifier.weighNight);
  using watched = await watchLabels(labels, session, skipRepeats(notify));

  const { signal: stop } = stopping;
  const { all = false } = options;
  const server = await serveReview({
    page: renderReviewPage({
      paths,
      labelsFile: labels,
      command: formatCommand(paths, [...given, "--labels", labels]),
      all,
    }),
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
  // sees the address on the terminal, with --quiet, too.
  if (!Deno.stdout.isTerminal() && Deno.stderr.isTerminal()) {
    makeNotify()(server.url);
  }
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
    {
      ...options,
      onMissing(path) {
        exitCode = 2;
        notify(`no such file or folder: ${path}`);
      },
    },
  );
  for await (const { verdict } of classifier.classify(files)) {
    session.addVerdict(verdict);
    if (stop.aborted) break;
  }
  await server.ended;
  const isKept = await Deno.stat(labels).then(() => true, () => false);
  const where = isKept ? `labels are in ${labels}` : "no label was given";
  notify(`stopped by ${stop.reason}; ${where}`);
  return exitCode;
}

/** Refuses paths of which none exists, for which the page would have no frame. */
async function refuseAbsent(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (path === "-" || path.startsWith("@") || isUrl(path)) return;
    try {
      await Deno.stat(path);
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return;
    }
  }
  const what = `no such file or folder: ${paths.join(", ")}`;
  throw new SpitError("usage", what);
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

/** Options of `review` that do not change the answers. */
const OWN_OPTIONS = ["labels", "all", "port", "open", "quiet", "verbose"];

/** Formats the options of the command line that change the answers. */
function formatGivenOptions(command: Command): string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    const isGiven = command.getOptionValueSource(name) === "cli";
    if (!isGiven || OWN_OPTIONS.includes(name)) return [];
    const value: unknown = command.getOptionValue(name);
    const flag = option.long ?? option.flags;
    return value === true ? [flag] : [flag, ...[value].flat().map(String)];
  });
}

/** Formats the command that classifies paths, for the shell that started this process. */
function formatCommand(
  paths: readonly string[],
  options: readonly string[],
): string {
  const script = fileURLToPath(new URL("../../cli.ts", import.meta.url));
  const below = relative(".", script);
  const program = Deno.build.standalone
    ? ["spit"]
    : ["deno", "run", "-A", below.startsWith("..") ? script : below];
  // Options with several values would take the paths.
  return [...program, ...paths, ...options].map(quoteWord).join(" ");
}

/** Quotes a word of a command line where that is necessary. */
function quoteWord(word: string): string {
  if (/^[\p{L}\p{N}_./:=@%+,-]+$/u.test(word)) return word;
  return Deno.build.os === "windows"
    ? `"${word}"`
    : `'${word.replaceAll("'", "'\\''")}'`;
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
