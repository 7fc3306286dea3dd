/** Key of the task of one run of an account's erasure. */
export function erasureTaskKey({ userId, run }: { userId: string; run: number }): string {
  return `${userId}:${run}`;
}
