/**
 * The language of `Upstash-Retry-Delay`: arithmetic with the variable `retried`, such as
 * `max(1000, pow(2, retried) * 100)`. Parsed into functions, never evaluated as code.
 *
 *   sum     = product (("+" | "-") product)*
 *   product = unary (("*" | "/" | "%") unary)*
 *   unary   = "-" unary | "+" unary | power
 *   power   = atom ("^" unary)?            right-associative, binds tighter than a sign before it
 *   atom    = number | "retried" | name "(" sum ("," sum)* ")" | "(" sum ")"
 */
export type DelayExpression = (retried: number) => number;

/** Longer than any real expression, short enough that no nesting can exhaust the stack. */
const MAX_LENGTH = 500;

const FUNCTIONS: Record<string, { arity: number; apply: (...args: number[]) => number }> = {
  pow: { arity: 2, apply: Math.pow },
  sqrt: { arity: 1, apply: Math.sqrt },
  abs: { arity: 1, apply: Math.abs },
  exp: { arity: 1, apply: Math.exp },
  floor: { arity: 1, apply: Math.floor },
  ceil: { arity: 1, apply: Math.ceil },
  round: { arity: 1, apply: Math.round },
  min: { arity: 2, apply: Math.min },
  max: { arity: 2, apply: Math.max },
};

/** @throws {SyntaxError} with the reason and the position */
export function parseDelayExpression(source: string): DelayExpression {
  if (source.length > MAX_LENGTH) throw new SyntaxError(`longer than ${MAX_LENGTH} characters`);
  const tokens = tokenize(source);
  let position = 0;

  const peek = (): string | undefined => tokens[position];
  const take = (token: string): boolean => {
    if (tokens[position] !== token) return false;
    position++;
    return true;
  };
  const expect = (token: string): void => {
    if (!take(token)) throw new SyntaxError(`expected "${token}" but found ${quote(peek())}`);
  };

  function sum(): DelayExpression {
    let left = product();
    for (;;) {
      const [a, plus] = [left, take("+")];
      if (!plus && !take("-")) return a;
      const b = product();
      left = plus ? (r) => a(r) + b(r) : (r) => a(r) - b(r);
    }
  }

  function product(): DelayExpression {
    let left = unary();
    for (;;) {
      const a = left;
      const operator = peek();
      if (operator !== "*" && operator !== "/" && operator !== "%") return a;
      position++;
      const b = unary();
      left = (r) => (operator === "*" ? a(r) * b(r) : operator === "/" ? a(r) / b(r) : a(r) % b(r));
    }
  }

  function unary(): DelayExpression {
    if (take("-")) {
      const operand = unary();
      return (r) => -operand(r);
    }
    if (take("+")) return unary();
    const base = atom();
    if (!take("^")) return base;
    const exponent = unary();
    return (r) => base(r) ** exponent(r);
  }

  function atom(): DelayExpression {
    const token = peek();
    if (token === undefined) throw new SyntaxError("ends too early");
    if (take("(")) {
      const inner = sum();
      expect(")");
      return inner;
    }
    position++;
    if (token === "retried") return (r) => r;
    const number = Number(token);
    if (/^[\d.]/.test(token) && Number.isFinite(number)) return () => number;
    const fn = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined;
    if (!fn) throw new SyntaxError(`unknown name ${quote(token)}`);
    expect("(");
    const args = [sum()];
    while (take(",")) args.push(sum());
    expect(")");
    const many = token === "min" || token === "max";
    if (many ? args.length < 1 : args.length !== fn.arity) {
      throw new SyntaxError(`${token} takes ${fn.arity} argument${fn.arity === 1 ? "" : "s"}`);
    }
    return (r) => fn.apply(...args.map((arg) => arg(r)));
  }

  const expression = sum();
  if (position < tokens.length) throw new SyntaxError(`unexpected ${quote(peek())}`);
  return expression;
}

function tokenize(source: string): string[] {
  const pattern = /\s+|(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+|[a-z_]\w*|[-+*/%^(),])/giy;
  const tokens: string[] = [];
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match) throw new SyntaxError(`unexpected ${quote(source[at])} at position ${at}`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}

const quote = (token: string | undefined): string => (token === undefined ? "the end" : `"${token}"`);
