/** A channel's name would not reach Redis as it is. */
export class ChannelNameError extends Error {
  constructor(channel: string) {
    super(
      `${JSON.stringify(channel.slice(0, 100))} cannot be a channel: 1 to ${MAX_CHANNEL_LENGTH} letters, digits and : _ - . @ ~ only`,
    );
    this.name = "ChannelNameError";
  }
}

const MAX_CHANNEL_LENGTH = 512;

/**
 * The name travels in a URL that is not encoded, and in frames that are cut at commas: `/ ? # , %`, spaces and
 * everything that a URL would rewrite would name another channel, silently.
 *
 * @returns the name
 * @throws {ChannelNameError}
 */
export function validateChannel(channel: string): string {
  const isValid = /^[A-Za-z0-9:_.@~-]+$/.test(channel) && channel.length <= MAX_CHANNEL_LENGTH;
  // A URL takes these for "here" and "one up".
  if (!isValid || channel === "." || channel === "..") throw new ChannelNameError(channel);
  return channel;
}
