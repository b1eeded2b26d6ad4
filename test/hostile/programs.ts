/**
 * Hostile programs, as data: what each does, with which arguments, and how it must end.
 *
 * `body` is that of one tool, `function (args, db, ctx)`; `args.value` is what the case gives it. An end is a code of the
 * table of errors (the episode is truncated, or the domain refused when it is loaded), a code of the program's own (a
 * refusal, and play goes on), or `none`: it succeeded, and did no harm.
 */

import type { Json } from '../../schemas/json.ts'

export interface HostileCase {
  name: string
  body: string
  value?: Json
  ends: string | readonly string[]
  /** What the result must look like as JSON, where it ends in `none`. */
  result?: RegExp
  /** What another session calls the same tool with afterwards, and what it must find: nothing of the first, or the same. */
  after?: { value: Json; result: RegExp | 'same' }
  /** Whatever its code reads like, it is the program's own refusal: play goes on. */
  refusal?: boolean
  /** More statements of the domain. */
  statements?: Record<string, string>
  /** More source at the top level. */
  source?: string
  /** Refused when it is loaded, so it needs a domain of its own. */
  refused?: true
  /** No sandbox holds it: only a process that may be killed. It needs a domain of its own. */
  only?: 'child'
}

/** It runs out of memory; a machine that is slow beyond all measure may end it by time before. */
const swollen = ['WORLD_MEMORY', 'WORLD_TIMEOUT'] as const
const long = 'for (let turn = 0; turn < 1e15; turn++)'
const giant = "let giant = 'a'; for (let turn = 0; turn < 28; turn++) giant += giant;"
const sparse = 'const sparse = []; sparse.length = 4294967295;'
/** A name that no parser sees. */
const maker = "'constr' + 'uctor'"

const loops: HostileCase[] = [
  { name: 'a loop without end', body: `${long} {}`, ends: 'WORLD_TIMEOUT' },
  { name: 'a loop that counts in a float', body: 'let x = 0; do { x += 0 } while (x < 1)', ends: 'WORLD_TIMEOUT' },
  {
    name: 'a loop that finally goes on whatever ends it',
    body: `${long} { try { ${long} {} } finally { continue } }`,
    ends: 'WORLD_TIMEOUT',
  },
  {
    name: 'a loop that catches what ends it',
    body: `${long} { try { ${long} {} } catch (error) { args.caught = error } }`,
    ends: 'WORLD_TIMEOUT',
  },
  {
    name: 'recursion without end',
    body: 'const deeper = (n) => deeper(n + 1) + 1; return deeper(0)',
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'recursion that starts again where the stack ends',
    body: 'const deeper = () => { try { deeper() } finally { deeper() } }; deeper()',
    ends: 'WORLD_TIMEOUT',
  },
  {
    name: 'a sort whose comparison never ends',
    body: `return [3, 1, 2].sort(() => { ${long} {} })`,
    ends: 'WORLD_TIMEOUT',
  },
  { name: 'backtracking without end', body: "return /^(a+)+$/.test('a'.repeat(60) + '!')", ends: 'WORLD_TIMEOUT' },
  { name: 'backtracking over two groups', body: "return /(x+x+)+y/.test('x'.repeat(2000))", ends: 'WORLD_TIMEOUT' },
  {
    name: 'backtracking of a pattern that an argument brings',
    body: "return new RegExp(args.value).test('a'.repeat(60) + '!')",
    value: '^(a|a)*$',
    ends: 'WORLD_TIMEOUT',
  },
  {
    name: 'a pattern that expands beyond all measure',
    body: 'return /((((((a{100}){100}){100}){100}){100}){100})/.test(args.value)',
    value: 'a',
    ends: ['none', 'WORLD_CRASHED'],
    result: /false/,
  },
  {
    name: 'a result whose toJSON never ends',
    body: `return { toJSON () { ${long} {} } }`,
    ends: ['WORLD_CRASHED', 'WORLD_TIMEOUT'],
  },
  {
    name: 'an iterator that never ends',
    body: 'const all = new Set([1]); for (const one of all) { all.delete(one); all.add(one) }',
    ends: 'WORLD_TIMEOUT',
  },
  {
    name: 'statements without end',
    body: `${long} db.get('ticket_by_id', { id: 't1' })`,
    ends: ['WORLD_LIMIT', 'WORLD_TIMEOUT'],
  },
  {
    name: 'statements without end, each fault of which is caught',
    body: `${long} { try { db.get('ticket_by_id', { id: 't1' }) } catch { } }`,
    ends: ['WORLD_LIMIT', 'WORLD_TIMEOUT'],
  },
]

