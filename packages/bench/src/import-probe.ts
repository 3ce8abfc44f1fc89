/** Prints how long it takes to import the module that is its only argument, in ms, in a process that has imported nothing else. */
const startedAt = performance.now()
await import(process.argv[2] ?? '')
process.stdout.write(String(performance.now() - startedAt))
// What was imported may have something running.
process.exit(0)
