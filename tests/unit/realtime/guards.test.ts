import { expect, it, vi } from "vitest";
import type { SignedInCaller } from "@/lib/core/permission";
import type { Channel } from "@/lib/realtime";

vi.mock("@/lib/core/log", () => ({ log: () => ({ warn: () => {} }) }));
vi.mock("@/lib/chat", () => ({ memberOf: () => Promise.reject(new Error("Postgres is away")) }));
vi.mock("@/lib/shop", () => ({ mayFollowOrders: async () => new Set() }));
vi.mock("@/lib/tasks", () => ({ mayFollowTasks: () => Promise.reject(new Error("Postgres is away")) }));

const { authorizeChannels: mayListen } = await import("@/app/api/realtime/channel-guards");

it("without Postgres nobody can say of some channels, and the others are answered", async () => {
  const [me, other, thing] = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
  const asked = [`user:${me}`, `user:${other}`, `chat:${thing}`, `order:${thing}`, `task:${thing}`, "views"];
  const rights = await mayListen({ userId: me } as SignedInCaller, asked as Channel[]);
  expect(Object.fromEntries(rights)).toEqual({
    [`user:${me}`]: true,
    [`user:${other}`]: false,
    [`order:${thing}`]: false,
    views: true,
  });
});
