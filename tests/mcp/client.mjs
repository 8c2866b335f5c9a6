// The official client of the Model Context Protocol with `ptyctl mcp`.
//   node client.mjs MODULES PTYCTL TASKS
import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import {pathToFileURL} from 'node:url'

const [modules, ptyctl, tasksFile] = process.argv.slice(2)
const sdk = file => import(pathToFileURL(path.join(modules, 'node_modules/@modelcontextprotocol/sdk/dist/esm', file)))
const {Client} = await sdk('client/index.js')
const {StdioClientTransport} = await sdk('client/stdio.js')

const client = new Client({name: 'ptyd-test', version: '1'})
const transport = new StdioClientTransport({command: ptyctl, args: ['mcp'], env: process.env, stderr: 'inherit'})
await client.connect(transport)

// The answer of a tool, whose text and structured content say the same.
async function call(name, args = {}, options = undefined) {
  const result = await client.callTool({name, arguments: args}, undefined, options)
  assert.ok(!result.isError, JSON.stringify(result))
  assert.equal(result.content[0].type, 'text')
  return result.structuredContent
}

async function fails(name, args, code) {
  const result = await client.callTool({name, arguments: args})
  assert.ok(result.isError, JSON.stringify(result))
  assert.match(result.content[0].text, code)
}

async function until(look, what) {
  const end = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found) return found
    assert.ok(Date.now() < end, `waited too long for ${what}`)
  }
}

// One of the tasks that Python does as well.
async function drive(number, task, env) {
  const session = `many-${number}`
  const here = text => text.replaceAll('{n}', String(number))
  const held = async step => {
    const found = await call('wait', {session, timeout_ms: 100_000, ...step})
    assert.equal(found.outcome, 'held', JSON.stringify({number, task, step, found}))
    return found
  }
  await call('session_start', {name: session, command: task.program, env, cols: 80, rows: 24, cwd: '/tmp'})
  await held({match: task.ready})
  for (const step of task.steps) {
    const found = await held({send_text: here(step.send), match: here(step.match)})
    assert.match(found.results[0].line, new RegExp(here(step.match)))
  }
  assert.equal((await held({send_text: task.leave, exit: true})).exit.code, 3)
  await call('forget', {session})
}

