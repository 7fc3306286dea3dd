import { expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";
import { readSignedId, signId } from "@/lib/core/signed-id";

// What env() wants to be complete; the secret is all that counts here.
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

it("reads back the id it signed, and the token shows no more than base64url", () => {
  const id = newId();
  const token = signId("reset_password", id);
  expect(token).toMatch(/^[\w-]{64}$/);
  expect(readSignedId("reset_password", token)).toBe(id);
});

it("does not read a token that was made for another purpose", () => {
  expect(readSignedId("reset_password", signId("confirm_address", newId()))).toBeNull();
});

it("does not read a token with any one character changed", () => {
  const token = signId("reset_password", newId());
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === "A" ? "B" : "A";
    const forged = token.slice(0, at) + other + token.slice(at + 1);
    expect(readSignedId("reset_password", forged)).toBeNull();
  }
});

it("does not read another's id under a signature that is good for one's own", () => {
  const [mine, yours] = [newId(), newId()].map((id) =>
    Buffer.from(signId("reset_password", id), "base64url"),
  );
  if (!mine || !yours) throw new Error("no tokens");
  const swapped = Buffer.concat([yours.subarray(0, 16), mine.subarray(16)]).toString("base64url");
  expect(readSignedId("reset_password", swapped)).toBeNull();
});

it.each(["", "x", "=".repeat(64), "a".repeat(63), "a".repeat(64), "ю".repeat(64), `${"a".repeat(10_000)}`])(
  "says nothing to %.20j, and does not throw",
  (token) => {
    expect(readSignedId("confirm_address", token)).toBeNull();
  },
);

it("takes one spelling of a token alone", () => {
  const token = signId("confirm_address", newId());
  expect(readSignedId("confirm_address", `${token}=`)).toBeNull();
  expect(readSignedId("confirm_address", ` ${token}`)).toBeNull();
  expect(readSignedId("confirm_address", `${token.slice(0, 10)}\n${token.slice(10)}`)).toBeNull();
});
