interface CoalesceOptions {
  /** How long the first call of a batch waits for more calls. */
  windowMs: number;
  /** A batch of this size is sent immediately. */
  maxSize: number;
}

/**
 * Batches calls made close together into one. Like DataLoader, but with a short window instead of a tick, since
 * concurrent requests do not reach the same line in the same tick.
 *
 * @param run  gets the inputs of a batch and returns one output per input, in order; when it throws, every call
 *             of the batch throws the same error
 */
export function coalesce<I, O>(
  run: (inputs: I[]) => Promise<O[]>,
  { windowMs, maxSize }: CoalesceOptions,
): (input: I) => Promise<O> {
  let batch: { input: I; resolve: (output: O) => void; reject: (error: unknown) => void }[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const calls = batch;
    batch = [];
    try {
      const outputs = await run(calls.map(({ input }) => input));
      for (const [index, call] of calls.entries()) {
        if (index < outputs.length) call.resolve(outputs[index] as O);
        else call.reject(new Error("coalesced run returned fewer outputs than inputs"));
      }
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }

  return (input) =>
    new Promise<O>((resolve, reject) => {
      batch.push({ input, resolve, reject });
      if (batch.length >= maxSize) void flush();
      else timer ??= setTimeout(() => void flush(), windowMs);
    });
}