const memory: HostileCase[] = [
  // Nothing of them is kept, so that memory never runs out; but a native `fill` could never be ended.
  { name: 'filled lists thrown away', body: `${long} new Array(1000).fill(1)`, ends: 'WORLD_TIMEOUT' },
  { name: 'filled lists kept', body: `const all = []; ${long} all.push(new Array(1000).fill(1))`, ends: swollen },
  { name: 'the longest list, filled', body: 'return new Array(4294967295).fill(1)', ends: 'WORLD_LIMIT' },
  { name: 'a list of half that, without new', body: 'return Array(2 ** 31).length', ends: 'WORLD_LIMIT' },
  {
    name: 'the list maker behind a name put together',
    body: `return [][${maker}](2 ** 30).length`,
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a text of half a gigabyte, split',
    body: "return 'a'.repeat(2 ** 29 - 24).split('').length",
    ends: 'WORLD_LIMIT',
  },
  { name: 'a text put together and split', body: `${giant} return giant.split('').length`, ends: 'WORLD_LIMIT' },
  { name: 'a text put together and returned', body: `${giant} return giant`, ends: 'WORLD_LIMIT' },
  {
    name: 'a text put together and upper-cased',
    body: `${giant} return giant.toUpperCase().length`,
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a text put together and normalized',
    body: `${giant} return giant.normalize('NFKD').length`,
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'every letter of a text replaced by two',
    body: `${giant} return giant.replaceAll('a', 'bb').length`,
    ends: 'WORLD_LIMIT',
  },
  { name: 'every letter of a text matched', body: `${giant} return giant.match(/a/g).length`, ends: 'WORLD_LIMIT' },
  {
    name: 'a replacement that puts in the whole text for every letter',
    body: "return 'ab'.repeat(200000).replace(/a/g, \"$`$'$`$'\").length",
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a text padded to half a gigabyte',
    body: "return 'x'.padStart(2 ** 29 - 24, 'yz').length",
    ends: 'WORLD_LIMIT',
  },
  { name: 'a text encoded', body: `${giant} return encodeURIComponent(giant).length`, ends: 'WORLD_LIMIT' },
  {
    name: 'a search that costs the product of both texts',
    body: "const text = 'a'.repeat(1000000); return text.lastIndexOf(text.slice(500000) + 'b')",
    ends: 'WORLD_LIMIT',
  },
  { name: 'a text doubled until it bursts', body: `let text = 'a'; ${long} text += text`, ends: 'WORLD_CRASHED' },
  { name: 'a map that grows', body: `const all = new Map(); ${long} all.set(turn, turn)`, ends: swollen },
  { name: 'a set that grows', body: `const all = new Set(); ${long} all.add({})`, ends: swollen },
  { name: 'an object that grows', body: `const all = {}; ${long} all['k' + turn] = turn`, ends: swollen },
  { name: 'a chain of objects that grows', body: `let all = {}; ${long} all = { all, turn }`, ends: swollen },
  {
    name: 'functions that hold functions',
    body: `let all = () => 1; ${long} { const last = all; all = () => last }`,
    ends: swollen,
  },
  {
    name: 'functions bound to functions',
    body: `let all = () => 1; ${long} all = all.bind(null, turn)`,
    ends: swollen,
  },
  { name: 'a list far from its end, reversed', body: `${sparse} sparse.reverse()`, ends: 'WORLD_LIMIT' },
  { name: 'a list far from its end, sorted', body: `${sparse} sparse.sort()`, ends: 'WORLD_LIMIT' },
  { name: 'a list far from its end, searched', body: `${sparse} return sparse.indexOf(1)`, ends: 'WORLD_LIMIT' },
  {
    name: 'a list far from its end, searched from behind',
    body: `${sparse} return sparse.lastIndexOf(1)`,
    ends: 'WORLD_LIMIT',
  },
  { name: 'a list far from its end, mapped', body: `${sparse} return sparse.map((x) => x)`, ends: 'WORLD_LIMIT' },
  { name: 'a list far from its end, cut', body: `${sparse} return sparse.slice(1)`, ends: 'WORLD_LIMIT' },
  { name: 'a list far from its end, spliced', body: `${sparse} return sparse.splice(1, 2 ** 31)`, ends: 'WORLD_LIMIT' },
  { name: 'a list far from its end, shifted', body: `${sparse} sparse.shift()`, ends: 'WORLD_LIMIT' },
  { name: 'a list far from its end, flattened', body: `${sparse} return [sparse].flat(9).length`, ends: 'WORLD_LIMIT' },
  {
    name: 'a list far from its end, that a function answers',
    body: `${sparse} return [1].flatMap(() => sparse).length`,
    ends: 'WORLD_LIMIT',
  },
  { name: 'a list far from its end, copied within', body: `${sparse} sparse.copyWithin(1, 0)`, ends: 'WORLD_CRASHED' },
  {
    name: 'a list far from its end, reversed to a copy',
    body: `${sparse} return sparse.toReversed().length`,
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a list far from its end, with one item changed',
    body: `${sparse} return sparse.with(1, 1).length`,
    ends: 'WORLD_LIMIT',
  },
  { name: 'a list far from its end, made a set', body: `${sparse} return new Set(sparse).size`, ends: 'WORLD_TIMEOUT' },
  {
    name: 'a list far from its end, spread',
    body: `${sparse} return Math.max(...sparse)`,
    ends: [...swollen, 'WORLD_CRASHED'],
  },
  { name: 'a list far from its end, written as text', body: `${sparse} return sparse + 'x'`, ends: 'WORLD_LIMIT' },
  { name: 'a list far from its end, returned', body: `${sparse} return { sparse }`, ends: 'WORLD_LIMIT' },
  {
    name: 'something like a list, on which methods of lists work',
    body: 'return [].map.call({ length: 2 ** 40 }, (x) => x)',
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'something like a list, applied',
    body: 'return Math.max.apply(null, { length: 2 ** 27 })',
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'something like a list, made one',
    body: 'return Array.from({ length: 2 ** 32 - 1 }).length',
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'something like a pattern, which sends a native round',
    body: "return 'x'.replace(Object.assign(Object.create(/a/), { exec: () => ({ length: 2 ** 53, index: 0, 0: 'x' }) }), 'y')",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'a set-like object without end',
    body: `${sparse} return new Set([1]).union({ size: 1, has: () => true, keys: () => sparse.values() }).size`,
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'an iterator asked to skip without end',
    body: `${sparse} return sparse.values().drop(2 ** 32 - 2).next().done`,
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'a list of lists of lists, doubled, written as text',
    body: "let all = ['x']; for (let turn = 0; turn < 30; turn++) all = [all, all]; return String(all).length",
    ends: [...swollen, 'WORLD_LIMIT'],
  },
  {
    name: 'a list of lists of lists, doubled, flattened',
    body: "let all = ['x']; for (let turn = 0; turn < 30; turn++) all = [all, all]; return all.flat(99).length",
    ends: [...swollen, 'WORLD_LIMIT'],
  },
  {
    name: 'a list of lists of lists, doubled, returned',
    body: "let all = ['x']; for (let turn = 0; turn < 30; turn++) all = [all, all]; return all",
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a list of lists of lists, doubled, as JSON',
    body: "let all = ['x']; for (let turn = 0; turn < 30; turn++) all = [all, all]; return JSON.stringify(all).length",
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'JSON of a million lists',
    body: "return JSON.parse('[' + '[],'.repeat(340000) + '1]').length",
    ends: ['none', ...swollen],
    result: /340001/,
  },
  {
    name: 'equal texts compared a million times',
    body: "const all = new Array(1000000).fill('x'.repeat(1000000) + 'a'); return all.includes('x'.repeat(1000000) + 'b')",
    ends: 'WORLD_TIMEOUT',
  },
  { name: 'big numbers', body: 'let n = 2n; return n', ends: 'PROGRAM_INVALID', refused: true },
  {
    name: 'big numbers made by a function, squared',
    body: `let n = BigInt(3); ${long} n = n * n`,
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  {
    name: 'memory outside of the heap, that grows',
    body: `const all = []; ${long} all.push(new ArrayBuffer(8, { maxByteLength: 2 ** 30 }))`,
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  {
    name: 'numbers of a type, in memory outside of the heap',
    body: 'return new Float64Array(2 ** 28).length',
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'growing lists of filled lists',
    body: `const all = []; ${long} { all.push(new Array(1000).fill(all)); all.push(all.slice()) }`,
    ends: swollen,
  },
  {
    name: 'a text for each number, kept',
    body: `const all = []; ${long} all.push(String(turn) + 'x'.repeat(100))`,
    ends: swollen,
  },
  {
    name: 'a template that takes in itself',
    body: `let words = 'a'; ${long} words = \`\${words}\${words}\``,
    ends: 'WORLD_CRASHED',
  },
]

const reaching: HostileCase[] = [
  { name: 'a function made of text', body: `return (() => 1)[${maker}]('return 1')()`, ends: 'WORLD_CRASHED' },
  {
    name: 'a function made of text by an object',
    body: `return ({})[${maker}][${maker}]('return globalThis')()`,
    ends: 'WORLD_CRASHED',
  },
  { name: 'an async function at run time', body: 'return (async () => 1)()', ends: 'PROGRAM_INVALID', refused: true },
  {
    name: 'a generator',
    body: 'return (function * () { for (;;) yield 1 })()',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  {
    name: 'a tagged template, whose object is kept',
    body: 'return ((parts) => parts)`a`',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  { name: 'the object of everything', body: 'return globalThis', ends: 'PROGRAM_INVALID', refused: true },
  { name: 'the clock', body: 'return Date.now()', ends: 'PROGRAM_INVALID', refused: true },
  { name: 'a module', body: "return import('node:fs')", ends: 'PROGRAM_INVALID', refused: true },
  { name: 'chance', body: 'return Math.random()', ends: 'WORLD_CRASHED' },
  { name: 'the locale', body: "return 'a'.localeCompare('b')", ends: 'WORLD_CRASHED' },
  {
    name: 'the locale of numbers',
    body: 'return (1234.5).toLocaleString()',
    ends: ['none', 'WORLD_CRASHED'],
    result: /./,
  },
  { name: 'the process', body: 'return process.env', ends: 'PROGRAM_INVALID', refused: true },
  {
    name: 'what else an engine brings',
    body: 'return [typeof escape, typeof unescape, typeof Iterator, typeof AggregateError, typeof Uint8Array, typeof encodeURI].join()',
    ends: 'none',
    result: /^"undefined,undefined,undefined,undefined,undefined,undefined"$/,
  },
  {
    name: 'the host by the maker of a callback',
    body: `return db.get[${maker}]('return process')().env`,
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'the host by the maker of its fault',
    body: `try { db.get('nothing', {}) } catch (error) { return error[${maker}][${maker}]('return process')().env }`,
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'the host by the maker of the arguments',
    body: `return args.value[${maker}][${maker}]('return process')().env`,
    value: { a: 1 },
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'who called, behind a name put together',
    body: "const self = (x) => self['call' + 'er']; return String(self(1))",
    ends: ['none', 'WORLD_CRASHED'],
    result: /^"undefined"$/,
  },
  { name: 'text run as a program', body: "return eval('1')", ends: 'PROGRAM_INVALID', refused: true },
  {
    name: 'an object that answers for another',
    body: 'return new Proxy({}, {})',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  { name: 'a wait for a timer', body: 'setTimeout(() => 1, 1)', ends: 'PROGRAM_INVALID', refused: true },
  { name: 'work for later', body: 'Promise.resolve().then(() => 1)', ends: 'PROGRAM_INVALID', refused: true },
  { name: 'a stop for a debugger', body: 'debugger; return 1', ends: 'PROGRAM_INVALID', refused: true },
  {
    name: 'machine code',
    body: 'return new WebAssembly.Memory({ initial: 1 })',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  {
    name: 'a wait that nothing wakes',
    body: 'return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  { name: 'when memory is given back', body: 'return new WeakRef({}).deref()', ends: 'PROGRAM_INVALID', refused: true },
  {
    name: 'the object of everything, as the owner of a plain call',
    body: 'const bare = function () { return this }; return typeof bare()',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  {
    name: 'a loop without a test',
    body: 'for (;;) {}',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  {
    name: "the sandbox's own entrance",
    body: 'return typeof $dispatch + typeof $seal + typeof $get',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  {
    name: 'a function that takes the place of the one that seals',
    source: 'function $seal () { for (let i = 0; i < 1e15; i++); }',
    body: 'return 1',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  {
    name: 'a program in two readings',
    source: 'function two () { return 1 <!--x + `\n}; stolen = `\n}',
    body: 'return 1',
    ends: 'PROGRAM_INVALID',
    refused: true,
  },
  {
    name: 'a stack',
    body: "try { null.x } catch (error) { return error.stack.includes('/') }",
    ends: 'none',
    result: /false/,
  },
  {
    name: 'the stack of a fault of the host',
    body: "try { db.get('nothing', {}) } catch (error) { return [error.stack, error.message] }",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'the frames of a stack',
    body: "const kept = {}; Error['capture' + 'StackTrace'](kept); return kept.stack",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'how frames are told',
    body: "Error['prepare' + 'StackTrace'] = (error, frames) => frames; return new Error('x').stack",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'symbols of the engine',
    body: "return Object.getOwnPropertySymbols(/a/['const' + 'ructor']).length",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'the prototype of iterators',
    body: 'return typeof Object.getPrototypeOf',
    ends: 'none',
    result: /"undefined"/,
  },
  {
    name: 'a callback without an owner',
    body: 'const { get } = db; return get("ticket_by_id", { id: "t1" }).id',
    ends: 'none',
    result: /"t1"/,
  },
  {
    name: 'a callback that is bound and applied',
    body: 'return db.get.apply(null, ["ticket_by_id", { id: "t1" }]).id',
    ends: 'none',
    result: /"t1"/,
  },
  { name: 'a statement that the domain lacks', body: "return db.all('sqlite_master', {})", ends: 'WORLD_CRASHED' },
  { name: "a statement named like an object's own", body: "return db.all('__proto__', {})", ends: 'WORLD_CRASHED' },
  { name: 'a statement named by SQL', body: "return db.all('SELECT * FROM ticket', {})", ends: 'WORLD_CRASHED' },
  { name: 'an identifier of no table', body: "return ctx.id('toString')", ends: 'WORLD_CRASHED' },
  {
    name: 'a fault that is caught, and work that goes on',
    body: "try { db.run('set_status', { id: 't1', status: 'lost', now: 'x' }) } catch { } return { done: true }",
    ends: 'constraint',
  },
  {
    name: 'a fault that is caught, and a refusal instead',
    body: "try { db.get('nothing', {}) } catch { } throw new ToolError('not_found', 'Nothing.')",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'a fault that is caught where the stack ends',
    body: "const deeper = () => { try { deeper() } catch (error) { try { db.all('tickets', { status: null, limit: 9 }) } catch { } throw error } }; deeper()",
    ends: ['WORLD_CRASHED', 'WORLD_LIMIT', 'WORLD_TIMEOUT'],
  },
]

/** Goes as deep as the stack goes, and on its way out does `what` where it first can; what that says becomes a refusal. */
const deepest = (what: string): string =>
  `let seen = ''; const deeper = () => { try { deeper() } catch { if (seen !== '') return; try { seen = 'found ' + typeof ${what} } catch (error) { if (String(error.stack).includes('file:')) seen = error.stack } } }; ` +
  `for (let turn = 0; turn < 40; turn++) { seen = ''; deeper(); if (seen.includes('file:')) throw new ToolError('leaked', seen) } return seen`

const stacks: HostileCase[] = [
  ["db.all('tickets', { status: null, limit: 9 })", 'rows read'],
  ["db.get('ticket_by_id', { id: 't1' })", 'a row read'],
  ["db.run('set_hours', { id: 't1', hours: 1 })", 'a row written'],
  ["ctx.id('ticket')", 'an identifier made'],
  ['ctx.random()', 'chance asked'],
].map(([what = '', name = '']) => ({
  name: `${name} where the stack ends`,
  body: deepest(what),
  ends: ['none', 'WORLD_CRASHED'],
  result: /^"(found \w+)?"$/,
}))

/** One session leaves something, another looks for it. */
const stealing: HostileCase[] = [
  {
    name: 'the last match of another session',
    body: "const seen = [RegExp['$1'], RegExp.lastMatch, RegExp['$_']].map(String).join(''); /(se)(cret)/.test(args.value); return String(seen)",
    value: 'secret',
    ends: 'none',
    result: /undefined/,
    after: { value: 'x', result: /^"(undefined)+"$/ },
  },
  {
    name: 'where a pattern stopped',
    body: 'const pattern = /s/g; const at = pattern.lastIndex; pattern.test(args.value); return at',
    value: 'sss',
    ends: 'none',
    result: /^0$/,
    after: { value: 'sss', result: /^0$/ },
  },
  {
    name: 'a property of a prototype',
    body:
      'const seen = [].stolen ?? null; try { [][' +
      maker +
      "]['proto' + 'type'].stolen = args.value } catch { } return seen",
    value: 'secret',
    ends: 'none',
    result: /null/,
    after: { value: 'x', result: /null/ },
  },
  {
    name: 'a property of a prototype by its hidden name',
    body: "const hidden = '__pro' + 'to__'; const seen = ({}).stolen ?? null; try { ({})[hidden].stolen = args.value } catch { } return seen",
    value: 'secret',
    ends: 'none',
    result: /null/,
    after: { value: 'x', result: /null/ },
  },
  {
    name: "a property of an iterator's prototype",
    body:
      "const it = [1].values(); const seen = it.stolen ?? null; try { it['__pro' + 'to__'].stolen = args.value } catch { } try { it[" +
      maker +
      '].stolen = args.value } catch { } return seen',
    value: 'secret',
    ends: 'none',
    result: /null/,
    after: { value: 'x', result: /null/ },
  },
  {
    name: 'a property of a built-in',
    body: 'const seen = JSON.stolen ?? Math.stolen ?? Object.stolen ?? null; try { JSON.stolen = args.value } catch { } try { Math.stolen = args.value } catch { } try { Object.stolen = args.value } catch { } return seen',
    value: 'secret',
    ends: 'none',
    result: /null/,
    after: { value: 'x', result: /null/ },
  },
  {
    name: 'a property of what it is given',
    body: 'const seen = db.stolen ?? ctx.stolen ?? null; try { db.stolen = args.value } catch { } try { ctx.stolen = args.value } catch { } return seen',
    value: 'secret',
    ends: 'none',
    result: /null/,
    after: { value: 'x', result: /null/ },
  },
  {
    name: 'a property of the error that the host makes',
    body: `let seen = null; try { db.get('nothing', {}) } catch (error) { seen = error.stolen ?? error[${maker}].stolen ?? null; try { error.stolen = args.value } catch { } try { error[${maker}].stolen = args.value } catch { } } throw new ToolError('seen', seen)`,
    value: 'secret',
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'a property of the error of limits',
    body: `let seen = null; try { 'a'.repeat(2 ** 28) } catch (error) { seen = error[${maker}].stolen ?? null; try { error[${maker}].stolen = args.value } catch { } try { error[${maker}]['proto' + 'type'].stolen = args.value } catch { } } return seen`,
    value: 'secret',
    ends: 'none',
    result: /null/,
    after: { value: 'x', result: /null/ },
  },
  {
    name: 'a property of a function of the program',
    source: 'function keeper () { return 1 }',
    body: 'const alias = keeper; const seen = alias.stolen ?? null; try { alias.stolen = args.value } catch { } return seen',
    value: 'secret',
    ends: 'none',
    result: /null/,
    after: { value: 'x', result: /null/ },
  },
  {
    name: 'an item of a constant of the program',
    source: 'const kept = { list: [1], deep: { er: {} } }',
    body: 'const alias = kept; const seen = [alias.list.length, alias.deep.er.stolen ?? null]; try { alias.list.push(args.value) } catch { } try { alias.deep.er.stolen = args.value } catch { } return seen',
    value: 'secret',
    ends: 'none',
    result: /^\[1,null\]$/,
    after: { value: 'x', result: /^\[1,null\]$/ },
  },
  {
    name: 'a setter on the prototype of lists',
    body:
      'const seen = []; try { Object.defineProperty([][' +
      maker +
      "]['proto' + 'type'], 0, { set (value) { seen.push(value) } }) } catch { } return seen.length",
    value: 'secret',
    ends: 'none',
    result: /^0$/,
    after: { value: 'x', result: /^0$/ },
  },
  {
    name: 'a variable that nobody declared',
    body: 'const seen = typeof stolen; try { stolen = args.value } catch { } return seen',
    value: 'secret',
    ends: 'none',
    result: /"undefined"/,
    after: { value: 'x', result: /"undefined"/ },
  },
  {
    name: 'arguments that are kept',
    source: 'const box = []',
    body: 'const alias = box; try { alias[0] = args } catch { } return alias.length',
    value: 'secret',
    ends: 'none',
    result: /^0$/,
    after: { value: 'x', result: /^0$/ },
  },
  {
    name: 'a method of lists put in the place of another',
    body: `try { [][${maker}]['proto' + 'type'].map = () => [args.value] } catch { } return [1].map((x) => x + 1)[0]`,
    value: 'secret',
    ends: 'none',
    result: /^2$/,
    after: { value: 'x', result: /^2$/ },
  },
  {
    name: 'identifiers that another session was given',
    body: "const id = ctx.id('note'); db.run('insert_note', { id, ticket_id: 't1', body: args.value }); return id",
    value: 'secret',
    ends: 'none',
    result: /^"note_\w+"$/,
    after: { value: 'x', result: 'same' },
  },
  {
    name: 'how far chance has come in another session',
    body: 'return [ctx.random(), ctx.random()]',
    value: 'secret',
    ends: 'none',
    result: /^\[0\.\d+,0\.\d+\]$/,
    after: { value: 'x', result: 'same' },
  },
  {
    name: 'an item of the rows that it was given',
    body: "const seen = db.get('ticket_by_id', { id: 't1' }).stolen ?? null; db.get('ticket_by_id', { id: 't1' }).stolen = args.value; return seen",
    value: 'secret',
    ends: 'none',
    result: /null/,
    after: { value: 'x', result: /null/ },
  },
  {
    name: 'rows of another session',
    body: "db.run('insert_note', { id: 'planted' + args.value, ticket_id: 't1', body: args.value }); return db.all('notes', { ticket_id: 't1' }).length",
    value: 'a',
    ends: 'none',
    result: /^1$/,
    after: { value: 'b', result: /^1$/ },
  },
]

const running: HostileCase[] = [
  {
    name: 'rows without end',
    body: "for (let turn = 0; turn < 600; turn++) db.run('insert_note', { id: 'n' + turn, ticket_id: 't1', body: 'x' }); return db.all('notes', { ticket_id: 't1' }).length",
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a database that grows',
    body: "const body = 'x'.repeat(10000); for (let turn = 0; turn < 900; turn++) db.run('insert_note', { id: 'n' + turn, ticket_id: 't1', body }); return 1",
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a text too long for a statement',
    body: "db.run('insert_note', { id: 'n', ticket_id: 't1', body: 'x'.repeat(1000000) }); return 1",
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a text put together for a statement',
    body: `${giant} db.run('insert_note', { id: 'n', ticket_id: 't1', body: giant }); return 1`,
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a text put together for the name of a statement',
    body: `${giant} return db.get(giant, {})`,
    ends: 'WORLD_CRASHED',
  },
  { name: 'a text put together for the name of a table', body: `${giant} return ctx.id(giant)`, ends: 'WORLD_CRASHED' },
  { name: 'parameters that are a text', body: `${giant} return db.get('ticket_by_id', giant)`, ends: 'WORLD_CRASHED' },
  { name: 'parameters that are a list', body: "return db.get('ticket_by_id', ['t1'])", ends: 'WORLD_CRASHED' },
  {
    name: 'a parameter that is an object',
    body: "return db.get('ticket_by_id', { id: { a: 1 } })",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'a parameter that writes itself',
    body: "return db.get('ticket_by_id', { id: 't1', toJSON () { return { id: 't2' } } })",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'a parameter that is missing',
    body: "return db.get('ticket_by_id', {})",
    ends: ['WORLD_CRASHED', 'none'],
    result: /null/,
  },
  {
    name: 'a parameter too many',
    body: "return db.get('ticket_by_id', { id: 't1', more: 1 }).id",
    ends: ['WORLD_CRASHED', 'none'],
    result: /t1/,
  },
  {
    name: 'a number that is none, as a parameter',
    body: "return db.get('ticket_by_id', { id: 0 / 0 })",
    ends: 'none',
    result: /null/,
  },
  {
    name: 'identifiers without end',
    body: `${long} ctx.id('ticket')`,
    ends: ['WORLD_TIMEOUT', 'WORLD_LIMIT'],
  },
  {
    name: 'a recursive query',
    body: 'return 1',
    statements: { bad: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a join of everything with everything',
    body: 'return 1',
    statements: {
      bad: 'SELECT count(*) FROM ticket a, ticket b, ticket c, ticket d, ticket e, ticket f, ticket g, ticket h, ticket i, ticket j, ticket k, ticket l',
    },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a file written by a statement',
    body: 'return 1',
    statements: { bad: "VACUUM INTO '/tmp/stolen'" },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a database attached',
    body: 'return 1',
    statements: { bad: "ATTACH '/tmp/stolen' AS x" },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a blob without measure',
    body: 'return 1',
    statements: { bad: 'SELECT hex(zeroblob(400000000)) AS x' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'the log of rows',
    body: 'return 1',
    statements: { bad: 'DELETE FROM _mc_log' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a recursive query behind a view of its own',
    body: 'return 1',
    statements: {
      bad: 'SELECT count(*) FROM (WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 1000000000) SELECT i FROM n)',
    },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a join on what has no index',
    body: 'return 1',
    statements: { bad: 'SELECT count(*) FROM ticket a JOIN ticket b ON a.title = b.title' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a text padded by the database',
    body: 'return 1',
    statements: { bad: "SELECT printf('%999999999s', 'x') AS x" },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'settings as a table',
    body: 'return 1',
    statements: { bad: "SELECT * FROM pragma_table_info('ticket')" },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'settings as a statement',
    body: 'return 1',
    statements: { bad: 'PRAGMA writable_schema = 1' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'the table of tables',
    body: 'return 1',
    statements: { bad: 'SELECT sql FROM sqlite_master' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'chance of the database',
    body: 'return 1',
    statements: { bad: 'SELECT random() AS x' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a library loaded by a statement',
    body: 'return 1',
    statements: { bad: "SELECT load_extension('stolen')" },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a transaction ended by a statement',
    body: 'return 1',
    statements: { bad: 'COMMIT' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'two statements in one',
    body: 'return 1',
    statements: { bad: 'SELECT 1; DELETE FROM ticket' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'a trigger',
    body: 'return 1',
    statements: { bad: 'CREATE TRIGGER t AFTER INSERT ON ticket BEGIN DELETE FROM ticket; END' },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
  {
    name: 'the clock of the database',
    body: 'return 1',
    statements: { bad: "SELECT datetime('now')" },
    ends: 'STATEMENT_INVALID',
    refused: true,
  },
]

const results: HostileCase[] = [
  {
    name: 'a result of many million characters',
    body: "return 'x'.repeat(1000000)",
    ends: 'none',
    result: /"cut":true/,
  },
  {
    name: 'a result just too long to leave',
    body: "return ['x'.repeat(1000000), 'x'.repeat(1000000)]",
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'one text five hundred times',
    body: "const text = 'x'.repeat(1000000); return new Array(500).fill(text)",
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a result nested without measure',
    body: 'let all = []; for (let turn = 0; turn < 100000; turn++) all = [all]; return all',
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a result nested just too deep',
    body: 'let all = {}; for (let turn = 0; turn < 64; turn++) all = { all }; return all',
    ends: 'WORLD_LIMIT',
  },
  { name: 'a result that holds itself', body: 'const all = {}; all.all = all; return all', ends: 'WORLD_LIMIT' },
  { name: 'a result that is a function', body: 'return () => 1', ends: 'WORLD_CRASHED' },
  { name: 'a result that is nothing', body: 'return undefined', ends: 'none', result: /null/ },
  {
    name: 'numbers that JSON does not know',
    body: 'return [0 / 0, 1 / 0, -1 / 0, -0, 1e308, 5e-324]',
    ends: 'none',
    result: /^\[null,null,null,0,1e\+308,5e-324\]$/,
  },
  { name: 'half a character', body: "return 'a\\ud800b'", ends: 'none', result: /a\\ud800b/ },
  {
    name: 'a result with a key that is a prototype',
    body: 'return JSON.parse(\'{"__proto__": {"polluted": 1}}\')',
    ends: 'none',
    result: /__proto__/,
  },
  {
    name: 'a map and a pattern',
    body: 'return { map: new Map([[1, 2]]), pattern: /a/ }',
    ends: 'none',
    result: /^\{"map":\{\},"pattern":\{\}\}$/,
  },
  { name: 'nothing is thrown', body: 'throw null', ends: 'WORLD_CRASHED' },
  { name: 'a number that is none is thrown', body: 'throw 0 / 0', ends: 'WORLD_CRASHED' },
  { name: 'a function is thrown', body: 'throw () => 1', ends: 'WORLD_CRASHED' },
  {
    name: 'a list that holds itself is thrown',
    body: 'const all = []; all.push(all); throw all',
    ends: 'WORLD_CRASHED',
  },
  { name: 'what the host hands over is thrown', body: 'throw db', ends: 'WORLD_CRASHED' },
  {
    name: 'an error whose message never ends',
    body: `throw { get message () { ${long} {} } }`,
    ends: 'WORLD_TIMEOUT',
  },
  {
    name: 'an error whose stack never ends',
    body: `throw { message: 'x', get stack () { ${long} {} } }`,
    ends: ['WORLD_TIMEOUT', 'WORLD_CRASHED'],
  },
  {
    name: 'a refusal with the code of a limit',
    body: "throw new ToolError('WORLD_TIMEOUT', 'Not true.')",
    ends: 'WORLD_TIMEOUT',
    refusal: true,
  },
  { name: 'undefined is thrown', body: 'throw undefined', ends: 'WORLD_CRASHED' },
  { name: 'a giant text is thrown', body: `${giant} throw giant`, ends: 'WORLD_CRASHED' },
  { name: 'an error with a giant message', body: `${giant} throw new Error(giant)`, ends: 'WORLD_CRASHED' },
  { name: 'an object whose toString throws', body: 'throw { toString () { throw 1 } }', ends: 'WORLD_CRASHED' },
  { name: 'an object whose toString never ends', body: `throw { toString () { ${long} {} } }`, ends: 'WORLD_TIMEOUT' },
  {
    name: 'an object without a prototype',
    body: 'throw { __proto__: null }',
    ends: ['WORLD_CRASHED', 'PROGRAM_INVALID'],
    refused: true,
  },
  {
    name: 'an error whose message is an object',
    body: "const error = new Error('x'); error.message = { a: [1] }; throw error",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'a refusal with a giant code and message',
    body: "throw new ToolError('c'.repeat(900000), 'm'.repeat(900000))",
    ends: `${'c'.repeat(61)}...`,
  },
  { name: 'a refusal with a text put together', body: `${giant} throw new ToolError('giant', giant)`, ends: 'giant' },
  {
    name: 'a refusal whose code throws',
    body: "throw new ToolError({ toString () { throw new Error('no') } }, 'x')",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'a refusal whose message never ends',
    body: `throw new ToolError('x', { toString () { ${long} {} } })`,
    ends: 'WORLD_TIMEOUT',
  },
  {
    name: 'a refusal whose message was changed',
    body: "const error = new ToolError('odd', 'As it was.'); error.message = { toJSON: 1 }; throw error",
    ends: 'odd',
  },
  { name: 'a refusal without code or message', body: 'throw new ToolError()', ends: 'undefined' },
  {
    name: 'what only looks like a refusal',
    body: "throw Object.assign(Object.create(new ToolError('odd', 'x')), { code: 'WORLD_MEMORY' })",
    ends: 'WORLD_CRASHED',
  },
  {
    name: 'a refusal thrown by what another throws',
    body: "try { throw new ToolError('inner', 'Inner.') } catch (error) { throw error } finally { args.value = 1 }",
    ends: 'inner',
  },
]

const nested = (depth: number): Json => {
  let value: Json = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

const arguments_: HostileCase[] = [
  {
    name: 'arguments with a key that is a prototype',
    body: 'return [args.value.polluted ?? null, ({}).polluted ?? null]',
    value: JSON.parse('{"__proto__": {"polluted": 1}}') as Json,
    ends: 'none',
    result: /^\[null,null\]$/,
  },
  {
    name: 'arguments nested deep',
    body: 'return typeof args.value',
    value: nested(2000),
    ends: 'none',
    result: /object/,
  },
  { name: 'arguments nested deep, given back', body: 'return args.value', value: nested(2000), ends: 'WORLD_LIMIT' },
  {
    name: 'half a character as an argument',
    body: 'return args.value.length',
    value: 'a\ud800b',
    ends: 'none',
    result: /^3$/,
  },
  { name: 'a giant number', body: 'return args.value', value: 1e308, ends: 'none', result: /1e\+308/ },
  {
    name: 'a text of a million characters',
    body: 'return args.value.length',
    value: 'x'.repeat(1_000_000),
    ends: 'none',
    result: /^1000000$/,
  },
  {
    name: 'a text of a million characters, stored',
    body: "db.run('insert_note', { id: 'n', ticket_id: 't1', body: args.value }); return 1",
    value: 'x'.repeat(1_000_000),
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'a text of a million characters, reversed',
    body: "return args.value.split('').reverse().join('').length",
    value: 'x'.repeat(1_000_000),
    ends: ['none', ...swollen],
    result: /^1000000$/,
  },
  {
    name: 'a text with all that SQL and JSON know',
    body: "db.run('insert_note', { id: 'n', ticket_id: 't1', body: args.value }); return db.all('notes', { ticket_id: 't1' })[0].body",
    value: '\'; DROP TABLE ticket; -- "\\ \u2028 \0 :id ?1',
    ends: 'none',
    result: /DROP TABLE/,
  },
  {
    name: 'names of an object that a program counts with',
    body: 'const counts = {}; counts[args.value] = (counts[args.value] ?? 0) + 1; return typeof counts[args.value]',
    value: 'constructor',
    ends: ['none', 'WORLD_CRASHED'],
    result: /./,
  },
  {
    name: 'how long a loop runs, by an argument',
    body: 'let sum = 0; for (let turn = 0; turn < args.value; turn++) sum += turn; return sum',
    value: 1e15,
    ends: 'WORLD_TIMEOUT',
  },
  {
    name: 'how long a text gets, by an argument',
    body: "return 'x'.repeat(args.value).length",
    value: 2 ** 28,
    ends: 'WORLD_LIMIT',
  },
  {
    name: 'how long a list gets, by an argument',
    body: 'return Array.from({ length: args.value }, () => 0).length',
    value: 2 ** 31,
    ends: 'WORLD_LIMIT',
  },
]

/** Texts that operators make and use never pass a native that could be replaced. */
const beyond: HostileCase[] = [
  {
    name: 'the keys of a giant text',
    body: `${giant} for (const key in giant) return key`,
    ends: ['WORLD_TIMEOUT', 'WORLD_MEMORY', 'WORLD_CRASHED'],
    only: 'child',
  },
  {
    name: 'a giant text spread into an object',
    body: `${giant} return { ...giant }`,
    ends: ['WORLD_TIMEOUT', 'WORLD_MEMORY', 'WORLD_CRASHED'],
    only: 'child',
  },
  {
    name: 'giant texts compared',
    body: `${giant} const one = giant + 'b', two = giant + 'c'; let less = 0; ${long} if (one < two) less += 1; return less`,
    ends: ['WORLD_TIMEOUT', 'WORLD_MEMORY', 'WORLD_CRASHED'],
    only: 'child',
  },
  {
    name: 'giant texts that are equal',
    body: `${giant} const one = giant + 'b', two = giant + 'b'; let same = 0; ${long} if (one === two) same += 1; return same`,
    ends: ['WORLD_TIMEOUT', 'WORLD_MEMORY', 'WORLD_CRASHED'],
    only: 'child',
  },
]

export const hostileCases: readonly HostileCase[] = [
  ...loops,
  ...memory,
  ...reaching,
  ...stacks,
  ...stealing,
  ...running,
  ...results,
  ...arguments_,
  ...beyond,
]
