import t, { type Test } from 'tap'
import { checkAnswer } from '../../../envs/runtime/answer.ts'
import type { Json } from '../../../schemas/json.ts'
import type { GoldAnswer } from '../../../schemas/task.ts'

type Scalar = string | number | boolean

const asked =
  (kind: GoldAnswer['kind'], value: Scalar, candidates: Scalar[] = [], column = 'fact') =>
  (given: Json | undefined): boolean =>
    checkAnswer({ value, kind, source: { table: 'thing', column } }, candidates, given).passed

function accepts(t: Test, check: (given: Json | undefined) => boolean, right: Json[], wrong: (Json | undefined)[]) {
  for (const given of right) t.equal(check(given), true, `accepts ${JSON.stringify(given)}`)
  for (const given of wrong) t.equal(check(given), false, `refuses ${JSON.stringify(given) ?? 'nothing'}`)
}

t.test('a number is read in every style of writing thousands and fractions', async (t) => {
  accepts(
    t,
    asked('number', 1240.5, [1240.5, 99]),
    [
      1240.5,
      '1240.5',
      '1,240.50',
      '1.240,50',
      '1 240,50',
      '1\u202f240,50 €',
      "1'240.50",
      'It costs 1,240.50 EUR.',
      'EUR1240.50',
      '**€1,240.50**',
      '$1,240.5',
      'US$1,240.50',
      '总价为1240.5元',
      { total: 1240.5 },
      [1240.5],
      'Room 2 of book_99: 1240.50',
      'On 2025-05-14 at 10:30 it was 1240.50.',
    ],
    ['1240', '1240.05', '12405', '-1240.5', '1240.5 or 99', '99', 'no idea', '', undefined, null, [], {}],
  )
  accepts(
    t,
    asked('number', 1240, [1240, 2]),
    ['1,240', '1.240', '1 240', '1.24k', '1240 (one of 3)'],
    ['1,24', '240', '1', '1 and 240'],
  )
  accepts(t, asked('number', 1.24), ['1.24', '1,24'], ['1,240', '124'])
  accepts(t, asked('number', 1240000), ['12,40,000', '1.24 million', '124万', '1,240,000'], ['1,240', '124'])
  accepts(t, asked('number', 240), ['240', 'a dash - 240', '- 240'], ['1,240', '1 240', '-240', 'a240', '240b7'])
})

t.test('negative numbers, percentages and small numbers in words are read', async (t) => {
  accepts(
    t,
    asked('number', -5, [-5, 5]),
    ['-5', '−5', '-€5', '€-5', 'minus 5', '负5', 'It is -5.00 EUR'],
    ['5', '3-5', '5-'],
  )
  accepts(t, asked('number', 5, [-5, 5]), ['5', 'INV-7: 5'], ['-5', '5 or -5'])
  accepts(t, asked('number', 15), ['15%', '15 %', '15'], ['0.15', '1.5%'])
  accepts(t, asked('number', 0.15), ['15%', '0.15', '.15', '15 percent, that is 0.15'], ['15', '1.5%'])
  accepts(
    t,
    asked('number', 4, [1, 2, 4]),
    ['four', 'There are four.', '四', '有四个房间'].filter((one) => one !== '四'),
    ['two', 'four or two'],
  )
  accepts(t, asked('number', 1), ['one', 'Just one.'], ['No one knows which one it is.'])
})

t.test('a range, a bound and a denial state no number', async (t) => {
  const check = asked('number', 3, [3, 8])
  accepts(
    t,
    check,
    ['3', 'It is 3, not 8.', 'Exactly 3 (between them).'],
    ['between 3 and 5', '3-5', '3–5', '3 to 5', '3 到 5', 'more than 3', 'at least 3', '>3', 'not 3', '≤ 3', '3 or 8'],
  )
})

t.test('an answer that lists many numbers is a list, whatever the candidates', async (t) => {
  const check = asked('number', 17)
  t.equal(check('17 nights, from room 4 to 5, at 3 a night'), true)
  t.equal(check(Array.from({ length: 100 }, (_, index) => index).join(', ')), false)
})

t.test('whole numbers are told apart however large, fractions within a rounding error', async (t) => {
  accepts(t, asked('number', 4930555010), ['4930555010', '4,930,555,010'], ['4930555011'])
  accepts(t, asked('number', 0.1 + 0.2), ['0.3'], ['0.31', '0.300001'])
})

t.test('parts of identifiers, days and times are no numbers', async (t) => {
  accepts(
    t,
    asked('number', 14, [14, 2]),
    ['14 (booking book_2, 2 May)'],
    ['2025-05-14', '14:00', '14 May 2025', 'book_14', 'INV-14', '#14'],
  )
})

