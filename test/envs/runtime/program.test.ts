/** What a program may be made of, and that nothing else gets past the check. */

import fc from 'fast-check'
import t from 'tap'
import { checkProgram, findProgramProblems } from '../../../envs/runtime/program.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import { desk, openDesk } from './desk.ts'

const refusalOf = (source: string): string => {
  const { problems } = findProgramProblems(source, [])
  return problems.length === 0 ? 'accepted' : problems.map(({ message }) => message).join(' ')
}
/** The same inside of a function, beside a constant, a list and another function. */
const inside = (code: string): string =>
  refusalOf(
    `const most = 3\nconst all = [1, { deep: [2] }]\nfunction other () { return most }\nfunction f (args, db) {\n${code}\n}`,
  )

/** A title of one line. */
const titleOf = (source: string): string => encodeURI(source.slice(0, 80)).replaceAll('%20', ' ')

const topLevel: [string, RegExp][] = [
  ['', /^accepted$/],
  ['function f () {}\nfunction g (a, { b = 1, ...c } = {}, ...d) { return [a, b, c, d] }', /^accepted$/],
  ['const all = [1, { a: -2, "b": [`x`, null, true] }, "y"]', /^accepted$/],
  ['/* <! */ // -- >\nfunction f () {}', /^accepted$/],
  ['let n = 0', /only function declarations and constants/],
  ['var n = 0', /only function declarations and constants/],
  ['const n = Math.max(1, 2)', /must be a literal/],
  ['const f = () => 1', /must be a literal/],
  ['const a = [1]\nconst b = a', /must be a literal/],
  ['const a = [...[1]]', /must be a literal/],
  ['const a = { ...{} }', /must be a literal/],
  ['const a = { get x () { return 1 } }', /must be a literal/],
  ['const a = { x () {} }', /must be a literal/],
  ['const a = { [1]: 2 }', /must be a literal/],
  ['const a = /x/g', /must be a literal/],
  [`const a = \`\${1}\``, /must be a literal/],
  ['const a = 1n', /BigInt is not allowed/],
  ['const { a } = { a: 1 }', /a constant at the top level needs a plain name/],
  ['const a = { __proto__: [] }', /the property "__proto__" is not allowed/],
  ['console.log(1)', /only function declarations/],
  ['"use strict"', /only function declarations/],
  ['if (1) {}', /only function declarations/],
  ['import x from "y"', /only function declarations/],
  ['export function f () {}', /only function declarations/],
  ['export default 1', /only function declarations/],
  ['class A {}', /only function declarations.*classes are not allowed/],
  ['return 1', /can't be parsed: 'return' outside of function/],
  ['function f ( {', /can't be parsed/],
  ['function f () {} function f () {}', /can't be parsed: Identifier 'f' has already been declared/],
  ['async function f () {}', /neither async nor generators/],
  ['function * f () {}', /neither async nor generators/],
  ['function ToolError () {}', /"ToolError" is given to every program/],
  ['const JSON = 1', /"JSON" is given to every program/],
  ['function db () {}', /"db" is given to every program/],
  ['function $seal () {}', /"\$seal" is not allowed: names with \$ in front/],
  ['function na\u00efve () {}', /names are of plain letters/],
  ['function \\u0065val () {}', /can't be parsed: Binding eval in strict mode/],

  // The program is pasted into a function: none may end it, and both readers must see the same comments.
  ['}) ; (function () {', /can't be parsed: Unexpected token/],
  ['#!/usr/bin/env node\nfunction f () {}', /can't be parsed/],
  ['/* unended', /can't be parsed: Unterminated comment/],
  ['const a = `unended', /can't be parsed: Unterminated template/],
  [
    'function f () { let x = 1, y = 1; return x <!--y /*\n} function g () { */\n}',
    /Line 1, column 44 of the program: "<!--"/,
  ],
  ['function f () { let x = 1\nreturn x\n--> 0 }', /Line 3, column 1 of the program: "-->"/],
  ['const a = "<!--"', /"<!--" is not allowed, in texts and comments neither/],
  ['// a\u2028const b = f()', /Line 2, column 7 of the program: a constant at the top level must be a literal/],
  ['const a = "\u2028\u2029"', /^accepted$/],
  ['const a = 1 // \u000b\ufeff', /^accepted$/],
  [`const a = ${'['.repeat(3000)}${']'.repeat(3000)}`, /can't be parsed|nested more than/],
  [`const a = ${'['.repeat(300)}${']'.repeat(300)}`, /must be a literal.*nested more than 250 deep/],
  [`function f () { return ${'1 + '.repeat(400)}1 }`, /nested more than 250 deep/],
  [`function f () { return ${'1 + '.repeat(30_000)}1 }`, /can't be parsed|nested more than/],
  [`function f () { return ${'('.repeat(20_000)}1${')'.repeat(20_000)} }`, /can't be parsed/],
  [`//${'x'.repeat(300_000)}`, /The program has 300002 characters, more than 262144/],
]

t.test('only functions and literals stand at the top level of a program', async (t) => {
  for (const [source, words] of topLevel) t.match(refusalOf(source), words, titleOf(source))
})

const bodies: [string, RegExp][] = [
  // What may stand.
  [
    'const list = [...args.items]; for (const { id, ...rest } of list) db.run("a", { id, ...rest }); return list',
    /^accepted$/,
  ],
  [
    'let n = 0; n += 1; n++; const o = {}; o.x = n; delete o.x; [o.a, o.b] = [1, 2]; ({ a: o.c } = o); return o?.x?.y',
    /^accepted$/,
  ],
  ['const o = { process: 1, Date: 2, $id: 3 }; return o.process + o.Date + o.$id + args.module', /^accepted$/],
  ['outer: for (;;) { for (const x of all) { if (x) break outer } }', /^accepted$/],
  ['for (;;) { if (args.n) return 1 }', /^accepted$/],
  ['while (true) { throw new ToolError("a", "b") }', /^accepted$/],
  ['try { return JSON.parse(args.text) } catch { return null } finally { most > 1 }', /^accepted$/],
  ['return /(a+)+$/.test(args.text)', /^accepted$/],

  // Writes to what stands at the top level.
  ['f = 1', /"f" stands at the top level and can't be changed/],
  ['most++', /"most" stands at the top level/],
  ['all[1].deep.x = 1', /"all" stands at the top level/],
  ['all["1"] ||= 1', /"all" stands at the top level/],
  ['f.count = (f.count ?? 0) + 1', /"f" stands at the top level/],
  ['[other] = [1]', /"other" stands at the top level/],
  ['[[...other]] = [[1]]', /"other" stands at the top level/],
  ['({ a: other = 1 } = {})', /"other" stands at the top level/],
  ['({ ...all[1] } = {})', /"all" stands at the top level/],
  ['for (other of [1]) {}', /"other" stands at the top level/],
  ['for (other.x in args) {}', /"other" stands at the top level/],
  ['for ([other] of [[1]]) {}', /"other" stands at the top level/],
  ['delete all[1].deep', /"all" stands at the top level/],
  ['delete all?.[1]', /"all" stands at the top level/],
  ['const g = (a = (other = 1)) => a', /"other" stands at the top level/],
  ['const o = { set x (v) { other = v } }', /"other" stands at the top level/],
  ['const o = { [other = 1]: 2 }', /"other" stands at the top level/],
  ['(other) = 1', /"other" stands at the top level/],

  // Ways out of the sandbox, or to keep something.
  ['return eval("1")', /"eval" is not allowed/],
  ['return (0, \\u0065val)("1")', /"eval" is not allowed/],
  ['return new Function("1")', /"Function" is not allowed/],
  ['return globalThis', /"globalThis" is not allowed/],
  ['return arguments', /"arguments" is not allowed/],
  ['return this', /`this` is not allowed/],
  ['return new.target', /new\.target are not allowed/],
  ['return import.meta', /import\.meta and|can't be parsed/],
  ['return import("fs")', /import\(\) is not allowed/],
  ['return [].constructor', /"\.constructor" is not allowed/],
  ['return []["constructor"]', /"\.constructor" is not allowed/],
  ['return []["\\x63onstructor"]', /"\.constructor" is not allowed/],
  ['return [][`constructor`]', /"\.constructor" is not allowed/],
  ['return args?.constructor', /"\.constructor" is not allowed/],
  ['return args?.["constructor"]', /"\.constructor" is not allowed/],
  ['const { constructor: C } = f; return C', /the property "constructor" is not allowed/],
  ['const { "constructor": C } = f; return C', /the property "constructor" is not allowed/],
  ['const { ["constructor"]: C } = f; return C', /the property "constructor" is not allowed/],
  ['return {}.__proto__', /"\.__proto__" is not allowed/],
  ['return { __proto__: all }', /the property "__proto__" is not allowed/],
  ['return f.prototype', /"\.prototype" is not allowed/],
  ['return f.caller', /"\.caller" is not allowed/],
  ['args.__defineGetter__("x", f)', /"\.__defineGetter__" is not allowed/],
  ['Error.prepareStackTrace = f', /"\.prepareStackTrace" is not allowed/],
  ['return { m () { return super.x } }', /`super` is not allowed/],
  ['return new Proxy({}, {})', /"Proxy" is not allowed/],
  ['return Reflect.ownKeys({})', /"Reflect" is not allowed/],
  ['return new Date()', /"Date" is not allowed/],
  ['return Symbol.iterator', /"Symbol" is not allowed/],
  ['return Intl', /"Intl" is not allowed/],
  ['return Promise.resolve(1)', /"Promise" is not allowed/],
  ['return new WeakRef({})', /"WeakRef" is not allowed/],
  ['return $dispatch("f", "{}")', /"\$dispatch" is not allowed/],
  ['return 1n', /BigInt is not allowed/],
  ['return BigInt(1)', /"BigInt" is not allowed/],
  ['return String.raw`x`', /tagged templates are not allowed/],
  ['class A {}', /classes are not allowed/],
  ['return class {}', /classes are not allowed/],
  ['return async () => 1', /neither async nor generators/],
  ['return function * () { yield 1 }', /neither async nor generators.*generators are not allowed/],
  ['return { async * m () {} }', /neither async nor generators/],
  ['for await (const x of []) {}', /can't be parsed/],
  ['await 1', /can't be parsed/],
  ['with (args) {}', /can't be parsed/],
  ['debugger', /debugger is not allowed/],
  ['undeclared: { const \u03b1 = 1 }', /names are of plain letters/],

  // Loops that can be seen to have no end.
  ['for (;;) {}', /Line 5, column 1 of the program: this loop has no end/],
  ['for (let n = 0; ; n++) { db.get("a") }', /this loop has no end/],
  ['while (true) {}', /this loop has no end/],
  ['while (1) { const g = () => { return 1 } }', /this loop has no end/],
  ['do { continue } while (!0)', /this loop has no end/],
  ['while ([]) {}', /this loop has no end/],
  ['while ("x") { while (args.a) {} }', /this loop has no end/],
]

t.test('a function keeps nothing, reaches nothing, and has no loop that is seen to be endless', async (t) => {
  for (const [code, words] of bodies) t.match(inside(code), words, code)
})

t.test('every violation is told with its place, and tools without a function by name', async (t) => {
  const { names, problems, calls } = findProgramProblems(
    'let n = 0\nfunction list_all (args, db) { f = eval; return db.all("every", {}) }\nfunction f () { return 1n }',
    ['list_all', 'list_al', 'f'],
  )
  t.same(names, ['list_all', 'f'])
  t.same(
    problems.map(({ place }) => place),
    ['program 1:1', 'program', 'program 2:32', 'program 2:36', 'program 3:24'],
  )
  t.match(problems[1]?.message, /no function for the tool "list_al"\. Did you mean "list_all"\?/)
  t.same(calls, [{ name: 'every', place: 'program 2:49' }])
  t.throws(() => checkProgram('let n = 0', []), { code: 'PROGRAM_INVALID', details: { place: 'program 1:1' } })
})

t.test('what the text does not show, the sandbox holds', async (t) => {
  const outcomeOf = (code: string): string => {
    const domain = structuredClone(desk)
    domain.program = domain.program.replace('function crash () { return null.x }', `function crash () { ${code} }`)
    const world = openDesk({ callMs: 300 }, domain)
    const play = world.start('empty')
    try {
      return JSON.stringify(play.call('crash', {}))
    } catch (error) {
      return (error as MicrocosmError).code
    } finally {
      play.close()
      world.close()
    }
  }
  const put = "const c = 'con' + 'structor'; "
  t.equal(outcomeOf(`${put}return [][c][c]('return 1')()`), 'WORLD_CRASHED')
  t.equal(outcomeOf(`${put}return crash[c]('return 1')()`), 'WORLD_CRASHED')
  t.equal(outcomeOf(`${put}return [][c].x = 1`), 'WORLD_CRASHED', 'what is reached is frozen')
  t.equal(outcomeOf('const g = crash; g.count = 1'), 'WORLD_CRASHED', 'an alias writes to a frozen function')
  t.equal(outcomeOf('undeclared = 1'), 'WORLD_CRASHED', 'nothing becomes global')
  t.equal(outcomeOf("return /(a+)+$/.test('a'.repeat(40) + 'b')"), 'WORLD_TIMEOUT')
})

t.test('any text is a program, or refused as one that is not', async () => {
  const words = fc.constantFrom(
    ...'function f ( ) { } const a = 1 [ ] return ; for while ( ; ; ) ... => ` ${ /x/ /* // -->  <!-- async yield class $a \u2028'.split(
      ' ',
    ),
    '\n',
  )
  const source = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.array(words, { maxLength: 30 }).map((list) => list.join(' ')),
    fc.array(words, { maxLength: 20 }).map((list) => `function f () { ${list.join(' ')} }`),
  )
  fc.assert(
    fc.property(source, (text) => {
      try {
        checkProgram(text, [])
      } catch (error) {
        if (!(error instanceof MicrocosmError) || error.code !== 'PROGRAM_INVALID') throw error
      }
    }),
    { numRuns: 3000 },
  )
})
