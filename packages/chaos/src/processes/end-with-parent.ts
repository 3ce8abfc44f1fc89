/** Ends this process when the one that started it is gone, however that went: the pipe between them closes. */
export function endWithParent(): void {
  process.stdin.on('close', () => process.exit(0))
  process.stdin.resume()
}
