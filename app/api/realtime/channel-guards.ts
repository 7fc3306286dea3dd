import { filterMemberChatIds } from "@/lib/chat";
import { AppError } from "@/lib/core/errors";
import { log } from "@/lib/core/log";
import type { SignedInCaller } from "@/lib/core/permission";
import {
  type Channel,
  type ChannelKind,
  type ChannelRights,
  isPublicKind,
  parseChannel,
} from "@/lib/realtime";
import { filterReadableOrderIds } from "@/lib/shop";
import { filterReadableTaskIds } from "@/lib/tasks";

/** Who may listen to which channels of a kind; by the ids of things, which the domains answer in one statement each. */
const channelGuards: Record<
  ChannelKind,
  (caller: SignedInCaller, ids: string[]) => Promise<ReadonlySet<string>> | ReadonlySet<string>
> = {
  user: ({ userId }) => new Set([userId]),
  chat: ({ userId }, ids) => filterMemberChatIds(userId, ids),
  order: filterReadableOrderIds,
  task: filterReadableTaskIds,
  // Everybody who is signed in.
  presence: (_, ids) => new Set(ids),
  views: (_, ids) => new Set(ids),
};

/**
 * Whether somebody may listen to each of the channels. One that is missing: nobody can say for now, since Postgres is
 * away; what needs no Postgres is not held up by that.
 */
export async function authorizeChannels(
  caller: SignedInCaller,
  channels: readonly Channel[],
): Promise<ChannelRights> {
  const channelsByKind = new Map<ChannelKind, { name: Channel; id: string }[]>();
  for (const channel of channels) {
    const { name, kind, id } = parseChannel(channel);
    channelsByKind.set(kind, [...(channelsByKind.get(kind) ?? []), { name, id: id ?? "" }]);
  }
  const rights = new Map<Channel, boolean>();
  await Promise.all(
    [...channelsByKind].map(async ([kind, requested]) => {
      const ids = requested.map(({ id }) => id);
      try {
        const allowed = await channelGuards[kind](caller, ids);
        for (const { name, id } of requested) rights.set(name, allowed.has(id));
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
export function requirePublicChannels(channels: Iterable<Channel>): void {
  const requested = [...channels];
  if (requested.length === 0 || !requested.every((channel) => isPublicKind(parseChannel(channel).kind)))
    throw new AppError("unauthenticated");
}
