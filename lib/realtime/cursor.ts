/** Position in a channel's log: all events of this epoch up to this number. */
export interface Cursor {
  epoch: string;
  n: number;
}

const CURSOR = /^([A-Za-z0-9]{1,32}):(\d{1,15})$/;

/** `epoch:number`, as in URLs and events. */
export function formatCursor({ epoch, n }: Cursor): string {
  return `${epoch}:${n}`;
}

/** Null for an invalid cursor: the subscription then starts from now. */
export function parseCursor(text: string | null | undefined): Cursor | null {
  const [, epoch, n] = CURSOR.exec(text ?? "") ?? [];
  return epoch === undefined ? null : { epoch, n: Number(n) };
}

/** `channel@epoch:number`: a browser sends it back as `Last-Event-ID` after an interruption. */
export function formatEventId(channel: string, cursor: Cursor): string {
  return `${channel}@${formatCursor(cursor)}`;
}

export function parseEventId(text: string | null): { channel: string; cursor: Cursor } | null {
  const at = text?.lastIndexOf("@") ?? -1;
  const cursor = parseCursor(text?.slice(at + 1));
  return text && at > 0 && cursor ? { channel: text.slice(0, at), cursor } : null;
}
