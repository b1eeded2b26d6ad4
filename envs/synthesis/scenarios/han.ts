/**
 * Chinese names and how they sound in Latin letters (pinyin without tones): of a person in China the name stands in
 * characters, the mail address in letters.
 */

const pairs = (text: string): (readonly [characters: string, sound: string])[] =>
  text.split('|').map((pair) => pair.split(' ') as [string, string])

export const surnames = pairs(
  '王 wang|李 li|张 zhang|刘 liu|陈 chen|杨 yang|黄 huang|赵 zhao|吴 wu|周 zhou|徐 xu|孙 sun|马 ma|朱 zhu|胡 hu|郭 guo|何 he|林 lin|高 gao|罗 luo|郑 zheng|梁 liang|谢 xie|宋 song|唐 tang|许 xu|韩 han|冯 feng|邓 deng|曹 cao|彭 peng|曾 zeng|肖 xiao|田 tian|董 dong|潘 pan|袁 yuan|蔡 cai|蒋 jiang|余 yu',
)
/** Each character for itself: a given name is one of them or two. */
const givenCharacters = pairs(
  '伟 wei|芳 fang|娜 na|敏 min|静 jing|丽 li|强 qiang|磊 lei|军 jun|洋 yang|勇 yong|艳 yan|杰 jie|娟 juan|涛 tao|明 ming|超 chao|秀 xiu|霞 xia|平 ping|刚 gang|桂 gui|英 ying|华 hua|玉 yu|兰 lan|红 hong|梅 mei|建 jian|国 guo|文 wen|志 zhi|海 hai|晓 xiao|雪 xue|婷 ting|宇 yu|浩 hao|欣 xin|怡 yi|佳 jia|琪 qi|晨 chen|子 zi|轩 xuan|思 si|远 yuan|雨 yu|涵 han|诗 shi',
)
export const givenNames: readonly string[] = [
  ...givenCharacters.slice(0, 24).map(([character]) => character),
  ...'建国|志强|晓明|秀英|桂兰|海涛|文静|雪梅|玉华|志远|佳怡|子轩|思远|雨涵|诗涵|浩宇|欣怡|晓婷|文杰|建华|佳琪|宇晨|思雨|红霞|明远|海燕'.split(
    '|',
  ),
]
export const companyWords = pairs(
  '华 hua|远 yuan|信 xin|达 da|宏 hong|盛 sheng|瑞 rui|丰 feng|恒 heng|通 tong|安 an|新 xin|天 tian|诚 cheng|汇 hui|金 jin',
)
export const companyKinds: readonly string[] =
  '科技有限公司|贸易有限公司|物流有限公司|食品有限公司|信息技术有限公司|实业有限公司|文化传媒有限公司'.split('|')
export const roads: readonly string[] = '人民路|中山路|解放路|建设路|和平路|长江路|文化路|新华路|光明路|南京路'.split(
  '|',
)

/** A character → its sound. */
export const sounds: ReadonlyMap<string, string> = new Map([
  ...pairs(
    '燕 yan|上 shang|京 jing|北 bei|杭 hang|州 zhou|广 guang|深 shen|圳 zhen|成 cheng|都 du|南 nan|武 wu|汉 han|西 xi|苏 su|科 ke|技 ji|有 you|限 xian|公 gong|司 si|贸 mao|易 yi|物 wu|流 liu|食 shi|品 pin|息 xi|术 shu|实 shi|业 ye|化 hua|传 chuan|媒 mei',
  ),
  ...companyWords,
  ...givenCharacters,
  ...surnames,
])
