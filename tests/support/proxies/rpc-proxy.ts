import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { type Hex, parseTransaction } from "viem";
import { listen, readBody, sendJson } from "@/local/http/server";

/**
 * What goes wrong with a call of the chain's node:
 * - `late`: it is done, and the answer comes after the caller stopped waiting
 * - `twice`: it is done twice
 * - `lost`: it is done, and the connection breaks before the answer
 * - `never`: it is not done, and the connection breaks
 * - `nonsense`: it is not done, and the answer is a page
 * - `null`: it is not done, and the answer is the JSON-RPC result null
 * - `internal`, `limited`, `busy`: it is not done, and the answer is a JSON-RPC error as providers send it
 */
export type RpcFault =
  | "late"
  | "twice"
  | "lost"
  | "never"
  | "nonsense"
  | "null"
  | "internal"
  | "limited"
  | "busy";

const ERRORS: Partial<Record<RpcFault, { status: number; code: number; message: string }>> = {
  internal: { status: 200, code: -32_603, message: "internal error" },
  limited: {
    status: 429,
    code: -32_603,
    message: "429 Too Many Requests: gas required exceeds allowance (0)",
  },
  busy: { status: 200, code: -32_005, message: "limit exceeded" },
};

export interface RpcProxy {
  readonly url: string;
  /** Faulty calls since the last fault was set. */
  readonly hits: number;
  /** Applies a fault to the next calls of a method. @param times  Infinity: until `heal` */
  fail(method: string, fault: RpcFault, times?: number): void;
  /** From now on no transaction with less gas is taken, and none is estimated lower, as on Arbitrum. Until `heal` */
  setMinimumGas(gas: bigint): void;
  /** Changes what the node answers to a method; one that throws an RpcError answers with an error. Until `heal` */
  rewrite(method: string, change: Rewrite): void;
  heal(): void;
  close(): Promise<void>;
}

interface Call {
  method: string;
  id: number;
  params: unknown[];
}

/** @param result  undefined: the node answered with an error */
type Rewrite = (result: unknown, params: readonly unknown[]) => unknown;

/** Answered as an error of JSON-RPC. */
export class RpcError extends Error {}

/** Gas of the raw transaction that a call sends. */
function gasOf([raw]: unknown[]): bigint {
  return parseTransaction(raw as Hex).gas ?? 0n;
}

const MAX_BODY_BYTES = 1_048_576;

/** A proxy in front of a chain's JSON-RPC that injects faults by method. @param lateMs  longer than CHAIN_TIMEOUT_MS */
export async function startRpcProxy(target: () => string, lateMs: number): Promise<RpcProxy> {
  let current: { method: string; fault: RpcFault; left: number } | null = null;
  let hits = 0;
  let minimumGas = 0n;
  const rewrites = new Map<string, Rewrite>();
  const forward = async (body: Buffer) => {
    const answer = await fetch(target(), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Uint8Array(body),
    });
    return (await answer.json()) as unknown;
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, MAX_BODY_BYTES);
    const { method, id, params } = JSON.parse(body.toString()) as Call;
    if (current?.method !== method || current.left <= 0) {
      if (method === "eth_sendRawTransaction" && gasOf(params) < minimumGas) {
        const error = { code: -32_000, message: "intrinsic gas too low" };
        return sendJson(response, 200, { jsonrpc: "2.0", id, error });
      }
      const answer = (await forward(body)) as { result?: unknown };
      if (method === "eth_estimateGas" && answer.result !== undefined) {
        if (BigInt(String(answer.result)) < minimumGas) answer.result = `0x${minimumGas.toString(16)}`;
      }
      try {
        const change = rewrites.get(method);
        if (change) answer.result = await change(answer.result, params);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        return sendJson(response, 200, {
          jsonrpc: "2.0",
          id,
          error: { code: -32_000, message: error.message },
        });
      }
      return sendJson(response, 200, answer);
    }
    const { fault } = current;
    current.left--;
    hits++;
    if (fault === "never") return void response.destroy();
    if (fault === "null") return sendJson(response, 200, { jsonrpc: "2.0", id, result: null });
    const error = ERRORS[fault];
    if (error) {
      const { status, code, message } = error;
      return sendJson(response, status, { jsonrpc: "2.0", id, error: { code, message } });
    }
    if (fault === "nonsense") {
      response.writeHead(502, { "content-type": "text/html" });
      return void response.end("<h1>Bad gateway</h1>");
    }
    let answer = await forward(body);
    if (fault === "lost") return void response.destroy();
    if (fault === "twice") answer = await forward(body);
    if (fault === "late") await delay(lateMs);
    sendJson(response, 200, answer);
  }

  const server = await listen("RPC proxy", 0, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  return {
    url: server.url,
    get hits() {
      return hits;
    },
    fail: (method, fault, times = 1) => {
      hits = 0;
      current = { method, fault, left: times };
    },
    setMinimumGas: (gas) => {
      minimumGas = gas;
    },
    rewrite: (method, change) => {
      rewrites.set(method, change);
    },
    heal: () => {
      rewrites.clear();
      current = null;
      minimumGas = 0n;
    },
    close: server.close,
  };
}
