import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareDefinitions, isUnchanged } from "@/app/_features/bots/editor/difference";
import { readDraftFile, toDraftFile } from "@/app/_features/bots/editor/draft-file";
import { applyEdit, type Edit } from "@/app/_features/bots/editor/edit";
import { MAX_UNDO, recordEdit, redo, startHistory, undo } from "@/app/_features/bots/editor/history";
import { layoutNodes, NODE_WIDTH, nodeHeight, orderNodes } from "@/app/_features/bots/editor/layout";
import { NODE_KINDS, newNode, newNodeId } from "@/app/_features/bots/editor/new-node";
import { outletsOf, withTarget } from "@/app/_features/bots/editor/outlets";
import { parseDraft } from "@/app/_features/bots/editor/parse-draft";
import { readyWorkflows } from "@/lib/bot/ready-workflows";
import { type Definition, definitionSchema, type Node, successors } from "@/lib/schemas/workflow";
import { checkDefinition } from "@/lib/schemas/workflow-check";
import { runs } from "@/tests/support/fuzz/runs";

const ready = new Map(
  readyWorkflows(true).map(({ key, definition }) => [key, definitionSchema.parse(definition)]),
);

function readyDefinition(key: string): Definition {
  const definition = ready.get(key);
  if (!definition) throw new Error(`no workflow ${key}`);
  return definition;
}

const ids = fc.constantFrom("isLinked", "hello", "guest", "end", "a", "b", "c", "toString", "");
const fields = fc.constantFrom("next", "otherwise", "failed", "buttons.0.next", "buttons.1.next", "text");
const nodes = fc.oneof(
  fc.constantFrom(...NODE_KINDS).map(newNode),
  ids.map<Node>((next) => ({
    ...{ kind: "message", text: { ru: "да", en: "yes" } },
    buttons: [{ label: { ru: "да", en: "yes" }, next }],
  })),
);
const positions = fc.record({ x: fc.integer(), y: fc.integer() });
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    type: fc.constant("add" as const),
    id: ids,
    node: fc.constantFrom(...NODE_KINDS).map(newNode),
  }),
  fc.record({
    ...{ type: fc.constant("add" as const), id: ids, node: fc.constantFrom(...NODE_KINDS).map(newNode) },
    from: fc.record({ id: ids, field: fields }),
  }),
  fc.record({ type: fc.constant("remove" as const), id: ids }),
  fc.record({ type: fc.constant("rename" as const), id: ids, to: ids }),
  fc.record({ type: fc.constant("replace" as const), id: ids, node: nodes }),
  fc.record({ type: fc.constant("connect" as const), id: ids, field: fields, target: ids }),
  fc.record({ type: fc.constant("move" as const), positions: fc.dictionary(ids, positions) }),
  fc.record({ type: fc.constant("arrange" as const) }),
  fc.record({ type: fc.constant("start" as const), id: ids }),
  fc.record({ type: fc.constant("inputs" as const), inputs: fc.uniqueArray(ids) }),
);

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

