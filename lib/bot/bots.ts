import { Api } from "grammy";
import { botProjectTag, type CachedBot, type CachedWorkflow, cacheManager } from "../cache";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { keyedHash } from "../core/keyed-hash";
import { decryptSecret } from "../core/secret-box";
import { db, type Transaction } from "../db";
import { type Definition, definitionSchema } from "../schemas/workflow";
import { grammyFetch } from "./fetch-natively";

/** A bot with its commands; null when there is none. Cached. */
export function findBot(projectId: string): Promise<CachedBot | null> {
  return cacheManager.getOrSet("bots", projectId, () => loadBot(projectId), {
    tags: [botProjectTag(projectId)],
  });
}

/** As {@link findBot}, from Postgres: within a transaction a read of the cache may need a second connection. */
export async function loadBot(
  projectId: string,
  reader: Pick<Transaction, "botProject"> = db(),
): Promise<CachedBot | null> {
  const row = await reader.botProject.findUnique({
    where: { id: projectId, deletedAt: null, owner: { deletedAt: null } },
    include: {
      owner: { select: { role: true } },
      workflows: {
        orderBy: { id: "asc" },
        select: { id: true, key: true, command: true, publishedVersionId: true },
      },
    },
  });
  if (!row) return null;
  const { id, ownerId, name, telegramId, username, encryptedToken, state, workflows } = row;
  // Of one who is an administrator no more the bot is as any artist's.
  const isAdministrators = row.isAdministrators && row.owner.role === "admin";
  return {
    ...{
      id,
      ownerId,
      name,
      telegramId: String(telegramId),
      username,
      encryptedToken,
      isAdministrators,
      state,
    },
    workflows: workflows.map(({ publishedVersionId, ...workflow }) => ({
      ...workflow,
      versionId: publishedVersionId,
    })),
  };
}

/**
 * The definition of a version. The published one is cached under `workflow:version:{projectId}:{workflowId}`; an
 * execution that began with an earlier one finds that under its own name.
 *
 * @throws {AppError} not_found
 */
async function loadDefinition(bot: CachedBot, workflowId: string, versionId: string): Promise<Definition> {
  const published = bot.workflows.find(({ id }) => id === workflowId)?.versionId;
  const key = published === versionId ? workflowId : `${workflowId}@${versionId}`;
  const load = () => loadVersion(workflowId, versionId);
  const tags = [botProjectTag(bot.id)];
  const cached = await cacheManager.getOrSet("botWorkflows", `${bot.id}:${key}`, load, { tags });
  if (cached.versionId === versionId) return cached.definition;
  // Published a moment ago, and one of the two entries is older.
  return (await load()).definition;
}

/** The definitions that one update or task looks at, each read once. */
export class Definitions {
  private readonly known = new Map<string, Definition>();

  constructor(private readonly bot: CachedBot) {}

  /** From the cache. @throws {AppError} not_found */
  readonly load = (workflowId: string, versionId: string): Promise<Definition> =>
    this.remember(versionId, () => loadDefinition(this.bot, workflowId, versionId));

  /**
   * What is not known yet is read on the transaction's connection: the cache may need a second one, and those who wait
   * for the transaction's locks may have all of them.
   */
  loadWithin(tx: Transaction): (workflowId: string, versionId: string) => Promise<Definition> {
    return (workflowId, versionId) =>
      this.remember(versionId, async () => (await loadVersion(workflowId, versionId, tx)).definition);
  }

  private async remember(versionId: string, load: () => Promise<Definition>): Promise<Definition> {
    const definition = this.known.get(versionId) ?? (await load());
    this.known.set(versionId, definition);
    return definition;
  }
}

async function loadVersion(
  workflowId: string,
  versionId: string,
  reader: Pick<Transaction, "botWorkflowVersion"> = db(),
): Promise<CachedWorkflow> {
  const row = await reader.botWorkflowVersion.findUnique({ where: { id: versionId, workflowId } });
  if (!row) throw new AppError("not_found");
  return { workflowId, versionId, definition: definitionSchema.parse(row.definition) };
}

/**
 * Telegram sends it with every update, and no other caller knows it. Derived, so that the webhook can be set again at
 * any time.
 */
export function webhookSecret(projectId: string): string {
  return keyedHash("bot-webhook", projectId).toString("base64url");
}

export function webhookUrl(projectId: string): string {
  return `${env().APP_URL}/api/webhooks/telegram/${projectId}`;
}

/** A call of the Bot API that takes longer has an unknown outcome. */
const API_TIMEOUT_SECONDS = 10;

const apis = new Map<string, Api>();
/** Clients are small; this only bounds a process that serves very many bots. */
const MAX_APIS = 500;

/** The Bot API's client for a bot. It makes no call of its own. */
export function botApi({ encryptedToken }: Pick<CachedBot, "encryptedToken">): Api {
  const { TELEGRAM_API_ROOT: apiRoot } = env();
  const key = `${apiRoot} ${encryptedToken}`;
  const known = apis.get(key);
  if (known) return known;
  if (apis.size >= MAX_APIS) apis.clear();
  const api = createApi(decryptSecret("bot-token", encryptedToken));
  apis.set(key, api);
  return api;
}

export function createApi(token: string): Api {
  const { TELEGRAM_API_ROOT: apiRoot } = env();
  return new Api(token, { apiRoot, timeoutSeconds: API_TIMEOUT_SECONDS, fetch: grammyFetch });
}
