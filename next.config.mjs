import createNextIntlPlugin from "next-intl/plugin";

const withNextIntl = createNextIntlPlugin("./app/i18n/request.ts");

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Read from disk at request time, so a function must carry them along.
  outputFileTracingIncludes: {
    "/docs": ["./docs/openapi.json"],
    "/posts/[id]/opengraph-image": ["./app/_assets/**"],
    "/opengraph-image": ["./app/_assets/**"],
  },
  serverExternalPackages: ["@node-rs/argon2", "pino", "pg"],
};

export default withNextIntl(config);
