export { emit, emitVolatile, wakeUserStreams } from "./emit";
export { MAX_CHANNELS, openStream, parseSubscriptions, STREAM_HEADERS, streamStats } from "./open-stream";
export { isPublicKind, type ParsedChannel, parseChannel } from "./parse-channel";
export { readCursors } from "./read-cursors";
export { clearLogs, resetChannels } from "./reset-channels";
export { callRoll, type InstanceStreams, instanceStreamsSchema } from "./roll-call";
export type { ChannelRights, StreamedEvent } from "./stream";
