interface CoalesceOptions {
  /** How long the first call of a batch waits for others. */
  windowMs: number;
  /** A batch this large goes at once. */
  maxSize: number;
}

/**
 * Gathers calls made close together into one. From DataLoader, with a short window in place of a tick,
 * since requests that arrive together do not reach the same line in the same tick.
 *
 * @param run  gets the inputs of a batch and answers one output for each, in order; when it throws, every
 *             call of the batch throws the same
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
        else call.reject(new Error("a coalesced run answered fewer outputs than it was given inputs"));
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
