import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** A forked process that answers each message with one message. */
export interface BenchWorker<Command, Result> {
  run(command: Command): Promise<Result>;
  /** Sends a message that has no answer. */
  send(command: Command): void;
  stop(): Promise<void>;
}

/** Starts a worker of this folder. It sends a first message when it is ready. */
export async function startBenchWorker<Command extends object, Result>(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<BenchWorker<Command, Result>> {
  const worker = fork(path.join(import.meta.dirname, file), [], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, ...env, LOG_LEVEL: "silent" },
  });
  await nextMessage(worker);
  return {
    run: (command) => {
      const result = nextMessage<Result>(worker);
      worker.send(command);
      return result;
    },
    send: (command) => worker.send(command),
    stop: async () => {
      if (worker.exitCode !== null) return;
      const ended = once(worker, "exit");
      worker.disconnect();
      await ended;
    },
  };
}

async function nextMessage<Result>(worker: ChildProcess): Promise<Result> {
  const aborter = new AbortController();
  const ended = once(worker, "exit", aborter).then(() => Promise.reject(new Error("worker exited")));
  try {
    const [message]: Result[] = await Promise.race([once(worker, "message", aborter), ended]);
    if (!message) throw new Error("worker sent no result");
    return message;
  } finally {
    ended.catch(() => {});
    aborter.abort();
  }
}