const tests = {
  async 'says who it is'() {
    assert.equal(client.getServerVersion().name, 'ptyd')
    assert.match(client.getInstructions(), /sessions/)
    await client.ping()
  },
  async 'lists its tools with schemas and hints'() {
    const {tools} = await client.listTools()
    const names = tools.map(tool => tool.name).sort()
    assert.deepEqual(names, ['claim', 'commands', 'forget', 'kill', 'read_output', 'release', 'resize', 'run_command',
      'screen', 'search', 'send_keys', 'send_text', 'session_list', 'session_start', 'signal', 'wait', 'wait_exit'])
    for (const tool of tools) {
      assert.equal(tool.inputSchema.type, 'object')
      assert.equal(tool.inputSchema.additionalProperties, false)
      assert.ok(tool.description.length > 20 && tool.title)
      assert.equal(typeof tool.annotations.readOnlyHint, 'boolean')
    }
  },
  async 'starts, types, looks, reads and ends'() {
    const {session} = await call('session_start', {name: 'work', command: ['/bin/sh'], cols: 90, rows: 20, cwd: '/',
      env: {PS1: 'ready> ', MINE: 'é'}, labels: {by: 'agent'}})
    assert.deepEqual([session.name, session.state, session.cols, session.cwd], ['work', 'running', 90, '/'])
    await until(async () => (await call('screen', {session: 'work'})).text.includes('ready>'), 'the prompt')
    const {accepted} = await call('send_text', {session: 'work', text: 'echo "[$MINE]"; pwd', enter: true})
    assert.equal(accepted, '20')
    const shown = await until(async () => {
      const screen = await call('screen', {session: 'work'})
      return screen.text.includes('[é]\n/\n') && screen
    }, 'the output')
    assert.ok((await call('screen', {session: 'work', since_hash: shown.hash})).unchanged)
    const first = await call('read_output', {session: 'work', max_bytes: 8})
    const second = await call('read_output', {session: 'work', from: first.next})
    assert.ok(first.more && !second.more && second.from === first.next)
    assert.ok((first.text + second.text).includes('[é]'))
    const {matches} = await call('search', {session: 'work', pattern: '^\\[.*\\]$'})
    assert.equal(matches[0].text, '[é]')
    const json = await call('screen', {session: 'work', format: 'json'})
    assert.ok(json.cursor && json.rows.length > 0)
    assert.deepEqual(await call('resize', {session: 'work', cols: 70, rows: 15}), {cols: 70, rows: 15})
    await call('send_text', {session: 'work', text: 'cat', enter: true})
    await call('send_text', {session: 'work', text: 'ping', enter: true})
    // Its echo and the program's own: the key must not find the shell.
    const deadline = Date.now() + 30_000
    while ((await call('search', {session: 'work', pattern: '^ping$'})).matches.length < 2)
      assert.ok(Date.now() < deadline, 'cat answers')
    await call('send_keys', {session: 'work', keys: ['C-c']})
    const list = await call('session_list', {labels: {by: 'agent'}})
    assert.deepEqual(list.sessions.map(one => one.name), ['work'])
    assert.equal((await call('wait_exit', {session: 'work', timeout_ms: 50})).ended, false)
    await call('send_text', {session: 'work', text: 'exit 7', enter: true})
    const {ended, session: over} = await call('wait_exit', {session: 'work'})
    assert.deepEqual([ended, over.exit.code], [true, 7])
    await call('forget', {session: 'work'})
    assert.deepEqual((await call('session_list', {all: true})).sessions, [])
  },
  async 'keeps others from typing'() {
    await call('session_start', {name: 'l', command: ['/bin/cat']})
    const {lease, expires_ms} = await call('claim', {session: 'l', ttl_ms: 60_000})
    assert.match(lease, /^[0-9a-f]{32}$/)
    assert.ok(expires_ms > 0)
    await call('send_text', {session: 'l', text: 'mine', enter: true, lease})
    await call('send_keys', {session: 'l', keys: ['x']})
    assert.equal((await call('claim', {session: 'l', lease})).lease, lease)
    await fails('send_text', {session: 'l', text: 'x', lease: '0'.repeat(32)}, /^busy: /)
    await fails('send_text', {session: 'l', text: 'x', lease: 'mine'}, /lease must be what claim gave/)
    await fails('resize', {session: 'l', cols: 9, rows: 9, lease}, /^busy: /)
    assert.deepEqual(await call('release', {session: 'l', lease}), {released: true})
    await fails('send_keys', {session: 'l', keys: ['x'], lease}, /^busy: .* over/)
    await call('kill', {session: 'l', force: true})
    await call('forget', {session: 'l'})
  },
  async 'sends signals and kills'() {
    await call('session_start', {name: 'a', command: ['/bin/cat']})
    await call('signal', {session: 'a', signal: 'TERM'})
    assert.equal((await call('wait_exit', {session: 'a'})).session.exit.signal, 15)
    await call('session_start', {name: 'b', command: ['/bin/cat']})
    assert.equal((await call('kill', {session: 'b', force: true})).exit.signal, 9)
  },
  async 'says what is wrong'() {
    await fails('screen', {session: 'none'}, /^not_found: /)
    await fails('screen', {}, /session is missing/)
    await fails('screen', {session: 5}, /session must be a string/)
    await fails('screen', {session: 'a', formt: 'json'}, /formt is no argument/)
    await fails('resize', {session: 'a', cols: 0, rows: 1.5}, /cols must be a whole number/)
    await fails('session_start', {command: ['/none/such']}, /^spawn_failed: /)
    await fails('send_keys', {session: 'a', keys: ['Nonsense']}, /Nonsense/)
    await assert.rejects(client.callTool({name: 'no_such_tool', arguments: {}}), /no_such_tool/)
  },
  async 'serves calls side by side and lets them be given up'() {
    await call('session_start', {name: 'long', command: ['/bin/cat']})
    const abort = new AbortController()
    const waiting = call('wait_exit', {session: 'long', timeout_ms: 600_000}, {signal: abort.signal})
    const looks = await Promise.all(Array.from({length: 40}, () => call('session_list')))
    assert.ok(looks.every(look => look.sessions.some(one => one.name === 'long')))
    abort.abort('enough')
    await assert.rejects(waiting)
    assert.ok((await call('session_list')).sessions.length > 0)
    const ending = call('wait_exit', {session: 'long', timeout_ms: 600_000})
    await call('kill', {session: 'long', force: true})
    assert.ok((await ending).ended)
  },
  async 'waits for what happens'() {
    await call('session_start', {name: 'w', command: ['/bin/sh', '-c', 'stty -echo; echo ready; while read -r l; do eval "$l"; done']})
    const ready = await call('wait', {session: 'w', text: 'ready'})
    assert.deepEqual([ready.outcome, ready.results.map(one => [one.condition, one.text, one.line])],
      ['held', [['text', 'ready', 'ready']]])
    assert.ok(ready.screen.text.includes('ready') && ready.screen.hash.length === 16)
    const typed = await call('wait', {session: 'w', match: 'two [0-9]', text: 'never', send_text: 'echo two 3', enter: true})
    assert.deepEqual([typed.outcome, typed.accepted, typed.results[0].text], ['held', '11', 'two 3'])
    // Behind an offset nothing is found twice, and before it nothing gets lost.
    const again = await call('wait', {session: 'w', text: 'two', from: typed.results[0].offset, timeout_ms: 50})
    assert.deepEqual([again.outcome, again.results], ['timeout', []])
    assert.ok(again.screen.text.includes('two 3'))
    assert.equal((await call('wait', {session: 'w', text: 'ready', from: '0'})).outcome, 'held')
    const still = await call('wait', {session: 'w', quiet_ms: 20, settled_ms: 20, all: true})
    assert.deepEqual(still.results.map(one => one.condition).sort(), ['quiet', 'settled'])
    const changed = await call('wait', {session: 'w', changed: still.screen.hash, send_text: 'echo x', enter: true})
    assert.equal(changed.outcome, 'held')
    const command = await call('wait', {session: 'w', command: true, enter: true,
      send_text: "printf '\\033]133;C\\007\\033]133;D;4\\007'"})
    assert.equal(command.results[0].exit_code, 4)
    const {hash} = await call('screen', {session: 'w'})
    await fails('send_text', {session: 'w', text: 'no', if_screen: still.screen.hash}, /^failed_precondition: /)
    await fails('send_keys', {session: 'w', keys: ['x'], if_match: '^never$'}, /^failed_precondition: /)
    await fails('wait', {session: 'w', text: 'x', send_text: 'no', if_match: '^never$'}, /^failed_precondition: /)
    await fails('wait', {session: 'w'}, /nothing to wait for/)
    await fails('wait', {session: 'w', match: '('}, /^invalid_argument: /)
    await call('send_text', {session: 'w', text: 'echo guarded', enter: true, if_screen: hash, if_match: 'ready'})
    assert.equal((await call('wait', {session: 'w', text: 'guarded'})).outcome, 'held')
    const over = await call('wait', {session: 'w', text: 'never', send_text: 'exit 3', enter: true})
    assert.deepEqual([over.outcome, over.exit.code], ['ended', 3])
    const exit = await call('wait', {session: 'w', exit: true})
    assert.deepEqual([exit.outcome, exit.exit.code], ['held', 3])
    await call('forget', {session: 'w'})
  },
  async 'runs commands in a shell'() {
    await call('session_start', {name: 'shell', command: ['bash'], shell_integration: true, cwd: '/'})
    const first = await call('run_command', {session: 'shell', command: 'echo one; false'})
    assert.deepEqual([first.exit_code, first.output, first.number, first.omitted], [1, 'one\n', '1', '0'])
    const lines = await call('run_command', {session: 'shell', command: 'for i in 1 2; do\n echo $i\ndone'})
    assert.deepEqual([lines.exit_code, lines.output], [0, '1\n2\n'])
    const long = await call('run_command', {session: 'shell', command: 'seq 1000', max_bytes: 20})
    assert.ok(long.output.endsWith('999\n1000\n') && long.output.length <= 20 && Number(long.omitted) > 3000)
    const rest = await call('read_output', {session: 'shell', from: long.from, max_bytes: 6})
    assert.equal(rest.text, '1\n2\n')
    // What it shows first: before the program has the terminal a key reaches nobody.
    await fails('run_command', {session: 'shell', command: 'cat /proc/sys/kernel/ostype -', timeout_ms: 300}, /^deadline_exceeded: /)
    await fails('run_command', {session: 'shell', command: 'true'}, /^busy: /)
    await call('wait', {session: 'shell', match: '^Linux$'})
    await call('wait', {session: 'shell', command: true, send_keys: ['C-c']})
    const {lease} = await call('claim', {session: 'shell'})
    await fails('run_command', {session: 'shell', command: 'echo never'}, /^busy: .*holds the input/)
    await fails('run_command', {session: 'shell', command: 'true', lease: 'nonsense'}, /^invalid_argument: /)
    const asking = call('run_command', {session: 'shell', command: 'read x; (exit $x)', lease})
    await call('wait', {session: 'shell', match: 'read x'})
    await until(async () => (await call('commands', {session: 'shell', tail: 1})).commands[0].running, 'the question')
    await call('wait', {session: 'shell', text: '6', send_text: '6', enter: true, lease})
    assert.equal((await asking).exit_code, 6)
    await call('release', {session: 'shell', lease})
    // One that is given up lets others type.
    const giveUp = new AbortController()
    const lasting = 'cat /proc/self/comm -'
    const given = client.callTool({name: 'run_command', arguments: {session: 'shell', command: lasting}}, undefined, {signal: giveUp.signal})
    await call('wait', {session: 'shell', match: '^cat$'})
    await fails('send_keys', {session: 'shell', keys: ['C-c']}, /^busy: /)
    giveUp.abort()
    await assert.rejects(given)
    await until(async () => !(await client.callTool({name: 'send_keys', arguments: {session: 'shell', keys: ['C-c']}})).isError, 'the input')
    await until(async () => !(await call('commands', {session: 'shell', tail: 1})).commands[0].running, 'its end')
    const {commands, forgotten} = await call('commands', {session: 'shell'})
    assert.deepEqual([forgotten, commands.map(one => one.number)], ['0', ['1', '2', '3', '4', '5', '6']])
    assert.deepEqual([commands[2].command, commands[2].exit_code], ['seq 1000', 0])
    assert.deepEqual((await call('commands', {session: 'shell', tail: 1})).commands[0].command, lasting)
    await fails('run_command', {session: 'shell', command: 'exit'}, /^session_ended: /)
    await fails('session_start', {command: ['cat'], shell_integration: true}, /^invalid_argument: /)
  },
  async 'does twenty tasks in 50 sessions by waits alone'() {
    const {env, tasks} = JSON.parse(fs.readFileSync(tasksFile))
    await Promise.all(Array.from({length: 50}, (_, number) => drive(number, tasks[number % tasks.length], env)))
    const {sessions} = await call('session_list', {all: true})
    assert.deepEqual(sessions.filter(one => one.name.startsWith('many-')), [])
  },
  async 'escapes nothing and loses nothing of hostile output'() {
    await call('session_start', {name: 'evil', command: ['/bin/sh', '-c', "printf '\\033]2;t\\007\\377\\342\\200\\256\"\\\\\\r\\n'; cat"]})
    const read = await until(async () => {
      const output = await call('read_output', {session: 'evil'})
      return output.text.includes('\\') && output
    }, 'the output')
    assert.equal(read.text, '\ufffd\u202e"\\\n')
    const raw = await call('read_output', {session: 'evil', raw: true})
    assert.equal(Buffer.from(raw.base64, 'base64').at(-1), 10)
    await call('kill', {session: 'evil', force: true})
  },
}

