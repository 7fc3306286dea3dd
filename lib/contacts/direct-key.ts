/** The key of the direct chat of two users (`Chat.directKey`), whichever of them comes first. */
export function directKeyOf(userId: string, otherId: string): string {
  return [userId, otherId].sort().join(":");
}
