import { existsSync, readFileSync } from "node:fs";
import createNextIntlPlugin from "next-intl/plugin";

// Compiled at build time, so that no page loads the parser of the messages' syntax.
const withNextIntl = createNextIntlPlugin({
  requestConfig: "./app/i18n/request.ts",
  experimental: {
    messages: { path: "./app/i18n/messages", format: "json", locales: ["ru", "en"], precompile: true },
  },
});

/**
 * Headers of the files that bypass the gate (matcher in middleware.ts). Only images, sounds and scripts may bypass it;
 * a file that can run as a document must pass the gate.
 */
const FILE_HEADERS = [{ key: "X-Content-Type-Options", value: "nosniff" }];

const STATIC_FILE_PATHS = [
  "/_next/static/:file*",
  "/demo/:file*",
  "/:file(favicon\\.ico|icon1\\.png|icon2\\.png|apple-icon\\.png|manifest\\.webmanifest|robots\\.txt|sw\\.js)",
];

const TRANSCODER_PLATFORM = `node_modules/@seydx/node-av-${process.platform}-${process.arch}`;

const TRANSCODER_FILES = [
  "./lib/media/transcode/engine/*.mjs",
  "./node_modules/node-av/package.json",
  "./node_modules/node-av/dist/{lib,constants,utils}/**/*.js",
  `./${TRANSCODER_PLATFORM}/{package.json,node-av.node}`,
];

/** Adds a package and what it needs to a set of names. They are one version each, in the first folder. */
function addPackages(name, names) {
  if (names.has(name)) return names;
  names.add(name);
  const { dependencies = {} } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  for (const needed of Object.keys(dependencies)) addPackages(needed, names);
  return names;
}

const TAG_READER_FILES = [
  "./lib/media/tag-reader.mjs",
  ...[...addPackages("music-metadata", new Set())].map(
    (name) => `./node_modules/${name}/{package.json,**/*.js,**/*.cjs,**/*.mjs}`,
  ),
];

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // The gate sees which requests are prefetches: by default Next removes its router's headers there.
  skipProxyUrlNormalize: true,
  // An optional dependency: the app tells people when sound cannot be transcoded (lib/core/transcoder.ts).
  env: { BUILT_WITH_TRANSCODER: existsSync(`${TRANSCODER_PLATFORM}/node-av.node`) ? "yes" : "no" },
  headers: async () => STATIC_FILE_PATHS.map((source) => ({ source, headers: FILE_HEADERS })),
  experimental: {
    // A request costs a phone more than the bytes that two pages do not share.
    turbopackChunking: { requestCost: 1_000_000, minChunkSize: 250_000, maxMergeChunkSize: 1_000_000 },
    // Our actions have one or two form fields.
    serverActions: { bodySizeLimit: "64kb" },
    // Next buffers this much of a body while the gate runs and passes a longer one on truncated. So it must be more
    // than the largest limit of a route, 4 MB for a file.
    proxyClientMaxBodySize: "5mb",
  },
  // These files are read at request time, so they must be bundled with the function.
  outputFileTracingIncludes: {
    "/docs": ["./docs/openapi.json"],
    "/docs/\\[group\\]": ["./docs/openapi.json"],
    "/posts/[id]/opengraph-image": ["./app/_assets/**"],
    "/opengraph-image": ["./app/_assets/**"],
    // A process of its own runs these; of all functions only this one carries them, 177 MB.
    "/api/qstash/audio-transcoding": TRANSCODER_FILES,
    // So does a process of its own here. (The key is a pattern, in which brackets are a set.)
    "/api/qstash/\\[queue\\]": TAG_READER_FILES,
  },
  serverExternalPackages: ["@node-rs/argon2", "pino", "pg"],
};

export default withNextIntl(config);
