import { describe, expect, it } from "vitest";
import { AppError, ERROR_STATUS } from "@/lib/core/errors";
import { errorResponse, toAppError } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";

const withCode = (code: string, cause?: unknown) => Object.assign(new Error("x", { cause }), { code });

describe("toAppError", () => {
  it("masks an unknown error, and keeps it as the cause for the log", async () => {
    const secret = new Error("password is hunter2");
    const error = toAppError(secret);
    expect(error.cause).toBe(secret);
    const response = errorResponse(error, "en", "id");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("hunter2");
  });

  it.each(["ECONNREFUSED", "P1001", "57P03", "53300"])("%s is an outage: 503 with Retry-After", (code) => {
    for (const error of [withCode(code), new Error("outer", { cause: withCode(code) })]) {
      const response = errorResponse(toAppError(error), "ru", "id");
      expect(response.status).toBe(503);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    }
  });

  it.each([
    "Can't reach database server at 127.0.0.1:1",
    "timeout exceeded when trying to connect",
    "Connection terminated unexpectedly",
    "Query read timeout",
  ])("a pg error without a code is an outage too: %s", (message) => {
    expect(toAppError(new Error("outer", { cause: new Error(message) })).code).toBe("unavailable");
  });

  it("handles circular causes", () => {
    const error = new Error("a");
    error.cause = error;
    expect(toAppError(error).code).toBe("internal");
  });
});

it("every code has a status and a text in both languages", () => {
  for (const code of Object.keys(ERROR_STATUS) as (keyof typeof ERROR_STATUS)[]) {
    expect(new AppError(code).status).toBe(ERROR_STATUS[code]);
    expect(messageText(code, "ru")).not.toBe(messageText(code, "en"));
  }
});