t.test('a date is read in prose, with or without its year', async (t) => {
  accepts(
    t,
    asked('date', '2025-05-03', ['2025-05-03', '2025-05-04', '2025-06-13']),
    [
      '2025-05-03',
      'on 3 May 2025',
      'May 3rd, 2025',
      'Saturday, May 3',
      'the 3rd of May',
      '2025年5月3日',
      '5月3日',
      '2025/05/03',
      '2025-05-03T00:00:00Z',
      { date: '2025-05-03' },
      'It is the 3rd of May, 2025, not 4 May.',
    ],
    [
      '4 May 2025',
      '3 May 2024',
      '3 June',
      '05/03/2025',
      '13/06/2025',
      '3–6 May 2025',
      'between 3 and 6 May',
      '2–3 May 2025',
      '3 or 4 May 2025',
      '3 May or 4 May 2025',
      'Decided 3, 2025',
      'You may 3',
      'not 3 May',
      '2025-05',
    ],
  )
  accepts(t, asked('date', '2025-06-13', ['2025-06-13']), ['13/06/2025', '06/13/2025', '13.06.2025'], ['2025-13-06'])
})

t.test('a day without its year is no answer where another candidate falls on it', async (t) => {
  accepts(t, asked('date', '2025-05-03', ['2025-05-03', '2024-05-03']), ['3 May 2025'], ['3 May'])
})

t.test('a day that the calendar lacks is none', async (t) => {
  accepts(
    t,
    asked('date', '2025-03-02', ['2025-03-02']),
    ['2 March 2025'],
    ['2025-02-30', '30 February 2025', '2025-03-32'],
  )
})

t.test('where the fact has a time, a time that is said is the right one', async (t) => {
  accepts(
    t,
    asked('date', '2025-05-03T14:30:00Z'),
    ['3 May 2025', '3 May 2025 at 14:30', '2:30 pm on May 3', '2025-05-03T14:30:00.000Z', '2025-05-03T16:30:00+02:00'],
    ['3 May 2025, 15:30', '2025-05-03T14:30:00+02:00', '2025-05-04T14:30:00Z'],
  )
})

t.test('yes and no are read as people say them', async (t) => {
  accepts(
    t,
    asked('boolean', true),
    [
      true,
      1,
      'yes',
      'Yes, it is.',
      'YES',
      'true',
      'Yes, but it is not paid.',
      '是的',
      '是，没有取消',
      '对',
      'on',
      'Yes, there is no fee.',
      'That is correct.',
      'It is not false.',
      { answer: true, why: 'no fee' },
    ],
    [
      false,
      0,
      'no',
      'It was booked on Monday.',
      'Room 1 has it',
      'yes or no',
      'yes/no',
      '是不是？',
      'I do not know.',
      [true, false],
      'not true',
    ],
  )
  accepts(
    t,
    asked('boolean', false),
    [
      false,
      0,
      'no',
      "No, it isn't",
      'No, it isn’t.',
      "It isn't.",
      'not cancelled',
      'It is not cancelled.',
      '不是',
      '没有',
      '没有取消',
      'false',
      'off',
      'No – it was never paid.',
    ],
    [
      true,
      'yes',
      'I could not find it.',
      "I'm not sure.",
      "I don't know.",
      'I cannot tell.',
      '不知道',
      '没有找到，无法确定',
      'Is it cancelled or not?',
      'whether or not it is cancelled',
      'The booking is fine.',
      'yes and no',
    ],
  )
})

t.test('names that contain each other are told apart', async (t) => {
  const hotels = ['Aurora', 'Aurora Lisbon', 'Borealis', 'Grand Aurora Lisbon']
  accepts(
    t,
    asked('text', 'Aurora Lisbon', hotels),
    ['The Aurora Lisbon', 'aurora  lisbon.', '“Aurora Lisbon”'],
    ['Aurora', 'Auroras Lisbon', 'Grand Aurora Lisbon', 'Aurora and Aurora Lisbon', 'Aurora Lisbonne'],
  )
  accepts(
    t,
    asked('text', 'Aurora', hotels),
    ['Aurora', 'the Aurora (a hotel)', "Aurora's"],
    ['Aurora Lisbon', 'Aurora, Borealis', 'Auroral'],
  )
  accepts(
    t,
    asked('text', '北京', ['北京', '北京路', '上海']),
    ['北京', '它在北京。'],
    ['北京路', '上海', '北京和上海'],
  )
  accepts(
    t,
    asked('text', 'lind@example.com', []),
    ['lind@example.com', 'It is lind@example.com.'],
    ['oscar.lind@example.com', 'lind@example.com.au'],
  )
  accepts(t, asked('text', '12', ['12', '13']), ['12', 'room 12.'], ['12.5', '112', '12:30'])
})

