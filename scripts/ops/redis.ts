import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import {
  backUpRedis,
  backupEntrySchema,
  deleteRedisKey,
  deleteRedisKind,
  expireKeySchema,
  expireRedisKey,
  type Reported,
  readRedisClients,
  readRedisInfo,
  readRedisKey,
  readSlowLog,
  restoreRedis,
  scanRedis,
} from "@/lib/ops";
import { type Command, requireWord, table, UsageError } from "./command";

/** `npm run ops -- redis …` */
export const redis: Readonly<Record<string, Command>> = {
  info: {
    usage: "redis info [--section memory]",
    summary: "what Redis reports of itself",
    run: async ({ caller, options }) => {
      const info = await readRedisInfo(caller);
      const sections =
        options.section === undefined ? info : { [options.section]: info[options.section] ?? {} };
      const lines = Object.entries(sections).flatMap(([name, values]) => [
        `# ${name}`,
        ...Object.entries(values).map(([key, value]) => `${key}: ${value}`),
      ]);
      return { json: sections, lines };
    },
  },
  slowlog: {
    usage: "redis slowlog",
    summary: "the slowest commands, where the server offers them",
    run: async ({ caller }) => {
      const report = await readSlowLog(caller);
      return { json: report, lines: reportLines(report) };
    },
  },
  clients: {
    usage: "redis clients",
    summary: "connections of clients, where the server offers them",
    run: async ({ caller }) => {
      const report = await readRedisClients(caller);
      return { json: report, lines: reportLines(report) };
    },
  },
  keys: {
    usage: "redis keys [--match pattern]",
    summary: "keys by kind, the biggest, and those without a TTL; reads every key once",
    run: async ({ caller, options }) => {
      const scan = await scanRedis(caller, options.match);
      const kinds = Object.entries(scan.byKind).sort(([, a], [, b]) => b.keys - a.keys);
      const rows = (list: typeof scan.biggest) =>
        table(
          ["key", "kind", "type", "size", "ttl"],
          list.map(({ key, kind, type, size, ttlSeconds }) => [
            key,
            kind ?? "unknown",
            type,
            String(size),
            ttlSeconds === null ? "none" : `${ttlSeconds} s`,
          ]),
        );
      return {
        json: scan,
        lines: [
          `${scan.keys} keys`,
          ...table(
            ["kind", "keys", "size"],
            kinds.map(([kind, sum]) => [kind, `${sum.keys}`, `${sum.size}`]),
          ),
          "",
          "biggest",
          ...rows(scan.biggest.slice(0, 20)),
          "",
          scan.withoutTtl.length === 0 ? "no key lacks a TTL" : "without a TTL that they should have",
          ...(scan.withoutTtl.length === 0 ? [] : rows(scan.withoutTtl)),
        ],
      };
    },
  },
  key: {
    usage: "redis key <key>",
    summary: "one key with the beginning of its value and what it is for",
    run: async ({ caller, words }) => {
      const found = await readRedisKey(caller, requireWord(words, "key"));
      if (!found) return { json: null, lines: ["there is no such key"], exitCode: 1 };
      const lines = Object.entries(found).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
      return { json: found, lines };
    },
  },
  delete: {
    usage: "redis delete <key> --reason text --yes",
    summary: "one key; docs/REDIS.md says what is lost with it",
    changes: "destroys",
    run: async ({ caller, words, auditContext }) => {
      const deleted = await deleteRedisKey(caller, requireWord(words, "key"), auditContext);
      return { json: { deleted }, lines: [deleted ? "deleted" : "there is no such key"] };
    },
  },
  expire: {
    usage: "redis expire <key> <seconds> --reason text --yes",
    summary: "gives a key a TTL",
    changes: "destroys",
    run: async ({ caller, words, auditContext }) => {
      const key = requireWord(words, "key");
      const ttl = expireKeySchema.shape.ttlSeconds.safeParse(words[1]);
      if (!ttl.success) throw new UsageError("how many seconds? It is the second word, a whole number");
      const expires = await expireRedisKey(caller, { key, ttlSeconds: ttl.data }, auditContext);
      return { json: { expires }, lines: [expires ? "expires" : "there is no such key"] };
    },
  },
  drop: {
    usage: "redis drop <kind> --reason text --yes",
    summary: "all keys of a kind, as `redis keys` names them",
    changes: "destroys",
    run: async ({ caller, words, auditContext }) => {
      const deleted = await deleteRedisKind(caller, requireWord(words, "kind"), auditContext);
      return { json: { deleted }, lines: [`${deleted} keys deleted`] };
    },
  },
  backup: {
    usage: "redis backup --file path --reason text",
    summary: "all keys into a file of JSON lines",
    changes: "something",
    run: async ({ caller, options, auditContext }) => {
      const path = requireFile(options.file);
      const file = createWriteStream(path, { flags: "wx", mode: 0o600 });
      let keys = 0;
      for await (const entry of backUpRedis(caller, auditContext)) {
        if (!file.write(`${JSON.stringify(entry)}\n`)) await once(file, "drain");
        keys += 1;
      }
      file.end();
      await once(file, "finish");
      return { json: { keys, file: path }, lines: [`${keys} keys in ${path}`] };
    },
  },
  restore: {
    usage: "redis restore --file path [--all] --reason text --yes",
    summary: "what Redis alone had, into an empty database, and compares it; --all: also copies of Postgres",
    changes: "destroys",
    run: async ({ caller, options, all, auditContext }) => {
      const entries = [];
      const lines = createInterface({ input: createReadStream(requireFile(options.file)) });
      for await (const line of lines) entries.push(backupEntrySchema.parse(JSON.parse(line)));
      const keys = await restoreRedis(caller, entries, all ? "everything" : "needed", auditContext);
      const left = entries.length - keys;
      return {
        json: { keys, leftOut: left },
        lines: [`${keys} keys restored and compared; ${left} left out, which Postgres has`],
      };
    },
  },
};

function reportLines({ offered, lines, why }: Reported): readonly string[] {
  return offered ? lines : [`not offered by this Redis over REST: ${why ?? "no reason given"}`];
}

function requireFile(path: string | undefined): string {
  if (path === undefined) throw new UsageError("which file? --file path");
  return path;
}
