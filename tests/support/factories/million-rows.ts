import { Client } from "pg";
import type { Caller } from "@/lib/core/access-token";

/**
 * Fills a database to the size of a busy production: a million users, tasks and messages, and hundreds of thousands of
 * the rest. One statement a table, without foreign key checks; indexes are built afterwards, but for those that a foreign
 * key refers to, and nothing checks the rows.
 */

export const MILLION = 1_000_000;
/** Of tables that are not themselves what the issue of size is about. */
const MANY = 200_000;
/** Rows that the daily tidy finds in a table. */
export const EXPIRED_SESSIONS = 35_000;

/** Ids of one table, in the order of `n`. */
export function rowId(table: keyof typeof ID_SPACES, n: number): string {
  return `00000000-${ID_SPACES[table]}-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

const ID_SPACES = {
  ...{ user: "0001", session: "0002", task: "0003", chat: "0004", message: "0005", post: "0006" },
  ...{ product: "0007", order: "0008", notification: "0009", audit: "000a", event: "000b", alert: "000c" },
  ...{ delivery: "000d", bonus: "000e", link: "000f", file: "0010", variant: "0011", mint: "0012" },
  ...{
    bot: "0013",
    botPerson: "0014",
    workflow: "0015",
    version: "0016",
    execution: "0017",
    botMessage: "0018",
  },
  ...{
    busyBot: "0019",
    busyWorkflow: "001a",
    busyVersion: "001b",
    busyPerson: "001c",
    busyExecution: "001d",
    busyMessage: "001e",
    botCode: "001f",
    report: "0020",
  },
} as const;

const id = (table: keyof typeof ID_SPACES, n = "n") =>
  `('00000000-${ID_SPACES[table]}-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const daysAgo = (days: string) => `now() - ${days} * interval '1 day'`;
/** A number that looks random and is the same in every run. */
const scattered = (below: number, seed = 1) => `(hashint4(n + ${seed}) & 2147483647) % ${below}`;
const WORD = `initcap(translate(substr(md5(n::text), 1, 7), '0123456789abcdef', 'аеиолмнрсткдвпгу'))`;
const FIRST_NAMES = `(ARRAY['Анна','Иван','Алёша','Мария','Пётр','Ольга','John','Zoë','Яна','Fedor'])[1 + n % 10]`;

/**
 * A title and tags of a thousand kinds, by `k`: a word that all have, one of ten, and one of a thousand. Documents of
 * the search are made once for each kind.
 */
const KINDS = 1_000;
/** The names of people in the search repeat after so many. */
const NAMES = 10_000;
const RARE_WORD = `translate(substr(md5((k % 1000)::text), 1, 7), '0123456789abcdef', 'аеиолмнрсткдвпгу')`;
const TITLE = `'A ' || (ARRAY['трек','ночной трамвай','live set','ремикс','песня','loop','демо','вальс','dub','шум'])[1 + k % 10] || ' ' || ${RARE_WORD}`;
const TAGS = `ARRAY['music', (ARRAY['house','techno','ambient','джаз','рок'])[1 + k % 5], 'tag' || k % 1000]`;
/** One of the thousand: {@link RARE_WORD} for k = 7. */
export const RARE = "суелглм";
/** What only the oldest post has. */
export const NEEDLE = "Иголка";

/** The user whose chats, orders and notifications are many. */
export type Owner = Pick<Caller, "userId" | "seq">;

/** The account that has minted; its next nonce is {@link MINTED}. */
export interface Minter {
  chainId: number;
  contract: string;
  address: string;
}
export const MINTED = MANY;

/** Half of all Telegram users talk to one bot, the others to a hundred bots. */
export const BIG_BOT_PEOPLE = MANY / 2;
const BOTS = 100;

function statements({ userId }: Owner, minter: Minter, bigBotId: string): string[] {
  const me = `'${userId}'::uuid`;
  const bigBot = `'${bigBotId}'::uuid`;
  const bot = `CASE WHEN n <= ${BIG_BOT_PEOPLE} THEN ${bigBot} ELSE ${id("busyBot", `1 + n % ${BOTS}`)} END`;
  const rows = (from: number, to: number) => `FROM generate_series(${from}, ${to}) n`;
  return [
    `INSERT INTO "User" (id, email, name, handle, "passwordHash", role, "referralCode", "createdAt", "confirmedAt")
     SELECT ${id("user")}, 'p' || n || '@x.example', ${FIRST_NAMES} || ' ' || ${WORD},
       'person-of-many-' || n, 'none', CASE WHEN n % 100 = 0 THEN 'artist' ELSE 'listener' END::"Role", 'r' || n, ${daysAgo("n % 700")},
       CASE WHEN n % 7 > 0 THEN now() END
     ${rows(1, MILLION)}`,
    `INSERT INTO "FormerHandle" (handle, "userId", "changedAt")
     SELECT 'former-' || n, ${id("user")}, ${daysAgo("n % 300")} ${rows(1, MANY)}`,
    `INSERT INTO "PersonBlock" ("blockerId", "blockedId")
     SELECT ${id("user")}, ${me} ${rows(1, 1_000)}
     UNION ALL SELECT ${me}, ${id("user")} ${rows(2_001, 2_500)}
     UNION ALL SELECT ${id("user")}, ${id("user", "n + 1")} ${rows(3_000, MANY)}`,
    `INSERT INTO "Report" (id, "reporterId", target, "targetId", reason, text, state, "reportedAuthorId", "reportedTitle", "reportedText", "closedAt")
     SELECT ${id("report")}, ${id("user")}, 'person', ${id("user", "n + 1")}, 'spam', '',
       CASE WHEN n % 10 = 0 THEN 'open' ELSE 'resolved' END::"ReportState",
       ${id("user", "n + 1")}, 'A name', '', CASE WHEN n % 10 = 0 THEN NULL ELSE now() END
     ${rows(1, MANY)}`,
    `INSERT INTO "Session" (id, "userId", "tokenHash", "authenticatedAt", "lastSeenAt", "expiresAt", "createdAt")
     SELECT ${id("session")}, ${id("user")}, 't' || n, now(), now(),
       CASE WHEN n <= ${EXPIRED_SESSIONS} THEN ${daysAgo("(31 + n % 5)")} ELSE now() + interval '10 days' END, now()
     ${rows(1, MANY)}`,
    `INSERT INTO "SessionGeneration" ("userId", generation, "changedAt")
     SELECT ${id("user")}, 1, ${daysAgo("n % 200")} ${rows(1, MANY)}`,
    `INSERT INTO "RevokedToken" (hash, "expiresAt", "createdAt")
     SELECT md5(n::text), now() + interval '2 hours', now() ${rows(1, MANY)}`,
    `INSERT INTO "AccountLink" (id, "userId", kind, email, "expiresAt", "createdAt")
     SELECT ${id("link")}, ${id("user")}, 'confirm_address', 'x', ${daysAgo("n % 40")}, ${daysAgo("n % 40")}
     ${rows(1, MANY)}`,
    `INSERT INTO "AuditEntry" (id, "actorId", action, subject, "createdAt")
     SELECT ${id("audit")}, ${id("user")}, CASE WHEN n % 1000 = 0 THEN 'role_changed' ELSE 'signed_in' END,
       'user:' || ${id("user")}, ${daysAgo("n % 300")} ${rows(1, MANY)}`,
    `INSERT INTO "Post" (id, "authorId", title, text, tags, "audioFileId", "createdAt")
     SELECT ${id("post")}, CASE WHEN n BETWEEN 2 AND 41 THEN ${me} ELSE ${id("user", `1 + (n * 5 - 1) % ${MILLION}`)} END, CASE WHEN n = 1 THEN '${NEEDLE}' ELSE ${TITLE} END, '', ${TAGS},
       CASE WHEN n <= ${MANY} THEN ${id("file", `${MANY} + n`)} END, ${daysAgo("n % 300")}
     FROM (SELECT n, n % ${KINDS} AS k ${rows(1, MILLION)}) numbered`,
    ...searchStatements(),
    `INSERT INTO "PostPlay" ("postId", "listenerSeq", hour)
     SELECT ${id("post", "1 + n % 1000")}, n, date_trunc('hour', ${daysAgo("n % 300")}) ${rows(1, MANY)}`,
    `INSERT INTO "IdempotencyKey" ("userId", scope, key, fingerprint, "resultId", "createdAt")
     SELECT ${id("user")}, 'post', 'k' || n, md5(n::text), ${id("post")}, ${daysAgo("n % 40 / 10.0")} ${rows(1, MANY)}`,
    `INSERT INTO "Mint" (id, "postId", "userId", "ownerAddress", "chainId", contract, state, "createdAt", "finishedAt")
     SELECT ${id("mint")}, ${id("post")}, ${id("user", "n * 5")}, '0x' || md5(n::text), ${minter.chainId},
       '${minter.contract}', CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'confirmed' END::"MintState",
       ${daysAgo("(1 + n % 300)")}, ${daysAgo("(1 + n % 300)")} ${rows(1, MINTED - 1000)}`,
    `INSERT INTO "ChainNonce" ("chainId", account, nonce, "mintId", state, "createdAt", "checkedAt")
     SELECT ${minter.chainId}, '${minter.address}', n - 1, ${id("mint")}, 'settled', ${daysAgo("1")}, ${daysAgo("1")}
     ${rows(1, MINTED)}`,
    `INSERT INTO "ChainTransaction" (hash, "chainId", account, nonce, "isFiller", raw, gas, "maxFee", "maxPriorityFee")
     SELECT '0x' || n, ${minter.chainId}, '${minter.address}', n - 1, false, '0x', 1, 1, 1 ${rows(1, MINTED)}`,
    `INSERT INTO "PostView" ("postId", "viewerSeq")
     SELECT ${id("post", "1 + n % 1000")}, n ${rows(1, MANY)}`,
    `INSERT INTO "Task" (id, queue, key, version, payload, state, "ownerId", subject, error, "dueAt", "deadlineAt", "createdAt", "finishedAt")
     SELECT ${id("task")}, (ARRAY['emails','deliver-goods','leaderboards','notifications'])[1 + n % 4], 'k' || n, 1, '{}',
       CASE WHEN n > 980000 THEN 'published' WHEN n % 1000 = 0 THEN 'dead' WHEN n % 100 = 0 THEN 'cancelled' ELSE 'done' END::"TaskState",
       ${id("user")}, 'order:' || ${id("order", `1 + n % ${MANY}`)},
       CASE WHEN n > 980000 THEN 'TimeoutError: no answer' WHEN n % 1000 = 0 THEN 'Error: connect ECONNREFUSED ' || n END,
       now() + interval '1 hour',
       CASE WHEN n > 999800 THEN ${daysAgo("1")} ELSE now() + interval '1 day' END, ${daysAgo("(n % 95)")},
       CASE WHEN n <= 980000 THEN ${daysAgo("(n % 95)")} END
     ${rows(1, MILLION)}`,
    `INSERT INTO "Alert" (id, kind, subject, message, "closedAt")
     SELECT ${id("alert")}, 'task_dead', 's' || n, 'x', CASE WHEN n % 1000 > 0 THEN ${daysAgo("n % 200")} END
     ${rows(1, MANY)}`,
    `INSERT INTO "Product" (id, "sellerId", kind, title, description, "priceMinor", currency)
     SELECT ${id("product")}, ${id("user", "n * 5")}, 'track', ${TITLE}, '', 500, 'EUR'
     FROM (SELECT n, n % ${KINDS} AS k ${rows(1, MANY)}) numbered`,
    `INSERT INTO "Order" (id, "buyerId", "sellerId", "productId", kind, title, quantity, "unitPriceMinor", "amountMinor",
       currency, locale, status, "paidAt", "closedAt", "createdAt")
     SELECT ${id("order")}, CASE WHEN n % 50 = 0 THEN ${me} ELSE ${id("user")} END,
       CASE WHEN n % 40 = 0 THEN ${me} ELSE ${id("user", "n * 5")} END, ${id("product")}, 'track', 'A track', 1, 500, 500,
       'EUR', 'en', CASE WHEN n % 10 = 0 THEN 'failed' ELSE 'paid' END::"OrderStatus",
       CASE WHEN n % 10 > 0 THEN ${daysAgo("n % 300")} END, CASE WHEN n % 10 = 0 THEN ${daysAgo("n % 100")} END,
       ${daysAgo("n % 300")} ${rows(1, MANY)}`,
    `INSERT INTO "PaymentEvent" (id, type, "orderId", "receivedAt")
     SELECT 'evt_' || n, 'checkout.session.completed', ${id("order")}, ${daysAgo("n % 100")} ${rows(1, MANY)}`,
    `INSERT INTO "Delivery" (id, "orderId", kind, unit, code)
     SELECT ${id("delivery")}, ${id("order")}, 'track', 1, md5(n::text) ${rows(1, MANY)}`,
    `INSERT INTO "RankedSale" ("orderId", "sellerId", "amountMinor", currency, "soldAt")
     SELECT ${id("order")}, ${id("user", "n * 5")}, 500, 'EUR', ${daysAgo("n % 300")} ${rows(1, MANY)} WHERE n % 10 > 0`,
    `INSERT INTO "BonusEntry" (id, "userId", seq, kind, amount, balance, key)
     SELECT ${id("bonus")}, CASE WHEN n <= 2000 THEN ${me} ELSE ${id("user")} END, n, 'granted', 1, n, 'b' || n
     ${rows(1, MANY)}`,
    `INSERT INTO "Notification" (id, "userId", kind, title, message, key, "readAt")
     SELECT ${id("notification")}, CASE WHEN n % 20 = 0 THEN ${me} ELSE ${id("user")} END, 'general', 'T', 'M', 'n' || n,
       CASE WHEN n % 400 > 0 THEN now() END ${rows(1, MANY)}`,
    // The first chat has half of all messages; the user is in 500 chats, and half of all chats are open.
    `INSERT INTO "Chat" (id, kind, title, open, "lastSeq", revision, "lastMessageAt", "createdAt")
     SELECT ${id("chat")}, 'group', 'A chat', n % 2 = 0, CASE WHEN n = 1 THEN 500000 WHEN n <= 100000 THEN 5 ELSE 0 END,
       CASE WHEN n = 1 THEN 500000 WHEN n <= 100000 THEN 5 ELSE 0 END,
       CASE WHEN n <= 100000 THEN now() - n * interval '1 second' END, ${daysAgo("n % 300")} ${rows(1, MANY)}`,
    `INSERT INTO "ChatMember" ("chatId", "userId", role)
     SELECT ${id("chat")}, ${id("user")}, 'owner'::"ChatRole" ${rows(1, MANY)}
     UNION ALL SELECT ${id("chat")}, ${me}, 'member' ${rows(1, 500)}`,
    `INSERT INTO "ChatMessage" (id, "chatId", seq, revision, "clientId", "authorId", text, mentions)
     SELECT ${id("message")}, ${id("chat")}, seq, seq, ${id("message")}, ${id("user", `1 + ${scattered(1000)}`)},
       'No. ' || seq, '{}'
     FROM (SELECT n AS message, 1 AS n, n AS seq FROM generate_series(1, 500000) n
       UNION ALL SELECT 500001 + n, 2 + n / 5, 1 + n % 5 FROM generate_series(0, 499989) n) m`.replaceAll(
      id("message"),
      id("message", "message"),
    ),
    `INSERT INTO "AnalyticsEvent" (id, "userId", name, properties, at)
     SELECT ${id("event")}, ${id("user")}, (ARRAY['page.opened','track.played'])[1 + n % 2], '{}', ${daysAgo("n % 410")}
     ${rows(1, MANY)}`,
    `INSERT INTO "MediaFile" (id, "ownerId", name, type, bytes, pathname)
     SELECT ${id("file")}, ${id("user")}, 'a.png', 'image/png', 1, 'media/' || n ${rows(1, MANY)}`,
    `INSERT INTO "MediaFile" (id, "ownerId", name, type, bytes, pathname, purpose)
     SELECT ${id("file")}, ${id("user", `(n - ${MANY}) * 5`)}, 'a.wav', 'audio/wav', 1, 'media/' || n, 'audio'
     ${rows(MANY + 1, 2 * MANY)}`,
    `INSERT INTO "Track" ("fileId", status, "durationMs")
     SELECT ${id("file")}, CASE WHEN n % 1000 = 0 THEN 'processing' ELSE 'ready' END::"TrackStatus", 180000
     ${rows(MANY + 1, 2 * MANY)}`,
    `INSERT INTO "MediaVariant" (id, "fileId", kind, format, type, bytes, sha256, pathname)
     SELECT ${id("variant")}, ${id("file", `${MANY} + 1 + n / 2`)}, CASE n % 2 WHEN 0 THEN 'rendition' ELSE 'peaks' END::"VariantKind",
       CASE n % 2 WHEN 0 THEN 'aac' ELSE 'json' END, 'audio/mp4', 1, md5(n::text), 'variants/' || n
     ${rows(1, 2 * MANY - 1)}`,
    `INSERT INTO "ChatAttachment" ("messageId", "fileId", position)
     SELECT ${id("message")}, ${id("file")}, 1 ${rows(1, MANY)}`,
    `INSERT INTO "BotProject" (id, "ownerId", name, "telegramId", username, "encryptedToken")
     SELECT ${id("busyBot")}, ${id("user", "n * 5")}, 'A bot', ${MILLION} + n, 'bot_' || n, '' ${rows(1, BOTS)}`,
    `INSERT INTO "BotWorkflow" (id, "projectId", key, command, "publishedVersionId")
     SELECT ${id("busyWorkflow")}, ${id("busyBot")}, 'start', 'start', ${id("busyVersion")} ${rows(1, BOTS)}`,
    `INSERT INTO "BotWorkflowVersion" (id, "workflowId", number, definition)
     SELECT ${id("busyVersion")}, ${id("busyWorkflow")}, 1, '{}' ${rows(1, BOTS)}`,
    `INSERT INTO "BotPerson" (id, "projectId", "telegramId", "userId", name, language, revision, "sendingUntil")
     SELECT ${id("busyPerson")}, ${bot}, n, ${id("user")}, 'Tess', 'en', 5,
       CASE WHEN n % 500 = 0 THEN ${daysAgo("n % 3")} END ${rows(1, MANY)}`,
    // Of one person the first; the newest have passed their time, others wait or are done.
    `INSERT INTO "BotExecution" (id, "projectId", "personId", "workflowId", "versionId", state, "nodeId", frames, variables,
       "stepNo", "dueAt", "createdAt", "finishedAt")
     SELECT ${id("busyExecution")}, ${bot}, ${id("busyPerson")}, ${id("busyWorkflow", `1 + n % ${BOTS}`)},
       ${id("busyVersion", `1 + n % ${BOTS}`)}, CASE WHEN n % 20 = 0 THEN 'waiting' ELSE 'done' END::"BotExecutionState",
       'ask', '[]', '{}', 1, CASE WHEN n % 100 = 0 THEN ${daysAgo("n % 3")} END, ${daysAgo("n % 92")},
       CASE WHEN n % 20 > 0 THEN ${daysAgo("n % 92")} END ${rows(1, MANY)}`,
    `INSERT INTO "BotStep" ("executionId", no, "versionId", "nodeId", kind)
     SELECT ${id("busyExecution")}, 1, ${id("busyVersion", `1 + n % ${BOTS}`)}, 'ask', 'question' ${rows(1, MANY)}`,
    `INSERT INTO "BotMessage" (id, "personId", "executionId", "stepNo", revision, part, method, payload, state, "createdAt")
     SELECT ${id("busyMessage")}, ${id("busyPerson", `1 + n % ${MANY}`)}, ${id("busyExecution", `1 + n % ${MANY}`)}, 1,
       n / ${MANY}, 0, 'sendMessage', '{}', 'sent', ${daysAgo("n % 92")} ${rows(1, MILLION)}`,
    `INSERT INTO "BotUpdate" ("projectId", "updateId", "receivedAt")
     SELECT ${bot}, n, ${daysAgo("n % 32 / 10.0")} ${rows(1, MANY)}`,
    `INSERT INTO "BotLinkCode" (id, hash, "projectId", "personId", "userId", "expiresAt")
     SELECT ${id("botCode")}, md5(n::text), ${bot}, CASE WHEN n % 2 = 0 THEN ${id("busyPerson")} END,
       CASE WHEN n % 2 > 0 THEN ${id("user")} END, ${daysAgo("n % 92 / 90.0")} ${rows(1, MANY)}`,
    ...botStatements(me),
  ];
}

/** What the triggers would have written, which do not run here. */
function searchStatements(): string[] {
  const numbered = (to: number, { from = 1, kinds = KINDS } = {}) =>
    `generate_series(${from}, ${to}) n JOIN samples ON k = n % ${kinds}`;
  const samples = (columns: string, kinds = KINDS) =>
    `WITH samples AS MATERIALIZED (SELECT k, ${columns} FROM generate_series(0, ${kinds - 1}) k)`;
  const postSamples = samples(
    `search_words(${TITLE}) AS words, search_document(${TITLE}, array_to_string(${TAGS}, ' '), '') AS document`,
  );
  return [
    `INSERT INTO "PostSearch" ${postSamples} SELECT ${id("post")}, words, document FROM ${numbered(MILLION, { from: 2 })}`,
    `INSERT INTO "PostSearch" SELECT ${id("post", "1")}, search_words('${NEEDLE}'), search_document('${NEEDLE}', '', '')`,
    `INSERT INTO "ProductSearch" ${postSamples} SELECT ${id("product")}, words, document FROM ${numbered(MANY)}`,
    `INSERT INTO "PersonSearch" ${samples(
      `search_words(${FIRST_NAMES} || ' ' || ${WORD}) AS words, search_name(${FIRST_NAMES} || ' ' || ${WORD}, '') AS document`,
      NAMES,
    ).replaceAll(
      /\bn\b/g,
      "k",
    )} SELECT ${id("user")}, words, document FROM ${numbered(MILLION, { kinds: NAMES })}`,
    `INSERT INTO "PostTag" (tag, "postId") SELECT unnest(${TAGS}), ${id("post")}
     FROM (SELECT n, n % ${KINDS} AS k FROM generate_series(1, ${MILLION}) n) numbered`,
  ];
}

/** One bot with a million executions: a tenth of them wait, and one person has a thousand. */
function botStatements(me: string): string[] {
  const rows = (to: number) => `FROM generate_series(1, ${to}) n`;
  return [
    `INSERT INTO "BotProject" (id, "ownerId", name, "telegramId", username, "encryptedToken")
     SELECT ${id("bot")}, ${me}, 'A bot', n, 'a_bot', '' ${rows(1)}`,
    `INSERT INTO "BotWorkflow" (id, "projectId", key, command, "publishedVersionId")
     SELECT ${id("workflow")}, ${id("bot", "1")}, 'flow' || n, 'flow' || n, ${id("version")} ${rows(2)}`,
    `INSERT INTO "BotWorkflowVersion" (id, "workflowId", number, definition)
     SELECT ${id("version")}, ${id("workflow")}, 1, '{"schema":1,"start":"end","nodes":{"end":{"kind":"end"}}}' ${rows(2)}`,
    `INSERT INTO "BotPerson" (id, "projectId", "telegramId", name, language)
     SELECT ${id("botPerson")}, ${id("bot", "1")}, n, 'Tess', 'en' ${rows(MANY)}`,
    `INSERT INTO "BotExecution" (id, "projectId", "personId", "workflowId", "versionId", state, "nodeId", frames, variables,
       "stepNo", "createdAt", "finishedAt")
     SELECT ${id("execution")}, ${id("bot", "1")},
       ${id("botPerson", `CASE WHEN n % 1000 = 0 THEN 1 ELSE 1 + n % ${MANY} END`)}, ${id("workflow", "1 + n % 2")},
       ${id("version", "1 + n % 2")}, (ARRAY['waiting','failed','cancelled'] || array_fill('done'::text, ARRAY[7]))[1 + n % 10]::"BotExecutionState",
       'end', '[]', '{}', 1, ${daysAgo("n % 80")}, CASE WHEN n % 10 > 0 THEN ${daysAgo("n % 80")} END ${rows(MILLION)}`,
    `INSERT INTO "BotStep" ("executionId", no, "versionId", "nodeId", kind)
     SELECT ${id("execution")}, 1, ${id("version", "1 + n % 2")}, 'end', 'end' ${rows(MANY)}`,
    `INSERT INTO "BotMessage" (id, "personId", "executionId", "stepNo", revision, part, method, payload, state)
     SELECT ${id("botMessage")}, ${id("botPerson")}, ${id("execution")}, 1, 1, 0, 'sendMessage', '{"text":"x"}', 'sent' ${rows(MANY)}`,
  ];
}

/**
 * @param bigBotId  of the bot that half of all Telegram users talk to
 * @returns the tables that have so many rows that reading one from beginning to end is a fault
 */
export async function fillWithMillionRows(
  databaseUrl: string,
  { owner, minter, bigBotId }: { owner: Owner; minter: Minter; bigBotId: string },
): Promise<Set<string>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // One connection: tests of times run in the other worker.
    await client.query(`SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '64MB';
      SET maintenance_work_mem = '1GB'; SET statement_timeout = 0; SET lock_timeout = 0`);
    // To check an address and a handle takes longer than to write the row; and rows come in no key's order.
    const { rows: constraints } = await client.query<{ table: string; name: string; definition: string }>(
      `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name,
         pg_get_constraintdef(oid) || CASE contype WHEN 'c' THEN ' NOT VALID' ELSE '' END AS definition
       FROM pg_constraint c
       WHERE connamespace = 'public'::regnamespace AND (contype = 'c' OR contype = 'p'
         AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conindid = c.conindid))`,
    );
    for (const { table, name } of constraints)
      await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(
      `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
       FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
       WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary
         AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)`,
    );
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    for (const statement of statements(owner, minter, bigBotId)) await client.query(statement);
    for (const { definition } of indexes) await client.query(definition);
    for (const { table, name, definition } of constraints)
      await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
    await client.query("VACUUM (ANALYZE)");
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
       AND reltuples >= ${MANY / 4}`,
    );
    return new Set(tables.map(({ name }) => name));
  } finally {
    await client.end();
  }
}
