import { expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";
import { readSignedId, signId } from "@/lib/core/signed-id";

// env() requires a complete environment; only the secret matters here.
for (const [name, value] of Object.entries({
  APP_URL: "http://localhost:3000",
  DATABASE_URL: "postgres://localhost/none",
  UPSTASH_REDIS_REST_URL: "http://localhost:1",
  UPSTASH_REDIS_REST_TOKEN: "x",
  QSTASH_TOKEN: "x",
  QSTASH_CURRENT_SIGNING_KEY: "x",
  QSTASH_NEXT_SIGNING_KEY: "x",
  AUTH_SECRET: "a secret of thirty-two characters",
  CRON_SECRET: "a secret of sixteen",
})) {
  vi.stubEnv(name, value);
}

it("reads the id that it signed, and the token is base64url", () => {
  const id = newId();
  const token = signId("reset_password", id);
  expect(token).toMatch(/^[\w-]{64}$/);
  expect(readSignedId("reset_password", token)).toBe(id);
});

it("rejects a token of another purpose", () => {
  expect(readSignedId("reset_password", signId("confirm_address", newId()))).toBeNull();
});

it("rejects a token with any one character changed", () => {
  const token = signId("reset_password", newId());
  for (let index = 0; index < token.length; index += 1) {
    const other = token[index] === "A" ? "B" : "A";
    const forged = token.slice(0, index) + other + token.slice(index + 1);
    expect(readSignedId("reset_password", forged)).toBeNull();
  }
});

it("rejects another id under a valid signature", () => {
  const [mine, yours] = [newId(), newId()].map((id) =>
    Buffer.from(signId("reset_password", id), "base64url"),
  );
  if (!mine || !yours) throw new Error("no tokens");
  const swapped = Buffer.concat([yours.subarray(0, 16), mine.subarray(16)]).toString("base64url");
  expect(readSignedId("reset_password", swapped)).toBeNull();
});

it.each(["", "x", "=".repeat(64), "a".repeat(63), "a".repeat(64), "ю".repeat(64), `${"a".repeat(10_000)}`])(
  "returns null for %.20j, and does not throw",
  (token) => {
    expect(readSignedId("confirm_address", token)).toBeNull();
  },
);

it("accepts only the canonical spelling of a token", () => {
  const token = signId("confirm_address", newId());
  expect(readSignedId("confirm_address", `${token}=`)).toBeNull();
  expect(readSignedId("confirm_address", ` ${token}`)).toBeNull();
  expect(readSignedId("confirm_address", `${token.slice(0, 10)}\n${token.slice(10)}`)).toBeNull();
});
