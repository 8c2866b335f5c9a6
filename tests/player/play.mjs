// Reads a recording with asciinema-player, by what its worker for browsers does, and prints what it found as JSON.
//   node play.mjs MODULES FILE
import fs from 'node:fs'
import path from 'node:path'
import {pathToFileURL} from 'node:url'

const [modules, file] = process.argv.slice(2)
const found = {metadata: null, output: '', resizes: [], markers: [], inputs: [], resets: 0}
const answers = new Map()

function take(name, event) {
  if (name === 'metadata') found.metadata = event
  if (name === 'output') found.output += [].concat(event).join('')
  if (name === 'resize') found.resizes.push([event.cols, event.rows])
  if (name === 'marker') found.markers.push(event.label)
  if (name === 'input') found.inputs.push(event.data)
  if (name === 'reset') found.resets++
  if (name === 'error') throw new Error(JSON.stringify(event))
}

globalThis.onmessage = null
globalThis.postMessage = message => {
  if (message.method) return take(message.params.name, message.params.event)
  const {resolve, reject} = answers.get(message.id)
  message.error ? reject(new Error(JSON.stringify(message.error))) : resolve(message.result)
}
await import(pathToFileURL(path.join(modules, 'node_modules/asciinema-player/dist/worker.js')))
let number = 0
const ask = (method, params) => new Promise((resolve, reject) => {
  answers.set(++number, {resolve, reject})
  globalThis.onmessage({data: {id: number, method, params}})
})

const source = {driver: 'recording', parser: 'asciicast', data: fs.readFileSync(file, 'utf8')}
await ask('new', [source, {speed: 10000, preload: true, pauseOnMarkers: false}])
for (const name of ['metadata', 'output', 'resize', 'marker', 'input', 'reset', 'error', 'ended'])
  await ask('addEventListener', [name])
const ready = ask('init')
await ask('terminalReady')
await ready
const ended = new Promise(resolve => {
  const before = globalThis.postMessage
  globalThis.postMessage = message => {
    before(message)
    if (message.method && message.params.name === 'ended') resolve()
  }
})
await ask('play')
await ended
found.duration = await ask('getDuration')
console.log(JSON.stringify(found))
process.exit(0)
