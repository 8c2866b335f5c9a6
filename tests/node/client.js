// A client as others write it: Node's own net.connect(), and protobufjs where it speaks binary.
//   node client.js MODULES PROTO SOCKET ECHO PTYD [PTYD'S ARGUMENT...]
// ECHO is the command, as a JSON array, of a program that writes each line between brackets until the line is "end". PTYD
// is started when the daemon has been killed. Ends with 0 and "passed N" when all is as docs/PROTOCOL.md says.
'use strict';
const assert = require('assert');
const childProcess = require('child_process');
const net = require('net');
const path = require('path');

const [modules, proto, socketPath, echo, daemon, ...daemonArguments] = process.argv.slice(2);
const protobuf = require(path.join(modules, 'node_modules', 'protobufjs'));
const FrameType = protobuf.loadSync(proto).lookupType('ptyd.v1.Frame');
const LIMIT_MS = 30000;
let passed = 0;

function inTime(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    // The deadline of a wait for an event.
    timer = setTimeout(() => reject(new Error(`not in time: ${what}`)), LIMIT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const BINARY = {
  encode(frame) {
    const body = FrameType.encode(FrameType.fromObject(frame)).finish();
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, body]);
  },
  take(buffer) {
    if (buffer.length < 4) return null;
    const end = 4 + buffer.readUInt32BE(0);
    if (buffer.length < end) return null;
    const frame = FrameType.toObject(FrameType.decode(buffer.subarray(4, end)), {longs: Number, enums: String});
    return {frame, rest: buffer.subarray(end)};
  },
  bytes: (text) => Buffer.from(text),
  text: (data) => Buffer.from(data || '').toString(),
};

const JSON_LINES = {
  encode: (frame) => Buffer.from(JSON.stringify(frame) + '\n'),
  take(buffer) {
    const end = buffer.indexOf(10);
    if (end < 0) return null;
    return {frame: JSON.parse(buffer.subarray(0, end).toString()), rest: buffer.subarray(end + 1)};
  },
  bytes: (text) => Buffer.from(text).toString('base64'),
  text: (data) => Buffer.from(data || '', 'base64').toString(),
};

class Connection {
  constructor(coding) {
    this.coding = coding;
    this.buffer = Buffer.alloc(0);
    this.waiting = [];
    this.answers = new Map();
    this.pushed = '';
    this.offset = 0;
    this.nextId = 1;
    this.closed = new Promise((resolve) => { this.tellClosed = resolve; });
    this.socket = net.connect(socketPath);
    this.socket.on('data', (data) => this.received(data));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => {
      this.fail(new Error('the daemon closed the connection'));
      this.tellClosed();
    });
  }

  static async open(coding) {
    const connection = new Connection(coding);
    const reply = await connection.ask({hello: {protocolMin: 1, protocolMax: 1, clientName: 'node', maxData: 65536}});
    assert.strictEqual(reply.welcome.protocol, 1);
    connection.daemonPid = Number(reply.welcome.serverPid);
    return connection;
  }

  fail(error) {
    this.failure = this.failure || error;
    for (const {reject} of this.answers.values()) reject(this.failure);
    this.answers.clear();
    this.look();
  }

  received(data) {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (let taken = this.coding.take(this.buffer); taken; taken = this.coding.take(this.buffer)) {
      this.buffer = taken.rest;
      this.frame(taken.frame);
    }
    this.look();
  }

  frame(frame) {
    const id = Number(frame.id || 0);
    if (id !== 0) {
      if (frame.response && frame.response.attach) this.attached(frame.response.attach);
      this.answers.get(id).resolve(frame);
      this.answers.delete(id);
    } else if (frame.output) {
      assert.strictEqual(Number(frame.output.offset || 0), this.offset, 'output has no gap');
      const data = Buffer.from(frame.output.data, typeof frame.output.data === 'string' ? 'base64' : undefined);
      this.offset += data.length;
      this.pushed += data.toString();
    } else if (frame.ended) {
      this.ended = frame.ended;
    }
  }

  look() {
    this.waiting = this.waiting.filter(({until, resolve, reject}) => {
      if (until()) resolve();
      else if (this.failure) reject(this.failure);
      return !until() && !this.failure;
    });
  }

  until(condition, what) {
    return inTime(new Promise((resolve, reject) => {
      this.waiting.push({until: condition, resolve, reject});
      this.look();
    }), what);
  }

  send(frame) {
    this.socket.write(this.coding.encode(frame));
  }

  ask(body) {
    const id = this.nextId++;
    const answer = new Promise((resolve, reject) => this.answers.set(id, {resolve, reject}));
    this.send({id, ...body});
    return inTime(answer, JSON.stringify(Object.keys(body.request || body)));
  }

  async request(request) {
    const {response} = await this.ask({request});
    if (response.error) throw new Error(`${response.error.code}: ${response.error.message}`);
    return response[Object.keys(request)[0]];
  }

  attach(session, more) {
    return this.request({attach: {session, credit: 1 << 30, ...more}});
  }

  // At once: output may be right behind the answer, before who waits for that goes on.
  attached(reply) {
    this.attachment = reply.attachment;
    this.typed = Number(reply.inputOffset || 0);
    this.offset = Number(reply.offset || 0);
  }

  type(text) {
    const data = Buffer.from(text);
    this.send({input: {attachment: this.attachment, offset: this.typed, data: this.coding.bytes(text)}});
    this.typed += data.length;
  }

  see(text) {
    return this.until(() => this.pushed.includes(text), `"${text}" in the output`);
  }

  close() {
    this.socket.destroy();
    return inTime(this.closed, 'the end of a connection');
  }
}

