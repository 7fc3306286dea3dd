import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDelayExpression } from "@/local/qstash/delay-expression";
import { parseDuration } from "@/local/qstash/parse-duration";
import { backoffMs } from "../../../local/qstash/retry-policy";

const evaluate = (source: string, retried = 0): number => parseDelayExpression(source)(retried);

describe("retry delay expressions", () => {
  it.each([
    ["1000", 0, 1000],
    ["1000 * (1 + retried)", 2, 3000],
    ["pow(2, retried) * 1000", 3, 8000],
    ["max(1000, pow(2, retried) * 100)", 1, 1000],
    ["2 ^ 3 ^ 2", 0, 512],
    ["-2 ^ 2", 0, -4],
    ["10 - 3 - 2", 0, 5],
    ["7 % 4 * 2", 0, 6],
    [
      "floor(1.9) + ceil(0.1) + round(2.5) + abs(-4) + sqrt(9) + exp(0) + min(5, 6)",
      0,
      1 + 1 + 3 + 4 + 3 + 1 + 5,
    ],
    ["1.5e3", 0, 1500],
    [".5", 0, 0.5],
  ])("%s with retried = %i is %d", (source, retried, value) => {
    expect(evaluate(source, retried)).toBeCloseTo(value);
  });

  it.each([
    "",
    "1 +",
    "(1",
    "1)",
    "pow(1)",
    "sqrt(1, 2)",
    "alert(1)",
    "retried.constructor",
    "this",
    "constructor(1)",
    "toString()",
    "1 2",
    "a",
    "1;2",
    "`1`",
    "(".repeat(300),
  ])("refuses %j", (source) => {
    expect(() => parseDelayExpression(source)).toThrow(SyntaxError);
  });

  /** Expressions that JavaScript can evaluate too. */
  const arithmetic = fc.letrec((tie) => ({
    expression: fc.oneof(
      { maxDepth: 5, depthSize: "small" },
      fc.nat(99).map(String),
      fc.constant("retried"),
      fc
        .tuple(tie("expression"), fc.constantFrom("+", "-", "*", "/"), tie("expression"))
        .map((parts) => parts.join(" ")),
      tie("expression").map((inner) => `(${inner})`),
      fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `max(${a}, ${b})`),
    ),
  })).expression as fc.Arbitrary<string>;

  it("give the same results as JavaScript", () => {
    fc.assert(
      fc.property(arithmetic, fc.nat(20), (source, retried) => {
        fc.pre(source.length < 500);
        const expected = new Function("retried", "max", `return ${source}`)(retried, Math.max);
        expect(evaluate(source, retried)).toEqual(expected);
      }),
    );
  });

  it("are parsed or refused, and no text is ever executed", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (source) => {
        try {
          expect(typeof evaluate(source)).toBe("number");
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});

describe("durations", () => {
  it.each([
    ["5s", 5000],
    ["1d10h30m", 124_200_000],
    ["1.5h", 5_400_000],
    ["250ms", 250],
    ["10", 10_000],
    ["", null],
    ["s", null],
    ["5 s", null],
    ["-5s", null],
    ["5x", null],
  ])("%j is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});

describe("the backoff", () => {
  it("is min(86400, e^(2.5 n)) seconds", () => {
    const seconds = [1, 2, 3, 4, 5, 6].map((n) => Math.floor(backoffMs(n) / 1000));
    expect(seconds).toEqual([12, 148, 1808, 22026, 86_400, 86_400]);
  });
});
