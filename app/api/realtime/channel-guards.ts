import { filterMemberChatIds } from "@/lib/chat";
import { AppError } from "@/lib/core/errors";
import { log } from "@/lib/core/log";
import type { SignedInCaller } from "@/lib/core/permission";
import { type ChannelRights, isPublicKind, parseChannel } from "@/lib/realtime";
import type { Channel, ChannelKind } from "@/lib/schemas/channels";
import { filterReadableOrderIds } from "@/lib/shop";
import { filterReadableTaskIds } from "@/lib/tasks";

/** Which of the ids the caller may subscribe to, by kind of channel; each domain answers in one statement. */
const channelGuards: Record<
  ChannelKind,
  (caller: SignedInCaller, ids: string[]) => Promise<ReadonlySet<string>> | ReadonlySet<string>
> = {
  user: ({ userId }) => new Set([userId]),
  chat: ({ userId }, ids) => filterMemberChatIds(userId, ids),
  order: filterReadableOrderIds,
  task: filterReadableTaskIds,
  // Open to every signed-in user.
  presence: (_, ids) => new Set(ids),
  views: (_, ids) => new Set(ids),
};

/**
 * Whether the caller may subscribe to each channel. A channel is missing from the result when its guard failed because
 * Postgres is unavailable; channels that need no Postgres are still decided.
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
        log().warn({ err: error, kind }, "channel authorization failed");
      }
    }),
  );
  return rights;
}

/**
 * Anonymous clients may subscribe to public channels only; any other channel, or no channel at all, requires sign-in.
 * @throws {AppError} unauthenticated
 */
export function requirePublicChannels(channels: Iterable<Channel>): void {
  const requested = [...channels];
  if (requested.length === 0 || !requested.every((channel) => isPublicKind(parseChannel(channel).kind)))
    throw new AppError("unauthenticated");
}
