import type { Channel, ChannelKind, EventData, EventName } from "./catalogue";

/**
 * Says something on a channel, once the answer is out: everybody who listens gets it, in order, and whoever was away
 * finds it in the channel's log. Best effort, so never the only place where something is: a crash between a commit
 * and this costs a moment, which the domain's own numbers make up for.
 */
export function emit<K extends ChannelKind, E extends EventName<K>>(
  _channel: Channel<K>,
  _event: E,
  _data: EventData<K, E>,
): void {}

/** Says something to whoever listens now; nobody else will know. For what is old in a moment (somebody types). */
export function emitVolatile<K extends ChannelKind, E extends EventName<K>>(
  _channel: Channel<K>,
  _event: E,
  _data: EventData<K, E>,
): void {}
