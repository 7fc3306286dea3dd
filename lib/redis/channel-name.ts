/** A channel's name would not reach Redis as it is. */
export class ChannelNameError extends Error {
  constructor(channel: string) {
    super(
      `${JSON.stringify(channel.slice(0, 100))} cannot be a channel: 1 to ${MOST_CHARACTERS} letters, digits and : _ - . @ ~ only`,
    );
    this.name = "ChannelNameError";
  }
}

const MOST_CHARACTERS = 512;

/**
 * The name travels in a URL that is not encoded, and in frames that are cut at commas: `/ ? # , %`, spaces and
 * everything that a URL would rewrite would name another channel, silently.
 *
 * @returns the name
 * @throws {ChannelNameError}
 */
export function checkedChannel(channel: string): string {
  const fits = /^[A-Za-z0-9:_.@~-]+$/.test(channel) && channel.length <= MOST_CHARACTERS;
  // A URL takes these for "here" and "one up".
  if (!fits || channel === "." || channel === "..") throw new ChannelNameError(channel);
  return channel;
}
