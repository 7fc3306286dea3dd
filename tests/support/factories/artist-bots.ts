import { newId } from "@/lib/core/ids";
import { encryptSecret } from "@/lib/core/secret-box";
import { db } from "@/lib/db";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import { botIdOf, newToken } from "@/tests/support/clients/telegram";

interface Owner {
  artist: { userId: string };
}

/** Bots of `artist` for tests of access; each maker inserts rows as `lib` would leave them. */

/** A valid definition, in which a person waits at `ask`. */
export const questionDefinition: DefinitionInput = {
  schema: 1,
  start: "ask",
  nodes: {
    ask: {
      ...{ kind: "question", answer: "text", variable: "answer", next: "end" },
      ...{ text: { ru: "Как дела?", en: "How are you?" }, retry: { ru: "Ещё раз?", en: "Again?" } },
    },
    end: { kind: "end" },
  },
};

/** A bot that Telegram would take calls of. */
export async function makeArtistBot({ artist }: Owner): Promise<string> {
  const [id, token] = [newId(), newToken()];
  await db().botProject.create({
    data: {
      ...{ id, ownerId: artist.userId, name: "An artist's bot", username: `bot_${id.slice(-6)}_bot` },
      ...{ telegramId: BigInt(botIdOf(token)), encryptedToken: encryptSecret("bot-token", token) },
    },
  });
  return id;
}

/** A workflow `ask` of a new bot with version 1 published, and a draft. */
export async function makeWorkflow(users: Owner) {
  const [botId, workflowId, versionId] = [await makeArtistBot(users), newId(), newId()];
  const definition = questionDefinition;
  await db().botWorkflow.create({
    data: {
      ...{ id: workflowId, projectId: botId, key: "ask", command: "ask", draftRevision: 1 },
      versions: { create: { id: versionId, number: 1, definition } },
      draft: { create: { definition, command: "ask", baseNumber: 1 } },
    },
  });
  await db().botWorkflow.update({ where: { id: workflowId }, data: { publishedVersionId: versionId } });
  return { botId, workflowId, versionId, key: "ask" };
}

/** A Telegram user who waits at the question of a new bot. */
export async function makeExecution(users: Owner) {
  const workflow = await makeWorkflow(users);
  const { botId, workflowId, versionId } = workflow;
  const [personId, executionId] = [newId(), newId()];
  await db().botPerson.create({
    data: {
      ...{ id: personId, projectId: botId, name: "Tess", language: "en" },
      telegramId: BigInt(Math.floor(Math.random() * 10 ** 15)),
    },
  });
  await db().botExecution.create({
    data: {
      ...{ id: executionId, projectId: botId, personId, workflowId, versionId, state: "waiting" },
      ...{ nodeId: "ask", frames: [], variables: {}, stepNo: 1, token: "abcdefgh" },
      steps: { create: { no: 1, versionId, nodeId: "ask", kind: "question" } },
    },
  });
  return { ...workflow, personId, executionId };
}
