/** Queue `probe`: does nothing; QStash's log shows that the signed message was delivered. */
export async function task(): Promise<void> {}