async function step(what, action) {
  await action();
  console.log(`ok ${++passed} ${what}`);
}

function environment(coding) {
  const inherited = Object.entries(process.env).filter(([name]) => name !== '');
  return inherited.map(([name, value]) => ({name: coding.bytes(name), value: coding.bytes(value)}));
}

async function driveASession(coding, name) {
  const client = await Connection.open(coding);
  const argv = JSON.parse(echo).map(coding.bytes);
  const created = await client.request({create: {name, argv, env: environment(coding)}});
  assert.strictEqual(created.session.name, name);
  await client.attach(name, {fromOffset: 0});
  client.type('words from node\r');
  await client.see('[words from node]');
  const resized = await client.request({resize: {session: name, size: {cols: 100, rows: 30}}});
  assert.ok(resized);
  const {sessions} = await client.request({list: {}});
  const own = sessions.find((session) => session.name === name);
  assert.strictEqual(Number(own.size.cols), 100);

  // Another one reads the same output by its offset.
  const reader = await Connection.open(coding);
  await reader.attach(name, {fromOffset: 0, role: 'OBSERVER'});
  await reader.see('[words from node]');
  await reader.close();
  return client;
}

async function connectAndDestroy(times) {
  for (let i = 0; i < times; ++i) {
    const connection = new Connection(JSON_LINES);
    connection.socket.on('connect', () => connection.socket.destroy());
    await inTime(connection.closed, 'the end of a connection');
  }
}

async function manyAtOnce(count) {
  const all = await Promise.all(Array.from({length: count}, () => Connection.open(BINARY)));
  const lists = await Promise.all(all.map((client) => client.request({list: {}})));
  for (const list of lists) assert.strictEqual(list.sessions.length, lists[0].sessions.length);
  await Promise.all(all.map((client) => client.close()));
}

function startDaemon() {
  childProcess.spawn(daemon, daemonArguments, {detached: true, stdio: 'ignore'}).unref();
}

async function openAgain(coding) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await Connection.open(coding);
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50)); // no event tells that a name is there: it tries again
    }
  }
}

async function outliveTheDaemon(client, name) {
  const {offset, typed, daemonPid} = client;
  process.kill(daemonPid, 'SIGKILL');
  await inTime(client.closed, 'the end of the connection to a killed daemon');
  startDaemon();
  const next = await openAgain(client.coding);
  assert.notStrictEqual(next.daemonPid, daemonPid);
  const reply = await next.attach(name, {resumeOffset: offset});
  assert.ok(reply.resumed, 'output goes on where it was');
  assert.strictEqual(next.offset, offset);
  next.type('after the kill\r');
  await next.see('[after the kill]');
  assert.ok(typed > 0);
  return next;
}

async function main() {
  let client;
  await step('a session in JSON', async () => { await (await driveASession(JSON_LINES, 'json')).close(); });
  await step('a session in binary', async () => { client = await driveASession(BINARY, 'binary'); });
  await step('500 connections that are destroyed at once', () => connectAndDestroy(500));
  await step('100 connections at the same time', () => manyAtOnce(100));
  await step('the daemon is killed and the session goes on', async () => {
    client = await outliveTheDaemon(client, 'binary');
  });
  await step('the program ends with its status', async () => {
    client.type('end\r');
    await client.until(() => client.ended, 'the end of the attachment');
    assert.strictEqual(Number(client.ended.exit.code || 0), 0);
  });
  await client.request({kill: {session: 'json'}});
  await client.request({shutdown: {killSessions: true}});
  await inTime(client.closed, 'the end of the daemon');
  console.log(`passed ${passed}`);
}

main().then(() => process.exit(0), (error) => {
  console.log(`failed: ${error.stack}`);
  process.exit(1);
});
