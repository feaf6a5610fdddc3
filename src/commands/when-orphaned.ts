/**
 * Calls back when the shell is gone that npm has started this process in. A signal that is sent to npm alone ends that
 * shell, which tells nobody. Not for outside of npm scripts: there a process may well outlive who started it.
 */
export function whenOrphaned (then: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    then()
  }, 500).unref()
}
