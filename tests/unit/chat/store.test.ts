import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message, MessagesPage } from "@/app/_features/chat/client/calls";
import { CatchUp } from "@/app/_features/chat/client/catch-up";
import { ConversationStore } from "@/app/_features/chat/client/conversation-store";
import { quoteOfMessage } from "@/app/_features/chat/client/quotes";
import { Sender } from "@/app/_features/chat/client/sender";
import type { Pending } from "@/app/_features/chat/client/shown";
import type { ApiResult } from "@/app/_ui/api-failure";
import { runs } from "@/tests/support/fuzz/runs";

const ME = "me";
const PAGE = 3;
const CHANGES = 2;

const NOTHING: Pick<Message, "editedAt" | "deletedAt" | "pinnedAt" | "replyTo" | "post"> = {
  ...{ editedAt: null, deletedAt: null, pinnedAt: null, replyTo: null, post: null },
};

/** What the server has and answers, at the moment it is asked. */
class Server {
  readonly list: Message[] = [];
  revision = 0;

  write(authorId: string, clientId: string): Message {
    const known = this.list.find((each) => each.authorId === authorId && each.clientId === clientId);
    if (known) return this.view(known);
    const seq = this.list.length + 1;
    const message: Message = {
      ...{ id: `m${String(seq)}`, chatId: "c", seq, revision: ++this.revision, clientId },
      ...{ authorId, authorName: authorId, text: `r${String(this.revision)}`, createdAt: "" },
      ...NOTHING,
      ...{ mentions: [], reactions: [], attachments: [] },
    };
    this.list.push(message);
    return this.view(message);
  }

  /** As it is read now: every third answers an earlier one. */
  private readonly view = (message: Message): Message => {
    const original = message.seq % 3 === 0 ? this.list[Math.floor(message.seq / 2) - 1] : undefined;
    return original ? { ...message, replyTo: quoteOfMessage(original) } : message;
  };

  read(from = 1, to = this.list.length): Message[] {
    return this.list.slice(from - 1, to).map(this.view);
  }

  change(place: number): Message | undefined {
    const index = place % Math.max(1, this.list.length);
    const before = this.list[index];
    if (!before) return undefined;
    const revision = ++this.revision;
    const after = { ...before, revision, text: `r${String(revision)}` };
    this.list[index] = after;
    return this.view(after);
  }

  before(seq: number): MessagesPage {
    const older = this.list.filter((each) => each.seq < seq);
    return this.page(older.slice(-PAGE), older.length > PAGE);
  }

  after(seq: number): MessagesPage {
    const newer = this.list.filter((each) => each.seq > seq);
    return this.page(newer.slice(0, PAGE), newer.length > PAGE);
  }

  newest(): MessagesPage {
    return this.before(Number.POSITIVE_INFINITY);
  }

  since(revision: number): MessagesPage {
    const changed = this.list.filter((each) => each.revision > revision);
    changed.sort((a, b) => a.revision - b.revision);
    return this.page(changed.slice(0, CHANGES), changed.length > CHANGES);
  }

  private page(items: Message[], hasMore: boolean): MessagesPage {
    return { items: items.map(this.view), hasMore, revision: this.revision, lastSeq: this.list.length };
  }
}

/** A question on its way: the server looks at it at one moment, the answer comes at a later one, if at all. */
interface Question {
  look: () => MessagesPage;
  seen?: MessagesPage;
  answer: (result: ApiResult<MessagesPage>) => void;
}

const lost: ApiResult<never> = {
  ok: false,
  failure: { code: "network", message: null, requestId: null, details: [], retryAfterSeconds: null },
};

const settle = async () => {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
};

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("write" as const), mine: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("change" as const), n: fc.nat(20) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("hear" as const), n: fc.nat(20), again: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const), n: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("catchUp", "older", "newer", "toNewest") }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("jump" as const), n: fc.nat(30) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("look" as const), n: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("answer" as const), n: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cut" as const), n: fc.nat(9) }) },
);

