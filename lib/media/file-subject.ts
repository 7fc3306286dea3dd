/** What the tasks of a file are about; a post's tasks are found by it too (lib/tasks/matching-ids.ts). */
export function fileSubject(fileId: string): string {
  return `file:${fileId}`;
}
