import { afterEach, expect, it, vi } from "vitest";

/** What the policy of a page allows of the blob store. The rest of it: tests/integration/api/security-headers.test.ts. */

const REQUIRED = {
  APP_URL: "https://music.test",
  DATABASE_URL: "postgresql://u:p@db/n",
  UPSTASH_REDIS_REST_URL: "https://x.upstash.io",
  UPSTASH_REDIS_REST_TOKEN: "t",
  QSTASH_URL: "https://qstash.upstash.io",
  QSTASH_TOKEN: "t",
  QSTASH_CURRENT_SIGNING_KEY: "sig_a",
  QSTASH_NEXT_SIGNING_KEY: "sig_b",
  AUTH_SECRET: "a".repeat(32),
  CRON_SECRET: "c".repeat(16),
};

afterEach(() => vi.unstubAllEnvs());

/** The sources of each directive of a page's policy in this environment. */
async function policyWith(environment: Record<string, string | undefined>): Promise<Record<string, string>> {
  for (const [name, value] of Object.entries({ ...REQUIRED, ...environment })) vi.stubEnv(name, value);
  vi.resetModules();
  const headers = await import("@/lib/core/security-headers");
  const policy = headers.pageContentPolicy("n", headers.getSecurityContext());
  return Object.fromEntries(
    policy.split("; ").map((each) => [each.split(" ")[0], each.split(" ").slice(1).join(" ")]),
  );
}

const STORE_DIRECTIVES = ["img-src", "media-src", "connect-src"];

it("allows the store's addresses for pictures, sound and data, and the upload API for data, nowhere else", async () => {
  const store = "https://abc123.public.blob.vercel-storage.com/";
  const policy = await policyWith({
    BLOB_READ_WRITE_TOKEN: "vercel_blob_rw_private1_secret",
    PUBLIC_BLOB_READ_WRITE_TOKEN: "vercel_blob_rw_ABC123_secret",
    VERCEL_BLOB_API_URL: undefined,
  });
  expect(policy).toMatchObject({
    "img-src": `'self' data: blob: ${store}`,
    "media-src": `'self' blob: ${store}`,
    "connect-src": `'self' ${store} https://vercel.com/api/blob/`,
  });
  const others = Object.entries(policy).filter(([name]) => !STORE_DIRECTIVES.includes(name));
  expect(others.filter(([, sources]) => /https?:|\*/.test(sources))).toEqual([]);
});

it("allows an emulator's addresses, down to the path", async () => {
  const policy = await policyWith({
    BLOB_READ_WRITE_TOKEN: "vercel_blob_rw_local_secret",
    PUBLIC_BLOB_READ_WRITE_TOKEN: "vercel_blob_rw_local_secret",
    VERCEL_BLOB_API_URL: "http://localhost:3010/api/blob",
  });
  expect(policy).toMatchObject({
    "media-src": "'self' blob: http://localhost:3010/store/",
    "connect-src": "'self' http://localhost:3010/store/ http://localhost:3010/api/blob/",
  });
});

it("allows no other origin without a store, or with an environment that does not parse", async () => {
  const stores = { BLOB_READ_WRITE_TOKEN: undefined, PUBLIC_BLOB_READ_WRITE_TOKEN: undefined };
  for (const environment of [stores, { ...stores, APP_URL: "" }]) {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const policy = await policyWith(environment);
    expect([policy["img-src"], policy["media-src"], policy["connect-src"]]).toEqual([
      "'self' data: blob:",
      "'self' blob:",
      "'self'",
    ]);
  }
});
