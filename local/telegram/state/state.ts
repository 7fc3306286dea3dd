import { type Change, chatKey, type TableName, type Tables } from "./model";

type Maps = { [Name in TableName]: Map<string, Tables[Name]> };

/** All tables in memory, oldest row first, with the indexes that avoid table scans. */
export class State {
  readonly tables: Maps = {
    bots: new Map(),
    counters: new Map(),
    people: new Map(),
    chats: new Map(),
    messages: new Map(),
    updates: new Map(),
    callbacks: new Map(),
    files: new Map(),
  };
  /** Messages by chat and id, oldest first. */
  private readonly messagesByChat = new Map<string, Map<number, Tables["messages"]>>();
  private readonly updatesByBot = new Map<number, Map<number, Tables["updates"]>>();
  private readonly filesByPath = new Map<string, string>();

  messagesOf(botId: number, userId: number): ReadonlyMap<number, Tables["messages"]> {
    return this.messagesByChat.get(chatKey(botId, userId)) ?? new Map();
  }

  /** Unconfirmed updates by id, oldest first. */
  updatesOf(botId: number): ReadonlyMap<number, Tables["updates"]> {
    return this.updatesByBot.get(botId) ?? new Map();
  }

  fileByPath(path: string): Tables["files"] | undefined {
    return this.tables.files.get(this.filesByPath.get(path) ?? "");
  }

  apply(change: Change): void {
    const before = this.tables[change.table].get(change.id);
    if (change.value === null) this.tables[change.table].delete(change.id);
    else setRow(this.tables, change);
    if (change.table === "messages") {
      const row = change.value ?? (before as Tables["messages"] | undefined);
      if (row)
        index(this.messagesByChat, chatKey(row.botId, row.userId), row.message.message_id, change.value);
    }
    if (change.table === "updates") {
      const row = change.value ?? (before as Tables["updates"] | undefined);
      if (row) index(this.updatesByBot, row.botId, row.update.update_id, change.value);
    }
    if (change.table === "files" && change.value) this.filesByPath.set(change.value.path, change.id);
  }

  /** The state as lines of JSON, for `load` in this order. */
  *dump(): Generator<string> {
    for (const [table, rows] of Object.entries(this.tables)) {
      for (const [id, value] of rows) yield JSON.stringify({ table, id, value });
    }
  }

  /** Loads a line of `dump`. Lines have passed a checksum and are not validated. */
  load(line: string): void {
    const read = JSON.parse(line);
    if (!(read.table in this.tables))
      throw new Error(`snapshot line of unknown table ${read.table}: written by a newer version?`);
    this.apply(read);
  }
}

function index<Outer, Row>(
  maps: Map<Outer, Map<number, Row>>,
  outer: Outer,
  inner: number,
  row: Row | null,
): void {
  const rows = maps.get(outer) ?? new Map<number, Row>();
  if (row === null) rows.delete(inner);
  else rows.set(inner, row);
  if (rows.size === 0) maps.delete(outer);
  else maps.set(outer, rows);
}

function setRow<Name extends TableName>(
  tables: Maps,
  change: { table: Name; id: string; value: Tables[Name] | null },
) {
  if (change.value !== null) (tables[change.table] as Map<string, Tables[Name]>).set(change.id, change.value);
}
