import { memberOf } from "@/lib/chat";
import type { SignedInCaller } from "@/lib/core/permission";
import { type Channel, type ChannelKind, parseChannel } from "@/lib/realtime";
import { mayFollowOrders } from "@/lib/shop";
import { mayFollowTasks } from "@/lib/tasks";

/** Who may listen to which channels of a kind; by the ids of things, which the domains answer in one statement each. */
const guards: Record<
  ChannelKind,
  (caller: SignedInCaller, ids: string[]) => Promise<ReadonlySet<string>> | ReadonlySet<string>
> = {
  user: ({ userId }) => new Set([userId]),
  chat: ({ userId }, ids) => memberOf(userId, ids),
  order: mayFollowOrders,
  task: mayFollowTasks,
  // Everybody who is signed in.
  presence: (_, ids) => new Set(ids),
  views: (_, ids) => new Set(ids),
};

/** Those of the channels that somebody may listen to. */
export async function mayListen(
  caller: SignedInCaller,
  channels: readonly Channel[],
): Promise<ReadonlySet<Channel>> {
  const ofKind = new Map<ChannelKind, { name: Channel; id: string }[]>();
  for (const channel of channels) {
    const { name, kind, id } = parseChannel(channel);
    ofKind.set(kind, [...(ofKind.get(kind) ?? []), { name, id: id ?? "" }]);
  }
  const allowed = await Promise.all(
    [...ofKind].map(async ([kind, asked]) => {
      const ids = await guards[kind](
        caller,
        asked.map(({ id }) => id),
      );
      return asked.filter(({ id }) => ids.has(id)).map(({ name }) => name);
    }),
  );
  return new Set(allowed.flat());
}
