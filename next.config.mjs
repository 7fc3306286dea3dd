import createNextIntlPlugin from "next-intl/plugin";

const withNextIntl = createNextIntlPlugin("./app/i18n/request.ts");

/**
 * For the files the gate does not stand before (its matcher in middleware.ts): they are what they are called. Images,
 * sounds and scripts alone; what can run when it is opened by itself has to pass the gate.
 */
const FILE_HEADERS = [{ key: "X-Content-Type-Options", value: "nosniff" }];

const FILES_OF_THE_BUILD = [
  "/_next/static/:file*",
  "/demo/:file*",
  "/:file(favicon\\.ico|icon1\\.png|icon2\\.png|apple-icon\\.png|manifest\\.webmanifest|robots\\.txt)",
];

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  headers: async () => FILES_OF_THE_BUILD.map((source) => ({ source, headers: FILE_HEADERS })),
  experimental: {
    // Our actions take a form field or two.
    serverActions: { bodySizeLimit: "64kb" },
    // What Next keeps of a body while the gate runs; the largest that any route reads is a file's 4 MB. One that is
    // longer is handed on cut off, so this has to be more than the route's own limit.
    proxyClientMaxBodySize: "5mb",
  },
  // Read from disk at request time, so a function must carry them along.
  outputFileTracingIncludes: {
    "/docs": ["./docs/openapi.json"],
    "/posts/[id]/opengraph-image": ["./app/_assets/**"],
    "/opengraph-image": ["./app/_assets/**"],
  },
  serverExternalPackages: ["@node-rs/argon2", "pino", "pg"],
};

export default withNextIntl(config);
