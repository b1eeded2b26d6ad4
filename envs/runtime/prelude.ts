/**
 * What a program finds around it: a script that runs in the context before the program and takes out, replaces and
 * freezes what stands there.
 *
 * Three things must hold when it is done. Nothing is shared that can be written to: every object that a program can
 * reach, those included that only a call or an iterator shows, is frozen, and what remembers the last call (the statics
 * of RegExp) is gone. Nothing ambient is left: no clock, chance, locale, nor a way to make functions of text. And no
 * native runs long or takes much in one go: an engine ends a program only where JavaScript runs, never inside a native,
 * and a native that asks for too much at once takes the process with it. So natives see lists and texts up to a size
 * alone; those that could still run long within it are written in JavaScript. What operators do (texts put together by
 * `+`, the keys of a text in `for in`) can't be reached from here: only a process that may be killed holds that.
 */

export interface PreludeLimits {
  /** Items of a list, and characters of a text, that a native may work on or make. */
  programSize: number
  /** Characters of a text that a statement is given. */
  textChars: number
  /** Levels of nesting that a result may have. */
  resultDepth: number
  /** Characters of a refusal's message or of what is told of a crash. */
  messageChars: number
  /** Characters of a refusal's code, of a statement's name or a table's. */
  nameChars: number
}

/**
 * What `$dispatch` answers begins with one of these: a result as JSON, a refusal `{code, message}` as JSON, a limit that
 * was broken, anything else that was thrown, in words.
 */
export const replies = { result: 'R', refusal: 'E', limit: 'L', crash: 'X' } as const

/** What a callback answers where the host has refused; no answer of a state is this. */
export const refused = '!'

/** Native methods that are held to a size and otherwise left as they are; with their parameters where all may be given. */
const heldOfArray: Record<string, string> = {
  forEach: 'work, self',
  map: 'work, self',
  filter: 'work, self',
  every: 'work, self',
  some: 'work, self',
  slice: 'from, to',
  reverse: '',
  shift: '',
  toReversed: '',
  with: 'index, value',
  reduce: '...rest',
  reduceRight: '...rest',
  splice: '...rest',
  toSpliced: '...rest',
  unshift: '...rest',
}

const heldOfString = ['normalize', 'toLowerCase', 'toUpperCase', 'trim', 'trimStart', 'trimEnd', 'toWellFormed']