for (const [name, test] of Object.entries(tests)) {
  await test()
  console.log(`ok ${name}`)
}
await client.close()

// Without the library: what no client should send.
const raw = spawn(ptyctl, ['mcp'], {stdio: ['pipe', 'pipe', 'inherit']})
let text = ''
raw.stdout.on('data', data => { text += data })
const ended = new Promise(resolve => raw.on('close', resolve))
const say = message => raw.stdin.write((typeof message === 'string' ? message : JSON.stringify(message)) + '\n')
say({jsonrpc: '2.0', id: 1, method: 'tools/list'})
say('nonsense')
say('[]')
say({jsonrpc: '1.0', id: 2, method: 'ping'})
say({jsonrpc: '2.0', id: {}, method: 'ping'})
say({jsonrpc: '2.0', id: 'é"', method: 'initialize', params: {protocolVersion: '1999-01-01', capabilities: {}}})
say({jsonrpc: '2.0', method: 'notifications/initialized'})
say({jsonrpc: '2.0', id: 3, method: 'nothing/such'})
say({jsonrpc: '2.0', id: 4, method: 'tools/call', params: {name: 'session_list', arguments: []}})
say({jsonrpc: '2.0', id: 5, method: 'initialize', params: {protocolVersion: '2024-11-05', capabilities: {}}})
say({jsonrpc: '2.0', id: 6, method: 'ping'})
say({jsonrpc: '2.0', id: 99, result: {}})
raw.stdin.end()
assert.equal(await ended, 0)
assert.ok(/^[\x20-\x7e\n]*$/.test(text))
const answers = text.trim().split('\n').map(JSON.parse)
assert.deepEqual(answers.map(answer => [answer.id, answer.error?.code ?? 0]),
  [[1, -32600], [null, -32700], [null, -32600], [2, -32600], [null, -32600], ['é"', 0], [3, -32601], [4, -32602], [5, 0], [6, 0]])
assert.equal(answers[5].result.protocolVersion, '2025-11-25')
assert.equal(answers[8].result.protocolVersion, '2024-11-05')
console.log('ok refuses what is no request')