/** A browser in front of that server, with everything that may happen on the way. */
function world(written: number) {
  const server = new Server();
  for (let n = 0; n < written; n++) server.write("other", `old${String(n)}`);
  const store = new ConversationStore(ME, server.newest());
  const questions: Question[] = [];
  const ask = (look: () => MessagesPage) =>
    new Promise<ApiResult<MessagesPage>>((answer) => questions.push({ look, answer }));
  const catchUp = new CatchUp(store, {
    since: (revision) => ask(() => server.since(revision)),
    newest: () => ask(() => server.newest()),
  });
  const events: Message[] = [];
  let clientIds = 0;

  const act = (given: { do: string; n?: number; mine?: boolean; again?: boolean }): void => {
    const n = given.n ?? 0;
    const { place } = store;
    const { messages } = store.read();
    const paged = (look: () => MessagesPage, take: (page: MessagesPage) => void) =>
      void ask(look).then((result) => (result.ok ? take(result.data) : undefined));
    switch (given.do) {
      case "write": {
        const clientId = `c${String(clientIds++)}`;
        if (given.mine) store.addPending(pendingOf(clientId));
        events.push(server.write(given.mine ? ME : "other", clientId));
        return;
      }
      case "change": {
        const changed = server.change(n);
        if (changed) events.push(changed);
        return;
      }
      case "hear": {
        const [heard] = given.again
          ? [events[n % events.length]]
          : events.splice(n % Math.max(1, events.length), 1);
        if (!heard) return;
        store.apply(heard);
        if (store.isBehind()) void catchUp.run();
        return;
      }
      case "lose":
        events.splice(n % Math.max(1, events.length), 1);
        return;
      case "catchUp":
        void catchUp.run();
        return;
      case "older": {
        const from = messages[0]?.seq ?? 1;
        paged(
          () => server.before(from),
          (page) => store.takeOlder(page, place),
        );
        return;
      }
      case "newer": {
        const to = messages.at(-1)?.seq ?? 0;
        paged(
          () => server.after(to),
          (page) => store.takeNewer(page, place),
        );
        return;
      }
      case "jump":
        paged(
          () => server.before(n + 1),
          (page) => store.moveTo(page, place),
        );
        return;
      case "toNewest":
        paged(
          () => server.newest(),
          (page) => store.reset(page),
        );
        return;
      case "look": {
        const question = questions[n % Math.max(1, questions.length)];
        if (question) question.seen ??= question.look();
        return;
      }
      case "answer":
      case "cut": {
        const [question] = questions.splice(n % Math.max(1, questions.length), 1);
        if (!question) return;
        question.seen ??= question.look();
        question.answer(given.do === "cut" ? lost : { ok: true, data: question.seen });
      }
    }
  };

  /** The way is clear again: whatever is asked is answered, until nobody asks. */
  const calmDown = async () => {
    for (const { answer } of questions.splice(0)) answer(lost);
    await settle();
    const caughtUp = catchUp.run();
    let done = false;
    void caughtUp.then(() => {
      done = true;
    });
    for (let turn = 0; turn < 200 && !done; turn++) {
      await settle();
      for (const { look, answer } of questions.splice(0)) answer({ ok: true, data: look() });
    }
    expect(done).toBe(true);
  };
  return { server, store, act, calmDown };
}

function pendingOf(clientId: string): Pending {
  return {
    ...{ clientId, text: "", replyTo: null, attachments: [], createdAt: "" },
    ...{ state: "sending", failure: null, again: false },
  };
}

