import { expect, it, vi } from "vitest";
import type { SignedInCaller } from "@/lib/core/permission";
import type { Channel } from "@/lib/schemas/channels";

vi.mock("@/lib/core/log", () => ({ log: () => ({ warn: () => {} }) }));
vi.mock("@/lib/chat", () => ({ filterMemberChatIds: () => Promise.reject(new Error("Postgres is down")) }));
vi.mock("@/lib/shop", () => ({ filterReadableOrderIds: async () => new Set() }));
vi.mock("@/lib/tasks", () => ({
  filterReadableTaskIds: () => Promise.reject(new Error("Postgres is down")),
}));

const { authorizeChannels } = await import("@/app/api/realtime/channel-guards");

it("without Postgres some channels have no decision, and the others are decided", async () => {
  const [me, other, thing] = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
  const requested = [
    `user:${me}`,
    `user:${other}`,
    `chat:${thing}`,
    `order:${thing}`,
    `task:${thing}`,
    "views",
  ];
  const rights = await authorizeChannels({ userId: me } as SignedInCaller, requested as Channel[]);
  expect(Object.fromEntries(rights)).toEqual({
    [`user:${me}`]: true,
    [`user:${other}`]: false,
    [`order:${thing}`]: false,
    views: true,
  });
});
