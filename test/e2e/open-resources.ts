/** What keeps the process alive at this moment, by kind: `TCPSocketWrap`, `Timeout`, ... */
export function openResources(): readonly string[] {
  return process.getActiveResourcesInfo();
}

/** What is open now and was not before. What has closed meanwhile, such as a timer of the test runner, does not count. */
export function openedSince(before: readonly string[]): string[] {
  const left = [...before];
  return openResources().filter((kind) => {
    const index = left.indexOf(kind);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