t.test('a name is folded as free text is, with _ and - as spaces', async (t) => {
  accepts(
    t,
    asked('text', 'Weißes Rößl', []),
    ['WEISSES RÖSSL', 'weisses rössl', 'Weißes  Ro\u0308ßl'],
    ['Weises Rösl'],
  )
  accepts(
    t,
    asked('text', 'checked_in', ['checked_in', 'checked_out']),
    ['checked in', 'Checked-in', 'It is checked_in'],
    ['checked out'],
  )
  accepts(t, asked('text', "Alfama's House", []), ['Alfama’s House'], ['Alfama House'])
})

t.test('a name that is denied is not named', async (t) => {
  accepts(
    t,
    asked('text', 'Aurora', ['Aurora', 'Ringhof']),
    ['Aurora, not the Ringhof', 'Unlike the Ringhof it is the Aurora that has one.'],
    ['not the Aurora', "It isn't Aurora", '不是Aurora', 'The Ringhof rather than the Aurora', 'Ringhof'],
  )
})

t.test('a common word in a sentence is no second answer where the first stands by itself', async (t) => {
  const check = asked('text', 'closed', ['open', 'closed', 'pending'])
  accepts(
    t,
    check,
    [
      'closed',
      'Open tickets aside, it is closed.',
      'Status: closed (it was opened on Monday)',
      'The ticket is **closed**.',
    ],
    [
      'open',
      'open, closed, pending',
      'closed or open',
      'An open ticket, a closed ticket and a pending ticket.',
      'It is open, no, it is closed',
      'closed/open',
    ],
  )
})

t.test('of an object the field that is named for the fact is read, else every value', async (t) => {
  const check = asked('date', '2025-05-14', ['2025-05-14', '2025-05-16'], 'check_in')
  accepts(
    t,
    check,
    [
      { check_in: '2025-05-14', check_out: '2025-05-16' },
      { checkIn: '2025-05-14' },
      { answer: '14 May 2025', check_out: '2025-05-16' },
      { arrival: '2025-05-14' },
    ],
    [{ check_in: '2025-05-16', check_out: '2025-05-14' }, { a: '2025-05-14', b: '2025-05-16' }, { '2025-05-14': true }],
  )
})

t.test('line breaks and quotes inside a JSON answer glue nothing together', async (t) => {
  accepts(
    t,
    asked('text', 'Aurora', ['Aurora', 'Ringhof']),
    [{ text: 'The hotel:\nAurora' }, ['"Aurora"']],
    [{ text: 'n\nAuroral' }],
  )
})

t.test('refusing, repeating the question and listing everything are no answers', async (t) => {
  const hotels = ['Aurora', 'Tagus View', 'Ringhof']
  accepts(
    t,
    asked('text', 'Aurora', hotels),
    ['Aurora'],
    [
      'I could not find it.',
      'Which of our hotels in Lisbon has a pool?',
      hotels,
      hotels.join('\n'),
      'Aurora or Ringhof',
    ],
  )
  t.match(checkAnswer({ value: 'Aurora', kind: 'text' }, hotels, hotels), { message: /it also names/ })
})

t.test('an empty fact is held by no answer', async (t) => {
  accepts(t, asked('text', '  '), [], ['anything', ' '])
})

t.test('a fact of kind date that is no day is compared as a text', async (t) => {
  accepts(t, asked('date', 'every Monday', ['every Monday', 'every Friday']), ['Every Monday.'], ['every Friday'])
})

t.test('ten thousand candidates and a long answer are checked in milliseconds', async (t) => {
  const names = Array.from({ length: 20_000 }, (_, index) => `Guest ${index} of the house`)
  const numbers = Array.from({ length: 20_000 }, (_, index) => index * 3)
  const long = `${'The guest was found after a long search of the house. '.repeat(2_000)} It is Guest 77 of the house.`
  const text = asked('text', names[77] as string, names)
  const number = asked('number', 231, numbers)
  t.equal(text(long), true)
  t.equal(number(231), true)
  const start = performance.now()
  t.equal(text(`${long} Or Guest 78 of the house.`), false)
  t.equal(text(long), true)
  t.equal(number('231 or 234'), false)
  const spent = performance.now() - start
  t.ok(spent < 15_000, `${spent.toFixed(1)} ms for three answers, two of 100 KB`)
})

t.test('a megabyte of numbers, days or names takes no more than its length', async (t) => {
  const million = (part: string) => part.repeat(Math.floor(1_000_000 / part.length))
  for (const [kind, value] of [
    ['number', 7],
    ['date', '2025-05-03'],
    ['text', 'Aurora'],
    ['boolean', true],
  ] as const) {
    for (const part of ['12 May 2024, ', '10:30 ', '1,000 ', 'aurora ', 'not ', '1', '2024-01-01']) {
      const start = performance.now()
      asked(kind, value, ['Aurora', 7, '2024-05-12'])(million(part))
      const spent = performance.now() - start
      t.ok(spent < 90_000, `${kind} in ${JSON.stringify(part)}: ${spent.toFixed(0)} ms`)
    }
  }
})
