/** Queue `probe`: that it arrived, signed, is all there is to it; QStash's log says so. */
export async function task(): Promise<void> {}