describe("editing", () => {
  it("gives back every earlier definition by undo and every later one by redo", () => {
    fc.assert(
      fc.property(fc.array(edits, { maxLength: 40 }), (sequence) => {
        const before = deepFreeze(structuredClone(readyDefinition("start")));
        let history = startHistory(before);
        const states = [before];
        for (const edit of sequence) {
          history = recordEdit(history, deepFreeze(edit));
          if (history.present !== states.at(-1)) states.push(history.present);
        }
        for (const state of [...states].reverse()) {
          expect(history.present).toBe(state);
          history = undo(history);
        }
        expect(history.present).toEqual(readyDefinition("start"));
        for (const state of states) {
          expect(history.present).toBe(state);
          history = redo(history);
        }
      }),
      { numRuns: runs(200) },
    );
  });

  it("leaves no line to a node that was removed or renamed", () => {
    const withoutReplace = edits.filter(({ type }) => type !== "replace");
    fc.assert(
      fc.property(fc.array(withoutReplace, { maxLength: 40 }), (sequence) => {
        const after = sequence.reduce(applyEdit, readyDefinition("spend"));
        const targets = Object.values(after.nodes).flatMap((node) =>
          successors(node).map(({ target }) => target),
        );
        expect(targets.filter((target) => target !== "" && !Object.hasOwn(after.nodes, target))).toEqual([]);
      }),
      { numRuns: runs(200) },
    );
  });

  it("undoes the letters of one text together", () => {
    const hello = readyDefinition("start").nodes.hello;
    if (hello?.kind !== "message") throw new Error("not a message");
    let history = startHistory(readyDefinition("start"));
    for (const ru of ["П", "Пр", "При"])
      history = recordEdit(
        history,
        { type: "replace", id: "hello", node: { ...hello, text: { ...hello.text, ru } } },
        "hello.text.ru",
      );
    history = recordEdit(history, { type: "remove", id: "guest" });
    expect(history.past).toHaveLength(2);
    expect(undo(undo(history)).present).toBe(readyDefinition("start"));
  });

  it("remembers a bounded number of steps", () => {
    let history = startHistory(readyDefinition("start"));
    for (let x = 0; x <= MAX_UNDO; x++)
      history = recordEdit(history, { type: "move", positions: { hello: { x, y: 0 } } });
    expect(history.past).toHaveLength(MAX_UNDO);
  });

  it("inserts a node into the line that it is added to", () => {
    const node = newNode("delay");
    const after = applyEdit(readyDefinition("start"), {
      ...{ type: "add", id: "pause", node, from: { id: "hello", field: "next" } },
    });
    expect(after.nodes.hello).toMatchObject({ next: "pause" });
    expect(after.nodes.pause).toMatchObject({ next: "end" });
  });

  it("names new nodes after their kind", () => {
    expect(newNodeId("end", readyDefinition("start"))).toBe("end2");
    expect(newNodeId("message", readyDefinition("start"))).toBe("message");
  });
});

describe("ways out", () => {
  it("are those of the schema, and those that are not connected", () => {
    for (const { nodes: all } of ready.values())
      for (const node of Object.values(all)) {
        const connected = outletsOf(node).filter(({ target }) => target !== "");
        expect(connected.map(({ field, target }) => ({ field, target }))).toEqual(successors(node));
      }
    for (const kind of NODE_KINDS) {
      const node = newNode(kind);
      for (const { field } of outletsOf(node))
        expect(successors(withTarget(node, field, "a"))).toContainEqual({ field, target: "a" });
    }
  });

  it("of a message that waits for a button are its buttons", () => {
    const { confirm: node } = readyDefinition("spend").nodes;
    expect(node && outletsOf(node).map(({ target }) => target)).toEqual(["spend", "kept"]);
  });
});

describe("the difference", () => {
  it("names what was added, changed and removed, and ignores positions", () => {
    const before = readyDefinition("start");
    const after = [
      { type: "move", positions: { hello: { x: 1, y: 2 } } },
      { type: "add", id: "pause", node: newNode("delay"), from: { id: "hello", field: "next" } },
      { type: "remove", id: "guest" },
      { type: "start", id: "hello" },
    ].reduce((definition, edit) => applyEdit(definition, edit as Edit), before);
    const difference = compareDefinitions(before, after);
    expect(difference.nodes.map(({ id, change, fields: names }) => [id, change, names])).toEqual([
      ["isLinked", "changed", ["otherwise"]],
      ["hello", "changed", ["next"]],
      ["pause", "added", []],
      ["guest", "removed", []],
    ]);
    expect(difference.start).toBe(true);
    const moved = applyEdit(before, { type: "move", positions: { hello: { x: 1, y: 2 } } });
    expect(isUnchanged(compareDefinitions(before, moved))).toBe(true);
    expect(compareDefinitions(null, before).nodes).toHaveLength(Object.keys(before.nodes).length);
  });
});

