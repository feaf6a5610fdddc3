/**
 * Resolves when the shell is gone that npm has started this process in. A signal that is sent to npm alone ends that
 * shell, which tells nobody. Outside of npm scripts a process may well outlive who started it: then never.
 */
export async function orphaned (): Promise<void> {
  const parent = process.ppid
  if (process.env['npm_lifecycle_event'] === undefined) return await new Promise(() => {})
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      resolve()
    }, 500).unref()
  })
}
