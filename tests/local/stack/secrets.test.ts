import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadLocalSecrets } from "../../../local/stack/settings";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "nd-secrets-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const file = () => path.join(dataDir, "secrets.json");

it("generates the secrets once and stores them readable by the owner only", async () => {
  const first = await loadLocalSecrets(dataDir);
  expect(first.stripeSecretKey).toMatch(/^sk_test_local_/);
  expect(first.stripeWebhookSecret).toMatch(/^whsec_/);
  expect(await loadLocalSecrets(dataDir)).toEqual(first);
  expect((await stat(file())).mode & 0o077).toBe(0);
  expect(await readdir(dataDir)).toEqual(["secrets.json"]);
});

it("keeps the secrets of an older file and adds the missing ones permanently", async () => {
  const old = { AUTH_SECRET: "a", CRON_SECRET: "b", redisToken: "c", qstashToken: "d" };
  await writeFile(file(), JSON.stringify(old));
  const first = await loadLocalSecrets(dataDir);
  expect(first).toMatchObject(old);
  expect(first.stripeSecretKey).toMatch(/^sk_test_local_/);
  expect(JSON.parse(await readFile(file(), "utf8"))).toEqual(first);
  expect(await loadLocalSecrets(dataDir)).toEqual(first);
});

it("throws on a damaged file and does not overwrite it", async () => {
  await writeFile(file(), "{ half");
  await expect(loadLocalSecrets(dataDir)).rejects.toThrow(SyntaxError);
  expect(await readFile(file(), "utf8")).toBe("{ half");
});
