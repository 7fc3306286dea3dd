import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readyWorkflows } from "@/lib/bot/ready-workflows";
import { checkDefinition } from "@/lib/schemas/workflow-check";
import { runs } from "@/tests/support/fuzz/runs";

const context = { workflows: new Set(["start", "other"]), isAdministrators: true };
const both = (text: string) => ({ ru: text, en: text });
const message = (text: string, next = "end") => ({ kind: "message", text: both(text), next });
const definition = (nodes: Record<string, unknown>, start = "a") => ({
  schema: 1,
  start,
  nodes: { ...nodes, end: { kind: "end" } },
});
const codesOf = (input: unknown, given = context) =>
  checkDefinition(input, given).problems.map(({ code, nodeId }) => `${code} ${nodeId ?? ""}`.trim());

describe("checkDefinition", () => {
  it("accepts the ready workflows of both kinds of bots", () => {
    for (const isAdministrators of [true, false]) {
      const workflows = readyWorkflows(isAdministrators);
      const keys = new Set(workflows.map(({ key }) => key));
      for (const { definition: ready } of workflows)
        expect(checkDefinition(ready, { workflows: keys, isAdministrators }).problems).toEqual([]);
    }
  });

  it.each([
    ["an unknown target", definition({ a: message("x", "b") }), ["unknown_target a", "unreachable end"]],
    [
      "an unknown start",
      definition({ a: message("x") }, "z"),
      ["unknown_start", "unreachable a", "unreachable end"],
    ],
    ["an unreachable node", definition({ a: message("x"), b: message("y") }), ["unreachable b"]],
    [
      "a loop without a wait",
      definition({ a: message("x", "b"), b: { kind: "jump", next: "a" } }),
      ["unreachable end", "loop_without_wait a", "loop_without_wait b"],
    ],
    [
      "a missing variable",
      definition({ a: message("{{nothing}}") }),
      ["unknown_variable a", "unknown_variable a"],
    ],
    [
      "a template that calls",
      definition({ a: message("{{constructor.x}}") }),
      ["unknown_variable a", "unknown_variable a"],
    ],
    [
      "a text that is too long",
      definition({ a: message("x".repeat(4_097)) }),
      ["text_too_long a", "text_too_long a"],
    ],
    ["invalid HTML", definition({ a: message("<b>x") }), ["invalid_html a", "invalid_html a"]],
    ["a script", definition({ a: message("<script>x</script>") }), ["invalid_html a", "invalid_html a"]],
    [
      "a message without a way on",
      definition({ a: { kind: "message", text: both("x") } }),
      ["unreachable end", "dead_end a"],
    ],
    [
      "an unknown workflow",
      definition({ a: { kind: "callWorkflow", workflow: "missing", next: "end" } }),
      ["unknown_workflow a"],
    ],
    [
      "a value for a variable of the account",
      definition({ a: { kind: "setVariable", variable: "balance", value: 9, next: "end" } }),
      ["reserved_variable a"],
    ],
    [
      "a host from a variable",
      definition({
        a: { kind: "httpRequest", method: "GET", url: "https://{{name}}/x", next: "end", failed: "end" },
      }),
      ["invalid_url a"],
    ],
    [
      "a file as a button's address",
      definition({
        a: { ...message("x"), buttons: [{ label: both("x"), url: "javascript:alert(1)" }] },
      }),
      ["invalid_url a"],
    ],
  ])("finds %s", (_, input, expected) => {
    expect(codesOf(input)).toEqual(expected);
  });

  it("allows credits and links of accounts to administrators alone", () => {
    const credit = { kind: "creditBonuses", amountMinor: 100, note: both("x"), next: "end", unlinked: "end" };
    const input = definition({ a: credit });
    expect(codesOf(input)).toEqual([]);
    expect(codesOf(input, { ...context, isAdministrators: false })).toEqual(["administrators_only a"]);
  });

  it("accepts a loop that waits for a person", () => {
    const ask = { ...message("x"), next: undefined, buttons: [{ label: both("x"), next: "b" }] };
    const input = definition({
      a: ask,
      b: { kind: "condition", variable: "linked", operator: "isSet", next: "a", otherwise: "end" },
    });
    expect(codesOf(input)).toEqual([]);
  });

  it("refuses what is too large before it is parsed", () => {
    expect(codesOf(definition({ a: message("x".repeat(1_000_001)) }))).toEqual(["too_large"]);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`n${i}`, { kind: "end" }]));
    expect(codesOf(definition(many))).toEqual(["too_many_nodes"]);
    expect(codesOf("{")).toEqual(["invalid"]);
    expect(codesOf('{"schema":1,"start":"a","nodes":{"__proto__":{"kind":"end"}}}')[0]).toMatch(
      /^(invalid|unknown_start)/,
    );
  });

  it("refuses nodes, fields and choices that it does not know", () => {
    expect(codesOf(definition({ a: { kind: "exec", command: "id", next: "end" } }))).toEqual(["invalid a"]);
    expect(codesOf(definition({ a: { ...message("x"), next: "end", shell: "id" } }))).toEqual(["invalid a"]);
    const choice = { label: both("x"), value: "x" };
    const question = {
      kind: "question",
      answer: "choice",
      variable: "it",
      text: both("x"),
      retry: both("x"),
    };
    const asking = (count: number) =>
      definition({ a: { ...question, choices: Array(count).fill(choice), next: "end" } });
    expect(codesOf(asking(20))).toEqual([]);
    for (const count of [21, 10_000]) expect(codesOf(asking(count))).toEqual(["invalid a"]);
  });

  it("refuses what is nested too deeply to be written", () => {
    const depth = 200_000;
    const text = `{"schema":1,"start":"a","nodes":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}}`;
    // How deep it may be differs between versions of Node.
    expect(codesOf(JSON.parse(text))).toEqual([expect.stringMatching(/^invalid( a)?$/)]);
    expect(codesOf(text)).toEqual(["invalid a"]);
  });

  it("never throws, and what it accepts can be left from every node that can be reached", () => {
    const id = fc.constantFrom("a", "b", "c", "d", "end");
    const node = fc.oneof(
      fc.record({
        kind: fc.constant("message"),
        text: fc.record({ ru: fc.string(), en: fc.string() }),
        next: id,
      }),
      fc.record({ kind: fc.constant("jump"), next: id }),
      fc.record({ kind: fc.constant("delay"), seconds: fc.integer({ min: 0, max: 100 }), next: id }),
      fc.record({
        kind: fc.constant("condition"),
        variable: fc.constant("name"),
        operator: fc.constant("is"),
        next: id,
        otherwise: id,
      }),
      fc.constant({ kind: "end" }),
      fc.anything(),
    );
    const nodes = fc.dictionary(id, node, { maxKeys: 5 });
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.record({ schema: fc.constant(1), start: id, nodes })),
        (input) => {
          const { definition: accepted, problems } = checkDefinition(input, context);
          expect(accepted === null).toBe(problems.length > 0);
          if (!accepted) return;
          // From every node a walk that does not pass a wait ends.
          for (const from of Object.keys(accepted.nodes)) {
            let [current, steps] = [from, 0];
            for (; steps < 10; steps++) {
              const step = accepted.nodes[current];
              if (!step || step.kind === "end" || step.kind === "delay") break;
              current = "next" in step && step.next !== undefined ? step.next : current;
            }
            expect(steps).toBeLessThan(10);
          }
        },
      ),
      { numRuns: runs(500) },
    );
  });
});
