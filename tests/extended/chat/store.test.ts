import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CatchUp } from "@/app/_features/chat/store/catch-up";
import type { ChatMessage } from "@/app/_features/chat/store/chat-api";
import { ConversationStore } from "@/app/_features/chat/store/conversation-store";
import type { ApiResult } from "@/app/_ui/api-result";
import type { MessagesPage } from "@/lib/schemas/message-list";
import {
  createPending,
  FakeChatServer,
  flushMicrotasks,
  ME,
  networkFailure,
} from "@/tests/support/factories/fake-chat-server";
import { runs } from "@/tests/support/fuzz/runs";

/** A request in flight: the server reads at one moment, and the response arrives later or never. */
interface PendingRequest {
  look: () => MessagesPage;
  seen?: MessagesPage;
  answer: (result: ApiResult<MessagesPage>) => void;
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("write" as const), mine: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("change" as const), n: fc.nat(20) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("receive" as const), n: fc.nat(20), again: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const), n: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("catchUp", "older", "newer", "toNewest") }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("jump" as const), n: fc.nat(30) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("look" as const), n: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("answer" as const), n: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cut" as const), n: fc.nat(9) }) },
);

/** A client of that server, and everything that may happen in between. */
function createClient(written: number) {
  const server = new FakeChatServer();
  for (let n = 0; n < written; n++) server.write("other", `old${String(n)}`);
  const store = new ConversationStore(ME, server.newest());
  const requests: PendingRequest[] = [];
  const send = (look: () => MessagesPage) =>
    new Promise<ApiResult<MessagesPage>>((answer) => requests.push({ look, answer }));
  const catchUp = new CatchUp(store, {
    fetchSince: (revision) => send(() => server.since(revision)),
    fetchNewest: () => send(() => server.newest()),
  });
  const events: ChatMessage[] = [];
  let clientIds = 0;

  const act = (given: { do: string; n?: number; mine?: boolean; again?: boolean }): void => {
    const n = given.n ?? 0;
    const { windowVersion: version } = store;
    const { messages } = store.getSnapshot();
    const paged = (look: () => MessagesPage, take: (page: MessagesPage) => void) =>
      void send(look).then((result) => (result.ok ? take(result.data) : undefined));
    switch (given.do) {
      case "write": {
        const clientId = `c${String(clientIds++)}`;
        if (given.mine) store.addPending(createPending(clientId));
        events.push(server.write(given.mine ? ME : "other", clientId));
        return;
      }
      case "change": {
        const changed = server.change(n);
        if (changed) events.push(changed);
        return;
      }
      case "receive": {
        const [received] = given.again
          ? [events[n % events.length]]
          : events.splice(n % Math.max(1, events.length), 1);
        if (!received) return;
        store.apply(received);
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
          (page) => store.applyOlder(page, version),
        );
        return;
      }
      case "newer": {
        const to = messages.at(-1)?.seq ?? 0;
        paged(
          () => server.after(to),
          (page) => store.applyNewer(page, version),
        );
        return;
      }
      case "jump":
        paged(
          () => server.before(n + 1),
          (page) => store.showAround(page, version),
        );
        return;
      case "toNewest":
        paged(
          () => server.newest(),
          (page) => store.reset(page),
        );
        return;
      case "look": {
        const request = requests[n % Math.max(1, requests.length)];
        if (request) request.seen ??= request.look();
        return;
      }
      case "answer":
      case "cut": {
        const [request] = requests.splice(n % Math.max(1, requests.length), 1);
        if (!request) return;
        request.seen ??= request.look();
        request.answer(given.do === "cut" ? networkFailure : { ok: true, data: request.seen });
      }
    }
  };

  /** The network works again: all requests get responses until no more are sent. */
  const settleAll = async () => {
    for (const { answer } of requests.splice(0)) answer(networkFailure);
    await flushMicrotasks();
    const caughtUp = catchUp.run();
    let done = false;
    void caughtUp.then(() => {
      done = true;
    });
    for (let turn = 0; turn < 200 && !done; turn++) {
      await flushMicrotasks();
      for (const { look, answer } of requests.splice(0)) answer({ ok: true, data: look() });
    }
    expect(done).toBe(true);
  };
  return { server, store, act, settleAll };
}

describe("a conversation's store", () => {
  it("ends with the server's list when events and responses are lost, repeated, reordered or late", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(24), fc.array(step, { maxLength: 60 }), async (written, steps) => {
        const { server, store, act, settleAll } = createClient(written);
        for (const each of steps) {
          act(each);
          await flushMicrotasks();
          const { messages, pending } = store.getSnapshot();
          // No message twice, and never a message together with its pending copy.
          expect(messages.map(({ seq }) => seq)).toEqual(
            [...new Set(messages.map(({ seq }) => seq))].sort((a, b) => a - b),
          );
          const shown = new Set(messages.map(({ clientId }) => clientId));
          expect(pending.filter(({ clientId }) => shown.has(clientId))).toEqual([]);
        }
        await settleAll();
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
