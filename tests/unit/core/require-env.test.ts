import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it("a server without an environment exits with one message that lists every problem", async () => {
  vi.resetModules();
  for (const name of ["APP_URL", "DATABASE_URL", "AUTH_SECRET"]) vi.stubEnv(name, "");
  vi.stubEnv("NEXT_RUNTIME", "nodejs");
  const exit = vi.spyOn(process, "exit").mockImplementation(() => {
    throw new Error("exit");
  });
  const consoleError = vi.spyOn(console, "error").mockImplementation(() => {});
  const { register } = await import("@/instrumentation");
  await expect(register()).rejects.toThrow("exit");
  expect(exit).toHaveBeenCalledWith(1);
  expect(consoleError).toHaveBeenCalledTimes(1);
  expect(consoleError.mock.calls[0]?.[0]).toMatch(
    /APP_URL: is not set[\s\S]*DATABASE_URL: is not set[\s\S]*AUTH_SECRET: is not set/,
  );
});
