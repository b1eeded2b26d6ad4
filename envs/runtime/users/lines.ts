/** What a user says, in either language: a few ways of each, of which chance takes one. */

import type { Language } from '../../../schemas/task.ts'

type Ways = readonly [string, ...string[]]

export interface Lines {
  hole: string
  /** At the end of a sentence. */
  stop: string
  of(name: string, thing: string): string
  /** Between two sentences. */
  gap: string
  greetings: Ways
  /** After an opening with holes. */
  askMe: Ways
  notSure(name: string): Ways
  fact(name: string, told: string): Ways
  correction(wrong: string, right: string): Ways
  /** In the same breath. */
  slip(wrong: string, right: string): Ways
  refusal(name: string, told: string): Ways
  meaning(sentence: string): Ways
  also: Ways
  yes: Ways
  /** To a proposal with something in it that the user can't judge. */
  yesIf: Ways
  noId: Ways
  unknown: Ways
  complete(intent: string): Ways
  thatsAll: Ways
  /** The same where a question was asked. */
  onlyQuestion: Ways
  wasThatAll: Ways
  fine: Ways
  bye: Ways
  did: Ways
  saw(result: string): Ways
  cant(why: string): Ways
  wont: Ways
}

/** A sentence that ends as one. */
export const stop = (text: string, sign: string): string => (/[.!?。！？]["”」]?$/.test(text) ? text : `${text}${sign}`)

const en: Lines = {
  hole: '…',
  stop: '.',
  of: (name, thing) => `${name} of the ${thing}`,
  gap: ' ',
  greetings: ['', 'Hello. ', 'Hi. ', 'Good morning. '],
  askMe: ['I have the rest here, just ask.', 'Ask me for what is missing.', "I'll tell you the rest as you need it."],
  notSure: (name) => [
    `I'm not quite sure of the ${name} yet, so please check with me before you do anything.`,
    `But wait with it, please: I have to look up the ${name} once more.`,
  ],
  fact: (name, told) => [stop(`The ${name} is ${told}`, '.'), stop(`The ${name}: ${told}`, '.')],
  correction: (wrong, right) => [
    stop(`Sorry, I said ${wrong} before, but it should be ${right}`, '.'),
    stop(`I've looked it up: not ${wrong} but ${right}`, '.'),
  ],
  slip: (wrong, right) => [
    stop(`No, wait: not ${wrong} but ${right}`, '.'),
    stop(`Sorry, not ${wrong}, I mean ${right}`, '.'),
  ],
  refusal: (name, told) => [
    stop(`No, the ${name} should be ${told}`, '.'),
    stop(`That's not right: the ${name} is ${told}`, '.'),
  ],
  meaning: (sentence) => [`I mean: ${sentence}`, `That is: ${sentence}`],
  also: ['And one more thing. ', 'Besides: ', 'Before I forget: '],
  yes: ['Yes, please.', 'Yes, go ahead.', "Yes, that's right."],
  yesIf: ['Yes, if that is what I asked for.', 'If that fits what I have told you, yes.'],
  noId: ["I don't know any IDs, I'm afraid.", 'I have no identifier or anything like that, sorry.'],
  unknown: ["I don't know more about that.", "That I can't tell you."],
  complete: (intent) => [`This is all I know: ${intent}`, `Once more, all of it: ${intent}`],
  thatsAll: [
    "No, that's all. Please tell me when it's done.",
    'That is everything. Let me know when you have done it.',
  ],
  onlyQuestion: ["No, that's all I want to know.", 'That was my only question.'],
  wasThatAll: ['Thank you. Was that all of it?', 'Thanks. Is everything done now?'],
  fine: ['All right.', 'Fine, thank you.', 'OK.'],
  bye: ['Thank you, goodbye.', "That's all I needed, thank you. Goodbye!", 'Great, thanks. Bye.'],
  did: ["I've done that.", 'Done.'],
  saw: (result) => [`I see this: ${result}.`, `Here it says: ${result}.`],
  cant: (why) => [stop(`It didn't work: ${why}`, '.')],
  wont: ["I'd rather not do that."],
}

/** Latin letters and digits stand apart from Chinese. */
const apart = (told: string): string => (/^[\w+]/.test(told) ? ` ${told}` : told)

const zh: Lines = {
  hole: '……',
  stop: '。',
  of: (name, thing) => `${thing}的${name}`,
  gap: '',
  greetings: ['', '你好。', '您好，', '早上好。'],
  askMe: ['其余的信息我这里都有，您问我就行。', '缺什么请问我。', '剩下的您需要时我再告诉您。'],
  notSure: (name) => [`不过${name}我还不太确定，动手之前请先跟我确认。`, `先别急着办，${name}我还要再查一下。`],
  fact: (name, told) => [stop(`${name}是${apart(told)}`, '。'), stop(`${name}：${told}`, '。')],
  correction: (wrong, right) => [
    stop(`抱歉，刚才我说的是${wrong}，应该是${right}`, '。'),
    stop(`我查过了：不是${wrong}，是${right}`, '。'),
  ],
  slip: (wrong, right) => [
    stop(`等等，不是${wrong}，是${right}`, '。'),
    stop(`说错了，不是${wrong}，应该是${right}`, '。'),
  ],
  refusal: (name, told) => [stop(`不对，${name}应该是${told}`, '。'), stop(`不是这样，${name}是${told}`, '。')],
  meaning: (sentence) => [`我的意思是：${sentence}`, `也就是说：${sentence}`],
  also: ['另外，', '还有，', '对了，'],
  yes: ['好的，麻烦了。', '对，就这样办吧。', '是的，没错。'],
  yesIf: ['如果符合我说的，那就可以。', '只要和我要求的一致，就行。'],
  noId: ['编号我不知道，不好意思。', '我没有什么编号。'],
  unknown: ['这个我不清楚。', '这个我说不上来。'],
  complete: (intent) => [`我知道的就是这些：${intent}`, `我再完整说一遍：${intent}`],
  thatsAll: ['没有了，办好了告诉我一声。', '就这些，办完请告诉我。'],
  onlyQuestion: ['没有了，我就想知道这个。', '就这一个问题。'],
  wasThatAll: ['谢谢。都办好了吗？', '谢谢，全部办完了吗？'],
  fine: ['好的。', '行，谢谢。', '好，我等着。'],
  bye: ['谢谢，再见。', '没别的事了，谢谢您，再见！', '太好了，谢谢，再见。'],
  did: ['弄好了。', '我已经做了。'],
  saw: (result) => [`我看到：${result}。`, `上面显示：${result}。`],
  cant: (why) => [stop(`没成功：${why}`, '。')],
  wont: ['这个我不想做。'],
}

export const linesIn: Record<Language, Lines> = { en, zh }