export function preludeSource({ programSize, textChars, resultDepth, messageChars, nameChars }: PreludeLimits): string {
  const held = (holder: string, name: string, parameters: string, subject: string): string => `{
    const native = ${holder}.${name}
    method(${holder}, '${name}', { ${name} (${parameters}) { return ${
      parameters === '...rest'
        ? `apply(native, ${subject}, rest)`
        : `native.call(${[subject, ...(parameters === '' ? [] : [parameters])].join(', ')})`
    } } })
  }`
  return `'use strict';
(function () {
  const size = ${programSize}
  const world = globalThis
  const { parse, stringify } = JSON
  const { freeze, defineProperty, getOwnPropertyDescriptors, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, isFrozen, create } = Object
  const { isArray } = Array
  const { apply, ownKeys } = Reflect
  const text = String, object = Object, list = Array, iterator = Symbol.iterator
  const get = $get, all = $all, run = $run, columns = $columns, id = $id, random = $random
  const finite = isFinite, makeFunction = Function

  // Errors of the sandbox's own.

  class LimitError extends RangeError {
    #limit = true
    static is (error) { return #limit in error }
  }
  const tooMany = (length) => { throw new LimitError('a list of ' + length + ' items; ' + size + ' are the most') }
  const tooLong = (length, most = size) => { throw new LimitError('a text of ' + length + ' characters; ' + most + ' are the most') }
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function'
  /** What is not much too long is cut; what is isn't even looked at. */
  const short = (words, most) => words.length <= most ? words
    : words.length > size ? 'a text of ' + words.length + ' characters' : words.slice(0, most - 3) + '...'
  class ToolError extends Error {
    #code
    #words
    constructor (code, message) {
      const words = short(text(message), ${messageChars})
      super(words)
      this.#words = words
      this.#code = short(text(code), ${nameChars})
      defineProperty(this, 'code', { value: this.#code })
    }
    /** What was said when it was made, whatever was done to it since; null for what only looks like one. */
    static read (error) { return isObject(error) && #code in error ? { code: error.#code, message: error.#words } : null }
  }
  const readToolError = ToolError.read
  delete ToolError.read

  // What crosses.

  const hostFault = freeze({ message: 'the host refused' })
  /**
   * Where the stack ends, a call to the host fails before the host can catch that, and what it throws is the host's: its
   * stack, with its paths. It stays here, and the call of the tool has failed, whatever the program does.
   */
  let lost = false
  const tooDeep = '${replies.crash}a statement was called where the stack ends'
  const cross = (callback, given) => {
    if (lost) throw hostFault
    let reply
    try { reply = apply(callback, undefined, given) } catch { lost = true; throw hostFault }
    if (reply === '${refused}') throw hostFault
    return reply
  }
  const nameOf = (name) => typeof name === 'string' && name.length <= ${nameChars} ? name : short(text(name), ${nameChars})
  /** A statement crosses as its number, which costs less than its name; a name that the domain lacks goes as it is. */
  const statementOf = (name) => (typeof name === 'string' && name.length <= ${nameChars} && numbers[name]) || nameOf(name)
  /** The statement and its parameters in their order, each a plain value. */
  const givenOf = (statement, params) => {
    const given = [statement]
    if (params === undefined || params === null) return given
    if (typeof params !== 'object' || isArray(params)) throw new TypeError('the parameters of a statement are an object')
    let chars = 0
    for (const key in params) {
      const value = params[key]
      chars += key.length + 8
      if (typeof value === 'string') {
        if (value.length > ${textChars}) tooLong(value.length, ${textChars})
        chars += value.length
      } else if (typeof value === 'object' ? value !== null : typeof value === 'function')
        throw new TypeError('the parameter "' + short(key, ${nameChars}) + '" of a statement is an object, a list or a function')
      if (chars > size) tooLong(chars)
    }
    if (typeof statement !== 'number') return given
    const wanted = parameters[statement]
    for (let index = 0; index < wanted.length; index++) {
      const name = wanted[index]
      const value = hasOwn(params, name) ? params[name] : undefined
      given[index + 1] = typeof value === 'number' ? (finite(value) ? value : null)
        : typeof value === 'string' || typeof value === 'boolean' || value === null ? value : undefined
    }
    return given
  }
  /** From a list of cells to an object, by a function of the statement's own, which is made when it first has a row. */
  const shapeOf = (statement) => shapes[statement] ?? (shapes[statement] = shaped(parse(cross(columns, [statement]))))
  const shaped = (names) => {
    let parts = ''
    for (let index = 0; index < names.length; index++) {
      const key = stringify(names[index])
      parts += (names[index] === '__proto__' ? '[' + key + ']' : key) + ': cells[' + index + '], ' // which would set the prototype
    }
    return makeFunction('cells', 'return { ' + parts + '}')
  }
  const db = freeze({
    get: freeze((name, params) => {
      const statement = statementOf(name)
      const cells = parse(cross(get, givenOf(statement, params)))
      return cells === null ? null : shapeOf(statement)(cells)
    }),
    all: freeze((name, params) => {
      const statement = statementOf(name)
      const rows = parse(cross(all, givenOf(statement, params)))
      if (rows.length === 0) return rows
      const shape = shapeOf(statement)
      for (let index = 0; index < rows.length; index++) rows[index] = shape(rows[index])
      return rows
    }),
    run: freeze((name, params) => ({ changes: cross(run, givenOf(statementOf(name), params)) })),
  })
  const ctx = freeze({
    now: freeze(() => now),
    id: freeze((table) => cross(id, [nameOf(table)])),
    random: freeze(() => cross(random, [])),
  })
  /** What a value will take as JSON, added up before any of it is written: natives don't yield, nor stop at a size. */
  const weigh = (value, depth) => {
    if (typeof value === 'string') return value.length
    if (typeof value === 'function') throw new TypeError('a value with functions is no plain data')
    if (typeof value !== 'object' || value === null) return 4
    if (depth > ${resultDepth}) throw new LimitError('a value that is nested more than ${resultDepth} deep')
    let chars = 0
    if (isArray(value)) {
      if (typeof value.toJSON === 'function') throw new TypeError('a value with functions is no plain data')
      if (value.length > size) tooMany(value.length)
      for (let index = 0; index < value.length; index++) {
        chars += 1 + weigh(value[index], depth + 1)
        if (chars > size) tooLong(chars)
      }
      return chars
    }
    for (const key in value) {
      const part = value[key]
      chars += key.length + 4
      if (typeof part === 'string') chars += part.length
      else if (typeof part === 'object' ? part !== null : typeof part === 'function') chars += weigh(part, depth + 1)
      if (chars > size) tooLong(chars)
    }
    return chars
  }
  const written = (value, indent) => {
    const chars = weigh(value, 1)
    if (chars > size) tooLong(chars)
    const words = indent === undefined ? stringify(value) : stringify(value, null, indent) // the first is the faster path
    if (words !== undefined && words.length > size) tooLong(words.length)
    return words
  }

  let tools = null
  let numbers = null // statement → its number, from one
  const parameters = [] // its number → the names of its parameters in their order
  const shapes = [] // its number → what makes a row of it
  let now = '' // the episode's clock at the call that runs
  world.$dispatch = (tool, args, at) => {
    now = at
    lost = false
    try {
      const reply = '${replies.result}' + (written(tools[tool](parse(args), db, ctx)) ?? 'null')
      return lost ? tooDeep : reply
    } catch (error) {
      if (lost) return tooDeep
      try {
        const refusal = readToolError(error)
        if (refusal !== null) return '${replies.refusal}' + stringify(refusal)
        if (isObject(error) && LimitError.is(error)) return '${replies.limit}' + error.message
        return '${replies.crash}' + short(text(isObject(error) && error.message || error), ${messageChars}) + placeOf(error)
      } catch {
        return '${replies.crash}it threw what can not be read'
      }
    }
  }
  /** Where in the program it went wrong, by its own lines. */
  const placeOf = (error) => {
    const found = error instanceof Error && typeof error.stack === 'string' && error.stack.length < 10000 && /program\\.js:(\\d+)/.exec(error.stack)
    return found ? ' (line ' + found[1] + ' of the program)' : ''
  }
  /** The last thing before sessions come: from here on, nothing can be written to. */
  world.$seal = ([table, names], statements) => {
    tools = freeze(table)
    numbers = create(null)
    for (let index = 0; index < statements.length; index++) {
      numbers[statements[index][0]] = index + 1
      parameters[index + 1] = statements[index][1]
    }
    freeze(numbers)
    names.forEach(deepFreeze)
    delete world.$seal
    delete world.$dispatch
    freeze(world)
  }

  // What is replaced.

  const method = (holder, name, made) => { defineProperty(holder, name, { value: made[name], writable: true, enumerable: false, configurable: true }) }
  const items = (value) => {
    if (!isArray(value)) throw new TypeError('this works on lists alone')
    return value.length > size ? tooMany(value.length) : value
  }
  const subject = (value) => {
    if (value === null || value === undefined) throw new TypeError('this works on texts alone')
    const words = typeof value === 'string' ? value : text(value)
    return words.length > size ? tooLong(words.length) : words
  }
  /** A search costs the product of both at worst. */
  const needle = (words, searched) => {
    const sought = typeof searched === 'string' ? searched : text(searched)
    if (sought.length > 64 && sought.length * words.length > 268435456) tooLong(sought.length)
    return sought
  }
  const sourceOf = getOwnPropertyDescriptor(RegExp.prototype, 'source').get
  const flagsOf = getOwnPropertyDescriptor(RegExp.prototype, 'flags').get
  /** An object that only looks like a regular expression could send a native anywhere. */
  const pattern = (words, searched) => {
    if (!isObject(searched)) return needle(words, searched)
    apply(sourceOf, searched, [])
    return searched
  }
  const lists = Array.prototype, texts = String.prototype
${Object.entries(heldOfArray)
  .map(([name, parameters]) => held('lists', name, parameters, 'items(this)'))
  .join('\n')}
${heldOfString.map((name) => held('texts', name, 'form', 'subject(this)')).join('\n')}
  {
    const { sort, toSorted, concat } = lists
    const byText = (a, b) => { const x = text(a), y = text(b); return x < y ? -1 : x > y ? 1 : 0 }
    const startOf = (start, length) => { const at = start === undefined ? 0 : object.is(+start, NaN) ? 0 : +start; return at < 0 ? Math.max(0, length + Math.ceil(at)) : Math.floor(at) }
    const flatInto = (out, from, depth) => {
      for (let index = 0; index < from.length; index++) {
        if (!(index in from)) continue
        const item = from[index]
        if (depth > 0 && isArray(item)) flatInto(out, items(item), depth - 1)
        else { out[out.length] = item; if (out.length > size) tooMany(out.length) }
      }
      return out
    }
    const made = {
      sort (by) { return sort.call(items(this), by === undefined ? byText : by) },
      toSorted (by) { return toSorted.call(items(this), by === undefined ? byText : by) },
      concat (...rest) {
        let length = items(this).length
        for (const part of rest) length += isArray(part) ? part.length : 1
        if (length > size) tooMany(length)
        return apply(concat, this, rest)
      },
      fill (value, start, end) {
        const { length } = items(this)
        const stop = end === undefined ? length : Math.min(startOf(end, length), length)
        for (let index = startOf(start, length); index < stop; index++) this[index] = value
        return this
      },
      indexOf (value, start) {
        const { length } = items(this)
        for (let index = startOf(start, length); index < length; index++) if (this[index] === value && index in this) return index
        return -1
      },
      lastIndexOf (value, ...rest) {
        const { length } = items(this)
        const start = rest.length === 0 ? length - 1 : Math.trunc(+rest[0]) || 0
        for (let index = start < 0 ? length + start : Math.min(start, length - 1); index >= 0; index--) if (this[index] === value && index in this) return index
        return -1
      },
      includes (value, start) {
        const { length } = items(this)
        for (let index = startOf(start, length); index < length; index++) {
          const item = this[index]
          if (item === value || (item !== item && value !== value)) return true
        }
        return false
      },
      join (separator) {
        const { length } = items(this)
        const between = separator === undefined ? ',' : text(separator)
        let words = ''
        for (let index = 0; index < length; index++) {
          const item = this[index]
          if (index > 0) words += between
          if (item !== null && item !== undefined) words += typeof item === 'string' ? item : text(item)
          if (words.length > size) tooLong(words.length)
        }
        return words
      },
      flat (depth) { return flatInto([], items(this), depth === undefined ? 1 : +depth) },
      flatMap (work, self) {
        const out = []
        const { length } = items(this)
        for (let index = 0; index < length; index++) {
          if (!(index in this)) continue
          const found = work.call(self, this[index], index, this)
          if (isArray(found)) flatInto(out, items(found), 0)
          else out[out.length] = found
          if (out.length > size) tooMany(out.length)
        }
        return out
      },
    }
    for (const name of ownKeys(made)) method(lists, name, made)
  }
  {
    const { repeat, padStart, padEnd, indexOf, lastIndexOf, includes, split, replace, replaceAll, match, matchAll, search } = texts
    const most = (length) => length > size ? tooLong(length) : length
    /** What can come of a replacement at worst: \`$\` puts in parts of the text itself. */
    const grown = (words, replacement, times) => {
      if (typeof replacement === 'function') return replacement
      const put = text(replacement)
      if (put.length === 0) return put
      if (put.length > size) tooLong(put.length)
      const worst = times * put.length * (includes.call(put, '$') ? words.length + 1 : 1)
      if (worst > 268435456) tooLong(worst)
      return put
    }
    const timesOf = (words, sought, all) => {
      if (typeof sought === 'string') return all ? words.length / Math.max(1, sought.length) + 1 : 1
      return includes.call(apply(flagsOf, sought, []), 'g') ? words.length + 1 : 1
    }
    const made = {
      repeat (count) { const words = subject(this), times = +count; most(words.length * times); return repeat.call(words, times) },
      padStart (length, filler) { return padStart.call(subject(this), most(+length), filler) },
      padEnd (length, filler) { return padEnd.call(subject(this), most(+length), filler) },
      indexOf (searched, at) { const words = subject(this); return indexOf.call(words, needle(words, searched), at) },
      lastIndexOf (searched, at) { const words = subject(this); return lastIndexOf.call(words, needle(words, searched), at) },
      includes (searched, at) { const words = subject(this); return includes.call(words, needle(words, searched), at) },
      split (separator, limit) {
        const words = subject(this)
        return split.call(words, separator === undefined ? undefined : pattern(words, separator), limit)
      },
      replace (searched, replacement) {
        const words = subject(this), sought = pattern(words, searched)
        return replace.call(words, sought, grown(words, replacement, timesOf(words, sought, false)))
      },
      replaceAll (searched, replacement) {
        const words = subject(this), sought = pattern(words, searched)
        return replaceAll.call(words, sought, grown(words, replacement, timesOf(words, sought, true)))
      },
      match (searched) { const words = subject(this); return match.call(words, searched === undefined ? undefined : pattern(words, searched)) },
      matchAll (searched) { const words = subject(this); return matchAll.call(words, searched === undefined ? undefined : pattern(words, searched)) },
      search (searched) { const words = subject(this); return search.call(words, searched === undefined ? undefined : pattern(words, searched)) },
    }
    for (const name of ownKeys(made)) method(texts, name, made)
  }
  {
    const made = {
      apply (self, given) {
        if (given === undefined || given === null) return apply(this, self, [])
        return apply(this, self, items(given).length > 65535 ? tooMany(given.length) : given)
      },
      stringify (value, select, indent) {
        if (select !== undefined && select !== null) throw new TypeError('JSON.stringify takes no replacer here')
        return written(value, typeof indent === 'number' || indent === undefined ? indent : short(text(indent), 10))
      },
      parse (words, revive) {
        if (revive !== undefined) throw new TypeError('JSON.parse takes no reviver here')
        return parse(subject(text(words)))
      },
      create (from) { return create(from) },
      assign (target, ...rest) {
        if (!isObject(target)) throw new TypeError('only to an object can something be assigned')
        for (const part of rest) plain(part)
        return apply(assign, undefined, [target, ...rest])
      },
      keys (value) { return keys(plain(value)) },
      values (value) { return values(plain(value)) },
      entries (value) { return entries(plain(value)) },
      encodeURIComponent (value) { return encode(subject(text(value))) },
      decodeURIComponent (value) { return decode(subject(text(value))) },
    }
    const { create, assign, keys, values, entries } = object
    const { encodeURIComponent: encode, decodeURIComponent: decode } = world
    /** A text has a key for each of its characters. */
    const plain = (value) => typeof value === 'string' ? subject(value) : value
    method(Function.prototype, 'apply', made)
    for (const name of ['stringify', 'parse']) method(JSON, name, made)
    for (const name of ['create', 'assign', 'keys', 'values', 'entries']) method(object, name, made)
    for (const name of ['encodeURIComponent', 'decodeURIComponent']) method(world, name, made)
  }
  {
    const nativeRegExp = RegExp
    const callable = {
      Object (value) {
        if (value === undefined || value === null) return {}
        if (!isObject(value)) throw new TypeError('a value can not be made an object here')
        return value
      },
      String (...rest) { return rest.length === 0 ? '' : text(rest[0]) },
      Array (...rest) {
        if (rest.length !== 1 || typeof rest[0] !== 'number') return rest
        return rest[0] > size ? tooMany(rest[0]) : new list(rest[0])
      },
      RegExp (source, flags) {
        if (isObject(source)) { apply(sourceOf, source, []); return new nativeRegExp(source, flags) }
        const words = source === undefined ? '' : text(source)
        return words.length > 10000 ? tooLong(words.length) : new nativeRegExp(words, flags)
      },
    }
    const statics = {
      Object: ['keys', 'values', 'entries', 'fromEntries', 'assign', 'freeze', 'isFrozen', 'is', 'hasOwn', 'groupBy', 'create'],
      String: ['fromCharCode', 'fromCodePoint'],
      Array: ['isArray', 'of'],
      RegExp: [],
    }
    for (const name of ownKeys(callable)) {
      const native = world[name]
      // A function with \`new\` and a prototype, which a method is not.
      const made = function (...rest) { return callable[name](...rest) }
      defineProperty(made, 'name', { value: name })
      defineProperty(made, 'prototype', { value: native.prototype, writable: false })
      for (const kept of statics[name]) method(made, kept, native)
      defineProperty(native.prototype, 'constructor', { value: made })
      method(world, name, { [name]: made })
    }
    method(world.Array, 'from', { from (source, work, self) {
      if (source === undefined || source === null) throw new TypeError('a list can not be made of nothing')
      const out = []
      const add = (value) => {
        if (out.length >= size) tooMany(out.length + 1)
        out[out.length] = work === undefined ? value : work.call(self, value, out.length)
      }
      if (typeof source[iterator] === 'function') for (const value of source) add(value)
      else {
        const length = Math.trunc(+source.length) || 0
        if (length > size) tooMany(length)
        for (let index = 0; index < length; index++) add(source[index])
      }
      return out
    } })
  }

  // What is taken out.

  const hidden = [
    [][iterator](), new Map().entries(), new Set().values(), ''[iterator](), ''.matchAll(/a/g),
    (function * () {})(), (async function * () {})(), (async function () {})(),
  ].map(getPrototypeOf)
  const iterators = getPrototypeOf(hidden[0])
  const makeNone = () => { throw new TypeError('functions can not be made of text here') }
  for (const sample of [function () {}, async function () {}, function * () {}, async function * () {}]) {
    defineProperty(getPrototypeOf(sample), 'constructor', { value: makeNone })
    hidden.push(getPrototypeOf(sample))
  }
  const only = (holder, names) => { for (const name of ownKeys(holder)) if (typeof name === 'string' && !names.includes(name)) delete holder[name] }
  only(iterators, ['constructor'])
  defineProperty(iterators, 'constructor', { value: undefined })
  for (const holder of [Error, TypeError, RangeError, SyntaxError]) only(holder, ['prototype', 'length', 'name', 'stackTraceLimit'])
  only(JSON, ['parse', 'stringify'])
  for (const [holder, names] of [
    [Math, ['random']],
    [Map, ['groupBy']],
    [texts, ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase', 'anchor', 'big', 'blink', 'bold', 'fixed', 'fontcolor', 'fontsize',
      'italics', 'link', 'small', 'strike', 'sub', 'sup', 'trimLeft', 'trimRight']],
    [Number.prototype, ['toLocaleString']],
    [lists, ['toLocaleString', 'copyWithin']],
    [RegExp.prototype, ['compile']],
    [Set.prototype, ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom']],
    [object.prototype, ['toLocaleString', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__', '__proto__']],
  ]) for (const name of names) delete holder[name]
  const kept = new Set(['Object', 'Array', 'String', 'Number', 'Boolean', 'Math', 'JSON', 'Map', 'Set', 'RegExp', 'Error', 'TypeError',
    'RangeError', 'SyntaxError', 'isNaN', 'isFinite', 'parseInt', 'parseFloat', 'NaN', 'Infinity', 'undefined', 'ToolError', '$dispatch', '$seal',
    'encodeURIComponent', 'decodeURIComponent'])
  const promises = Promise.prototype
  for (const name of ownKeys(world)) if (!kept.has(name)) delete world[name]
  world.ToolError = ToolError

  // What is left is frozen.

  function deepFreeze (value) {
    if (!isObject(value) || isFrozen(value)) return
    freeze(value)
    const parts = getOwnPropertyDescriptors(value)
    for (const key of ownKeys(parts)) {
      const part = parts[key]
      if (hasOwn(part, 'value')) deepFreeze(part.value)
      else { deepFreeze(part.get); deepFreeze(part.set) }
    }
    deepFreeze(getPrototypeOf(value))
  }
  for (const key of ownKeys(world)) if (key !== '$dispatch' && key !== '$seal') deepFreeze(world[key])
  for (const prototype of hidden) deepFreeze(prototype)
  for (const value of [promises, LimitError, object, list, text, getPrototypeOf(world)]) deepFreeze(value)
})();0`
}
