import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";

/**
 * What the production build gives each function to carry (`*.nft.json`), which is what Vercel uploads. Only the function
 * that transcodes has FFmpeg.
 */

const MEGABYTE = 1024 * 1024;
/** Vercel's limit of a function, uncompressed. */
const MAX_FUNCTION_BYTES = 250 * MEGABYTE;

/** The files that a route's function carries, with their sizes. */
function traceOf(route: string): { files: string[]; bytes: number } {
  const trace = path.join(".next/server/app/api/qstash", route, "route.js.nft.json");
  const { files } = JSON.parse(readFileSync(trace, "utf8")) as { files: string[] };
  const found = files
    .map((file) => path.resolve(path.dirname(trace), file))
    .filter((file) => existsSync(file));
  return { files: found, bytes: found.reduce((sum, file) => sum + statSync(file).size, 0) };
}

it("the transcoding function carries FFmpeg and what runs it, within the platform's limit", () => {
  const { files, bytes } = traceOf("audio-transcoding");
  const root = process.cwd();
  const carried = (file: string) => files.includes(path.join(root, file));
  for (const name of [
    "main",
    "decode",
    "measure",
    "encode",
    "join",
    "codecs",
    "output",
    "problem",
    "riff-length",
  ])
    expect(carried(`lib/media/transcode/engine/${name}.mjs`), name).toBe(true);
  expect(carried("node_modules/node-av/dist/lib/index.js")).toBe(true);
  expect(carried("node_modules/node-av/dist/constants/index.js")).toBe(true);
  expect(files.some((file) => file.endsWith("node-av.node"))).toBe(true);
  expect(bytes).toBeLessThan(MAX_FUNCTION_BYTES);
});

it("the function of the other queues does not, and carries what reads tags", () => {
  const { files, bytes } = traceOf("[queue]");
  expect(files.filter((file) => /node-av/.test(file))).toEqual([]);
  const reader = files.find((file) => file.endsWith("lib/media/tag-reader.mjs"));
  // Everything that it imports, in a folder that has nothing else.
  const folder = mkdtempSync(path.join(tmpdir(), "normaldance-function-"));
  try {
    for (const file of files)
      cpSync(file, path.join(folder, path.relative(process.cwd(), file)), { recursive: true });
    const script = path.join(folder, path.relative(process.cwd(), reader ?? "missing"));
    const options = { type: "audio/mpeg", bytes: 0, maxPictureBytes: 0, maxTextLength: 99 };
    const answer = spawnSync(process.execPath, [script, JSON.stringify(options)], {
      input: "",
      encoding: "utf8",
    });
    expect(answer.stderr).toBe("");
    expect(JSON.parse(answer.stdout)).toHaveProperty("format");
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(bytes).toBeLessThan(60 * MEGABYTE);
});