describe("a conversation's store", () => {
  it("ends with the server's list, whatever is lost, repeated, reordered or late", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(24), fc.array(step, { maxLength: 60 }), async (written, steps) => {
        const { server, store, act, calmDown } = world(written);
        for (const each of steps) {
          act(each);
          await settle();
          const { messages, pending } = store.read();
          // A run without anything twice, and never a message beside its own shadow.
          expect(messages.map(({ seq }) => seq)).toEqual(
            [...new Set(messages.map(({ seq }) => seq))].sort((a, b) => a - b),
          );
          const shown = new Set(messages.map(({ clientId }) => clientId));
          expect(pending.filter(({ clientId }) => shown.has(clientId))).toEqual([]);
        }
        await calmDown();
        const { messages, pending, hasOlder, hasNewer, lastSeq } = store.read();
        expect(store.isBehind()).toBe(false);
        expect(store.known).toBe(server.revision);
        expect(lastSeq).toBe(server.list.length);
        expect(pending).toEqual([]);
        const from = hasOlder ? (messages[0]?.seq ?? 0) : 1;
        const to = hasNewer ? (messages.at(-1)?.seq ?? 0) : server.list.length;
        expect(messages).toEqual(server.read(from, to));
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("does not show again what the server has when it is found among the unsent", () => {
    const server = new Server();
    server.write(ME, "a");
    const store = new ConversationStore(ME, server.newest());
    expect(store.addPending(pendingOf("a"))).toBe(false);
    expect(store.read().pending).toEqual([]);
  });

  it("takes nothing for its ends that was asked for at the ends of another run", () => {
    const server = new Server();
    for (let n = 0; n < 30; n++) server.write("other", `c${String(n)}`);
    const store = new ConversationStore(ME, server.newest());
    store.moveTo(server.before(20), store.place);
    const { place } = store;
    store.moveTo(server.before(8), place);
    store.takeNewer(server.after(19), place);
    store.takeOlder(server.before(17), place);
    expect(store.read().messages.map(({ seq }) => seq)).toEqual([5, 6, 7]);
    store.takeNewer(server.after(7), store.place);
    store.takeOlder(server.before(5), store.place);
    expect(store.read().messages.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(store.read()).toMatchObject({ hasOlder: true, hasNewer: true, lastSeq: 30 });
  });

  it("quotes what is quoted as it is now, and makes nothing new of what has not changed", () => {
    const server = new Server();
    for (let n = 0; n < 3; n++) server.write("other", `c${String(n)}`);
    const store = new ConversationStore(ME, server.newest());
    const { replyTo } = server.read()[2] ?? {};
    store.addPending({ ...pendingOf("mine"), replyTo: replyTo ?? null });
    const before = store.read();
    expect(before.messages[2]).toMatchObject({ replyTo: { id: "m1", text: "r1" } });
    const original = server.list[0];
    if (!original || !replyTo) throw new Error("the third answers the first");
    store.apply({ ...original, revision: 4, text: "", deletedAt: "2026-01-01T00:00:00.000Z" });
    const { messages, pending } = store.read();
    expect(messages[2]?.replyTo?.text).toBe("");
    expect(pending[0]?.replyTo?.text).toBe("");
    expect(store.renewed(replyTo).text).toBe("");
    expect(messages[1]).toBe(before.messages[1]);
    store.removePending("mine");
    expect(store.read().messages[2]).toBe(messages[2]);
  });

  it("takes what a message points to from the later reading, though the message is the same", () => {
    const server = new Server();
    for (let n = 0; n < 9; n++) server.write("other", `c${String(n)}`);
    const store = new ConversationStore(ME, server.newest());
    const titled = (title: string) => ({
      ...server.before(7),
      items: server.read(4, 6).map((each) => ({ ...each, post: { id: "p", title, authorName: "" } })),
    });
    const old = titled("Old");
    store.takeOlder(old, store.place);
    store.takeOlder({ ...titled("New"), revision: 10 }, store.place);
    store.takeOlder(old, store.place);
    expect(store.at(5)?.post?.title).toBe("New");
  });

  it("keeps what it knows when it comes back to the end and nothing was missed", () => {
    const server = new Server();
    for (let n = 0; n < 30; n++) server.write("other", `c${String(n)}`);
    const store = new ConversationStore(ME, server.newest());
    const pinned = server.change(4);
    if (pinned) server.list[4] = { ...pinned, pinnedAt: "2026-01-01T00:00:00.000Z" };
    store.takeChanges(server.since(30), store.generation);
    store.moveTo(server.before(7), store.place);
    store.reset(server.newest());
    expect(store.read().pinned).toHaveLength(1);
    expect(store.read().messages.map(({ seq }) => seq)).toEqual([28, 29, 30]);
    server.change(0);
    store.reset(server.newest());
    expect(store.generation).toBe(1);
  });

  it("keeps another person's message apart from one's own of the same name", () => {
    const server = new Server();
    const store = new ConversationStore(ME, server.newest());
    store.addPending(pendingOf("a"));
    store.apply(server.write("other", "a"));
    expect(store.read().pending).toHaveLength(1);
  });
});

describe("sending", () => {
  it("is in order and once, however often attempts and answers are lost", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("ok", "lost before", "lost after", "refused"), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (fates, count) => {
          const server = new Server();
          const store = new ConversationStore(ME, server.newest());
          const kept = new Map<string, Pending>();
          const refusal = { ...lost, failure: { ...lost.failure, code: "bad_request" } };
          const sender = new Sender(store, {
            send: async ({ clientId }) => {
              const fate = fates.shift() ?? "ok";
              if (fate === "lost before") return lost;
              if (fate === "refused") return refusal;
              const message = server.write(ME, clientId);
              return fate === "lost after" ? lost : { ok: true as const, data: { message } };
            },
            keep: (pending) => kept.set(pending.clientId, pending),
            forget: (clientId) => kept.delete(clientId),
          });
          for (let n = 0; n < count; n++) sender.add(pendingOf(`c${String(n)}`));
          for (let turn = 0; turn < 40 && store.read().pending.length > 0; turn++) {
            await settle();
            // What was not sent is still in the browser's keeping.
            for (const { clientId } of store.read().pending) expect(kept.has(clientId)).toBe(true);
            for (const { clientId, state, again } of store.allPending())
              if (state === "failed" && !again) sender.retry(clientId);
            sender.again();
          }
          sender.end();
          expect(kept.size).toBe(0);
          expect(store.read().pending).toEqual([]);
          expect(server.list).toHaveLength(count);
          expect(store.read().messages).toEqual(server.read());
          if (!fates.includes("refused"))
            expect(new Set(server.list.map((m) => m.clientId)).size).toBe(count);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});
