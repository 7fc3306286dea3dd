import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeCommand, encodeReply } from "../../../local/redis/resp/encode";
import { RespParser, RespSyntaxError } from "../../../local/redis/resp/parser";
import { ErrorReply, type Reply, SimpleString } from "../../../local/redis/resp/reply";

const line = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n]/.test(text));
const { reply } = fc.letrec<{ reply: Reply }>((tie) => ({
  reply: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(narrow),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    line.map((text) => new SimpleString(text)),
    line.map((text) => new ErrorReply(text)),
    fc.array(tie("reply")),
  ),
}));

test("any reply is parsed back from its encoding, for any chunk sizes", () => {
  fc.assert(
    fc.property(fc.array(reply), fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (replies, sizes) => {
      const bytes = Buffer.concat(replies.map(encodeReply));
      const parsed: Reply[] = [];
      const parser = new RespParser((value) => parsed.push(value));
      for (let at = 0; at < bytes.length; ) {
        const size = sizes.next().value ?? 1;
        parser.push(Buffer.from(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(parsed).toEqual(replies);
    }),
  );
});

test("a command is encoded as an array of bulk strings, strings as UTF-8 and buffers byte for byte", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array().map(Buffer.from)), { minLength: 1 }),
      (args) => {
        expect(parseAll(encodeCommand(args))).toEqual([args.map((arg) => Buffer.from(arg))]);
      },
    ),
  );
});

test("a large string in many chunks is parsed in linear time", () => {
  const body = Buffer.alloc(8 * 1024 * 1024, "x");
  const bytes = encodeReply([body, 1]);
  const parsed: Reply[] = [];
  const parser = new RespParser((value) => parsed.push(value));
  const started = performance.now();
  for (let at = 0; at < bytes.length; at += 1024) parser.push(bytes.subarray(at, at + 1024));
  // 8192 chunks: copying all previous ones for each chunk would move 32 GB
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(parsed).toHaveLength(1);
});

test.each([
  ["an unknown type", "!5\r\n"],
  ["an invalid integer", ":12x\r\n"],
  ["a string longer than its declared length", "$2\r\nabcd\r\n"],
  ["a negative length", "*-2\r\n"],
])("%s throws RespSyntaxError", (_name, text) => {
  expect(() => parseAll(Buffer.from(text))).toThrow(RespSyntaxError);
});

function parseAll(bytes: Buffer): Reply[] {
  const parsed: Reply[] = [];
  new RespParser((value) => parsed.push(value)).push(bytes);
  return parsed;
}

function narrow(value: bigint): Reply {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
