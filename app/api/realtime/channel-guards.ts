import { memberOf } from "@/lib/chat";
import { AppError } from "@/lib/core/errors";
import { log } from "@/lib/core/log";
import type { SignedInCaller } from "@/lib/core/permission";
import { type Channel, type ChannelKind, isPublic, parseChannel, type Rights } from "@/lib/realtime";
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

/**
 * Whether somebody may listen to each of the channels. One that is missing: nobody can say for now, since Postgres is
 * away; what needs no Postgres is not held up by that.
 */
export async function mayListen(caller: SignedInCaller, channels: readonly Channel[]): Promise<Rights> {
  const ofKind = new Map<ChannelKind, { name: Channel; id: string }[]>();
  for (const channel of channels) {
    const { name, kind, id } = parseChannel(channel);
    ofKind.set(kind, [...(ofKind.get(kind) ?? []), { name, id: id ?? "" }]);
  }
  const rights = new Map<Channel, boolean>();
  await Promise.all(
    [...ofKind].map(async ([kind, asked]) => {
      const ids = asked.map(({ id }) => id);
      try {
        const allowed = await guards[kind](caller, ids);
        for (const { name, id } of asked) rights.set(name, allowed.has(id));
      } catch (error) {
        log().warn({ err: error, kind }, "nobody can say who may listen");
      }
    }),
  );
  return rights;
}

/**
 * What anybody may listen to needs no sign-in; one other channel, or none at all, does.
 * @throws {AppError} unauthenticated
 */
export function requirePublic(channels: Iterable<Channel>): void {
  const asked = [...channels];
  if (asked.length === 0 || !asked.every((channel) => isPublic(parseChannel(channel).kind)))
    throw new AppError("unauthenticated");
}
