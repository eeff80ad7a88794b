/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * The review page before its scripts fill it.
 *
 * @module
 */
import { renderToString } from "preact-render-to-string";

/** Settings of the page. */
export interface ReviewPage {
  /** Paths under review, as the user named them. */
  readonly paths: readonly string[];
  /** Absolute path of the labels file. */
  readonly labelsFile: string;
  /** Whether all frames are shown at first, not only those that need review. */
  readonly all: boolean;
}

/** Renders the page; its scripts and style come from the same server. */
export function renderReviewPage(
  { paths, labelsFile, all }: ReviewPage,
): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>spit review</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="review.css" />
        <script type="module" src="app.js"></script>
      </head>
      <body
        data-paths={paths.join(" ")}
        data-labels-file={labelsFile}
        data-filter={all ? "all" : "review"}
      >
      </body>
    </html>
  );
  return "<!doctype html>\n" + renderToString(page) + "\n";
}
