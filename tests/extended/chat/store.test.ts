import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CatchUp } from "@/app/_features/chat/store/catch-up";
import type { ChatMessage, MessagesPage } from "@/app/_features/chat/store/chat-api";
import { ConversationStore } from "@/app/_features/chat/store/conversation-store";
import type { ApiResult } from "@/app/_ui/api-result";
import { ChatServer, lost, ME, pendingOf, settle } from "@/tests/support/factories/played-chat";
import { runs } from "@/tests/support/fuzz/runs";

/** A question on its way: the server looks at it at one moment, the answer comes at a later one, if at all. */
interface Question {
  look: () => MessagesPage;
  seen?: MessagesPage;
  answer: (result: ApiResult<MessagesPage>) => void;
}

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
  const server = new ChatServer();
  for (let n = 0; n < written; n++) server.write("other", `old${String(n)}`);
  const store = new ConversationStore(ME, server.newest());
  const questions: Question[] = [];
  const ask = (look: () => MessagesPage) =>
    new Promise<ApiResult<MessagesPage>>((answer) => questions.push({ look, answer }));
  const catchUp = new CatchUp(store, {
    fetchSince: (revision) => ask(() => server.since(revision)),
    fetchNewest: () => ask(() => server.newest()),
  });
  const events: ChatMessage[] = [];
  let clientIds = 0;

  const act = (given: { do: string; n?: number; mine?: boolean; again?: boolean }): void => {
    const n = given.n ?? 0;
    const { windowVersion: place } = store;
    const { messages } = store.getSnapshot();
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
          (page) => store.applyOlder(page, place),
        );
        return;
      }
      case "newer": {
        const to = messages.at(-1)?.seq ?? 0;
        paged(
          () => server.after(to),
          (page) => store.applyNewer(page, place),
        );
        return;
      }
      case "jump":
        paged(
          () => server.before(n + 1),
          (page) => store.showAround(page, place),
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

describe("a conversation's store", () => {
  it("ends with the server's list, whatever is lost, repeated, reordered or late", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(24), fc.array(step, { maxLength: 60 }), async (written, steps) => {
        const { server, store, act, calmDown } = world(written);
        for (const each of steps) {
          act(each);
          await settle();
          const { messages, pending } = store.getSnapshot();
          // A run without anything twice, and never a message beside its own shadow.
          expect(messages.map(({ seq }) => seq)).toEqual(
            [...new Set(messages.map(({ seq }) => seq))].sort((a, b) => a - b),
          );
          const shown = new Set(messages.map(({ clientId }) => clientId));
          expect(pending.filter(({ clientId }) => shown.has(clientId))).toEqual([]);
        }
        await calmDown();
        const { messages, pending, hasOlder, hasNewer, lastSeq } = store.getSnapshot();
        expect(store.isBehind()).toBe(false);
        expect(store.syncedRevision).toBe(server.revision);
        expect(lastSeq).toBe(server.list.length);
        expect(pending).toEqual([]);
        const from = hasOlder ? (messages[0]?.seq ?? 0) : 1;
        const to = hasNewer ? (messages.at(-1)?.seq ?? 0) : server.list.length;
        expect(messages).toEqual(server.read(from, to));
      }),
      { numRuns: runs(2_000) },
    );
  });
});
