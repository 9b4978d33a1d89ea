// Reads `go test -json` output and prints what a person needs: packages with their time, the output of
// what failed, every skip with its reason, and a closing count. Exit 1 when something failed or nothing ran.
const fs = require('fs')

const output = new Map() // test → its lines
const skipped = []
const failed = []
const other = [] // build errors and lines that are not JSON
let passed = 0

const key = e => e.Package + ' ' + (e.Test ?? '')
for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (!line) continue
  let e
  try { e = JSON.parse(line) } catch { other.push(line); continue }
  switch (e.Action) {
    case 'output': output.set(key(e), (output.get(key(e)) ?? '') + e.Output); break
    case 'build-output': other.push(e.Output.trimEnd()); break
    case 'pass': e.Test ? passed++ : console.log(`ok    ${e.Package}  ${e.Elapsed}s`); break
    case 'skip': if (e.Test) skipped.push(e); break
    case 'fail': failed.push(e); break
  }
}
for (const l of other) console.log(l)
for (const e of failed) {
  console.log(`FAIL  ${key(e)}`)
  if (e.Test || !failed.some(f => f.Package === e.Package && f.Test)) process.stdout.write(output.get(key(e)) ?? '')
}
for (const e of skipped) {
  const why = (output.get(key(e)) ?? '').split('\n').filter(l => /^\s+\S+\.go:\d+: /.test(l)).map(l => l.trim().replace(/^\S+: /, '')).join(' ')
  console.log(`skip  ${key(e)}: ${why || 'NO REASON GIVEN'}`)
}
const tests = failed.filter(e => e.Test).length
console.log(`${passed} passed, ${Math.max(tests, failed.length ? 1 : 0)} failed, ${skipped.length} skipped`)
if (process.env.CI === 'true' && process.env.WRIT_E2E && skipped.length) {
  console.log('a skipped end-to-end test is a failure in CI')
  process.exit(1)
}
process.exit(failed.length || passed === 0 ? 1 : 0)
