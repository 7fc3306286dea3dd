import type { RedisGateway } from "@/local/redis/gateway";

let current: RedisGateway | undefined;

export function setGateway(gateway: RedisGateway): void {
  current = gateway;
}

/** The gateway of this test file; its `stats` count what the app sent. */
export function currentGateway(): RedisGateway {
  if (!current) throw new Error("tests/support/stack/setup.ts has not run");
  return current;
}
