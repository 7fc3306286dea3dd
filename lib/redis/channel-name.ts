/** Redis would see another name than this one. */
export class ChannelNameError extends Error {
  constructor(channel: string) {
    super(
      `invalid channel name ${JSON.stringify(channel.slice(0, 100))}: use 1 to ${MAX_CHANNEL_LENGTH} letters, digits and : _ - . @ ~ only`,
    );
    this.name = "ChannelNameError";
  }
}

const MAX_CHANNEL_LENGTH = 512;

/**
 * The name is part of an unencoded URL and of frames that are split at commas: `/ ? # , %`, spaces and
 * everything else that a URL parser rewrites would silently name another channel.
 *
 * @returns the name
 * @throws {ChannelNameError}
 */
export function validateChannel(channel: string): string {
  const isValid = /^[A-Za-z0-9:_.@~-]+$/.test(channel) && channel.length <= MAX_CHANNEL_LENGTH;
  // A URL parser resolves these as the current and the parent folder.
  if (!isValid || channel === "." || channel === "..") throw new ChannelNameError(channel);
  return channel;
}
