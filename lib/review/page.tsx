/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { renderToString } from "preact-render-to-string";

/**
 * Renders the page before its scripts fill it. The scripts and the style come from the
 * same server.
 *
 * @param settings `command`: the command that classifies the frames with the labels;
 *   `all`: whether all frames are shown at first, not only those that need review.
 */
export function renderReviewPage({ paths, labelsFile, command, all }: {
  readonly paths: readonly string[];
  readonly labelsFile: string;
  readonly command: string;
  readonly all: boolean;
}): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>spit review</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="review.css" />
        <script type="module" src="viewer.js"></script>
        <script type="module" src="app.js"></script>
      </head>
      <body
        data-paths={paths.join(" ")}
        data-labels-file={labelsFile}
        data-command={command}
        data-filter={all ? "all" : "review"}
      >
      </body>
    </html>
  );
  return "<!doctype html>\n" + renderToString(page) + "\n";
}
