import { readSync, writeSync } from "node:fs";

// node-av's iterators need it, which Node 20 lacks.
Promise.withResolvers ??= () => {
  let resolve;
  let reject;
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
};

/**
 * The process that reads strangers' files (lib/media/transcode/engine.ts starts it). Every line of standard input is a
 * step as JSON, every line of standard output progress or a result. Everything is synchronous: nothing else runs here,
 * and a parent that is gone ends the process at its next line.
 */
const { Log } = await import("node-av/lib");
const { AV_LOG_QUIET, AVERROR_ENOSPC } = await import("node-av/constants");
const { measure, verify } = await import("./measure.mjs");
const { encode } = await import("./encode.mjs");
const { join } = await import("./join.mjs");
const { FileProblemError } = await import("./problem.mjs");
Log.setLevel(AV_LOG_QUIET);

const STEPS = { measure, verify, encode, join };
const PROGRESS_INTERVAL_MS = 500;

function send(message) {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

function* readLines() {
  const chunk = Buffer.alloc(65_536);
  let rest = "";
  for (;;) {
    const bytes = readSync(0, chunk);
    if (bytes === 0) return;
    const lines = (rest + chunk.toString("utf8", 0, bytes)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

for (const line of readLines()) {
  const { step, ...options } = JSON.parse(line);
  let reportedAt = performance.now();
  try {
    const result = STEPS[step](options, (seconds) => {
      if (performance.now() - reportedAt < PROGRESS_INTERVAL_MS) return;
      reportedAt = performance.now();
      send({ seconds });
    });
    send({ result });
  } catch (error) {
    if (error instanceof FileProblemError) send({ problem: error.problem, detail: error.message });
    else {
      const code = error?.code === AVERROR_ENOSPC ? { code: "ENOSPC" } : {};
      send({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error), ...code });
    }
  }
}