describe("a draft", () => {
  it("may have empty texts and loose ends, and is read back as it was", () => {
    for (const kind of NODE_KINDS) {
      const draft = applyEdit(readyDefinition("start"), { type: "add", id: "new", node: newNode(kind) });
      expect(parseDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
    }
    const message = newNode("message");
    const button = { label: { ru: "", en: "" }, next: "" };
    const draft = applyEdit(readyDefinition("start"), {
      ...{ type: "add", id: "new", node: { ...message, buttons: [button] } as Node },
    });
    expect(parseDraft(draft)).toEqual(draft);
  });

  it("without the shape of a definition cannot be drawn", () => {
    const { nodes: all, ...rest } = readyDefinition("start");
    for (const json of [
      ...[null, 7, "start", [], {}, rest, { ...rest, nodes: [] }],
      ...[{ ...rest, nodes: { ...all, a: { kind: "unknown" } } }],
      { ...rest, nodes: { ...all, a: { kind: "message", text: "hello" } } },
      { ...rest, nodes: { ...all, a: { ...newNode("message"), buttons: [{ next: 7 }] } } },
    ])
      expect(parseDraft(json)).toBeNull();
  });

  it("is found by the check to be incomplete where a field is empty", () => {
    const draft = applyEdit(readyDefinition("start"), {
      ...{ type: "add", id: "pause", node: newNode("message"), from: { id: "hello", field: "next" } },
    });
    const { problems } = checkDefinition(draft, { workflows: new Set(ready.keys()), isAdministrators: true });
    expect(problems.map(({ code, nodeId, path }) => [code, nodeId, path])).toEqual([
      ["invalid", "pause", "text.ru"],
      ["invalid", "pause", "text.en"],
    ]);
  });
});

describe("a draft's file", () => {
  it("is read back, whether it has one workflow or several, and is refused when it has none", () => {
    const draft = applyEdit(readyDefinition("start"), { type: "add", id: "new", node: newNode("question") });
    const file = toDraftFile("start", { definition: draft, command: "start" });
    expect(readDraftFile(file, "start")).toEqual(draft);
    expect(readDraftFile(file, "other")).toEqual(draft);
    expect(readDraftFile(JSON.stringify(draft), "start")).toEqual(draft);
    const both = JSON.parse(file);
    both.workflows.unshift({ key: "spend", command: null, definition: readyDefinition("spend") });
    expect(readDraftFile(JSON.stringify(both), "start")).toEqual(draft);
    expect(readDraftFile(JSON.stringify(both), "other")).toBeNull();
    for (const text of [
      "",
      "{",
      "[]",
      "null",
      '{"format":"other","workflows":[]}',
      '{"format":"normaldance-bot"}',
    ])
      expect(readDraftFile(text, "start")).toBeNull();
  });
});

describe("the layout", () => {
  it("draws no node over another, and begins at the left with the first", () => {
    for (const definition of ready.values()) {
      const points = [...layoutNodes(definition)];
      for (const [id, { x, y }] of points)
        for (const [other, point] of points) {
          const node = definition.nodes[id];
          if (id === other || !node) continue;
          const isOver = Math.abs(x - point.x) < NODE_WIDTH && point.y >= y && point.y < y + nodeHeight(node);
          expect(isOver, `${other} over ${id}`).toBe(false);
        }
      const left = Math.min(...points.map(([, { x }]) => x));
      expect(points.find(([id]) => id === definition.start)?.[1].x).toBe(left);
    }
  });

  it("draws a node where it was put", () => {
    const moved = applyEdit(readyDefinition("start"), {
      type: "move",
      positions: { hello: { x: -70, y: 5 } },
    });
    expect(layoutNodes(moved).get("hello")).toEqual({ x: -70, y: 5 });
    expect(applyEdit(moved, { type: "arrange" })).toEqual(readyDefinition("start"));
  });

  it("lists nodes in the order in which people meet them", () => {
    const definition = applyEdit(readyDefinition("start"), {
      type: "add",
      id: "alone",
      node: newNode("end"),
    });
    expect(orderNodes(definition)).toEqual(["isLinked", "hello", "guest", "end", "alone"]);
  });
});
